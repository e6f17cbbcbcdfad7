"""Requests that move or join blocks of cells: sort, copy, cut, find and replace, merge."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

from integrations.local.google.cells import EMPTY, Cell, CellError, worth
from integrations.local.google.kinds import Context, kinds
from integrations.local.google.ranges import Place, grid_place
from integrations.local.google.values import typed_cell
from integrations.local.google.wire import Json, bad_request, integer, mapping, violation
from integrations.local.google.workbook import ROWS, Area, Sheet, Workbook

SortKey = tuple[int, float, str]


def _sort_range(workbook: Workbook, body: Json, context: Context) -> None:
    place = grid_place(workbook, mapping(body, "range"))
    area, specs = place.area, []
    for spec in body.get("sortSpecs") or []:
        column = integer(spec, "dimensionIndex", 0)
        if not area.left <= column < area.right:
            raise bad_request(f"sortSpecs: column {column} is outside of the range.")
        direction = spec.get("sortOrder", "ASCENDING")
        if direction not in ("ASCENDING", "DESCENDING"):
            raise violation("sort_order", f"Invalid value at 'sort_order' (TYPE_ENUM), \"{direction}\"")
        specs.append((column, direction == "DESCENDING"))
    sort_rows(workbook, place, specs, context)


def sort_rows(workbook: Workbook, place: Place, specs: Sequence[tuple[int, bool]], context: Context) -> None:
    """Sort the rows of a place by columns, each with whether it runs down; the first counts most."""
    area = place.area
    order = list(range(area.top, min(area.bottom, max(len(place.sheet.rows), area.top))))
    for column, down in reversed(specs):
        order = _sorted(place.sheet, order, column, down=down)
    _reorder(workbook, place, order, context)


def _sorted(sheet: Sheet, order: Sequence[int], column: int, *, down: bool) -> list[int]:
    filled = [row for row in order if sheet.cell(row, column).entered is not None]
    blank = [row for row in order if sheet.cell(row, column).entered is None]
    # Blank cells are last in both directions; equal ones keep their order.
    return sorted(filled, key=lambda row: _sort_key(sheet.cell(row, column)), reverse=down) + blank


def _sort_key(cell: Cell) -> SortKey:
    value = worth(cell.entered)
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, int | float):
        return 0, float(value), ""
    return (3, 0.0, "") if value is None or isinstance(value, CellError) else (1, 0.0, value.casefold())


def _reorder(workbook: Workbook, place: Place, order: list[int], context: Context) -> None:
    """Contents move (value, style, note); validation rules stay where they are."""
    sheet, area = place.sheet, place.area
    old = {row: sheet.cells(row, area.left, area.right) for row in order}
    for row, source in enumerate(order, area.top):
        fresh = [replace(cell, rule=stay.rule) for cell, stay in zip(old[source], old[row], strict=True)]
        sheet.put(row, area.left, fresh) if row < len(sheet.rows) or any(not cell.blank for cell in fresh) else None
    if context.behaviour.sort_moves_row_tags:
        landed = {source: row for row, source in enumerate(order, area.top)}
        workbook.tags = [
            replace(tag, index=landed.get(tag.index, tag.index))
            if tag.sheet == sheet.id and tag.dimension == ROWS and tag.index is not None
            else tag
            for tag in workbook.tags
        ]


def _entered(source: Cell, target: Cell) -> Cell:
    return replace(target, entered=source.entered)


def _values(source: Cell, target: Cell) -> Cell:
    value = worth(source.entered)
    return replace(target, entered=None if isinstance(value, CellError) else value)


def _format(source: Cell, target: Cell) -> Cell:
    return replace(target, style=source.style)


def _rule(source: Cell, target: Cell) -> Cell:
    return replace(target, rule=source.rule)


def _all(source: Cell, _target: Cell) -> Cell:
    return source


_PASTES: dict[str, Callable[[Cell, Cell], Cell]] = {
    "PASTE_NORMAL": _all,
    "PASTE_VALUES": _values,
    "PASTE_FORMAT": _format,
    "PASTE_NO_BORDERS": _all,
    "PASTE_FORMULA": _entered,
    "PASTE_DATA_VALIDATION": _rule,
}


def _paste(body: Json) -> Callable[[Cell, Cell], Cell]:
    kind = body.get("pasteType", "PASTE_NORMAL")
    if kind not in _PASTES:
        raise bad_request(f"The local server does not paste {kind}.")
    return _PASTES[kind]


def _block(place: Place) -> list[list[Cell]]:
    area = place.area
    return [place.sheet.cells(row, area.left, area.right) for row in range(area.top, area.bottom)]


def _copy_paste(workbook: Workbook, body: Json, _context: Context) -> None:
    paste = _paste(body)
    block = _block(grid_place(workbook, mapping(body, "source")))
    if body.get("pasteOrientation", "NORMAL") == "TRANSPOSE":
        block = [list(column) for column in zip(*block, strict=True)]
    target = grid_place(workbook, mapping(body, "destination"))
    # A destination that is a multiple of the source is filled with copies of it; a smaller one is overflowed.
    times_down = max((target.area.bottom - target.area.top) // len(block), 1)
    times_right = max((target.area.right - target.area.left) // len(block[0]), 1)
    rows = [row * times_right for row in block] * times_down
    _lay(target.sheet, target.area.top, target.area.left, rows, paste)


def _lay(sheet: Sheet, top: int, left: int, rows: list[list[Cell]], paste: Callable[[Cell, Cell], Cell]) -> None:
    for offset, row in enumerate(rows):
        old = sheet.cells(top + offset, left, left + len(row))
        fresh = [paste(source, target) for source, target in zip(row, old, strict=True)]
        if top + offset < len(sheet.rows) or any(not cell.blank for cell in fresh):
            sheet.put(top + offset, left, fresh)


def _cut_paste(workbook: Workbook, body: Json, _context: Context) -> None:
    paste = _paste(body)
    source = grid_place(workbook, mapping(body, "source"))
    block = _block(source)
    target = mapping(body, "destination")
    blanks = [[EMPTY] * len(row) for row in block]
    _lay(source.sheet, source.area.top, source.area.left, blanks, _all)
    sheet = workbook.sheet(integer(target, "sheetId", 0))
    _lay(sheet, integer(target, "rowIndex", 0), integer(target, "columnIndex", 0), block, paste)


def _find_replace(workbook: Workbook, body: Json, context: Context) -> Json:
    if body.get("searchByRegex") or body.get("includeFormulas"):
        raise bad_request("The local server does not search by regular expression or in formulas.")
    find, fill = str(body.get("find") or ""), str(body.get("replacement") or "")
    if not find:
        raise bad_request("The text to find cannot be empty.")
    fold = (lambda text: text) if body.get("matchCase") else str.casefold
    cells, hits, rows, sheets = 0, 0, set[tuple[int, int]](), set[int]()
    for place in _searched(workbook, body):
        for row, column, cell in list(place.sheet.filled(place.area)):
            count = _hits(cell, find, fold, whole=bool(body.get("matchEntireCell")))
            if count and isinstance(cell.entered, str):
                text = fill if body.get("matchEntireCell") else _swapped(cell.entered, find, fill, fold)
                place.sheet.put(row, column, [typed_cell(cell, text, workbook.locale, context.today)])
                cells, hits = cells + 1, hits + count
                rows.add((place.sheet.id, row))
                sheets.add(place.sheet.id)
    counts = {
        "valuesChanged": cells,
        "rowsChanged": len(rows),
        "sheetsChanged": len(sheets),
        "occurrencesChanged": hits,
    }
    return {name: count for name, count in counts.items() if count}


def _searched(workbook: Workbook, body: Json) -> list[Place]:
    if body.get("allSheets"):
        return [Place(sheet, sheet.whole) for sheet in workbook.sheets]
    if "range" in body:
        return [grid_place(workbook, mapping(body, "range"))]
    return [grid_place(workbook, {"sheetId": integer(body, "sheetId")})]


def _hits(cell: Cell, find: str, fold: Callable[[str], str], *, whole: bool) -> int:
    if not isinstance(cell.entered, str):
        return 0
    return int(fold(cell.entered) == fold(find)) if whole else fold(cell.entered).count(fold(find))


def _swapped(text: str, find: str, fill: str, fold: Callable[[str], str]) -> str:
    if len(fold(text)) != len(text) or len(fold(find)) != len(find):
        return text.replace(find, fill)
    parts, start, folded, wanted = [], 0, fold(text), fold(find)
    while (hit := folded.find(wanted, start)) >= 0:
        parts += [text[start:hit], fill]
        start = hit + len(find)
    return "".join([*parts, text[start:]])


def _merge(workbook: Workbook, body: Json, _context: Context) -> None:
    place = grid_place(workbook, mapping(body, "range"))
    sheet, area = place.sheet, place.area
    kept = _without(sheet, area)
    for part in _parts(area, body.get("mergeType", "MERGE_ALL")):
        kept.append(part)
        for row, column in itertools.product(range(part.top, part.bottom), range(part.left, part.right)):
            if (row, column) != (part.top, part.left) and sheet.cell(row, column).entered is not None:
                sheet.put(row, column, [replace(sheet.cell(row, column), entered=None)])
    sheet.merges = kept


def _parts(area: Area, kind: str) -> list[Area]:
    if kind == "MERGE_ROWS":
        return [replace(area, top=row, bottom=row + 1) for row in range(area.top, area.bottom)]
    if kind == "MERGE_COLUMNS":
        return [replace(area, left=column, right=column + 1) for column in range(area.left, area.right)]
    if kind != "MERGE_ALL":
        raise violation("merge_type", f"Invalid value at 'merge_type' (TYPE_ENUM), \"{kind}\"")
    return [area]


def _without(sheet: Sheet, area: Area) -> list[Area]:
    if any(old.meets(area) and not old.within(area) for old in sheet.merges):
        raise bad_request("You must select all cells in a merged range to merge or unmerge them.")
    return [old for old in sheet.merges if not old.meets(area)]


def _unmerge(workbook: Workbook, body: Json, _context: Context) -> None:
    place = grid_place(workbook, mapping(body, "range"))
    place.sheet.merges = _without(place.sheet, place.area)


BLOCK_KINDS = kinds(
    sortRange=(_sort_range, "range sortSpecs"),
    copyPaste=(_copy_paste, "source destination pasteType pasteOrientation"),
    cutPaste=(_cut_paste, "source destination pasteType"),
    findReplace=(
        _find_replace,
        "find replacement matchCase matchEntireCell searchByRegex includeFormulas range sheetId allSheets",
    ),
    mergeCells=(_merge, "range mergeType"),
    unmergeCells=(_unmerge, "range"),
)
