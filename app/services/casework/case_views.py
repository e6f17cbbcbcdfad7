"""A submission as its readers may see it: applicant, staff behind a link."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import Event, EventPayload, Review, StoredFile, Submission
from app.services.casework import cases, documents, said
from app.services.casework.reviews import as_review, outdated
from app.services.context import Context
from app.services.definitions import RENAMED, form_of, workflow_of
from app.services.intake import files
from app.services.mail import untold
from app.services.mail.mail_values import mean_score, register_number
from app.services.views import AnswerShown, CaseView, FileLine, HistoryLine, ReviewLine
from forms.definition import FormDefinition
from forms.fields import shown
from forms.uploads import awaited
from workflows.case import Case
from workflows.migration import MIGRATED

UNSHOWN = frozenset({"checkbox"})
"""Declarations are shown by the form, not repeated as answers."""

APPLICANTS = frozenset({"richiedente", "genitore"})

ROUNDS = frozenset({"commissione", "cedente", "riusante", "cabina_di_regia"})
"""Roles that answer more than once, and must read what was asked or said between."""

BLIND = frozenset({"revisore", "provincia", "commissione"})
"""Roles that judge what was proposed, not who proposes it."""

KNOWN: Mapping[str, frozenset[str]] = {"scuola": frozenset({"none", "ordinary", "identity"})}
"""Roles that read only these classes of data: a school knows its student, not how to reach the parents."""

OFFICE = frozenset({"istruttore", "coordinatore", "backup_coordinatore"})
"""Roles that follow the case, and read all that was said of it; the register office only gives its number."""


def case_view(
    context: Context,
    session: Session,
    call: Call,
    submission: Submission,
    case: Case,
    *,
    language: str,
    role: str,
) -> CaseView:
    """The case for a reader in `role`: who judges it sees no names, who applied no reviews.

    Who applied reads of a result only once its mails have left (`mail.untold`).
    """
    form = form_of(session, context, submission)
    workflow = workflow_of(session, context, submission)
    staff = role not in APPLICANTS
    until = None if staff else untold.first(session, submission, context.clock.now())
    state = workflow.state(submission.state if until is None else _before(session, submission, until))
    reviews = _reviews(session, call, submission) if role in OFFICE else ()
    reading = said.Reading(workflow, form, context.catalogue.sub_forms, language, staff)
    scores = tuple(line.score for line in reviews if line.score is not None and not line.conflict)
    return CaseView(
        reference=submission.reference,
        call=call.id,
        call_title=call.file.title.in_(language),
        state=state.id,
        state_label=state.label.in_(language) if staff else state.public.in_(language),
        public_text=state.public.in_(language),
        submitted_at=submission.submitted_at,
        term=cases.term_of(session, context, submission, case) if state.clock != "stop" else None,
        answers=answers_for(form, submission.answers, language, role),
        history=_history(session, reading, submission, until) if role in OFFICE | APPLICANTS | ROUNDS else (),
        reviews=reviews,
        files=_files(context, session, submission, None if staff else documents.TITLES),
        files_to_come=tuple(form.field(name).label.in_(language) for name in awaited(submission.answers)),
        mean_score=mean_score(scores),
        lowest=min(scores, default=None),
        highest=max(scores, default=None),
        protocol=register_number(submission, language) if role in OFFICE and form.procedure.law241 else "",
    )


def answers_for(form: FormDefinition, answers: Mapping[str, Any], language: str, role: str) -> tuple[AnswerShown, ...]:
    """The answers that a reader in `role` may see."""
    return answers_shown(form, answers, language, blind=role in BLIND, known=KNOWN.get(role))


def answers_shown(
    form: FormDefinition,
    answers: Mapping[str, Any],
    language: str,
    *,
    blind: bool = False,
    declarations: bool = False,
    known: Collection[str] | None = None,
) -> tuple[AnswerShown, ...]:
    """The answers in the form's order; a blind reader sees what the sheet may show, a receipt has the declarations.

    With `known` only answers of these classes of data are shown.
    """
    lines = []
    for section in form.sections:
        for field in section.fields:
            value = answers.get(field.id)
            unshown = field.type in UNSHOWN and not declarations
            untold = (blind and field.sheet != "yes") or (known is not None and field.pii not in known)
            if value in (None, "", []) or unshown or untold:
                continue
            text = shown(field, value, language)
            lines.append(AnswerShown(section.title.in_(language), field.label.in_(language), text))
    return tuple(lines)


def _before(session: Session, submission: Submission, seq: int) -> str:
    """The state in which the case was before this event."""
    query = select(Event.from_state).where(Event.submission_id == submission.id, Event.seq == seq)
    before = session.scalars(query).one() or submission.state
    renamed: Mapping[str, str] = submission.record.get(RENAMED, {})
    return renamed.get(before, before)


def _history(
    session: Session, reading: said.Reading, submission: Submission, until: int | None
) -> tuple[HistoryLine, ...]:
    """The states the case has gone through before event `until`, what the reader did there and what was said."""
    query = (
        select(Event, EventPayload.body)
        .outerjoin(EventPayload, EventPayload.event_id == Event.id)
        .where(Event.submission_id == submission.id)
        .order_by(Event.seq)
    )
    lines = []
    for event, body in session.execute(query):
        if until is not None and event.seq >= until:
            break
        stayed = event.from_state == event.to_state or event.event == MIGRATED
        if stayed and not reading.staff and event.actor != "richiedente":
            continue
        label = reading.workflow.state(event.to_state).label.in_(reading.language)
        if stayed and not reading.staff:
            label = said.event_label(reading.workflow, event, reading.language)
        lines.append(HistoryLine(event.at, label, said.detail(reading, event, body or {})))
    return tuple(lines)


def own_review(session: Session, call: Call, submission: Submission, person: str) -> tuple[ReviewLine, ...]:
    """The review of an older version that a reviewer may let stand; `person` is their address."""
    names = [each.name for each in call.people("revisore", submission.site) if each.email == person]
    rows = [row for name, row in outdated(session, call, submission).items() if name in names] if names else []
    return tuple(ReviewLine(row.reviewer, row.outcome, row.score, row.note) for row in rows)


def _reviews(session: Session, call: Call, submission: Submission) -> tuple[ReviewLine, ...]:
    query = select(Review).where(Review.submission_id == submission.id, Review.version == submission.version)
    return tuple(
        ReviewLine(row.reviewer, row.outcome, row.score if as_review(call, row).valid else None, row.note, row.conflict)
        for row in session.scalars(query.order_by(Review.reviewer))
    )


def _files(
    context: Context, session: Session, submission: Submission, fields: Collection[str] | None
) -> tuple[FileLine, ...]:
    """The case's files; with `fields` only those of one of these."""
    query = select(StoredFile).where(StoredFile.submission_id == submission.id).order_by(StoredFile.id)
    return tuple(
        FileLine(row.id, row.filename, row.size, files.availability(context, row))
        for row in session.scalars(query)
        if fields is None or row.field in fields
    )
