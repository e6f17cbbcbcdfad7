"""Standing in: for an interval, the steps that open for one person go to another, and come back at its end.

Who acts is found when the step opens, along a chain of at most three hands, never through or to somebody who may not
act in that role on the case (`parts`). The case's log says who stands in for whom, and when that is over.
Reviewers and panel share their tabs of the sheet: for them nothing is to be delegated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import ActionToken, Delegation, Submission, Timer
from app.services.casework import eventlog
from app.services.context import Context
from app.services.links import tokens
from app.services.people import parts

STARTED, ENDED = "delegated", "delegation_ended"
"""Events of the case's log; the second is also why the stand-in's link is closed, and the name of its timer."""

KEPT = "standing_in"
"""Where the case's own record keeps who stands in, by role."""

MOST = 3
"""Hands in a chain."""

ROLES = frozenset({"coordinatore", "backup_coordinatore", "istruttore", "provincia", "scuola", "cedente", "riusante"})
"""Parts of single people who act through links of a step."""


@dataclass(frozen=True)
class StandIn:
    """Who acts instead, until when (that instant excluded), and by which rows."""

    person: str
    until: datetime
    rows: tuple[int, ...] = ()


def stand_in(
    session: Session, call: Call, submission: Submission, role: str, principal: str, now: datetime
) -> StandIn | None:
    """Who acts in `role` on the case for `principal` now; None where they act themselves."""
    found: StandIn | None = None
    hands = [principal.casefold()]
    while len(hands) <= MOST:
        row = _in_force(session, call.id, hands[-1], now)
        if row is None or row.delegate in hands:
            break
        if not parts.may_act(session, call, submission, role, row.delegate):
            break
        until = min(row.ends_at, found.until) if found else row.ends_at
        found = StandIn(row.delegate, until, (*(found.rows if found else ()), row.id))
        hands.append(row.delegate)
    return found


def _in_force(session: Session, call: str, principal: str, now: datetime) -> Delegation | None:
    """The delegation of `principal` that holds now; one for this very call comes before one for all."""
    query = select(Delegation).where(
        Delegation.principal == principal,
        or_(Delegation.call == call, Delegation.call == ""),
        Delegation.starts_at <= now,
        Delegation.ends_at > now,
        Delegation.revoked_at.is_(None),
    )
    return session.scalars(query.order_by(Delegation.call.desc(), Delegation.id.desc())).first()


def present(
    context: Context, session: Session, call: Call, submission: Submission, holder: tokens.Holder, *, reminds: bool
) -> tokens.Holder:
    """Whoever has `holder`'s part in this step now; a step that is open already stays with whom it opened for."""
    if holder.role not in ROLES:
        return holder
    kept = _kept(submission, holder.role)
    now = context.clock.now()
    if kept and kept["for"] == holder.email:
        over = now >= datetime.fromisoformat(kept["until"])
        return holder if over else tokens.Holder(holder.role, kept["by"])
    if reminds and _asked_before(session, submission, holder):
        return holder
    found = stand_in(session, call, submission, holder.role, holder.email, now)
    if found is None:
        return holder
    _start(context, session, submission, holder, found)
    return tokens.Holder(holder.role, found.person)


def in_place_of(submission: Submission, row: ActionToken) -> str:
    """The address for which the link's holder acts; empty where it is their own part."""
    kept: Mapping[str, Any] = submission.record.get(KEPT, {}).get(row.role, {})
    theirs = kept.get("by") == row.person and kept.get("seq") == row.entered_seq
    return str(kept["for"]) if theirs else ""


def _kept(submission: Submission, role: str) -> Mapping[str, Any] | None:
    kept: Mapping[str, Any] | None = submission.record.get(KEPT, {}).get(role)
    return kept if kept and kept["seq"] == submission.entered_seq and not kept.get("over") else None


def _asked_before(session: Session, submission: Submission, holder: tokens.Holder) -> bool:
    query = select(ActionToken.id).where(
        ActionToken.submission_id == submission.id,
        ActionToken.role == holder.role,
        ActionToken.person == holder.email,
        ActionToken.entered_seq == submission.entered_seq,
    )
    return session.scalar(query) is not None


def _start(context: Context, session: Session, submission: Submission, holder: tokens.Holder, found: StandIn) -> None:
    """Log that somebody stands in, and plan the return."""
    until = found.until.isoformat()
    inputs = {"ruolo": holder.role, "da": holder.email, "a": found.person, "fino": until}
    _log(context, session, submission, STARTED, inputs)
    kept = {"for": holder.email, "by": found.person, "seq": submission.entered_seq, "until": until}
    submission.record = {**submission.record, KEPT: {**submission.record.get(KEPT, {}), holder.role: kept}}
    session.add(
        Timer(
            submission_id=submission.id,
            entered_seq=submission.entered_seq,
            kind="system",
            name=ENDED,
            payload={"role": holder.role, "rows": list(found.rows)},
            due_at=found.until,
        )
    )
    session.flush()


def come_back(context: Context, session: Session, submission: Submission, role: str) -> str:
    """Close the stand-in's link and log the return; whom the step is for again, "" where nothing is left to do."""
    kept = _kept(submission, role)
    if kept is None:
        return ""
    closed = session.execute(
        update(ActionToken)
        .where(
            ActionToken.submission_id == submission.id,
            ActionToken.role == role,
            ActionToken.person == kept["by"],
            ActionToken.entered_seq == submission.entered_seq,
            ActionToken.used_seq.is_(None),
            ActionToken.revoked_at.is_(None),
        )
        .values(revoked_at=context.clock.now(), revoked_reason=ENDED)
        .returning(ActionToken.id)
    ).all()
    over = {**submission.record[KEPT], role: {**kept, "over": True}}
    submission.record = {**submission.record, KEPT: over}
    _log(context, session, submission, ENDED, {"ruolo": role, "da": kept["by"], "a": kept["for"]})
    return str(kept["for"]) if closed else ""


def _log(context: Context, session: Session, submission: Submission, event: str, inputs: Mapping[str, Any]) -> None:
    here, now = submission.state, context.clock.now()
    eventlog.append(
        session, submission, eventlog.Happening(event, "sistema", here, here, now, {"inputs": dict(inputs)})
    )
    submission.updated_at = now
