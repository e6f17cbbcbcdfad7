"""Columns of a sheet that tell of the case itself, not of an answer: its place in the list, what the cities said, when.

One query for each kind of column, whatever the number of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.dates import local_day
from app.models import Submission
from app.services.casework import opinions, places
from app.services.context import Context
from forms.sheet import sheet_cell, sheet_columns
from integrations.sheets.layout import CellValue

OPINIONS: Mapping[str, str] = {"ok": "Va bene così", "changes": "Servono modifiche", "refused": "Non si può fare"}
"""What a city answered, in the words of its form."""

Facts = Mapping[int, CellValue]
"""Submission id -> cell."""

Look = Callable[[Session, Context, Sequence[Submission]], Facts]


def facts_of(
    session: Session, context: Context, submissions: Sequence[Submission], columns: Collection[str]
) -> dict[int, dict[str, CellValue]]:
    """The cells of those of `columns` that tell of the case, by submission id."""
    facts: dict[int, dict[str, CellValue]] = {}
    for name in columns:
        if name in LOOKS:
            for case, value in LOOKS[name](session, context, submissions).items():
                facts.setdefault(case, {})[name] = value
    return facts


def _positions(session: Session, context: Context, submissions: Sequence[Submission]) -> Facts:
    calls = {submission.call for submission in submissions}
    return {
        case.id: number
        for call in sorted(calls)
        for listed in places.waiting_lists(session, context.catalogue.calls[call])
        for number, case in enumerate(listed, 1)
    }


def _opinion(actor: str) -> Look:
    def look(session: Session, _: Context, submissions: Sequence[Submission]) -> Facts:
        said = opinions.last_of(session, [submission.id for submission in submissions], actor)
        return {case: OPINIONS.get(opinion, opinion) for case, opinion in said.items()}

    return look


def _date(name: str) -> Look:
    def look(_: Session, context: Context, submissions: Sequence[Submission]) -> Facts:
        dates = {case.id: date_of(context.catalogue.calls[case.call], case, name) for case in submissions}
        return {case: local_day(instant).isoformat() for case, instant in dates.items() if instant is not None}

    return look


def date_of(call: Call, submission: Submission, name: str) -> datetime | None:
    """The date `name` (start, end) that an act fixed for the case, or that the call gives it."""
    fixed = submission.record.get("anchors", {}).get(name)
    return datetime.fromisoformat(fixed) if fixed else call.dates(submission.answers).get(name)


def _seat_of_firm(_: Session, context: Context, submissions: Sequence[Submission]) -> Facts:
    cells = {}
    for case in submissions:
        form = context.catalogue.calls[case.call].form
        if "comune_residenza" in sheet_columns(form):
            cells[case.id] = sheet_cell(form, "comune_residenza", case.answers, local_day(case.submitted_at))
    return cells


LOOKS: Mapping[str, Look] = {
    "posizione_lista": _positions,
    "parere_cedente": _opinion("cedente"),
    "parere_riusante": _opinion("riusante"),
    "comune_sede": _seat_of_firm,  # clarifications.md §8: it is comune_residenza
    "inizio": _date("start"),
    "fine": _date("end"),
}
"""Column -> how it is looked up; the same names as in `sheet_settings.CASE_COLUMNS` (held by a test)."""
