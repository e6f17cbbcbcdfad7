"""Taking an application: one transaction, an honest receipt, nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.errors import HubOutError
from app.models import Submission
from app.security import new_reference, sha256_of
from app.services import definitions, files, mailing, tokens, transitions
from app.services.actions import deadline_of
from app.services.context import Context
from app.services.views import Receipt
from forms.builder import Judgement
from forms.derive import dedupe_values

ATTEMPTS = 3
"""Tries of one submission: a lost race for a unique key is found and answered on the next."""


class CallClosed(HubOutError):  # noqa: N818 - callers read `except CallClosed`
    """The call takes no applications at this moment."""


@dataclass(frozen=True)
class Sending:
    """One press of "Invia": what was judged, in which language, and the key that makes a repeat harmless."""

    call: Call
    judgement: Judgement
    idempotency_key: str
    language: str


def submit(context: Context, sending: Sending) -> Receipt:
    """Store a valid application, or answer a repeat and a duplicate honestly.

    Raises:
        CallClosed: the call is not open at the moment the server received it.
        ValueError: the judgement has errors (the page shows them instead of calling this).
    """
    if not sending.judgement.valid:
        raise ValueError("only valid answers are submitted")
    for attempt in range(ATTEMPTS):
        try:
            with context.write() as session:
                return _submit(context, session, sending)
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _submit(context: Context, session: Session, sending: Sending) -> Receipt:
    now = context.clock.now()
    key = sha256_of([sending.call.id, sending.idempotency_key])
    earlier = session.scalars(select(Submission).where(Submission.idempotency_key == key)).one_or_none()
    if earlier is not None:
        return Receipt(earlier.reference, _status_token(context, session, earlier, now), repeated=True)
    if not sending.call.open_at(now):
        raise CallClosed(f"{sending.call.id} is closed")
    answers = sending.judgement.answers
    dedupe_key = sha256_of([sending.call.id, *dedupe_values(sending.call.form.dedupe, answers, sending.call.id)])
    first = session.scalars(select(Submission).where(Submission.open_dedupe_key == dedupe_key)).one_or_none()
    if first is not None:
        _remind_of(context, session, first, now)
        return Receipt(None, None, duplicate=True)
    definitions.pin(session, sending.call, now)
    submission = Submission(
        reference=new_reference(sending.call.form.code, now.year),
        call=sending.call.id,
        site=sending.call.site_of(answers),
        form_sha256=sending.call.form.sha256,
        workflow_sha256=sending.call.workflow.sha256,
        state=sending.call.workflow.initial,
        state_entered_at=now,
        language=str(answers.get("lingua") or sending.language),
        answers=dict(answers),
        record={},
        submitted_at=now,
        updated_at=now,
        idempotency_key=key,
        open_dedupe_key=dedupe_key,
    )
    session.add(submission)
    session.flush()
    files.keep(context, session, submission, sending.judgement.files, answers, seq=1)
    transitions.begin(context, session, submission)
    return Receipt(submission.reference, _status_token(context, session, submission, now))


def _status_token(context: Context, session: Session, submission: Submission, now: datetime) -> str:
    holder = tokens.Holder("richiedente", str(submission.answers["email"]))
    row = tokens.ensure(session, context.settings.secret_keys, submission, holder, "status", now=now)
    return tokens.text_of(row, context.settings.secret_keys)


def _remind_of(context: Context, session: Session, first: Submission, now: datetime) -> None:
    """Mail the first application's own link to its own address, once an hour at most.

    As long as the address is not confirmed, that is the link to confirm it.
    """
    due = None if first.confirmed_at else deadline_of(session, first)
    occasion = mailing.Occasion(seq=first.last_seq, due=due, link_until=due, mark=f"/{now:%Y%m%d%H}")
    message = "gia_presente" if first.confirmed_at else "conferma_email"
    mailing.ask(context, session, first, message, ["richiedente"], occasion)
