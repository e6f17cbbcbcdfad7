"""The authorisation on paper: what a parent prints, signs and hands in, instead of answering through their link.

The case officer records the signed form through the link of the mail `consenso_su_carta`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.dates import show_day
from app.models import ActionToken
from app.services.casework.transitions import CONSENT_GIVEN
from app.services.context import Context
from app.services.links import actions, tokens
from forms.fields import shown
from forms.model import BIRTH_DATE, FieldDefinition

PARENT = "genitore"
_TOLD = frozenset({"edizione", "citta", "sede", "titolo", "luogo", "classe", "aree", "interessi"})
"""Questions whose answers say what is authorised; everything else is read on the parent's page."""

_NAMES = ("nome", "cognome"), ("referente_nome", "referente_cognome")


@dataclass(frozen=True)
class PaperView:
    """What the printed form says: whom it is about, what is authorised, what to fill in, where and until when."""

    reference: str
    language: str
    call_title: str
    name: str
    born: str
    facts: tuple[tuple[str, str], ...]
    questions: tuple[FieldDefinition, ...]
    office: str
    email: str
    phone: str
    deadline: datetime | None


def for_applicant(context: Context, token: str, language: str | None = None) -> PaperView | None:
    """The form behind a status link; None where nobody waits for a parent."""
    return _view(context, token, "status", language)


def for_parent(context: Context, token: str, language: str | None = None) -> PaperView | None:
    """The form behind the parent's own link; None where nobody waits for them."""
    return _view(context, token, "action", language)


def _view(context: Context, token: str, purpose: tokens.Purpose, language: str | None) -> PaperView | None:
    with context.read() as session:
        row = tokens.find(session, token, purpose)
        if row is None or row.revoked_at is not None or (purpose == "action" and row.role != PARENT):
            return None
        return _filled(context, session, row, language)


def _filled(context: Context, session: Session, row: ActionToken, language: str | None) -> PaperView | None:
    holding = actions.hold(context, session, row)
    submission, call, form = holding.submission, holding.call, holding.form
    asked = next(
        (
            transition.inputs
            for transition in holding.definition.leaving(submission.state, CONSENT_GIVEN)
            if PARENT in transition.actor and transition.inputs
        ),
        None,
    )
    if asked is None:
        return None
    spoken = language or submission.language
    answers = submission.answers
    name = next((" ".join(str(answers[part]) for part in parts) for parts in _NAMES if parts[0] in answers), "")
    birth = answers.get(BIRTH_DATE)
    told = [field for field in form.fields if field.id in _TOLD and answers.get(field.id) not in (None, "", [])]
    return PaperView(
        reference=submission.reference,
        language=spoken,
        call_title=call.file.title.in_(spoken),
        name=name,
        born=show_day(date.fromisoformat(birth), spoken) if birth else "",
        facts=tuple((field.label.in_(spoken), shown(field, answers[field.id], spoken)) for field in told),
        questions=context.catalogue.sub_forms[asked].fields,
        office=call.file.office.name,
        email=call.file.office.email,
        phone=call.file.office.phone,
        deadline=actions.deadline_of(session, submission),
    )
