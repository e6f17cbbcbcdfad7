"""What partners have typed into a case's rows, in the tabs as they were last seen."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Tab
from app.models import SheetRow, Submission
from app.services.casework.reviews import said_in
from app.services.sheets.sheet_tabs import layout_of
from integrations.sheets.layout import CellValue

ATTENDANCE = "presenze"
"""The column that says how often somebody came."""


def seen_in_tabs(session: Session, call: Call, submission: Submission) -> Iterator[tuple[Tab, dict[str, CellValue]]]:
    """Each tab in which the case has a row, with the partners' cells that can be taken as they are."""
    query = select(SheetRow).where(SheetRow.submission_id == submission.id)
    rows = {(row.workbook, row.tab): row.base for row in session.scalars(query)}
    for tab in call.tabs(submission.site):
        cells = rows.get((tab.workbook, tab.title))
        if cells is not None:
            yield tab, said_in(layout_of(call, tab), cells)


def attendance(session: Session, call: Call, submission: Submission) -> int | None:
    """How often the person came; None where no tab asks, or nobody has written a number."""
    said = (cells.get(ATTENDANCE) for _, cells in seen_in_tabs(session, call, submission))
    return next((times for times in said if isinstance(times, int)), None)
