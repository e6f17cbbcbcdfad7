"""What applicants may do with their own data: take everything along, ask for their rights (GDPR arts. 15-21).

A request changes no state: it is noted in the log of the case and mailed to the office, which answers within a month.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ActionToken, StoredFile, Submission
from app.services.casework import eventlog, transitions
from app.services.casework.case_views import case_view
from app.services.context import Context
from app.services.links import actions, tokens
from app.services.mail import mailing
from forms.builder import JudgeContext, Judgement, judge
from forms.definition import SubForm

SUB_FORM = "diritti-privacy"
EVENT = "privacy_request"
MESSAGE = "diritti_privacy"
OFFICE = "istruttore"


def question(context: Context) -> SubForm:
    """What is asked of somebody who asks for their rights."""
    return context.catalogue.sub_forms[SUB_FORM]


def export(context: Context, token: str, language: str | None = None) -> dict[str, Any] | None:
    """All that is kept of the case behind a status link, as JSON; None where the link leads nowhere."""
    with context.read() as session:
        row = _own(session, token)
        if row is None:
            return None
        holding = actions.hold(context, session, row)
        submission, spoken = holding.submission, language or holding.submission.language
        view = case_view(
            context, session, holding.call, submission, holding.case, language=spoken, role=holding.token.role
        )
        files = session.scalars(select(StoredFile).where(StoredFile.submission_id == submission.id))
        return {
            "reference": view.reference,
            "call": view.call,
            "title": view.call_title,
            "form": holding.form.form,
            "state": view.state,
            "state_label": view.public_text,
            "submitted_at": submission.submitted_at.isoformat(),
            "confirmed_at": submission.confirmed_at.isoformat() if submission.confirmed_at else None,
            "register_number": submission.protocol_number,
            "language": submission.language,
            "answers": dict(submission.answers),
            "files": [{"name": file.filename, "bytes": file.size, "sha256": file.sha256} for file in files],
            "history": [{"at": line.at.isoformat(), "what": line.text, "detail": line.detail} for line in view.history],
            "exported_at": context.clock.now().isoformat(),
        }


def may_ask(context: Context, token: str) -> bool:
    """Whether the holder of the link has shown that the address is theirs: only then something is asked."""
    with context.read() as session:
        row = _own(session, token)
        return row is not None and session.get_one(Submission, row.submission_id).confirmed_at is not None


def ask(context: Context, token: str, formdata: Any) -> Judgement | None:
    """Note a request and mail it to the office; the judgement says what to correct. None where nothing may be asked."""
    with context.write() as session:
        row = _own(session, token)
        if row is None:
            return None
        _, submission = transitions.lock(session, context, row.submission_id)
        if submission.confirmed_at is None:
            return None
        sub_form = question(context)
        judged = judge(sub_form, formdata, JudgeContext(context.clock.now()))
        if judged.valid:
            _note(context, session, submission, _words(sub_form, judged))
        return judged


def _own(session: Session, token: str) -> ActionToken | None:
    row = tokens.find(session, token, "status")
    return row if row is not None and row.revoked_at is None else None


def _words(sub_form: SubForm, judged: Judgement) -> str:
    """The request as the office reads it."""
    option = sub_form.field("richiesta").option(str(judged.answers["richiesta"]))
    asked = option.it if option else ""
    return "\n".join(part for part in (asked, str(judged.answers.get("dettagli", ""))) if part)


def _note(context: Context, session: Session, submission: Submission, text: str) -> None:
    now, state = context.clock.now(), submission.state
    happening = eventlog.Happening(EVENT, "richiedente", state, state, now, {"inputs": {"elenco": text}})
    event = eventlog.append(session, submission, happening)
    submission.updated_at = now
    mailing.ask(context, session, submission, MESSAGE, [OFFICE], mailing.Occasion(event.seq))
