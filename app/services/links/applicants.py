"""The applicant's own page: the receipt, where the case stands, what they may do now."""

from __future__ import annotations

from typing import Any

from app.security import mask_email
from app.services.casework import cases, documents
from app.services.casework.case_views import case_view
from app.services.casework.transitions import CONSENT_GIVEN
from app.services.context import Context
from app.services.intake import files
from app.services.links import actions, contacts, tokens
from app.services.links.contacts import PARENT
from app.services.mail import untold
from app.services.mail.mail_values import applicant_name, register_number
from app.services.views import ActionResult, StatusView


def status(context: Context, token: str, language: str | None = None) -> StatusView | None:
    """The page behind a status link; None for an unknown or closed one. Looking changes nothing."""
    with context.read() as session:
        row = tokens.find(session, token, "status")
        if row is None or row.revoked_at is not None:
            return None
        holding = actions.hold(context, session, row)
        submission, call = holding.submission, holding.call
        spoken = language or submission.language
        law241 = holding.form.procedure.law241
        view = case_view(context, session, call, submission, holding.case, language=spoken, role="richiedente")
        told = untold.first(session, submission, context.clock.now()) is None
        choices = actions.choices_of(context, session, holding, spoken) if submission.confirmed_at else ()
        return StatusView(
            case=view,
            language=spoken,
            first_name=applicant_name(submission.answers),
            masked_email=mask_email(row.person),
            confirm_by=actions.deadline_of(session, submission) if submission.confirmed_at is None else None,
            term_days=holding.form.procedure.days if law241 else None,
            office=call.file.office.name,
            officer=call.file.office.officer,
            substitute=call.file.office.substitute if view.term else "",
            protocol=register_number(submission, spoken) if law241 or submission.protocol_number else "",
            choices=choices,
            deadline=actions.deadline_for(session, holding, choices),
            prefilled=dict(submission.answers),
            version=submission.version,
            data_deleted_on=cases.deletion_day(session, context, submission) if told else None,
            workflow=holding.definition.workflow,
            asks_parent=PARENT in submission.answers,
            awaits_parent=bool(holding.definition.leaving(submission.state, CONSENT_GIVEN)),
            contacts_open=contacts.is_open(context, session, submission, row),
        )


def document(context: Context, token: str, file_id: int) -> files.Download | None:
    """A document that was made for the case, such as a certificate; None for anything else."""
    with context.read() as session:
        row = tokens.find(session, token, "status")
        if row is None or row.revoked_at is not None:
            return None
        return files.read(context, session, row.submission_id, file_id, documents.TITLES)


def act(context: Context, token: str, event: str, formdata: Any, language: str | None = None) -> ActionResult:
    """Do one of the choices of the applicant's page."""
    return actions.act(context, token, event, formdata, language, purpose="status")
