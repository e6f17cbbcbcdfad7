"""The outbox: rows are put in with the change they belong to, claimed in batches, delivered at least once."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Literal

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from app.config import Settings
from app.models import OutboxMessage
from app.security import sign
from app.services.context import ask_for
from integrations.mail import domain_of

Channel = Literal["mail", "sheet", "webhook"]

BATCH = 20
LEASE = timedelta(seconds=60)
"""How long a claimed row stays with its worker; after a crash another takes it over."""

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 60
"""With an hour at most between two tries: a day of outage and more is outlived (design.md §2)."""

_MESSAGE = "message"
_OURS = re.compile(r"<([0-9]{1,18})\.([0-9a-f]{32})@[^<>@\s]+>")

DRAINS: Mapping[Channel, str] = {"mail": "drain_mail", "sheet": "sync_sheet", "webhook": "drain_webhooks"}


@dataclass(frozen=True)
class Letter:
    """What is to be delivered: `target` is an address, a workbook or a program, `dedupe_key` makes it once.

    It isn't sent before `not_before`; a reminder names the `stay` in a state (its first event) that it speaks of.
    A `daily` one may go into its reader's daily mail; a `draft` waits for somebody to release it, until `not_before`.
    """

    channel: Channel
    target: str
    dedupe_key: str
    payload: Mapping[str, Any]
    not_before: datetime | None = None
    stay: int | None = None
    daily: bool = False
    draft: bool = False


def is_there(session: Session, dedupe_key: str) -> bool:
    """Whether a letter of this key was put in already."""
    return session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == dedupe_key)) is not None


def put(session: Session, letter: Letter, *, submission_id: int | None, now: datetime) -> OutboxMessage | None:
    """Add `letter`, or None where its dedupe key is already there."""
    if is_there(session, letter.dedupe_key):
        return None
    row = OutboxMessage(
        submission_id=submission_id,
        channel=letter.channel,
        target=letter.target,
        dedupe_key=letter.dedupe_key,
        payload=dict(letter.payload),
        stay=letter.stay,
        daily=letter.daily,
        draft=letter.draft,
        created_at=now,
        not_before=letter.not_before,
        next_try_at=letter.not_before or now,
    )
    session.add(row)
    session.flush()
    ask_for(session, DRAINS[letter.channel], letter.target if letter.channel == "sheet" else "")
    return row


def message_id(row: OutboxMessage, settings: Settings) -> str:
    """The Message-ID of the row's mail: the same at each try, telling nothing, and nobody else can make one."""
    seal = _seal(sign(settings.secret_keys[-1], _MESSAGE, f"{row.id}/{row.dedupe_key}"))
    return f"<{row.id}.{seal}@{domain_of(settings.mail_from)}>"


def row_id_of(message_id: str) -> int | None:
    """The row that a Message-ID names; `is_message_of` says whether it is genuine."""
    match = _OURS.fullmatch(message_id)
    return int(match[1]) if match else None


def is_message_of(row: OutboxMessage, message_id: str, settings: Settings) -> bool:
    """Whether this is the Message-ID of the row's mail, under any key that serves."""
    match = _OURS.fullmatch(message_id)
    sealed = (_seal(sign(key, _MESSAGE, f"{row.id}/{row.dedupe_key}")) for key in settings.secret_keys)
    return match is not None and any(compare_digest(match[2], seal) for seal in sealed)


def _seal(signed_text: str) -> str:
    return signed_text.rpartition("~")[2][:32]


def due(now: datetime) -> Select[OutboxMessage]:
    """Rows to deliver now that nobody has in hand."""
    return select(OutboxMessage).where(
        OutboxMessage.delivered_at.is_(None),
        OutboxMessage.dead_at.is_(None),
        OutboxMessage.next_try_at <= now,
        or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
    )


def claim(
    session: Session, channel: Channel, now: datetime, *, target: str | None = None, limit: int | None = BATCH
) -> Sequence[OutboxMessage]:
    """Rows that are due and free, leased to the caller; other workers skip them until the lease ends."""
    query = (
        due(now)
        .where(OutboxMessage.channel == channel)
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if target is not None:
        query = query.where(OutboxMessage.target == target)
    rows = session.scalars(query).all()
    for row in rows:
        row.leased_until = now + LEASE
        row.attempts += 1
    return rows


def delivered(row: OutboxMessage, now: datetime) -> None:
    """The row's effect has happened."""
    row.delivered_at = now
    row.leased_until = None
    row.last_error = ""


def try_again(row: OutboxMessage, reason: str, now: datetime, *, after: timedelta | None = None) -> None:
    """A passing failure: the next try comes after a jittered, doubling pause; too many make a dead letter."""
    row.leased_until = None
    row.last_error = reason[:500]
    if row.attempts >= MOST_ATTEMPTS:
        row.dead_at = now
        return
    row.next_try_at = now + (after or _pause(row.attempts))


def give_back(session: Session, ids: Sequence[int]) -> None:
    """End the claims of these rows, which were not tried."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids), OutboxMessage.leased_until.is_not(None))
        .values(leased_until=None, attempts=OutboxMessage.attempts - 1)
    )


def hold_domain(session: Session, domain: str, until: datetime) -> None:
    """Let the mails to a domain wait: it gets no more for now. No try is counted."""
    mine = (OutboxMessage.channel == "mail", OutboxMessage.target.iendswith(f"@{domain}", autoescape=True))
    waiting = (OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None))
    session.execute(
        update(OutboxMessage)
        .where(*mine, *waiting, OutboxMessage.leased_until.is_(None), OutboxMessage.next_try_at < until)
        .values(next_try_at=until)
    )


def put_off(row: OutboxMessage, reason: str, until: datetime) -> None:
    """Nothing was tried, since nothing could be: wait until then, and count no attempt."""
    row.leased_until = None
    row.last_error = reason[:500]
    row.attempts -= 1
    row.next_try_at = until


def bury(row: OutboxMessage, reason: str, now: datetime) -> None:
    """A failure that no repeat can mend: a dead letter, kept and shown."""
    row.leased_until = None
    row.last_error = reason[:500]
    row.dead_at = now


def revive(row: OutboxMessage, now: datetime) -> None:
    """Try a dead or waiting row once more, now (`hubout outbox retry`); what is held back stays so."""
    row.dead_at = None
    row.leased_until = None
    row.attempts = 0
    row.next_try_at = max(now, row.not_before or now)


def waiting_reminders(session: Session, submission_id: int) -> list[dict[str, Any]]:
    """The case's reminders that wait to be sent, as JSON."""
    waiting = select(OutboxMessage).where(
        OutboxMessage.submission_id == submission_id,
        OutboxMessage.stay.is_not(None),
        OutboxMessage.delivered_at.is_(None),
        OutboxMessage.dead_at.is_(None),
    )
    return [
        {
            **{name: getattr(row, name) for name in ("channel", "target", "dedupe_key", "payload", "stay", "daily")},
            "not_before": row.not_before.isoformat() if row.not_before else None,
        }
        for row in session.scalars(waiting.order_by(OutboxMessage.id))
    ]


def remind_again(session: Session, submission_id: int, kept: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Put reminders back that were dropped when their state was left, each for the time that it waited for."""
    for each in kept:
        not_before = datetime.fromisoformat(each["not_before"]) if each["not_before"] else None
        put(session, Letter(**{**each, "not_before": not_before}), submission_id=submission_id, now=now)


def drop_reminders(session: Session, submission_id: int) -> None:
    """Forget the reminders of a state that was left before they were sent."""
    session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.submission_id == submission_id,
            OutboxMessage.stay.is_not(None),
            OutboxMessage.delivered_at.is_(None),
        )
    )


def _pause(attempts: int) -> timedelta:
    longest: timedelta = min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LONGEST_RETRY)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter keeps workers apart, it guards nothing
