"""Anonymising a closed case: who it was is gone, that it was and how it went stays (clarifications.md §5)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, cast, delete, literal, select, update
from sqlalchemy.orm import Session

from app.dates import local_day
from app.models import (
    ActionToken,
    Event,
    EventPayload,
    HeldCell,
    OutboxMessage,
    Review,
    SheetRow,
    StoredFile,
    Submission,
    Unreachable,
)
from app.services.casework.rankings import FROZEN, PUBLISHED
from app.services.context import Context
from app.services.definitions import form_of
from app.services.sheets.indicators import BAND
from forms.derive import fascia_eta
from forms.model import BIRTH_DATE

COUNTABLE = frozenset({"radio", "select", "checkboxes", "integer", "euro", "comune"})
"""Field types whose answers can be counted and tell nobody's story."""

GONE = "erased"


def anonymise(context: Context, session: Session, submission: Submission) -> None:
    """Remove answers that identify, payloads with their salts, files, notes and addresses; keep what is counted."""
    form = form_of(session, context, submission)
    addresses = [str(submission.answers.get(name, "")).casefold() for name in ("email", "genitore_email")]
    session.execute(delete(Unreachable).where(Unreachable.address.in_(addresses)))
    kept = {field.id for field in form.fields if field.type in COUNTABLE and field.pii in ("none", "ordinary")}
    band = _band(submission)
    submission.answers = {name: value for name, value in submission.answers.items() if name in kept}
    frozen = {name: submission.record[name] for name in (FROZEN, PUBLISHED) if name in submission.record}
    submission.record = {**frozen, **({BAND: band} if band else {})}  # others keep their positions in the ranking
    submission.idempotency_key = f"{GONE}-{submission.reference}"
    events = select(Event.id).where(Event.submission_id == submission.id)
    session.execute(delete(EventPayload).where(EventPayload.event_id.in_(events)))
    session.execute(update(Review).where(Review.submission_id == submission.id).values(note=""))
    session.execute(
        update(ActionToken)
        .where(ActionToken.submission_id == submission.id)
        .values(person=GONE, revoked_at=context.clock.now(), revoked_reason="retention")
    )
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.submission_id == submission.id, OutboxMessage.channel == "mail")
        .values(
            target=GONE, edited=None, dedupe_key=literal(f"{GONE}-") + cast(OutboxMessage.id, String)
        )  # it named the address
    )
    session.execute(update(HeldCell).where(HeldCell.reference == submission.reference).values(was=None, now=None))
    _blank_notes(context, session, submission)
    _remove_files(context, session, submission)


def _blank_notes(context: Context, session: Session, submission: Submission) -> None:
    """Forget what partners wrote about the case in words; the next sync blanks these cells, as the row is closed."""
    texts = {column.id for column in context.catalogue.calls[submission.call].partner_columns if column.kind == "text"}
    for row in session.scalars(select(SheetRow).where(SheetRow.submission_id == submission.id)):
        if row.base is not None:
            row.base = {name: value for name, value in row.base.items() if name not in texts}


def _band(submission: Submission) -> str:
    """The age band, which is counted; the birth date itself goes."""
    born = submission.answers.get(BIRTH_DATE)
    return fascia_eta(date.fromisoformat(born), local_day(submission.submitted_at)) if born else ""


def _remove_files(context: Context, session: Session, submission: Submission) -> None:
    filesystem, folder = context.files
    for stored in session.scalars(select(StoredFile).where(StoredFile.submission_id == submission.id)):
        path = f"{folder}/{stored.key}"
        if filesystem.exists(path):
            filesystem.rm(path)
        session.delete(stored)
