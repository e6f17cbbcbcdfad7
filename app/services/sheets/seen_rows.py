"""Each tab as it was last seen, row by row: the base of the next merge. Rows of cases and of summaries lie apart."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.catalogue.calls import Tab
from app.models import SheetRow, Submission, SummaryRow
from integrations.sheets.outcome import Base, BaseRow


def base_of(session: Session, workbook: str, tab: Tab) -> dict[str, BaseRow]:
    """The rows of `tab` as they were last seen, by reference or key."""
    if tab.shows:
        own = select(SummaryRow.key, SummaryRow.base)
        query = own.where(SummaryRow.workbook == workbook, SummaryRow.tab == tab.title)
    else:
        own = select(Submission.reference, SheetRow.base).join(Submission, Submission.id == SheetRow.submission_id)
        query = own.where(SheetRow.workbook == workbook, SheetRow.tab == tab.title)
    return {key: base for key, base in session.execute(query) if base is not None}


def store(session: Session, workbook: str, tab: Tab, wanted: Base, known: Mapping[str, BaseRow]) -> None:
    """Keep the rows of `wanted` that differ from `known`; a summary forgets the rows that are not wanted."""
    changed = {key: row for key, row in wanted.items() if known.get(key) != row}
    if tab.shows:
        _forget(session, workbook, tab, {key for key in known if key not in wanted})
        _store_summary(session, workbook, tab, changed)
    elif changed:
        _store_cases(session, workbook, tab, changed)


def _store_cases(session: Session, workbook: str, tab: Tab, changed: Base) -> None:
    ids = dict(
        session.execute(select(Submission.reference, Submission.id).where(Submission.reference.in_(changed))).all()
    )
    query = select(SheetRow).where(
        SheetRow.workbook == workbook, SheetRow.tab == tab.title, SheetRow.submission_id.in_(ids.values())
    )
    rows = {row.submission_id: row for row in session.scalars(query)}
    for reference, base in changed.items():
        row = rows.get(ids[reference])
        if row is None:
            session.add(SheetRow(workbook=workbook, tab=tab.title, submission_id=ids[reference], base=dict(base)))
        else:
            row.base = dict(base)


def _store_summary(session: Session, workbook: str, tab: Tab, changed: Base) -> None:
    query = select(SummaryRow).where(
        SummaryRow.workbook == workbook, SummaryRow.tab == tab.title, SummaryRow.key.in_(changed)
    )
    rows = {row.key: row for row in session.scalars(query)} if changed else {}
    for key, base in changed.items():
        if key in rows:
            rows[key].base = dict(base)
        else:
            session.add(SummaryRow(workbook=workbook, tab=tab.title, key=key, base=dict(base)))


def _forget(session: Session, workbook: str, tab: Tab, keys: set[str]) -> None:
    if keys:
        session.execute(
            delete(SummaryRow).where(
                SummaryRow.workbook == workbook, SummaryRow.tab == tab.title, SummaryRow.key.in_(keys)
            )
        )
