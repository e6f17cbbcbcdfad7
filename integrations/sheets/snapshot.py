"""What one read of a spreadsheet gives: tabs, cells, and the identities that travel with them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from integrations.sheets.layout import CellValue

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def parse_spreadsheet(body: Mapping[str, Any]) -> SheetSnapshot:
    """The typed form of a `spreadsheets.get` answer made with the gateway's mask."""
    raise NotImplementedError
