"""Which workbooks there are, with which tabs and columns: what the calls say of them."""

from __future__ import annotations

from dataclasses import dataclass

from app.catalogue.calls import Call, Tab
from app.catalogue.sheet_settings import PartnerColumn
from app.services.context import Context
from app.services.sheets import sheet_rows, summaries
from integrations.sheets.layout import Column, TabLayout, case_tab


@dataclass(frozen=True)
class WorkTab:
    """One tab of a workbook as the sync sees it: its layout and the calls whose cases it holds."""

    tab: Tab
    layout: TabLayout
    calls: tuple[Call, ...]


def workbooks(context: Context) -> tuple[str, ...]:
    """Every workbook that a call names."""
    return tuple(sorted({tab.workbook for call in context.catalogue.calls.values() for tab in call.all_tabs()}))


def work_tabs(context: Context, workbook: str) -> tuple[WorkTab, ...]:
    """The tabs of one workbook, those of the same title joined."""
    found: dict[str, WorkTab] = {}
    for call in context.catalogue.calls.values():
        for tab in call.all_tabs():
            if tab.workbook != workbook:
                continue
            known = found.get(tab.title)
            calls = (*known.calls, call) if known else (call,)
            found[tab.title] = WorkTab(tab, layout_of(call, tab), calls)
    return tuple(found.values())


def layout_of(call: Call, tab: Tab) -> TabLayout:
    """The columns of a tab, from the call file."""
    partner = tuple(_partner(column) for column in tab.columns)
    if tab.shows:
        return summaries.layout_of(tab.shows, tab, partner)
    content = tuple(sheet_rows.content_column(call.form, name) for name in tab.content)
    return case_tab(tab.title, tab.title, content, partner)


def _partner(column: PartnerColumn) -> Column:
    if column.total:
        return Column(column.id, "system", column.kind)
    return Column(column.id, "partner", column.kind, column.options, column.min, column.max)


def title_of(context: Context, workbook: str) -> str:
    """The name of a workbook's file, as the calls give it."""
    sheets = (call.file.sheet for call in context.catalogue.calls.values() if call.file.sheet)
    return next(filter(None, (sheet.title_of(workbook) for sheet in sheets)), f"HubOut – {workbook}")


def address_of(context: Context, spreadsheet_id: str) -> str:
    """Where people open a spreadsheet."""
    if context.settings.sheets_url:
        return f"{context.settings.sheets_url}/sheets/{spreadsheet_id}"
    return f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit"
