"""The receipt of an application (law 241/1990, article 18-bis): what was sent, when, and what the office owes for it.

It tells of the moment of sending: the answers are those of the first event, even where some were corrected since.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from app.dates import local_day
from app.models import Submission
from app.security import sha256_of
from app.services.casework import eventlog
from app.services.casework.case_views import answers_shown
from app.services.context import Context
from app.services.links import actions, tokens
from app.services.mail.mail_values import register_number
from app.services.views import ReceiptView
from workflows.case import Visit
from workflows.timers import legal_term


def receipt(context: Context, token: str, language: str | None = None) -> ReceiptView | None:
    """The receipt behind a status link; None for an unknown link, and once the answers are erased."""
    with context.read() as session:
        row = tokens.find(session, token, "status")
        if row is None or row.revoked_at is not None:
            return None
        holding = actions.hold(context, session, row)
        submission, form = holding.submission, holding.form
        sent = _sent(session, submission)
        if sent is None:
            return None
        spoken = language or submission.language
        law241 = form.procedure.law241
        file = holding.call.file
        return ReceiptView(
            reference=submission.reference,
            language=spoken,
            call_title=file.title.in_(spoken),
            form_title=form.title.in_(spoken),
            submitted_at=submission.submitted_at,
            confirmed_at=submission.confirmed_at,
            confirm_by=None if submission.confirmed_at else actions.deadline_of(session, submission),
            law241=law241,
            term=_first_term(holding),
            term_days=form.procedure.days,
            office=file.office.name,
            officer=file.office.officer,
            email=file.office.email,
            phone=file.office.phone,
            substitute=file.office.substitute,
            protocol=register_number(submission, spoken) if law241 or submission.protocol_number else "",
            answers=answers_shown(form, sent, spoken, declarations=True),
            sha256=digest(submission, sent),
        )


def _first_term(holding: actions.Holding) -> date | None:
    """The day by which the law wants an answer, counted when the application came; later stops may move it."""
    sent, days = holding.submission.submitted_at, holding.form.procedure.days
    if not holding.form.procedure.law241 or days is None:
        return None
    began = (Visit(holding.definition.initial, sent, "submit"),)
    return local_day(legal_term(holding.definition, began, sent, days, sent).term)


def digest(submission: Submission, sent: dict[str, object]) -> str:
    """SHA-256 over the canonical JSON of what was sent, on which form and when: whoever has the data can repeat it."""
    return sha256_of(
        {
            "reference": submission.reference,
            "call": submission.call,
            "form": submission.form_sha256,
            "submitted_at": submission.submitted_at.isoformat(),
            "answers": sent,
        }
    )


def _sent(session: Session, submission: Submission) -> dict[str, object] | None:
    return eventlog.first_payload(session, submission).get("answers")
