"""Requests on tabs and on the spreadsheet's own properties."""

from __future__ import annotations

import re
from dataclasses import replace

from integrations.local.google.kinds import Context, fresh_id, kinds, merged, update_mask
from integrations.local.google.masks import Mask
from integrations.local.google.spreadsheets import sheet_properties
from integrations.local.google.wire import Json, bad_request, colour, integer, mapping, only
from integrations.local.google.workbook import Sheet, Workbook

_SHEET_FIELDS = frozenset(
    [
        "sheetId",
        "title",
        "index",
        "sheetType",
        "gridProperties",
        "hidden",
        "tabColor",
        "tabColorStyle",
        "rightToLeft",
        "dataSourceSheetProperties",
    ]
)
_GRID_FIELDS = frozenset(
    [
        "rowCount",
        "columnCount",
        "frozenRowCount",
        "frozenColumnCount",
        "hideGridlines",
        "rowGroupControlAfter",
        "columnGroupControlAfter",
    ]
)
_BOOK_FIELDS = frozenset(
    [
        "title",
        "locale",
        "autoRecalc",
        "timeZone",
        "defaultFormat",
        "iterativeCalculationSettings",
        "spreadsheetTheme",
        "importFunctionsExternalUrlAccessAllowed",
    ]
)
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


def new_sheet(workbook: Workbook, properties: Json) -> Sheet:
    """Make a tab from SheetProperties and put it in its place."""
    only(properties, _SHEET_FIELDS, "properties")
    if properties.get("sheetType", "GRID") != "GRID":
        raise bad_request("The local server knows tabs of type GRID only.")
    taken = {sheet.id for sheet in workbook.sheets}
    sheet_id = integer(properties, "sheetId", -1)
    if sheet_id in taken:
        raise bad_request(f'A sheet with id "{sheet_id}" already exists. Please enter another id.')
    title = properties.get("title") or _free_title(workbook)
    sheet = Sheet(sheet_id if sheet_id >= 0 else fresh_id(taken | {0}), _title(workbook, title, None))
    workbook.sheets.insert(_index(workbook, properties), sheet)
    rest = {name: value for name, value in properties.items() if name not in ("sheetId", "title", "index")}
    _change(workbook, sheet, rest, Mask({name: Mask() for name in rest if name != "gridProperties"}))
    _regrid(sheet, properties.get("gridProperties") or {}, None)
    return sheet


def _index(workbook: Workbook, properties: Json) -> int:
    index = integer(properties, "index", len(workbook.sheets))
    return min(max(index, 0), len(workbook.sheets))


def _free_title(workbook: Workbook) -> str:
    number = len(workbook.sheets) + 1
    while workbook.titled(f"Sheet{number}"):
        number += 1
    return f"Sheet{number}"


def _title(workbook: Workbook, title: object, own: Sheet | None) -> str:
    if not isinstance(title, str) or not title.strip():
        raise bad_request("Sheet name cannot be empty.")
    other = workbook.titled(title)
    if other is not None and other is not own:
        raise bad_request(f'A sheet with the name "{title}" already exists. Please enter another name.')
    return title


def _add_sheet(workbook: Workbook, body: Json, _context: Context) -> Json:
    sheet = new_sheet(workbook, dict(body.get("properties") or {}))
    return {"properties": sheet_properties(workbook, sheet)}


def _delete_sheet(workbook: Workbook, body: Json, _context: Context) -> None:
    sheet_id = integer(body, "sheetId", 0)
    sheet = next((sheet for sheet in workbook.sheets if sheet.id == sheet_id), None)
    if sheet is None:
        raise bad_request(f"No sheet with id: {sheet_id}")
    if not [other for other in workbook.sheets if other is not sheet and not other.extra.get("hidden")]:
        raise bad_request("You can't remove all the visible sheets in a document.")
    workbook.sheets.remove(sheet)
    workbook.tags = [tag for tag in workbook.tags if tag.sheet != sheet_id]
    workbook.named = [named for named in workbook.named if named["range"].get("sheetId", 0) != sheet_id]


def copied_sheet(workbook: Workbook, source: Sheet, tags_of: Workbook, title: str, sheet_id: int | None) -> Sheet:
    """A copy of a tab with its protections and developer metadata under new ids; not yet in the workbook."""
    twin = source.copy()
    twin.id = sheet_id if sheet_id is not None else fresh_id({sheet.id for sheet in workbook.sheets} | {0})
    twin.title = title
    taken = {tag.id for tag in workbook.tags}
    for tag in [tag for tag in tags_of.tags if tag.sheet == source.id]:
        copied = replace(tag, id=fresh_id(taken), sheet=twin.id)
        taken.add(copied.id)
        workbook.tags.append(copied)
    twin.protected = [
        item | {"protectedRangeId": fresh_id(set()), "range": item.get("range", {}) | {"sheetId": twin.id}}
        for item in twin.protected
    ]
    if twin.basic_filter:
        twin.basic_filter = twin.basic_filter | {"range": twin.basic_filter["range"] | {"sheetId": twin.id}}
    return twin


def _duplicate_sheet(workbook: Workbook, body: Json, _context: Context) -> Json:
    source = workbook.sheet(integer(body, "sourceSheetId", 0))
    wanted = integer(body, "newSheetId", -1)
    if any(sheet.id == wanted for sheet in workbook.sheets):
        raise bad_request(f'A sheet with id "{wanted}" already exists. Please enter another id.')
    title = _title(workbook, body.get("newSheetName") or copy_title(workbook, source.title), None)
    twin = copied_sheet(workbook, source, workbook, title, wanted if wanted >= 0 else None)
    place = integer(body, "insertSheetIndex", workbook.sheets.index(source) + 1)
    workbook.sheets.insert(min(max(place, 0), len(workbook.sheets)), twin)
    return {"properties": sheet_properties(workbook, twin)}


def copy_title(workbook: Workbook, title: str) -> str:
    """`Copy of X`, numbered when there is one already."""
    wanted, number = f"Copy of {title}", 1
    while workbook.titled(wanted):
        number += 1
        wanted = f"Copy of {title} {number}"
    return wanted


def _update_sheet(workbook: Workbook, body: Json, _context: Context) -> None:
    properties = mapping(body, "properties")
    only(properties, _SHEET_FIELDS, "properties")
    mask = update_mask(body, _SHEET_FIELDS)
    sheet = workbook.sheet(integer(properties, "sheetId", 0))
    if mask.everything:
        mask = Mask({name: Mask() for name in properties if name != "sheetId"})
    _change(workbook, sheet, properties, mask)


def _change(workbook: Workbook, sheet: Sheet, properties: Json, mask: Mask) -> None:
    for name, sub in mask.children.items():
        if name == "title":
            sheet.title = _title(workbook, properties.get("title"), sheet)
        elif name == "index":
            _move(workbook, sheet, integer(properties, "index", 0))
        elif name == "gridProperties":
            _regrid(sheet, properties.get("gridProperties") or {}, None if sub.everything else sub)
        elif name in ("tabColor", "tabColorStyle"):
            _tint(sheet, properties)
        elif name in ("hidden", "rightToLeft"):
            _flag(workbook, sheet, name, on=bool(properties.get(name)))
        elif name not in ("sheetId", "sheetType"):
            raise bad_request(f"Invalid field: {name}")


def _move(workbook: Workbook, sheet: Sheet, index: int) -> None:
    # Google counts the new index before the tab is taken out of its old place.
    old = workbook.sheets.index(sheet)
    if index > len(workbook.sheets):
        raise bad_request(f"Sheet index {index} is beyond the last sheet.")
    workbook.sheets.remove(sheet)
    workbook.sheets.insert(index - 1 if index > old else index, sheet)


def _tint(sheet: Sheet, properties: Json) -> None:
    rgb = (properties.get("tabColorStyle") or {}).get("rgbColor", properties.get("tabColor"))
    for name in ("tabColor", "tabColorStyle"):
        sheet.extra.pop(name, None)
    if rgb is not None:
        sheet.extra |= {"tabColor": colour(rgb), "tabColorStyle": {"rgbColor": colour(rgb)}}


def _flag(workbook: Workbook, sheet: Sheet, name: str, *, on: bool) -> None:
    sheet.extra.pop(name, None)
    if on:
        sheet.extra[name] = True
    if all(other.extra.get("hidden") for other in workbook.sheets):
        raise bad_request("You can't hide all the sheets in a document.")


def _regrid(sheet: Sheet, grid: Json, mask: Mask | None) -> None:
    only(grid, _GRID_FIELDS, "gridProperties")
    names = set(grid) if mask is None else set(mask.children)
    if names - _GRID_FIELDS:
        raise bad_request(f"Invalid field: gridProperties.{min(names - _GRID_FIELDS)}")
    rows = integer(grid, "rowCount", sheet.row_count) if "rowCount" in names else sheet.row_count
    columns = integer(grid, "columnCount", sheet.column_count) if "columnCount" in names else sheet.column_count
    if (rows, columns) != (sheet.row_count, sheet.column_count):
        sheet.resize(rows, columns)
    for name in names - {"rowCount", "columnCount"}:
        sheet.grid.pop(name, None)
        if grid.get(name):
            sheet.grid[name] = grid[name]
    if sheet.grid.get("frozenRowCount", 0) >= sheet.row_count and sheet.grid.get("frozenRowCount"):
        raise bad_request("You can't freeze all visible rows on the sheet.")
    if sheet.grid.get("frozenColumnCount", 0) >= sheet.column_count and sheet.grid.get("frozenColumnCount"):
        raise bad_request("You can't freeze all visible columns on the sheet.")


def change_book(workbook: Workbook, properties: Json, mask: Mask) -> None:
    """Change SpreadsheetProperties under a mask."""
    only(properties, _BOOK_FIELDS, "properties")
    for name in mask.children:
        value = properties.get(name)
        if name == "title":
            if not isinstance(value, str) or not value:
                raise bad_request("The title of a spreadsheet cannot be empty.")
            workbook.title = value
        elif name == "locale":
            if not isinstance(value, str) or not _LOCALE.fullmatch(value):
                raise bad_request(f"Unsupported locale: {value}")
            workbook.locale = value
        elif name == "timeZone":
            workbook.time_zone = str(value or "Etc/GMT")
        else:
            workbook.extra = merged(workbook.extra, properties, Mask({name: Mask()}))


def _update_book(workbook: Workbook, body: Json, _context: Context) -> None:
    properties = mapping(body, "properties")
    mask = update_mask(body, _BOOK_FIELDS)
    change_book(workbook, properties, Mask({name: Mask() for name in properties}) if mask.everything else mask)


TAB_KINDS = kinds(
    addSheet=(_add_sheet, "properties"),
    deleteSheet=(_delete_sheet, "sheetId"),
    duplicateSheet=(_duplicate_sheet, "sourceSheetId insertSheetIndex newSheetId newSheetName"),
    updateSheetProperties=(_update_sheet, "properties fields"),
    updateSpreadsheetProperties=(_update_book, "properties fields"),
)
