"""The Spreadsheet resource as it is answered: properties, tabs, typed grid data, developer metadata."""

from __future__ import annotations

from typing import Any

from integrations.local.google.cells import Cell, Formula, extended_value, formatted, worth
from integrations.local.google.masks import Mask
from integrations.local.google.ranges import Place, grid_json, without_zero_sheet
from integrations.local.google.wire import Json, colour
from integrations.local.google.workbook import COLUMNS, ROWS, Sheet, Tag, Workbook

_WHITE, _BLACK = {"red": 1, "green": 1, "blue": 1}, dict[str, Any]()
_THEME = {
    "TEXT": 0x000000,
    "BACKGROUND": 0xFFFFFF,
    "ACCENT1": 0x4285F4,
    "ACCENT2": 0xEA4335,
    "ACCENT3": 0xFBBC04,
    "ACCENT4": 0x34A853,
    "ACCENT5": 0xFF6D01,
    "ACCENT6": 0x46BDC6,
    "LINK": 0x1155CC,
}
DEFAULT_FORMAT: Json = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": _BLACK,
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": _BLACK},
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}
_RULE = "dataValidation"
_PIXELS = {ROWS: 21, COLUMNS: 100}


def _rgb(number: int) -> Json:
    return colour({"red": (number >> 16) / 255, "green": (number >> 8 & 255) / 255, "blue": (number & 255) / 255})


def _theme() -> Json:
    pairs = [{"colorType": name, "color": {"rgbColor": _rgb(number)}} for name, number in _THEME.items()]
    return {"primaryFontFamily": "Arial", "themeColors": pairs}


THEME = _theme()


def spreadsheet_json(workbook: Workbook, mask: Mask, places: list[Place] | None, *, grid_data: bool) -> Json:
    """A Spreadsheet message under a mask.

    Args:
        workbook: what is answered.
        mask: the fields wanted; grid data is built only when it may be wanted.
        places: the ranges asked for; None means every tab, whole.
        grid_data: `includeGridData`; a mask that reaches `sheets.data` wins over it.
    """
    shown = _sheets_and_places(workbook, places)
    sheet_mask = mask.sub("sheets")
    wants_data = sheet_mask is not None and (grid_data if sheet_mask.everything else "data" in sheet_mask.children)
    answer: Json = {"spreadsheetId": workbook.id, "properties": properties_json(workbook)}
    if sheet_mask is not None:
        answer["sheets"] = [
            _sheet_json(workbook, sheet, sheet_mask, areas if wants_data else None) for sheet, areas in shown
        ]
    if workbook.named:
        answer["namedRanges"] = [named | {"range": without_zero_sheet(named["range"])} for named in workbook.named]
    answer["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{workbook.id}/edit"
    tags = [tag_json(tag) for tag in workbook.tags if tag.sheet is None]
    if tags:
        answer["developerMetadata"] = tags
    found: Json = mask.apply(answer)
    return found


def _sheets_and_places(workbook: Workbook, places: list[Place] | None) -> list[tuple[Sheet, list[Place]]]:
    if places is None:
        return [(sheet, [Place(sheet, sheet.whole)]) for sheet in workbook.sheets]
    grouped = [(sheet, [place for place in places if place.sheet is sheet]) for sheet in workbook.sheets]
    return [(sheet, own) for sheet, own in grouped if own]


def properties_json(workbook: Workbook) -> Json:
    """SpreadsheetProperties."""
    return {
        "title": workbook.title,
        "locale": workbook.locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": workbook.time_zone,
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": THEME,
        **workbook.extra,
    }


def sheet_properties(workbook: Workbook, sheet: Sheet) -> Json:
    """SheetProperties."""
    return {
        "sheetId": sheet.id,
        "title": sheet.title,
        "index": next(place for place, other in enumerate(workbook.sheets) if other.id == sheet.id),
        "sheetType": "GRID",
        "gridProperties": {"rowCount": sheet.row_count, "columnCount": sheet.column_count, **sheet.grid},
        **sheet.extra,
    }


def _sheet_json(workbook: Workbook, sheet: Sheet, mask: Mask, places: list[Place] | None) -> Json:
    answer: Json = {"properties": sheet_properties(workbook, sheet)}
    if places is not None:
        data_mask = mask.sub("data") or Mask()
        answer["data"] = [_grid_data(workbook, place, data_mask) for place in places]
    if sheet.merges:
        answer["merges"] = [grid_json(sheet.id, area) for area in sheet.merges]
    if sheet.protected:
        answer["protectedRanges"] = [protected_json(item) for item in sheet.protected]
    if sheet.basic_filter:
        answer["basicFilter"] = sheet.basic_filter | {"range": without_zero_sheet(sheet.basic_filter["range"])}
    for name, dimension in (("rowGroups", ROWS), ("columnGroups", COLUMNS)):
        if sheet.groups[dimension]:
            answer[name] = groups_json(sheet, dimension)
    tags = [tag_json(tag) for tag in workbook.tags if tag.sheet == sheet.id and tag.dimension is None]
    return answer | ({"developerMetadata": tags} if tags else {})


def groups_json(sheet: Sheet, dimension: str) -> list[Json]:
    """The dimension groups of a tab; the depth counts the groups around."""
    found = []
    for start, end in sorted(sheet.groups[dimension]):
        depth = sum(low <= start and end <= high for low, high in sheet.groups[dimension])
        span: Json = {"sheetId": sheet.id} if sheet.id else {}
        span |= {"dimension": dimension, "startIndex": start, "endIndex": end}
        found.append({"range": span, "depth": depth})
    return found


def protected_json(stored: Json) -> Json:
    """A ProtectedRange as it is answered."""
    answer = dict(stored)
    if "range" in answer:
        answer["range"] = without_zero_sheet(answer["range"])
    return answer


def tag_json(tag: Tag) -> Json:
    """A DeveloperMetadata message."""
    location: Json = {"locationType": "SPREADSHEET", "spreadsheet": True}
    if tag.sheet is not None:
        location = {"locationType": "SHEET", "sheetId": tag.sheet}
    if tag.dimension is not None and tag.index is not None:
        span = {"sheetId": tag.sheet} if tag.sheet else {}
        kind = "ROW" if tag.dimension == ROWS else "COLUMN"
        where = span | {"dimension": tag.dimension, "startIndex": tag.index, "endIndex": tag.index + 1}
        location = {"locationType": kind, "dimensionRange": where}
    answer: Json = {"metadataId": tag.id, "metadataKey": tag.key}
    if tag.value is not None:
        answer["metadataValue"] = tag.value
    return answer | {"location": location, "visibility": tag.visibility}


def _grid_data(workbook: Workbook, place: Place, mask: Mask) -> Json:
    area = place.area
    answer: Json = ({"startRow": area.top} if area.top else {}) | ({"startColumn": area.left} if area.left else {})
    if (row_mask := mask.sub("rowData")) is not None:
        rows = _row_data(workbook, place, row_mask)
        if rows:
            answer["rowData"] = rows
    spans = {ROWS: (area.top, area.bottom), COLUMNS: (area.left, area.right)}
    for name, dimension in (("rowMetadata", ROWS), ("columnMetadata", COLUMNS)):
        if mask.has(name):
            answer[name] = _dimension_data(workbook, place.sheet, dimension, spans[dimension])
    return answer


def _dimension_data(workbook: Workbook, sheet: Sheet, dimension: str, span: tuple[int, int]) -> list[Json]:
    tags: dict[int, list[Json]] = {}
    for tag in workbook.tags:
        if tag.sheet == sheet.id and tag.dimension == dimension and tag.index is not None:
            tags.setdefault(tag.index, []).append(tag_json(tag))
    found = []
    for index in range(*span):
        item: Json = {"pixelSize": _PIXELS[dimension], **sheet.sizes[dimension].get(index, {})}
        found.append(item | ({"developerMetadata": tags[index]} if index in tags else {}))
    return found


def _row_data(workbook: Workbook, place: Place, mask: Mask) -> list[Json]:
    sheet, area, wanted = place.sheet, place.area, mask.sub("values") or Mask()
    # Columns are dressed down to the last row: where only values are wanted, most cells have nothing to say.
    only_values = not any(wanted.has(name) for name in ("userEnteredFormat", "effectiveFormat", "note", _RULE))
    nothing: Json = {}
    rows: list[Json] = []
    for row in range(area.top, min(area.bottom, len(sheet.rows))):
        cells = sheet.rows[row][area.left : area.right]
        while cells and cells[-1].blank:
            cells = cells[:-1]
        shown = [
            nothing if only_values and cell.entered is None else cell_json(cell, workbook.locale, wanted)
            for cell in cells
        ]
        rows.append({"values": shown} if cells else {})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def cell_json(cell: Cell, locale: str, mask: Mask) -> Json:
    """A CellData message, only with the parts that the mask wants."""
    answer: Json = {}
    if cell.entered is not None:
        answer["userEnteredValue"] = extended_value(cell.entered)
        if mask.has("effectiveValue"):
            answer["effectiveValue"] = extended_value(
                worth(cell.entered) if isinstance(cell.entered, Formula) else cell.entered
            )
        if mask.has("formattedValue"):
            answer["formattedValue"] = formatted(cell, locale)
    if cell.style:
        answer["userEnteredFormat"] = cell.style
    if not cell.blank and mask.has("effectiveFormat"):
        answer["effectiveFormat"] = _effective_format(cell)
    if cell.note:
        answer["note"] = cell.note
    if cell.rule:
        answer[_RULE] = cell.rule
    return answer


def _effective_format(cell: Cell) -> Json:
    style = cell.style or {}
    merged = DEFAULT_FORMAT | style
    merged["textFormat"] = DEFAULT_FORMAT["textFormat"] | style.get("textFormat", {})
    if "horizontalAlignment" not in merged and cell.entered is not None:
        value = worth(cell.entered)
        kind = "CENTER" if isinstance(value, bool) else "LEFT" if isinstance(value, str) else "RIGHT"
        merged["horizontalAlignment"] = kind
    return merged
