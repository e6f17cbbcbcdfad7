"""A typo in the applicant's address: corrected by the browser that sent the form, until the address is confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import ActionToken, OutboxMessage, Submission
from app.security import sha256_of
from app.services import definitions
from app.services.casework import eventlog, transitions
from app.services.context import Context
from app.services.intake import judging
from app.services.links import actions, tokens
from app.services.mail import mailing
from forms.builder import form_inputs, judge
from forms.derive import dedupe_values
from forms.judging import FieldError

FIELD = "email"
ROLE = "richiedente"
EVENT = "address_corrected"
MOST = 2
"""How often: a typo, and a typo in its correction. More would have us write to strangers."""

_COUNT = "address_corrections"


@dataclass(frozen=True)
class Corrected:
    """What came of a correction: the page's new token, or why nothing has changed."""

    token: str = ""
    problem: Literal["", "late", "wrong", "same", "duplicate"] = ""
    error: FieldError | None = None


def may_correct(context: Context, token: str) -> bool:
    """Whether the address behind a status link can still be corrected."""
    with context.read() as session:
        row = tokens.find(session, token, "status")
        return row is not None and _open(context, session, session.get_one(Submission, row.submission_id), row)


def correct(context: Context, token: str, typed: str) -> Corrected:
    """Write to another address: old links end, the confirmation goes to the new one, and an event says so."""
    with context.write() as session:
        row = tokens.find(session, token, "status")
        if row is None:
            return Corrected(problem="late")
        call, submission = transitions.lock(session, context, row.submission_id)
        session.refresh(row)
        if not _open(context, session, submission, row):
            return Corrected(problem="late")
        form = definitions.form_of(session, context, submission)
        inputs = form_inputs(form, {**submission.answers, FIELD: typed})
        judged = judge(form, MultiDict(inputs), judging.context_of(context, call))
        if error := next((each for each in judged.errors if each.field == FIELD), None):
            return Corrected(problem="wrong", error=error)
        answers = {**submission.answers, FIELD: judged.answers[FIELD]}
        if answers[FIELD].casefold() == row.person.casefold():
            return Corrected(problem="same")
        key = sha256_of([call.id, *dedupe_values(form.dedupe, answers, call.id)])
        same = select(Submission.id).where(Submission.open_dedupe_key == key, Submission.id != submission.id)
        if session.scalar(same) is not None:
            return Corrected(problem="duplicate")
        submission.open_dedupe_key = key
        mails = _end_old_links(context, session, submission, row.person)
        return Corrected(_change(context, session, submission, answers, mails))


def _open(context: Context, session: Session, submission: Submission, row: ActionToken) -> bool:
    waits = submission.state == definitions.workflow_of(session, context, submission).initial
    unconfirmed = waits and submission.confirmed_at is None and row.revoked_at is None
    return unconfirmed and submission.record.get(_COUNT, 0) < MOST


def _end_old_links(context: Context, session: Session, submission: Submission, person: str) -> list[str]:
    """Whoever has the old address can open nothing, and gets no mail that still waits; what was written there."""
    tokens.revoke_person(session, submission, tokens.Holder(ROLE, person), EVENT, context.clock.now())
    mails = (
        OutboxMessage.submission_id == submission.id,
        OutboxMessage.channel == "mail",
        OutboxMessage.target == person,
    )
    written = session.scalars(select(OutboxMessage.payload).where(*mails).order_by(OutboxMessage.id)).all()
    session.execute(delete(OutboxMessage).where(*mails, OutboxMessage.delivered_at.is_(None)))
    return list(dict.fromkeys(payload["message"] for payload in written))


def _change(
    context: Context, session: Session, submission: Submission, answers: Mapping[str, Any], mails: Sequence[str]
) -> str:
    """Note the new address and write there what was written to the old one; the new status token."""
    now = context.clock.now()
    before = submission.answers[FIELD]
    submission.answers = dict(answers)
    submission.record = {**submission.record, _COUNT: submission.record.get(_COUNT, 0) + 1}
    submission.updated_at = now
    payload = {"inputs": {}, "before": {FIELD: before}, "after": {FIELD: answers[FIELD]}}
    state = submission.state
    event = eventlog.append(session, submission, eventlog.Happening(EVENT, ROLE, state, state, now, payload))
    until = actions.deadline_of(session, submission)
    occasion = mailing.Occasion(event.seq, due=until, link_until=until)
    for message in mails:
        mailing.ask(context, session, submission, message, [ROLE], occasion)
    keys = context.settings.secret_keys
    row = tokens.ensure(session, keys, submission, tokens.Holder(ROLE, answers[FIELD]), "status", now=now)
    return tokens.text_of(row, keys)
