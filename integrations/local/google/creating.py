"""spreadsheets.create: a Spreadsheet message becomes a workbook."""

from __future__ import annotations

from dataclasses import replace

from integrations.local.google.kinds import Context
from integrations.local.google.masks import Mask
from integrations.local.google.ranges import grid_place
from integrations.local.google.requests_cells import CELL_KINDS
from integrations.local.google.requests_marks import add_protection, new_tag
from integrations.local.google.requests_tabs import change_book, new_sheet
from integrations.local.google.store import new_file_id
from integrations.local.google.wire import Json, bad_request, integer, only
from integrations.local.google.workbook import COLUMNS, ROWS, Sheet, Workbook

_FIELDS = {"spreadsheetId", "properties", "sheets", "namedRanges", "spreadsheetUrl", "developerMetadata"}
_SHEET_FIELDS = {"properties", "data", "merges", "protectedRanges", "developerMetadata"}
_DATA_FIELDS = {"startRow", "startColumn", "rowData", "rowMetadata", "columnMetadata"}
_WRITTEN = "userEnteredValue,userEnteredFormat,note,dataValidation"


def blank_workbook(title: str) -> Workbook:
    """A new spreadsheet: one tab `Sheet1` with id 0, 1000 rows and 26 columns."""
    return Workbook(new_file_id(), title, sheets=[Sheet(0, "Sheet1")])


def new_workbook(body: Json, context: Context) -> Workbook:
    """The workbook of a create call; what this server does not keep is refused."""
    only(body, _FIELDS)
    properties = dict(body.get("properties") or {})
    workbook = blank_workbook(str(properties.get("title") or "Untitled spreadsheet"))
    change_book(workbook, properties, Mask({name: Mask() for name in properties if name != "title"}))
    if body.get("sheets"):
        workbook.sheets = []
        for message in body["sheets"]:
            _add_sheet(workbook, message, context)
    for message in body.get("developerMetadata") or []:
        workbook.tags.append(new_tag(workbook, message, context))
    if body.get("namedRanges"):
        raise bad_request("The local server takes named ranges in batchUpdate only.")
    return workbook


def _add_sheet(workbook: Workbook, message: Json, context: Context) -> None:
    only(message, _SHEET_FIELDS, "sheets")
    sheet = new_sheet(workbook, dict(message.get("properties") or {}))
    for data in message.get("data") or []:
        _fill(workbook, sheet, data, context)
    sheet.merges = [grid_place(workbook, item | {"sheetId": sheet.id}).area for item in message.get("merges") or []]
    for item in message.get("protectedRanges") or []:
        where = dict(item.get("range") or {}) | {"sheetId": sheet.id}
        add_protection(workbook, item | {"range": where}, context)
    for item in message.get("developerMetadata") or []:
        workbook.tags.append(new_tag(workbook, item, context))


def _fill(workbook: Workbook, sheet: Sheet, data: Json, context: Context) -> None:
    only(data, _DATA_FIELDS, "sheets.data")
    top, left = integer(data, "startRow", 0), integer(data, "startColumn", 0)
    start = {"sheetId": sheet.id, "rowIndex": top, "columnIndex": left}
    rows = data.get("rowData") or []
    CELL_KINDS["updateCells"].apply(workbook, {"start": start, "rows": rows, "fields": _WRITTEN}, context)
    for name, dimension, first in (("rowMetadata", ROWS, top), ("columnMetadata", COLUMNS, left)):
        for index, item in enumerate(data.get(name) or [], first):
            _size(workbook, sheet, (dimension, index), item, context)


def _size(workbook: Workbook, sheet: Sheet, where: tuple[str, int], item: Json, context: Context) -> None:
    dimension, index = where
    size = {name: value for name, value in item.items() if name in ("pixelSize", "hiddenByUser") and value}
    if size:
        sheet.sizes[dimension][index] = size
    for message in item.get("developerMetadata") or []:
        # The place of the metadata is where it stands; a location in the message is not needed.
        tag = new_tag(workbook, message | {"location": {"sheetId": sheet.id}}, context)
        workbook.tags.append(replace(tag, dimension=dimension, index=index))
