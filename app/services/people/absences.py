"""The delegations of the house, as people make, list and revoke them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from app.errors import HubOutError
from app.models import Delegation, Timer
from app.services.context import Context, ask_for
from app.services.people import delegations


class NotDelegated(HubOutError):  # noqa: N818 - callers read `except NotDelegated`
    """Nothing has changed; the text says why."""


def add(context: Context, principal: str, delegate: str, starts: datetime, ends: datetime, call: str = "") -> int:
    """Let `delegate` stand in for `principal` from `starts` until before `ends`; the number of the new row.

    Raises:
        NotDelegated: no such addresses, interval or call, or the interval meets another one of the same person.
    """
    now = context.clock.now()
    one, other = _address(principal), _address(delegate)
    if one == other:
        raise NotDelegated("nobody stands in for themselves", "give two addresses")
    if ends <= starts or ends <= now:
        raise NotDelegated("the interval ends before it begins, or is over", "give a later end")
    if call and call not in context.catalogue.calls:
        raise NotDelegated(f"there is no call `{call}`", f"use one of {', '.join(sorted(context.catalogue.calls))}")
    with context.write() as session:
        query = select(Delegation.id).where(
            Delegation.principal == one,
            Delegation.revoked_at.is_(None),
            Delegation.starts_at < ends,
            Delegation.ends_at > starts,
            Delegation.call == call,
        )
        if (known := session.scalar(query)) is not None:
            raise NotDelegated(f"{one} is stood in for then already (row {known})", "revoke that one, or other days")
        row = Delegation(principal=one, delegate=other, call=call, starts_at=starts, ends_at=ends, made_at=now)
        session.add(row)
        session.flush()
        return row.id


def entries(context: Context) -> Iterator[dict[str, Any]]:
    """Every delegation, oldest first, with its state: to come, in force, over, revoked."""
    now = context.clock.now()
    with context.read() as session:
        rows = session.scalars(select(Delegation).order_by(Delegation.id)).all()
    for row in rows:
        yield {
            "id": row.id,
            "from": row.principal,
            "to": row.delegate,
            "call": row.call,
            "starts_at": row.starts_at.isoformat(timespec="seconds"),
            "ends_at": row.ends_at.isoformat(timespec="seconds"),
            "state": _state(row, now),
        }


def revoke(context: Context, number: int) -> None:
    """End a delegation now: the steps that are with the stand-in go back.

    Raises:
        NotDelegated: no such delegation in force or to come.
    """
    now = context.clock.now()
    with context.write() as session:
        row = session.get(Delegation, number)
        if row is None or row.revoked_at is not None or row.ends_at <= now:
            raise NotDelegated(f"no delegation {number} is in force or to come", "`hubout delegations` lists them")
        row.revoked_at = now
        waiting = (Timer.kind == "system", Timer.name == delegations.ENDED, Timer.done_at.is_(None))
        timers = [timer for timer in session.scalars(select(Timer).where(*waiting)) if number in timer.payload["rows"]]
        for timer in timers:
            timer.due_at = now
        ask_for(session, "fire_timers")


def _state(row: Delegation, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.starts_at > now:
        return "to come"
    return "in force" if row.ends_at > now else "over"


def _address(text: str) -> str:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.casefold()
    except EmailNotValidError as error:
        raise NotDelegated(f"`{text}` is no e-mail address", "write one, like ufficio@comune.example.org") from error
