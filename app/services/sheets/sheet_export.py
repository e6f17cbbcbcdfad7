"""The tabs of a workbook as tables, from the database alone: what the sheet shows, where there is no Google.

Our columns are as they are now; the partners' as they were last seen.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.dates import ROME
from app.services.context import Context
from app.services.sheets import seen_rows, sheet_rows, sheet_tabs, summaries
from integrations.sheets.cells import Problem, parse_cell
from integrations.sheets.layout import CellValue, Column
from integrations.tables import Cell, Table


def tables_of(context: Context, workbook: str) -> tuple[Table, ...]:
    """Every tab of the workbook, in its order; none for a workbook that no call has."""
    with context.read() as session:
        return tuple(table_of(session, context, workbook, each) for each in sheet_tabs.work_tabs(context, workbook))


def table_of(session: Session, context: Context, workbook: str, each: sheet_tabs.WorkTab) -> Table:
    """One tab with the columns that it has in the spreadsheet."""
    base = seen_rows.base_of(session, workbook, each.tab)
    if each.tab.shows:
        ours = summaries.rows_of(session, context, each.tab.shows, each.calls, each.tab)
    else:
        ours = sheet_rows.rows_of(session, context, each.calls, each.tab, there=base)
    columns = each.layout.columns
    from_sheet = {column.id for column in columns if column.owner == "partner" or _only_in_sheet(each, column)}
    rows = tuple(
        tuple(
            _seen(column, base.get(key, {}).get(column.id)) if column.id in from_sheet else _ours(row.cells, column)
            for column in columns
        )
        for key, row in ours.items()
    )
    return Table(each.tab.title, tuple(column.id for column in columns), rows)


def _only_in_sheet(each: sheet_tabs.WorkTab, column: Column) -> bool:
    """Columns of ours that are reckoned from what stands in the sheet."""
    return column.id == each.layout.check or any(own.total and own.id == column.id for own in each.tab.columns)


def _ours(cells: object, column: Column) -> Cell:
    value = cells.get(column.id) if isinstance(cells, dict) else None
    return _typed(column, value)


def _seen(column: Column, value: CellValue) -> Cell:
    """A partner's cell as a value; one with a problem as it was typed."""
    read = parse_cell(column, value)
    return value if isinstance(read, Problem) else _typed(column, read)


def _typed(column: Column, value: CellValue) -> Cell:
    if value in (None, ""):
        return None
    if isinstance(value, str) and column.kind == "date":
        return date.fromisoformat(value[:10])
    if isinstance(value, str) and column.kind == "datetime":
        moment = datetime.fromisoformat(value)
        return moment.astimezone(ROME).replace(tzinfo=None) if moment.tzinfo else moment
    return value
