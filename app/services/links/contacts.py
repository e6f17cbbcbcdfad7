"""Telephone and e-mail address of an applicant, corrected after the address was confirmed.

A telephone number counts at once. A new e-mail address counts when its owner says so, through a link that goes there:
until then everything is written to the old one, whose links end with the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import ActionToken, Event, OutboxMessage, Submission
from app.security import mask_email, sha256_of
from app.services import definitions
from app.services.casework import eventlog, transitions
from app.services.context import Context
from app.services.intake import judging
from app.services.links import tokens
from app.services.mail import mailing
from forms.builder import form_inputs, judge
from forms.definition import SubForm, Text
from forms.derive import dedupe_values
from forms.judging import FieldError

ROLE = "richiedente"
EMAIL, PHONE, PARENT = "email", "telefono", "genitore_email"
CORRECTED, ASKED, CHANGED = "contacts_corrected", "new_address_asked", "address_changed"
"""Events beside every workflow: the number was corrected, another address was named, its owner confirmed it."""

TO_NEW, TO_BOTH = "indirizzo_nuovo", "indirizzo_cambiato"
LIFE = timedelta(hours=72)
"""How long the link to a new address works, as that of the first confirmation."""

MOST = 5
"""How many addresses may be named in one case: more would have us write to strangers."""

Problem = Literal["", "late", "often", "duplicate"]


@dataclass(frozen=True)
class ContactsView:
    """What can be corrected: the questions, the present answers, and the masked address that waits for its owner."""

    questions: SubForm
    answers: Mapping[str, Any]
    language: str
    awaited: str = ""
    minor: bool = False


@dataclass(frozen=True)
class Corrected:
    """What came of a correction: what is wrong with it, why nothing was done, or what has changed."""

    errors: tuple[FieldError, ...] = ()
    problem: Problem = ""
    phone: bool = False
    asked: str = ""


@dataclass(frozen=True)
class NewAddress:
    """An address that waits for its owner's word, masked."""

    masked: str
    language: str


def view(context: Context, token: str) -> ContactsView | None:
    """What the holder of a status link may correct; None where the link, or the case, is closed or unconfirmed."""
    with context.read() as session:
        row = tokens.find(session, token, "status")
        submission = session.get_one(Submission, row.submission_id) if row else None
        if row is None or submission is None or not is_open(context, session, submission, row):
            return None
        waiting = _waiting(context, session, submission)
        answers = {name: submission.answers.get(name, "") for name in (PHONE, EMAIL)}
        questions = _questions(context, session, submission)
        awaited = mask_email(waiting.person) if waiting else ""
        return ContactsView(questions, answers, submission.language, awaited, PARENT in submission.answers)


def correct(context: Context, token: str, typed: Mapping[str, str]) -> Corrected:
    """Note another number; ask the owner of another address."""
    with context.write() as session:
        row = tokens.find(session, token, "status")
        if row is None:
            return Corrected(problem="late")
        call, submission = transitions.lock(session, context, row.submission_id)
        session.refresh(row)
        if not is_open(context, session, submission, row):
            return Corrected(problem="late")
        form = definitions.form_of(session, context, submission)
        asked = {field.id: typed.get(field.id, "") for field in _questions(context, session, submission).fields}
        judged = judge(
            form,
            MultiDict(form_inputs(form, {**submission.answers, **asked})),
            judging.context_of(context, call),
            submission.answers,
        )
        if errors := _own_errors(judged.errors, asked):
            return Corrected(errors)
        answers = {name: judged.answers.get(name) for name in asked}
        return _take(context, session, submission, answers)


def waiting_address(context: Context, token: str) -> NewAddress | None:
    """The new address behind its own link; None where the link is unknown, used or too old. Looking changes nothing."""
    with context.read() as session:
        row = tokens.find(session, token, "address")
        if row is None or not _alive(context, session, row):
            return None
        return NewAddress(mask_email(row.person), session.get_one(Submission, row.submission_id).language)


def confirm(context: Context, token: str) -> tuple[str, Problem]:
    """From now on everything goes to the new address: its status token, or why nothing has changed."""
    with context.write() as session:
        row = tokens.find(session, token, "address")
        if row is None:
            return "", "late"
        call, submission = transitions.lock(session, context, row.submission_id)
        session.refresh(row)
        if not _alive(context, session, row):
            return "", "late"
        answers = {**submission.answers, EMAIL: row.person}
        form = definitions.form_of(session, context, submission)
        key = sha256_of([call.id, *dedupe_values(form.dedupe, answers, call.id)])
        same = select(Submission.id).where(Submission.open_dedupe_key == key, Submission.id != submission.id)
        if session.scalar(same) is not None:
            return "", "duplicate"
        submission.open_dedupe_key = key
        return _change(context, session, submission, row, answers), ""


def is_open(context: Context, session: Session, submission: Submission, row: ActionToken) -> bool:
    """Whether contact data can still be corrected through this link: confirmed, and the case not closed."""
    kind = definitions.workflow_of(session, context, submission).state(submission.state).kind
    return row.revoked_at is None and submission.confirmed_at is not None and kind not in ("closed", "final")


def _alive(context: Context, session: Session, row: ActionToken) -> bool:
    in_time = row.used_seq is None and context.clock.now() - row.created_at < LIFE
    return in_time and is_open(context, session, session.get_one(Submission, row.submission_id), row)


def _questions(context: Context, session: Session, submission: Submission) -> SubForm:
    """Number and address as the case's own form asks for them; hidden ones are not asked here either."""
    form = definitions.form_of(session, context, submission)
    fields = tuple(
        field.model_copy(update={"show_if": None})
        for field in form.fields
        if field.id in (PHONE, EMAIL) and (field.show_if is None or field.id in submission.answers)
    )
    return SubForm(form="contatti", title=Text(it="Contatti", en="Contact data"), fields=fields)


def _own_errors(errors: tuple[FieldError, ...], asked: Mapping[str, str]) -> tuple[FieldError, ...]:
    """What is wrong with these answers; an address that is the parent's is told where it was typed."""
    own = [error for error in errors if error.field in asked]
    clash = [error for error in errors if error.field == PARENT and error.code == "must_differ"]
    return (*own, *(FieldError(EMAIL, error.code, error.params) for error in clash))


def _waiting(context: Context, session: Session, submission: Submission) -> ActionToken | None:
    query = (
        select(ActionToken)
        .where(ActionToken.submission_id == submission.id, ActionToken.purpose == "address")
        .order_by(ActionToken.id.desc())
    )
    newest = session.scalars(query).first()
    return newest if newest and _alive(context, session, newest) else None


def _take(context: Context, session: Session, submission: Submission, answers: Mapping[str, Any]) -> Corrected:
    email = str(answers[EMAIL])
    phone_changed = PHONE in answers and answers[PHONE] != submission.answers.get(PHONE)
    address_changed = email.casefold() != str(submission.answers[EMAIL]).casefold()
    named = select(func.count()).where(Event.submission_id == submission.id, Event.event == ASKED)
    if address_changed and session.scalars(named).one() >= MOST:
        return Corrected(problem="often")
    if phone_changed:
        before, after = submission.answers.get(PHONE), answers[PHONE]
        kept = {**submission.answers, PHONE: after}
        submission.answers = {name: value for name, value in kept.items() if value is not None}
        _note(context, session, submission, CORRECTED, {"before": {PHONE: before}, "after": {PHONE: after}})
    if address_changed:
        _ask_owner(context, session, submission, email)
    return Corrected(phone=phone_changed, asked=mask_email(email) if address_changed else "")


def _ask_owner(context: Context, session: Session, submission: Submission, email: str) -> None:
    """Write to the new address; a link that went to another one ends."""
    now = context.clock.now()
    event = _note(context, session, submission, ASKED, {"inputs": {EMAIL: email}})
    others = (ActionToken.person != email) | (ActionToken.created_at <= now - LIFE)
    earlier = (ActionToken.submission_id == submission.id, ActionToken.purpose == "address", others)
    session.execute(update(ActionToken).where(*earlier).values(revoked_at=now, revoked_reason=ASKED))
    until = now + LIFE
    occasion = mailing.Occasion(event.seq, due=until, link_until=until)
    mailing.tell(context, session, submission, TO_NEW, tokens.Holder(ROLE, email), occasion, "address")


def _change(
    context: Context, session: Session, submission: Submission, row: ActionToken, answers: Mapping[str, Any]
) -> str:
    """Note the new address, end the links that went to the old one, and write to both; the new status token."""
    now, keys, before = context.clock.now(), context.settings.secret_keys, str(submission.answers[EMAIL])
    submission.answers = dict(answers)
    payload = {"before": {EMAIL: before}, "after": {EMAIL: row.person}}
    event = _note(context, session, submission, CHANGED, payload)
    tokens.use(session, row, event.seq)
    holder = tokens.Holder(ROLE, row.person)
    _move_mails(context, session, submission, before, holder)
    tokens.revoke_person(session, submission, tokens.Holder(ROLE, before), CHANGED, now)
    mailing.tell(context, session, submission, TO_BOTH, holder, mailing.Occasion(event.seq), "status")
    mailing.tell(context, session, submission, TO_BOTH, tokens.Holder(ROLE, before), mailing.Occasion(event.seq), None)
    return tokens.text_of(tokens.ensure(session, keys, submission, holder, "status", now=now), keys)


def _move_mails(context: Context, session: Session, submission: Submission, before: str, holder: tokens.Holder) -> None:
    """Mails that still wait go to the new address, with links of its own."""
    waiting = select(OutboxMessage).where(
        OutboxMessage.submission_id == submission.id,
        OutboxMessage.channel == "mail",
        OutboxMessage.target == before,
        OutboxMessage.delivered_at.is_(None),
    )
    for mail in session.scalars(waiting).all():
        old = session.get(ActionToken, mail.payload["token"]) if mail.payload["token"] else None
        if old is not None:
            purpose: tokens.Purpose = "status" if old.purpose == "status" else "action"
            new = tokens.ensure(
                session,
                context.settings.secret_keys,
                submission,
                holder,
                purpose,
                now=context.clock.now(),
                expires_at=old.expires_at,
            )
            mail.payload = {**mail.payload, "token": new.id}
        mail.target = holder.email


def _note(context: Context, session: Session, submission: Submission, event: str, payload: Mapping[str, Any]) -> Event:
    now, state = context.clock.now(), submission.state
    submission.updated_at = now
    happening = eventlog.Happening(event, ROLE, state, state, now, {"inputs": {}, **payload})
    return eventlog.append(session, submission, happening)
