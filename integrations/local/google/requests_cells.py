"""Requests that write cells: updateCells, appendCells, repeatCell, setDataValidation, updateBorders."""

from __future__ import annotations

from dataclasses import replace

from integrations.local.google.cells import Cell, clean_style, from_extended, with_entered
from integrations.local.google.kinds import Context, kinds, merged, update_mask
from integrations.local.google.masks import Mask
from integrations.local.google.ranges import grid_place
from integrations.local.google.wire import Json, bad_request, integer, mapping, only
from integrations.local.google.workbook import Area, Sheet, Workbook

_CELL_FIELDS = frozenset(
    [
        "userEnteredValue",
        "effectiveValue",
        "formattedValue",
        "userEnteredFormat",
        "effectiveFormat",
        "hyperlink",
        "note",
        "textFormatRuns",
        "dataValidation",
        "pivotTable",
        "chipRuns",
    ]
)
_WRITTEN = frozenset({"userEnteredValue", "userEnteredFormat", "note", "dataValidation"})
_CONDITIONS = frozenset(
    [
        "NUMBER_GREATER",
        "NUMBER_GREATER_THAN_EQ",
        "NUMBER_LESS",
        "NUMBER_LESS_THAN_EQ",
        "NUMBER_EQ",
        "NUMBER_NOT_EQ",
        "NUMBER_BETWEEN",
        "NUMBER_NOT_BETWEEN",
        "TEXT_CONTAINS",
        "TEXT_NOT_CONTAINS",
        "TEXT_EQ",
        "TEXT_IS_EMAIL",
        "TEXT_IS_URL",
        "DATE_EQ",
        "DATE_BEFORE",
        "DATE_AFTER",
        "DATE_ON_OR_BEFORE",
        "DATE_ON_OR_AFTER",
        "DATE_BETWEEN",
        "DATE_NOT_BETWEEN",
        "DATE_IS_VALID",
        "ONE_OF_RANGE",
        "ONE_OF_LIST",
        "CUSTOM_FORMULA",
        "BOOLEAN",
    ]
)


def cell_mask(body: Json) -> Mask:
    """The mask of a request that writes CellData; fields that this server cannot write are refused."""
    mask = update_mask(body, _CELL_FIELDS)
    if mask.everything:
        return Mask({name: Mask() for name in _WRITTEN})
    for name in mask.children:
        if name not in _WRITTEN:
            raise bad_request(f"The local server does not write the field {name}.")
    return mask


def changed(cell: Cell, data: Json, mask: Mask) -> Cell:
    """The cell with the masked fields of a CellData message; a masked field that is not there is cleared."""
    if "userEnteredValue" in mask.children:
        cell = with_entered(cell, from_extended(data.get("userEnteredValue")))
    if (sub := mask.children.get("userEnteredFormat")) is not None:
        style = merged(cell.style or {}, data.get("userEnteredFormat") or {}, sub)
        cell = replace(cell, style=clean_style(style) or None)
    if "note" in mask.children:
        cell = replace(cell, note=data.get("note") or "")
    if "dataValidation" in mask.children:
        cell = replace(cell, rule=checked_rule(data.get("dataValidation")))
    return cell


def checked_rule(rule: Json | None) -> Json | None:
    """A DataValidationRule, or a 400 when its condition is none."""
    if not rule:
        return None
    only(rule, {"condition", "inputMessage", "strict", "showCustomUi"}, "rule")
    kind = (rule.get("condition") or {}).get("type")
    if kind not in _CONDITIONS:
        raise bad_request(f"Invalid condition type: {kind}")
    return {name: value for name, value in rule.items() if value not in (None, False, "")}


def _rows(body: Json) -> list[list[Json]]:
    rows = body.get("rows") or []
    found = []
    for row in rows:
        only(row, {"values"}, "rows")
        values = row.get("values") or []
        for value in values:
            only(value, _CELL_FIELDS, "rows.values")
        found.append(values)
    return found


def _update_cells(workbook: Workbook, body: Json, _context: Context) -> None:
    mask, rows = cell_mask(body), _rows(body)
    if ("start" in body) == ("range" in body):
        raise bad_request("Exactly one of start and range must be set.")
    if "start" in body:
        start = mapping(body, "start")
        only(start, {"sheetId", "rowIndex", "columnIndex"}, "start")
        sheet = workbook.sheet(integer(start, "sheetId", 0))
        _write(sheet, integer(start, "rowIndex", 0), integer(start, "columnIndex", 0), rows, mask)
        return
    place = grid_place(workbook, mapping(body, "range"))
    area = place.area
    if len(rows) > area.bottom - area.top:
        raise bad_request(
            f"Attempting to write row: {area.bottom}, beyond the last requested row of: {area.bottom - 1}"
        )
    if any(len(row) > area.right - area.left for row in rows):
        raise bad_request(
            f"Attempting to write column: {area.right}, beyond the last requested column of: {area.right - 1}"
        )
    # What the rows do not cover of the range is cleared: missing data is empty data.
    tall = min(area.bottom, max(len(place.sheet.rows), area.top + len(rows))) - area.top
    padded = [
        (rows[row] if row < len(rows) else [])
        + [{}] * (area.right - area.left - len(rows[row] if row < len(rows) else []))
        for row in range(tall)
    ]
    _write(place.sheet, area.top, area.left, padded, mask)


def _write(sheet: Sheet, top: int, left: int, rows: list[list[Json]], mask: Mask) -> None:
    for offset, row in enumerate(rows):
        if row:
            old = sheet.cells(top + offset, left, left + len(row))
            fresh = [changed(cell, data, mask) for cell, data in zip(old, row, strict=True)]
            sheet.put(top + offset, left, fresh)


def _append_cells(workbook: Workbook, body: Json, context: Context) -> None:
    mask, rows = cell_mask(body), _rows(body)
    sheet = workbook.sheet(integer(body, "sheetId", 0))
    wide = max((len(row) for row in rows), default=0)
    top = sheet.last_data_row(rules_count=context.behaviour.rules_are_data)
    if top + len(rows) > sheet.row_count or wide > sheet.column_count:
        sheet.resize(max(top + len(rows), sheet.row_count), max(wide, sheet.column_count))
    _write(sheet, top, 0, rows, mask)


def _repeat_cell(workbook: Workbook, body: Json, _context: Context) -> None:
    mask, data = cell_mask(body), body.get("cell") or {}
    only(data, _CELL_FIELDS, "cell")
    place = grid_place(workbook, mapping(body, "range"))
    # The same message for every cell: a column of ten thousand cells then shares one style in memory and on disk.
    memory: dict[int, Cell] = {}
    for row in range(place.area.top, place.area.bottom):
        fresh = [
            _repeated(memory, cell, data, mask) for cell in place.sheet.cells(row, place.area.left, place.area.right)
        ]
        place.sheet.put(row, place.area.left, fresh)


def _repeated(memory: dict[int, Cell], cell: Cell, data: Json, mask: Mask) -> Cell:
    # EMPTY is one object, so the common case is computed once.
    if not cell.blank:
        return changed(cell, data, mask)
    if 0 not in memory:
        memory[0] = changed(cell, data, mask)
    return memory[0]


def _set_validation(workbook: Workbook, body: Json, _context: Context) -> None:
    rule = checked_rule(body.get("rule"))
    place = grid_place(workbook, mapping(body, "range"))
    filtered_only = bool(body.get("filteredRowsIncluded"))
    if filtered_only:
        raise bad_request("The local server does not do filteredRowsIncluded.")
    for row in range(place.area.top, place.area.bottom):
        cells = place.sheet.cells(row, place.area.left, place.area.right)
        place.sheet.put(row, place.area.left, [replace(cell, rule=rule) for cell in cells])


def _borders(workbook: Workbook, body: Json, _context: Context) -> None:
    place = grid_place(workbook, mapping(body, "range"))
    area = place.area
    for row in range(area.top, area.bottom):
        cells = [
            _bordered(cell, body, row, area.left + offset, area)
            for offset, cell in enumerate(place.sheet.cells(row, area.left, area.right))
        ]
        place.sheet.put(row, area.left, cells)


def _bordered(cell: Cell, body: Json, row: int, column: int, area: Area) -> Cell:
    sides = {
        "top": body.get("top") if row == area.top else body.get("innerHorizontal"),
        "bottom": body.get("bottom") if row == area.bottom - 1 else body.get("innerHorizontal"),
        "left": body.get("left") if column == area.left else body.get("innerVertical"),
        "right": body.get("right") if column == area.right - 1 else body.get("innerVertical"),
    }
    given = {side: border for side, border in sides.items() if border}
    if not given:
        return cell
    style = dict(cell.style or {})
    style["borders"] = dict(style.get("borders") or {}) | given
    return replace(cell, style=style)


CELL_KINDS = kinds(
    updateCells=(_update_cells, "rows fields start range"),
    appendCells=(_append_cells, "sheetId rows fields tableId"),
    repeatCell=(_repeat_cell, "range cell fields"),
    setDataValidation=(_set_validation, "range rule filteredRowsIncluded"),
    updateBorders=(_borders, "range top bottom left right innerHorizontal innerVertical"),
)
