"""What one read of a spreadsheet gives: tabs, cells, and the identities that travel with them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from integrations.sheets.layout import CellValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.sheets.layout import TabLayout

COLUMN_KEY = "hubout.col"
TAB_KEY = "hubout.tab"
OPERATION_KEY = "hubout.op"


@dataclass(frozen=True)
class TabSnapshot:
    """One tab as it was read.

    Attributes:
        sheet_id: Google's number of the tab; survives renaming.
        title: the name people gave it.
        key: our identity from the tab's metadata, None where there is none.
        rows: cells by row and column from 0; rows may be ragged; row 0 is usually the header.
        columns: column index -> column id, from column metadata only.
        row_count: rows of the grid, blank ones too.
        column_count: columns of the grid.
    """

    sheet_id: int
    title: str
    key: str | None = None
    rows: tuple[tuple[CellValue, ...], ...] = ()
    columns: Mapping[int, str] | None = None
    row_count: int = 1
    column_count: int = 1

    def cell(self, row: int, column: int) -> CellValue:
        """The value at `row`, `column` (from 0); None outside of what was read."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None


@dataclass(frozen=True)
class SheetSnapshot:
    """One spreadsheet as it was read, in one call.

    Attributes:
        markers: metadata id -> unix seconds at which that operation was planned (see plan.py).
    """

    spreadsheet_id: str
    title: str
    url: str
    locale: str
    time_zone: str
    tabs: tuple[TabSnapshot, ...]
    markers: Mapping[int, int]

    def tab(self, layout: TabLayout) -> TabSnapshot | None:
        """The tab of `layout`: by metadata, else by title (exact, then without case); None where there is none."""
        for tab in self.tabs:
            if tab.key == layout.key:
                return tab
        unclaimed = [tab for tab in self.tabs if tab.key is None]
        for tab in unclaimed:
            if tab.title == layout.title:
                return tab
        for tab in unclaimed:
            if tab.title.strip().casefold() == layout.title.strip().casefold():
                return tab
        return None

    def claimed(self, keys: Mapping[int, str]) -> SheetSnapshot:
        """The same, as if the tabs of these numbers carried these keys."""
        tabs = tuple(replace(tab, key=keys.get(tab.sheet_id, tab.key)) for tab in self.tabs)
        return replace(self, tabs=tabs)


MARKER_MASK = "developerMetadata(metadataId,metadataKey,metadataValue)"
"""Field mask of the operation markers alone."""

MASK = (
    "spreadsheetId,spreadsheetUrl,properties(title,locale,timeZone),"
    f"{MARKER_MASK},"
    "sheets(properties(sheetId,title,sheetType,gridProperties(rowCount,columnCount)),"
    "developerMetadata(metadataKey,metadataValue),"
    "data(rowData.values.effectiveValue,"
    "columnMetadata.developerMetadata(metadataKey,metadataValue,location.dimensionRange)))"
)
"""Field mask of the one read: identities, sizes and typed cells, nothing else."""

_ERRORS = {"DIVIDE_BY_ZERO": "#DIV/0!", "N_A": "#N/A", "NAME": "#NAME?", "NULL_VALUE": "#NULL!"}


def parse_spreadsheet(body: Mapping[str, Any]) -> SheetSnapshot:
    """The typed form of a `spreadsheets.get` answer made with MASK; Google leaves out what is zero, empty or false."""
    properties = body.get("properties", {})
    return SheetSnapshot(
        spreadsheet_id=body.get("spreadsheetId", ""),
        title=properties.get("title", ""),
        url=body.get("spreadsheetUrl", ""),
        locale=properties.get("locale", ""),
        time_zone=properties.get("timeZone", ""),
        tabs=tuple(
            _tab(sheet)
            for sheet in body.get("sheets", ())
            if sheet.get("properties", {}).get("sheetType", "GRID") == "GRID"
        ),
        markers=parse_markers(body),
    )


def parse_markers(body: Mapping[str, Any]) -> dict[int, int]:
    """The operation markers of an answer: metadata id -> unix seconds (0 where that can't be read)."""
    return {
        entry["metadataId"]: int(entry["metadataValue"]) if entry.get("metadataValue", "").isdecimal() else 0
        for entry in body.get("developerMetadata", ())
        if entry.get("metadataKey") == OPERATION_KEY
    }


def _tab(sheet: Mapping[str, Any]) -> TabSnapshot:
    properties = sheet["properties"]
    grid = properties.get("gridProperties", {})
    data: Mapping[str, Any] = next(iter(sheet.get("data", ())), {})
    rows = [_row(row) for row in data.get("rowData", ())]
    while rows and not rows[-1]:
        rows.pop()
    return TabSnapshot(
        sheet_id=properties.get("sheetId", 0),
        title=properties.get("title", ""),
        key=next((value for key, value in _entries(sheet) if key == TAB_KEY), None),
        rows=tuple(rows),
        columns=_columns(data.get("columnMetadata", ())),
        row_count=grid.get("rowCount", 0),
        column_count=grid.get("columnCount", 0),
    )


def _columns(metadata: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Column index -> id, from the place that each entry names: a masked answer may leave blank columns out."""
    columns: dict[int, str] = {}
    for at, column in enumerate(metadata):
        for entry in column.get("developerMetadata", ()):
            if entry.get("metadataKey") == COLUMN_KEY:
                place = entry.get("location", {}).get("dimensionRange")
                columns[at if place is None else place.get("startIndex", 0)] = entry.get("metadataValue", "")
    return columns


def _entries(part: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (entry.get("metadataKey", ""), entry.get("metadataValue", "")) for entry in part.get("developerMetadata", ())
    ]


def _row(row: Mapping[str, Any]) -> tuple[CellValue, ...]:
    """The cells of a row without blank ones at its end."""
    cells = [_cell(cell.get("effectiveValue", {})) for cell in row.get("values", ())]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _cell(value: Mapping[str, Any]) -> CellValue:
    if "errorValue" in value:
        kind = value["errorValue"].get("type", "ERROR")
        return _ERRORS.get(kind, f"#{kind}!")
    if "numberValue" in value:
        number = value["numberValue"]
        return int(number) if isinstance(number, float) and number.is_integer() else number
    return value.get("stringValue") or value.get("boolValue")
