"""Taking an application: one transaction, an honest receipt, nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.errors import HubOutError
from app.models import Submission
from app.security import new_reference, sha256_of
from app.services import definitions
from app.services.casework import eventlog, invites, transitions
from app.services.context import Context
from app.services.intake import files
from app.services.links import tokens
from app.services.links.actions import deadline_of
from app.services.mail import mailing
from app.services.views import Receipt
from forms.builder import Judgement
from forms.derive import dedupe_values
from forms.uploads import awaited

REMARKS = ("ignored", "warnings", "files_to_come")
"""What a program is told of its answers: pairs of field and code, and fields whose file was only declared."""

ATTEMPTS = 3
"""Tries of one submission: a lost race for a unique key is found and answered on the next."""


class CallClosed(HubOutError):  # noqa: N818 - callers read `except CallClosed`
    """The call takes no applications at this moment."""


class KeyReused(HubOutError):  # noqa: N818 - as above
    """A program sends something else under a key that it has used."""


@dataclass(frozen=True)
class ApiRequest:
    """What a program's sending has beside answers: its integrator's name ("" without a key), a digest of it all."""

    origin: str
    digest: str


@dataclass(frozen=True)
class Sending:
    """One press of "Invia": what was judged, in which language, and the key that makes a repeat harmless.

    Our pages make keys that nobody guesses. A program's key may be anything, so it counts among the integrator's own
    only, and leads to what was sent under it nobody but who sends the same again.
    """

    call: Call
    judgement: Judgement
    idempotency_key: str
    language: str
    request: ApiRequest | None = None

    @property
    def unique_key(self) -> str:
        """What finds the submission of this sending again."""
        return unique_key(self.call, self.idempotency_key, self.request)

    @property
    def remarks(self) -> dict[str, list[Any]]:
        """What is said of the answers, as the API says it."""
        warnings = [[warning.field, warning.code] for warning in self.judgement.warnings]
        return {
            "ignored": [list(pair) for pair in self.judgement.ignored],
            "warnings": warnings,
            "files_to_come": awaited(self.judgement.answers),
        }

    @property
    def logged(self) -> dict[str, Any]:
        """What the first event's payload keeps besides the answers, so that a repeat gets the same answer."""
        if self.request is None:
            return {}
        return {"origin": self.request.origin, "request": self.request.digest, **self.remarks}


def unique_key(call: Call, idempotency_key: str, request: ApiRequest | None) -> str:
    """The digest under which a sending is found again."""
    whose = ["api", request.origin] if request else []
    return sha256_of([call.id, *whose, idempotency_key])


def repeated(context: Context, call: Call, idempotency_key: str, request: ApiRequest) -> Receipt | None:
    """The receipt of what a program has sent under this key before; None where it has sent nothing.

    Raises:
        KeyReused: what it sent then was something else.
    """
    earlier = select(Submission).where(Submission.idempotency_key == unique_key(call, idempotency_key, request))
    with context.read() as session:
        if session.scalars(earlier).one_or_none() is None:
            return None
    with context.write() as session:
        return _receipt_of(context, session, session.scalars(earlier).one(), request)


def submit(context: Context, sending: Sending) -> Receipt:
    """Store a valid application, or answer a repeat and a duplicate honestly.

    Raises:
        CallClosed: the call is not open at the moment the server received it.
        KeyReused: a program has sent something else under this key.
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
    key = sending.unique_key
    earlier = session.scalars(select(Submission).where(Submission.idempotency_key == key)).one_or_none()
    if earlier is not None:
        return _receipt_of(context, session, earlier, sending.request)
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
    invites.remember(session, context, sending.call, submission)
    transitions.begin(context, session, submission, sending.logged)
    return Receipt(submission.reference, _status_token(context, session, submission, now), remarks=sending.remarks)


def _receipt_of(context: Context, session: Session, earlier: Submission, request: ApiRequest | None) -> Receipt:
    """The same receipt once more."""
    payload = eventlog.first_payload(session, earlier)
    if request and payload.get("request") != request.digest:
        raise KeyReused("this key was used for something else", "take a new key for each application")
    remarks = {name: payload.get(name, []) for name in REMARKS}
    token = _status_token(context, session, earlier, context.clock.now())
    return Receipt(earlier.reference, token, repeated=True, remarks=remarks)


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
