"""Mails that wait as drafts: the results of one act for many cases, read once more before anybody gets them.

They leave when somebody releases them, or by themselves on the next working morning: terms run from the act, and nobody
must lose days of theirs because a draft was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.catalogue.messages import Message, edited
from app.errors import HubOutError
from app.models import OutboxMessage, Submission
from app.services.context import Context
from app.services.mail import mailing, writing
from workflows.dates import Calendar, at_local, local_date

ANNOUNCED = "bozze_pronte"

MORNING = time(9)
"""When a draft that nobody released leaves, on the next working day, in Rome."""


def until(now: datetime, city: str) -> datetime:
    """Until when the mails of an act that is done now wait, where offices keep the working days of `city`."""
    return at_local(Calendar(city).add(local_date(now), 1), MORNING)


def announce(
    context: Context, session: Session, submission: Submission, role: str, seq: int, leaves_at: datetime
) -> None:
    """Tell who acted, and the case officer, that the results wait to be read, and until when."""
    occasion = mailing.Occasion(seq, due=leaves_at)
    mailing.ask(context, session, submission, ANNOUNCED, dict.fromkeys((role, "istruttore")), occasion)


def drafts(context: Context) -> Iterator[dict[str, Any]]:
    """Every draft as it would be sent now, oldest first."""
    with context.read() as session:
        for row, submission in session.execute(_waiting()):
            mail = writing.write(context, session, row)
            yield {
                "id": row.id,
                "reference": submission.reference,
                "call": submission.call,
                "target": row.target,
                "message": row.payload["message"],
                "language": submission.language,
                "subject": mail.subject,
                "text": mail.text,
                "edited": row.edited is not None,
                "leaves_at": row.next_try_at.isoformat(timespec="seconds"),
            }


def wording(context: Context, row_id: int) -> tuple[str, str]:
    """Subject and body of a draft as they can be edited, placeholders unfilled.

    Raises:
        HubOutError: there is no such draft.
    """
    with context.read() as session:
        row, submission = _draft(session, row_id)
        message = writing.message_of(context, row, submission)
        return message.subject.in_(submission.language), message.body.in_(submission.language)


def edit(context: Context, row_id: int, subject: str, body: str, *, alike: bool = False) -> int:
    """Write a draft anew, or with `alike` all drafts of its message, language and call; how many.

    Raises:
        HubOutError: there is no such draft, or the text would not do: what is wrong, and how to fix it.
    """
    with context.write() as session:
        row, submission = _draft(session, row_id)
        rows: Sequence[OutboxMessage] = [row]
        if alike:
            same = (Submission.call == submission.call, Submission.language == submission.language)
            found = session.execute(_waiting().where(*same)).all()
            rows = [each for each, _ in found if each.payload["message"] == row.payload["message"]]
        _check(context.catalogue.calls[submission.call].messages[row.payload["message"]], subject, body)
        for each in rows:
            each.edited = {"subject": subject, "body": body}
        return len(rows)


def release(context: Context, ids: Sequence[int] = (), call: str | None = None) -> int:
    """Let these drafts leave now, or all of them (of one call); how many."""
    with context.write() as session:
        query = _waiting().where(OutboxMessage.id.in_(ids)) if ids else _waiting()
        rows = session.execute(query.where(Submission.call == call) if call else query).all()
        for row, _ in rows:
            row.draft, row.not_before, row.next_try_at = False, None, context.clock.now()
    context.wake("drain_mail")
    return len(rows)


def _waiting() -> Select[OutboxMessage, Submission]:
    return (
        select(OutboxMessage, Submission)
        .join(Submission, Submission.id == OutboxMessage.submission_id)
        .where(OutboxMessage.draft.is_(True), OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None))
        .order_by(OutboxMessage.id)
    )


def _draft(session: Session, row_id: int) -> tuple[OutboxMessage, Submission]:
    found = session.execute(_waiting().where(OutboxMessage.id == row_id)).one_or_none()
    if found is None:
        raise HubOutError(f"there is no draft {row_id}", "`hubout outbox drafts` lists them")
    return found[0], found[1]


def _check(message: Message, subject: str, body: str) -> None:
    try:
        edited(message, subject, body)
    except ValidationError as error:
        what, _, fix = str(error.errors()[0]["msg"]).removeprefix("Value error, ").partition(" | ")
        raise HubOutError(what, fix) from error
