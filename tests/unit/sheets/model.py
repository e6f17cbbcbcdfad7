"""A sheet in memory: applies the batchUpdate requests that we send, and what people do to a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.sheets.batch import new_tabs_requests, write_requests
from integrations.sheets.layout import CellValue, TabLayout
from integrations.sheets.plan import TabWrite, WritePlan
from integrations.sheets.snapshot import COLUMN_KEY, OPERATION_KEY, TAB_KEY, SheetSnapshot, TabSnapshot


class IdInUseError(Exception):
    """Google's 400 for an id in use."""


@dataclass
class Tab:
    sheet_id: int
    title: str
    width: int
    height: int
    key: str | None = None
    grid: list[list[CellValue]] = field(default_factory=list)
    tags: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.grid = [[None] * self.width for _ in range(self.height)]
        self.tags = [None] * self.width

    def snapshot(self) -> TabSnapshot:
        rows = [_trimmed(row) for row in self.grid]
        while rows and not rows[-1]:
            rows.pop()
        columns = {at: tag for at, tag in enumerate(self.tags) if tag is not None}
        return TabSnapshot(self.sheet_id, self.title, self.key, tuple(rows), columns, self.height, self.width)

    # --- what people do ---

    def column(self, id_: str) -> int:
        return self.tags.index(id_)

    def row_of(self, reference: str, id_: str = "codice") -> int:
        at = self.column(id_)
        return next(number for number, row in enumerate(self.grid) if row[at] == reference)

    def type(self, reference: str, column: str, value: CellValue) -> None:
        self.grid[self.row_of(reference)][self.column(column)] = value

    def shown(self, reference: str, column: str) -> CellValue:
        return self.grid[self.row_of(reference)][self.column(column)]

    def insert_column(self, at: int, values: Sequence[CellValue] = ()) -> None:
        for number, row in enumerate(self.grid):
            row.insert(at, values[number] if number < len(values) else None)
        self.tags.insert(at, None)
        self.width += 1

    def delete_column(self, at: int) -> None:
        for row in self.grid:
            del row[at]
        del self.tags[at]
        self.width -= 1

    def move_column(self, source: int, target: int) -> None:
        for row in self.grid:
            row.insert(target, row.pop(source))
        self.tags.insert(target, self.tags.pop(source))

    def sort(self, order: Sequence[int]) -> None:
        """Rows below the heading in the order of `order`, taken as sort keys by position."""
        body = self.grid[1:]
        keys = [order[at % len(order)] if order else 0 for at in range(len(body))]
        self.grid[1:] = [row for _, row in sorted(zip(keys, body, strict=True), key=lambda pair: pair[0])]

    def insert_row(self, at: int, values: Sequence[CellValue] = ()) -> None:
        self.grid.insert(at, [*values[: self.width], *[None] * (self.width - len(values))])
        self.height += 1

    def lose_tags(self) -> None:
        """As a download and an upload do."""
        self.tags = [None] * self.width
        self.key = None

    def delete_row(self, at: int) -> None:
        del self.grid[at]
        self.height -= 1


@dataclass
class Model:
    """One spreadsheet."""

    tabs: dict[int, Tab] = field(default_factory=dict)
    markers: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, *layouts: TabLayout) -> Model:
        model = cls()
        model.apply(new_tabs_requests(model.snapshot(), layouts))
        return model

    def snapshot(self) -> SheetSnapshot:
        tabs = tuple(tab.snapshot() for tab in self.tabs.values())
        return SheetSnapshot("id", "title", "url", "it_IT", "Europe/Rome", tabs, dict(self.markers))

    def tab(self, layout: TabLayout) -> Tab:
        return next(tab for tab in self.tabs.values() if tab.key == layout.key)

    def write(self, *tabs: TabWrite, operation: str = "") -> None:
        operation = operation or f"operation {len(self.markers)}"
        self.apply(write_requests(WritePlan(operation, 0, tabs)))

    def apply(self, requests: Sequence[Mapping[str, Any]]) -> None:
        """All or nothing is not modelled but for the marker, which stands first."""
        for request in requests:
            ((kind, body),) = request.items()
            getattr(self, f"_{kind}")(body)

    def _addSheet(self, body: Mapping[str, Any]) -> None:  # noqa: N802 - Google's name
        properties = body["properties"]
        if properties["sheetId"] in self.tabs:
            raise IdInUseError
        grid = properties["gridProperties"]
        tab = Tab(properties["sheetId"], properties["title"], grid["columnCount"], grid["rowCount"])
        self.tabs[tab.sheet_id] = tab

    def _createDeveloperMetadata(self, body: Mapping[str, Any]) -> None:  # noqa: N802 - Google's name
        entry = body["developerMetadata"]
        key, value, location = entry["metadataKey"], entry["metadataValue"], entry["location"]
        if key == OPERATION_KEY:
            if entry["metadataId"] in self.markers:
                raise IdInUseError
            self.markers[entry["metadataId"]] = int(value)
        elif key == TAB_KEY:
            self.tabs[location["sheetId"]].key = value
        else:
            assert key == COLUMN_KEY
            place = location["dimensionRange"]
            self.tabs[place["sheetId"]].tags[place["startIndex"]] = value

    def _deleteDeveloperMetadata(self, body: Mapping[str, Any]) -> None:  # noqa: N802 - Google's name
        self.markers.pop(body["dataFilter"]["developerMetadataLookup"]["metadataId"], None)

    def _appendDimension(self, body: Mapping[str, Any]) -> None:  # noqa: N802 - Google's name
        tab = self.tabs[body["sheetId"]]
        for _ in range(body["length"]):
            if body["dimension"] == "COLUMNS":
                tab.insert_column(tab.width)
            else:
                tab.insert_row(tab.height)

    def _insertDimension(self, body: Mapping[str, Any]) -> None:  # noqa: N802 - Google's name
        place = body["range"]
        assert (place["dimension"], place["startIndex"], place["endIndex"]) == ("ROWS", 0, 1)
        self.tabs[place["sheetId"]].insert_row(0)

    def _updateCells(self, body: Mapping[str, Any]) -> None:  # noqa: N802 - Google's name
        start = body["start"]
        grid = self.tabs[start["sheetId"]].grid
        for down, row in enumerate(body["rows"]):
            for right, cell in enumerate(row["values"]):
                grid[start["rowIndex"] + down][start["columnIndex"] + right] = _value(cell)

    def _appendCells(self, body: Mapping[str, Any]) -> None:  # noqa: N802 - Google's name
        tab = self.tabs[body["sheetId"]]
        last = max((at for at, row in enumerate(tab.grid) if _trimmed(row)), default=-1)
        for offset, row in enumerate(body["rows"], start=1):
            values = [_value(cell) for cell in row["values"]]
            assert len(values) <= tab.width
            while last + offset >= tab.height:
                tab.insert_row(tab.height)
            tab.grid[last + offset][: len(values)] = values

    def _ignored(self, body: Mapping[str, Any]) -> None:
        """Looks only."""

    _repeatCell = _setDataValidation = _addProtectedRange = _ignored  # noqa: N815 - Google's names
    _updateDimensionProperties = _updateSheetProperties = _ignored  # noqa: N815 - Google's names


def _value(cell: Mapping[str, Any]) -> CellValue:
    value: CellValue = next(iter(cell.get("userEnteredValue", {}).values()), None)
    return value


def _trimmed(row: Sequence[CellValue]) -> tuple[CellValue, ...]:
    cells = list(row)
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return tuple(cells)
