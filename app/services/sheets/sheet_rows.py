"""What our columns say of each case: the rows a tab should have, from the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Tab
from app.catalogue.sheet_settings import CASE_COLUMNS
from app.dates import local_day
from app.models import Submission, Timer
from app.services.context import Context
from app.services.definitions import form_of, workflow_of
from app.services.roles import role_label
from app.services.sheets import case_columns
from forms.definition import FormDefinition
from forms.sheet import sheet_cell, sheet_columns
from integrations.sheets.layout import CellValue, Column
from integrations.sheets.outcome import OurRow
from workflows.definition import WorkflowDefinition

KINDS: Mapping[str, str] = {
    "integer": "integer",
    "euro": "decimal",
    "decimal": "decimal",
    "date": "date",
    "checkbox": "bool",
}
"""Field type -> kind of sheet column; everything else is text."""


def content_column(form: FormDefinition, name: str) -> Column:
    """The sheet column of one answer, derived value, or fact of the case."""
    source = sheet_columns(form).get(name)
    if source is None and name in CASE_COLUMNS:
        return Column(name, kind=CASE_COLUMNS[name])
    field = source if source and source.id == name else None
    return Column(name, kind=KINDS.get(field.type, "text") if field else "text")  # type: ignore[arg-type] # of KINDS


def rows_of(
    session: Session, context: Context, calls: Sequence[Call], tab: Tab, there: Collection[str] = ()
) -> dict[str, OurRow]:
    """Every row that `tab` should have, oldest first: cases recorded in sheets whose site leads to this tab.

    Of a tab for some states those that are in one, and those (`there`, by reference) that have a row already.
    """
    by_call = {call.id: call for call in calls}
    query = (
        select(Submission)
        .where(Submission.call.in_(by_call), Submission.in_sheet.is_(True))
        .order_by(Submission.confirmed_at, Submission.id)
    )
    places = {call.id: _sites(call, tab) for call in calls}
    submissions = [
        submission
        for submission in session.scalars(query)
        if submission.site in places[submission.call]
        and (not tab.states or submission.state in tab.states or submission.reference in there)
    ]
    return rows_for(session, context, tab.content, submissions, reviewed=tab.reviewer is not None)


def _sites(call: Call, tab: Tab) -> frozenset[str]:
    """The sites of `call` whose cases have a row in `tab`."""
    return frozenset(
        site
        for site in ("", *call.site_ids())
        if any((each.workbook, each.title) == (tab.workbook, tab.title) for each in call.tabs(site))
    )


def rows_for(
    session: Session,
    context: Context,
    columns: Sequence[str],
    submissions: Sequence[Submission],
    *,
    reviewed: bool = False,
) -> dict[str, OurRow]:
    """The rows of `submissions` with the columns that every tab of cases has, and `columns`.

    Where the tab is `reviewed`, a row is final once the decision is taken; in others partners go on writing until the
    case is over.
    """
    dues = _dues(session, [submission.id for submission in submissions])
    facts = case_columns.facts_of(session, context, submissions, columns)
    rows = {}
    for submission in submissions:
        facts_of = facts.get(submission.id, {})
        row = _row(session, context, columns, submission, dues.get(submission.id), facts_of)
        decided = reviewed and bool(submission.record.get("decided"))
        rows[submission.reference] = replace(row, final=True) if decided else row
    return rows


def _dues(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """The next instant at which each case's state expects something of a person or ends."""
    query = (
        select(Timer.submission_id, func.min(Timer.due_at))
        .where(Timer.submission_id.in_(ids), Timer.done_at.is_(None), Timer.kind.in_(("transition", "deadline")))
        .group_by(Timer.submission_id)
    )
    return dict(session.execute(query).all())


def _row(
    session: Session,
    context: Context,
    columns: Sequence[str],
    submission: Submission,
    due: datetime | None,
    facts: Mapping[str, CellValue],
) -> OurRow:
    form = form_of(session, context, submission)
    workflow = workflow_of(session, context, submission)
    state = workflow.state(submission.state)
    cells: dict[str, CellValue] = {
        "codice": submission.reference,
        "ricevuta_il": submission.submitted_at.isoformat(),
        "stato": state.label.it,
        "prossimo_passo": next_step(workflow, submission.state),
        "scadenza": local_day(due).isoformat() if due else None,
        "aggiornato_il": submission.updated_at.isoformat(),
        "versione": submission.version,
        "link_scheda": None,
    }
    day = local_day(submission.submitted_at)
    invite = submission.record.get("invite", {})
    schools = {invite["code"]: invite["school"]} if invite else {}
    allowed = sheet_columns(form)
    cells |= {
        name: sheet_cell(form, name, submission.answers, day, schools) if name in allowed else facts.get(name)
        for name in columns
    }
    over = state.kind in ("closed", "final")  # in the others partners may still write, such as who came
    return OurRow(cells, final=over, erased=state.kind == "final")


def next_step(workflow: WorkflowDefinition, state: str) -> str:
    """Whom the state waits for, in Italian: the staff roles first, the applicant where only they can act."""
    if workflow.state(state).kind in ("closed", "final"):
        return ""
    waiting = [notify.role for notify in workflow.state(state).notify if not notify.for_information]
    return ", ".join(dict.fromkeys(role_label(role, "it") for role in waiting))
