"""What the engine is told of a submission: the case as it stands, and the facts of the moment it asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.dates import local_day
from app.models import Event, Submission
from app.services.context import Context
from app.services.definitions import RENAMED, form_of, workflow_of
from forms.derive import age_on
from workflows.anchors import add_months
from workflows.case import Case, Visit
from workflows.dates import END_OF_DAY, at_local
from workflows.timers import legal_term
from workflows.undo import standing

REJECTED = frozenset({"respinta", "decaduta", "revocata", "ritirata", "esclusa", "annullata", "assente", "scaduta"})
"""Closed states whose data stay for the form's `rejected` period; the others stay for `success`."""

APPLICANT_BIRTH = "data_nascita"
LISTED, RESERVE = "lista_attesa", "idonea"
"""States in which cases wait: for a place, and for one of a ranking."""

LIST_MONTHS = 12
"""How long a waiting list lives (clarifications.md §7, `list_end`)."""


def case_of(session: Session, context: Context, submission: Submission) -> Case:
    """The engine's case: one query for the event log, the rest from the row."""
    call = context.catalogue.calls[submission.call]
    form = form_of(session, context, submission)
    log = session.execute(
        select(Event.seq, Event.at, Event.event, Event.actor, Event.from_state, Event.to_state)
        .where(Event.submission_id == submission.id)
        .order_by(Event.seq)
    ).all()
    rows = standing(log)
    history = tuple(Visit(row.to_state, row.at, row.event, row.actor) for row in rows if row.from_state != row.to_state)
    birth = submission.answers.get(APPLICANT_BIRTH)
    record = submission.record
    renamed: Mapping[str, str] = record.get(RENAMED, {})
    return Case(
        reference=submission.reference,
        form=form.form,
        call=submission.call,
        state=submission.state,
        entered_at=submission.state_entered_at,
        submitted_at=submission.submitted_at,
        confirmed_at=submission.confirmed_at,
        version=submission.version,
        answers=submission.answers,
        counts=Counter(row.event for row in rows),
        visited=frozenset(renamed.get(visit.state, visit.state) for visit in history),
        anchors=_anchors(call, submission, context.clock.now()),
        history=history,
        law241=form.procedure.law241,
        term_days=form.procedure.days if form.procedure.law241 else None,
        protocol=submission.protocol_number is not None,
        age=age_on(date.fromisoformat(birth), local_day(submission.submitted_at)) if birth else None,
        escalated=frozenset(record.get("escalated", ())),
        overdue=bool(record.get("overdue", False)),
        abstained=frozenset(record.get("abstained", ())),
        city=call.city(call.site_of(submission.answers)),
    )


def _anchors(call: Call, submission: Submission, now: datetime) -> dict[str, datetime]:
    """The dates that timers may count from: those that acts have fixed, and those of the call.

    A waiting list lives for a year after the call closed or, where it never closes, after the case's own entry.
    """
    fixed: Mapping[str, str] = submission.record.get("anchors", {})
    anchors = {name: datetime.fromisoformat(instant) for name, instant in fixed.items()}
    entered = submission.state_entered_at if submission.state == LISTED else now
    listed_until = add_months(local_day(call.file.closes or entered), LIST_MONTHS)
    return {"list_end": at_local(listed_until, END_OF_DAY), **call.dates(submission.answers), **anchors}


def term_of(session: Session, context: Context, submission: Submission, case: Case) -> date | None:
    """The day by which the law wants an answer, counted so far; None where law 241 does not apply."""
    if case.term_days is None:
        return None
    definition = workflow_of(session, context, submission)
    clock = legal_term(definition, case.history, case.submitted_at, case.term_days, context.clock.now())
    return local_day(clock.term)


def deletion_day(session: Session, context: Context, submission: Submission) -> date | None:
    """The day on which a closed case's data are deleted (clarifications.md §5, retention)."""
    workflow = workflow_of(session, context, submission)
    if workflow.state(submission.state).kind != "closed":
        return None
    form = form_of(session, context, submission)
    period = getattr(form.retention, retention_period(submission))
    return _after(local_day(submission.state_entered_at), period)


def retention_period(submission: Submission) -> str:
    """Which of the form's periods counts for a closed case: the name of a field of `Retention`."""
    if submission.state == "scaduta" and submission.confirmed_at is None:
        return "unconfirmed"
    if submission.record.get("no_consent") or submission.state == "non_autorizzata":
        return "no_consent"
    return "rejected" if submission.state in REJECTED else "success"


def _after(day: date, duration: str) -> date:
    """`day` plus an ISO duration of days, months or years."""
    amount = int(duration[1:-1])
    if duration.endswith("D"):
        return day + timedelta(days=amount)
    return add_months(day, amount * (12 if duration.endswith("Y") else 1))
