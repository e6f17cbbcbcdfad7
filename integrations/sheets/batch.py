"""A write in Google's words: the requests of one atomic `spreadsheets.batchUpdate`. Pure.

Cells are typed (stringValue, numberValue, boolValue): Google parses nothing, so an applicant's text that begins with
= + - @ stays text. Rows are appended with appendCells, which looks for no "table" (google-sheets.md §3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from integrations.sheets.dress import column_range, dressed, headed, protected, ruled
from integrations.sheets.layout import LOCALE, TIME_ZONE, CellValue
from integrations.sheets.plan import PlacedColumn
from integrations.sheets.snapshot import COLUMN_KEY, OPERATION_KEY, TAB_KEY

if TYPE_CHECKING:
    from integrations.sheets.layout import TabLayout
    from integrations.sheets.plan import CellWrite, TabWrite, WritePlan
    from integrations.sheets.snapshot import SheetSnapshot

Request: TypeAlias = dict[str, Any]

FIRST_ROWS = 500  # rows of a new tab's grid
_TITLE_LENGTH = 100  # characters, Google's limit of a tab's name


def write_requests(plan: WritePlan) -> list[Request]:
    """All of `plan`, its operation marker first: where that is refused as already there, nothing else is done."""
    requests = marker_requests(plan.marker, plan.made_at, plan.stale_markers)
    for tab in plan.tabs:
        requests += _tab_requests(tab, rules_ahead=plan.rules_ahead)
    return requests


def repeatable(body: Mapping[str, Any] | None) -> bool:
    """A batch that fails whole when it is sent again: it makes something under an id of our choice."""
    return any(
        "metadataId" in request.get("createDeveloperMetadata", {}).get("developerMetadata", {})
        or "sheetId" in request.get("addSheet", {}).get("properties", {})
        for request in (body or {}).get("requests", ())
    )


def marker_requests(marker: int, made_at: int, stale: Sequence[int] = ()) -> list[Request]:
    """Make the marker of an operation, planned at `made_at` (unix seconds), and delete those of earlier ones."""
    made = {"metadataId": marker, **_metadata(OPERATION_KEY, str(made_at), {"spreadsheet": True})}
    return [
        {"createDeveloperMetadata": {"developerMetadata": made}},
        *(
            {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataId": id_}}}}
            for id_ in stale
        ),
    ]


def new_tabs_requests(snapshot: SheetSnapshot, layouts: Sequence[TabLayout]) -> list[Request]:
    """Make the tabs that `snapshot` lacks; the numbers of the new tabs come from their keys, so a repeat fails."""
    requests: list[Request] = []
    numbers = {tab.sheet_id for tab in snapshot.tabs}
    titles = {tab.title.casefold() for tab in snapshot.tabs}
    for layout in layouts:
        if snapshot.tab(layout) is not None:
            continue
        sheet_id = free_number(layout.key, numbers)
        title = free_title(layout.title, titles)
        numbers.add(sheet_id)
        titles.add(title.casefold())
        requests += _new_tab(layout, sheet_id, title)
    return requests


def locale_requests(snapshot: SheetSnapshot) -> list[Request]:
    """Set locale and time zone where they are others: partners type 8,5 and 16/11/2026."""
    if (snapshot.locale, snapshot.time_zone) == (LOCALE, TIME_ZONE):
        return []
    properties = {"locale": LOCALE, "timeZone": TIME_ZONE}
    return [{"updateSpreadsheetProperties": {"properties": properties, "fields": "locale,timeZone"}}]


def _new_tab(layout: TabLayout, sheet_id: int, title: str) -> list[Request]:
    grid = {"rowCount": FIRST_ROWS, "columnCount": len(layout.columns), "frozenRowCount": 1, "frozenColumnCount": 1}
    placed = [PlacedColumn(column, at, heading=True) for at, column in enumerate(layout.columns)]
    return [
        {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, "gridProperties": grid}}},
        tab_tag(sheet_id, layout.key),
        *_setup(sheet_id, placed, locked=layout.locked),
    ]


def _tab_requests(tab: TabWrite, *, rules_ahead: bool) -> list[Request]:
    requests: list[Request] = []
    if tab.tag:
        properties = {"sheetId": tab.sheet_id, "gridProperties": {"frozenRowCount": 1}}
        frozen = {"properties": properties, "fields": "gridProperties.frozenRowCount"}
        requests += [tab_tag(tab.sheet_id, tab.layout.key), {"updateSheetProperties": frozen}]
    if tab.insert_heading:
        first = {"sheetId": tab.sheet_id, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
        requests.append({"insertDimension": {"range": first, "inheritFromBefore": False}})
    for dimension, length in (("COLUMNS", tab.add_columns), ("ROWS", tab.add_rows)):
        if length:
            added = {"sheetId": tab.sheet_id, "dimension": dimension, "length": length}
            requests.append({"appendDimension": added})
    requests += _setup(tab.sheet_id, tab.columns, locked=tab.layout.locked)
    requests += [update_cells(tab.sheet_id, row, column, block) for row, column, block in _blocks(tab.cells)]
    requests += [_delete_row(tab.sheet_id, row) for row in sorted(tab.deleted, reverse=True)]
    if tab.rows:
        rows = [_row(row) for row in tab.rows]
        requests.append({"appendCells": {"sheetId": tab.sheet_id, "rows": rows, "fields": "userEnteredValue"}})
    if tab.add_rows:
        requests += [request for placed in tab.placed for request in dressed(tab.sheet_id, placed)]
    if tab.insert_heading:
        requests += [headed(tab.sheet_id, placed) for placed in tab.placed]
    if tab.rows or tab.columns:
        requests += ruled(tab.sheet_id, tab.placed, None if rules_ahead else tab.used)
    return requests


def _setup(sheet_id: int, columns: Sequence[PlacedColumn], *, locked: bool) -> list[Request]:
    """Headings, look, tags, and a warning (or a lock) on each run of system columns."""
    requests = [update_cells(sheet_id, 0, placed.index, ((placed.column.id,),)) for placed in columns if placed.heading]
    for placed in columns:
        requests += dressed(sheet_id, placed)
        tag = _metadata(COLUMN_KEY, placed.column.id, {"dimensionRange": column_range(sheet_id, placed.index)})
        requests.append({"createDeveloperMetadata": {"developerMetadata": tag}})
    system = sorted(placed.index for placed in columns if placed.column.owner == "system")
    return requests + [protected(sheet_id, run[0], run[-1] + 1, locked=locked) for run in _runs(system)]


def tab_tag(sheet_id: int, key: str) -> Request:
    """Tag a tab as ours."""
    return {"createDeveloperMetadata": {"developerMetadata": _metadata(TAB_KEY, key, {"sheetId": sheet_id})}}


def _metadata(key: str, value: str, location: dict[str, Any]) -> dict[str, Any]:
    return {"metadataKey": key, "metadataValue": value, "location": location, "visibility": "DOCUMENT"}


# --- cells ------------------------------------------------------------------------------------------------------


def update_cells(sheet_id: int, row: int, column: int, block: Sequence[Sequence[CellValue]]) -> Request:
    """Write a block of typed cells, its upper left corner at `row` and `column`."""
    start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
    rows = [_row(values) for values in block]
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def _delete_row(sheet_id: int, row: int) -> Request:
    rows = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
    return {"deleteDimension": {"range": rows}}


def _row(values: Sequence[CellValue]) -> dict[str, Any]:
    return {"values": [cell_data(value) for value in values]}


def cell_data(value: CellValue) -> dict[str, Any]:
    """A typed cell; blank is `{}`, which clears it."""
    if value is None or value == "":
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, str):
        return {"userEnteredValue": {"stringValue": value}}
    return {"userEnteredValue": {"numberValue": value}}


def _blocks(cells: Sequence[CellWrite]) -> Iterator[tuple[int, int, list[list[CellValue]]]]:
    """The cells as rectangles (row, column, values): adjoining cells of a row, then adjoining rows of one shape."""
    by_row: dict[int, dict[int, CellValue]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, {})[cell.column] = cell.value
    open_blocks: dict[tuple[int, int], tuple[int, list[list[CellValue]]]] = {}
    for row in sorted(by_row):
        shapes = {(run[0], len(run)): [by_row[row][at] for at in run] for run in _runs(sorted(by_row[row]))}
        for shape, (top, block) in list(open_blocks.items()):
            if shape not in shapes or top + len(block) != row:
                yield top, shape[0], block
                del open_blocks[shape]
        for shape, values in shapes.items():
            open_blocks.setdefault(shape, (row, []))[1].append(values)
    for (column, _length), (top, block) in open_blocks.items():
        yield top, column, block


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Rising numbers as runs of neighbours."""
    return [
        [number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda place: place[1] - place[0])
    ]


# --- names ------------------------------------------------------------------------------------------------------


def free_number(key: str, taken: set[int]) -> int:
    """A number for a new tab that follows from `key`, so that making it twice is refused."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % (2**31 - 1) + 1
    while number in taken:
        number = number % (2**31 - 1) + 1
    return number


def free_title(title: str, taken: set[str]) -> str:
    """A name for a new tab that none has; `taken` without capitals."""
    title = title[: _TITLE_LENGTH - 5]
    free, count = title, 1
    while free.casefold() in taken:
        count += 1
        free = f"{title} ({count})"
    return free
