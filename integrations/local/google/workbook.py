"""A spreadsheet in memory: tabs, rows of immutable cells, developer metadata, named ranges.

A write works on `Workbook.copy()`, which copies lists of references and no cell; rows are tuples and are
replaced, never changed, and stored JSON fragments (styles, rules, ranges) are treated as immutable. So a reader
that holds the old workbook sees it whole, and a batch that fails leaves nothing behind.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from integrations.local.google.cells import EMPTY, Cell
from integrations.local.google.wire import Json, bad_request

MAX_CELLS = 10_000_000
ROWS, COLUMNS = "ROWS", "COLUMNS"

Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, zero-based and half-open."""

    top: int
    bottom: int
    left: int
    right: int

    def within(self, other: Area) -> bool:
        """Whether this rectangle lies wholly in the other."""
        return (
            other.top <= self.top
            and self.bottom <= other.bottom
            and other.left <= self.left
            and self.right <= other.right
        )

    def meets(self, other: Area) -> bool:
        """Whether the two share a cell."""
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )


@dataclass(frozen=True, slots=True)
class Tag:
    """A developer metadata: on the spreadsheet, on a tab, or on one row or column of it."""

    id: int
    key: str
    value: str | None
    visibility: str
    sheet: int | None = None
    dimension: str | None = None
    index: int | None = None


@dataclass
class Sheet:
    """A tab. `extra` and `grid` hold its other properties as Google names them (SheetProperties, GridProperties)."""

    id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    rows: list[Row] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    grid: Json = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    sizes: dict[str, dict[int, Json]] = field(default_factory=lambda: {ROWS: {}, COLUMNS: {}})
    groups: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: {ROWS: [], COLUMNS: []})
    protected: list[Json] = field(default_factory=list)
    basic_filter: Json | None = None

    def copy(self) -> Sheet:
        """A tab that can be written without the original noticing."""
        twin = copy.copy(self)
        twin.rows, twin.extra, twin.grid = list(self.rows), dict(self.extra), dict(self.grid)
        twin.merges, twin.protected = list(self.merges), list(self.protected)
        twin.sizes = {name: dict(sizes) for name, sizes in self.sizes.items()}
        twin.groups = {name: list(spans) for name, spans in self.groups.items()}
        return twin

    @property
    def whole(self) -> Area:
        """Every cell of the grid."""
        return Area(0, self.row_count, 0, self.column_count)

    def count(self, dimension: str) -> int:
        """How many rows or columns the grid has."""
        return self.row_count if dimension == ROWS else self.column_count

    def resize(self, row_count: int, column_count: int) -> None:
        """Give the grid another size; what lies outside is gone."""
        if row_count < 1 or column_count < 1:
            raise bad_request("You can't delete all the rows or columns on the sheet.")
        if row_count * column_count > MAX_CELLS:
            raise bad_request(
                "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
            )
        del self.rows[row_count:]
        if column_count < self.column_count:
            self.rows = [trimmed(row[:column_count]) for row in self.rows]
        self.row_count, self.column_count = row_count, column_count

    def cell(self, row: int, column: int) -> Cell:
        """The cell there; EMPTY where nothing was ever put."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return EMPTY

    def cells(self, row: int, left: int, right: int) -> list[Cell]:
        """The cells of one row from `left` to before `right`, padded with EMPTY."""
        found = list(self.rows[row][left:right]) if row < len(self.rows) else []
        return found + [EMPTY] * (right - left - len(found))

    def put(self, row: int, left: int, cells: Sequence[Cell]) -> None:
        """Put cells into one row, inside the grid."""
        if row >= self.row_count or left + len(cells) > self.column_count:
            raise bad_request(
                f"Range ({self.title}) exceeds grid limits. Max rows: {self.row_count}, "
                f"max columns: {self.column_count}"
            )
        while len(self.rows) <= row:
            self.rows.append(())
        old = self.rows[row]
        padded = old + (EMPTY,) * (left - len(old))
        self.rows[row] = trimmed(padded[:left] + tuple(cells) + old[left + len(cells) :])
        while self.rows and not self.rows[-1]:
            self.rows.pop()

    def last_data_row(self, *, rules_count: bool = False) -> int:
        """The number of rows down to the last one that holds data (a value or a note)."""
        for row in range(len(self.rows) - 1, -1, -1):
            for cell in self.rows[row]:
                if cell.entered is not None or cell.note or (rules_count and cell.rule):
                    return row + 1
        return 0

    def filled(self, area: Area) -> Iterator[tuple[int, int, Cell]]:
        """Every cell of the area that holds something, row by row."""
        for row in range(area.top, min(area.bottom, len(self.rows))):
            for column, cell in enumerate(self.rows[row][area.left : area.right], area.left):
                if cell is not EMPTY:
                    yield row, column, cell


@dataclass
class Workbook:
    """A spreadsheet. `named` holds NamedRange messages; their `sheetId` is always written here.

    A draft that is `discarded` is not committed.
    """

    id: str
    title: str
    locale: str = "en_US"
    time_zone: str = "Etc/GMT"
    extra: Json = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    named: list[Json] = field(default_factory=list)
    discarded: bool = False

    def copy(self) -> Workbook:
        """A workbook that can be written without the original noticing."""
        twin = copy.copy(self)
        twin.sheets = [sheet.copy() for sheet in self.sheets]
        twin.extra, twin.tags, twin.named = dict(self.extra), list(self.tags), list(self.named)
        return twin

    def sheet(self, sheet_id: int) -> Sheet:
        """The tab with this id, or a 400."""
        for sheet in self.sheets:
            if sheet.id == sheet_id:
                return sheet
        raise bad_request(f"No grid with id: {sheet_id}")

    def titled(self, title: str) -> Sheet | None:
        """The tab with this title; case does not count."""
        wanted = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == wanted), None)


def trimmed(row: Sequence[Cell]) -> Row:
    """The row without the blank cells at its end."""
    end = len(row)
    while end and row[end - 1].blank:
        end -= 1
    return tuple(EMPTY if cell.blank else cell for cell in row[:end])
