"""Requests on rows and columns: what is tied to a row or column moves with it, or goes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from integrations.local.google.cells import EMPTY, Cell
from integrations.local.google.kinds import Context, kinds, merged, update_mask
from integrations.local.google.spreadsheets import groups_json
from integrations.local.google.wire import Json, bad_request, integer, mapping, only
from integrations.local.google.workbook import COLUMNS, ROWS, Area, Row, Sheet, Workbook, trimmed

_SPAN_FIELDS = {"sheetId", "dimension", "startIndex", "endIndex"}
_SIZE_FIELDS = frozenset({"pixelSize", "hiddenByUser"})
_EDGES = {ROWS: ("startRowIndex", "endRowIndex"), COLUMNS: ("startColumnIndex", "endColumnIndex")}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shift:
    """How indices of one dimension change. A function gives None for what is deleted."""

    dimension: str
    index: Callable[[int], int | None]
    span: Callable[[int, int], Span | None]


def _spanned(workbook: Workbook, body: Json, name: str = "range") -> tuple[Sheet, str, int, int]:
    wanted = mapping(body, name)
    only(wanted, _SPAN_FIELDS, name)
    sheet = workbook.sheet(integer(wanted, "sheetId", 0))
    dimension = _dimension(wanted)
    start = integer(wanted, "startIndex", 0)
    end = integer(wanted, "endIndex", sheet.count(dimension))
    if start < 0 or end <= start:
        raise bad_request(f"{name}: endIndex must be after startIndex.")
    return sheet, dimension, start, end


def _dimension(body: Json) -> str:
    dimension = body.get("dimension")
    if dimension not in (ROWS, COLUMNS):
        raise bad_request(f"Invalid dimension: {dimension}")
    return str(dimension)


def _inside(sheet: Sheet, dimension: str, end: int) -> None:
    if end > sheet.count(dimension):
        word = "row" if dimension == ROWS else "column"
        raise bad_request(
            f"Cannot use a {word} that doesn't exist. Tried {word} index {end - 1} of {sheet.count(dimension)}."
        )


def _append(workbook: Workbook, body: Json, _context: Context) -> None:
    sheet, dimension = workbook.sheet(integer(body, "sheetId", 0)), _dimension(body)
    length = integer(body, "length", 0)
    if length < 1:
        raise bad_request("length must be at least 1.")
    rows, columns = (length, 0) if dimension == ROWS else (0, length)
    sheet.resize(sheet.row_count + rows, sheet.column_count + columns)


def _insert(workbook: Workbook, body: Json, _context: Context) -> None:
    sheet, dimension, start, end = _spanned(workbook, body)
    before = bool(body.get("inheritFromBefore"))
    if start > sheet.count(dimension):
        raise bad_request(f"range.startIndex[{start}] is after the last row or column of the sheet.")
    if before and start == 0:
        raise bad_request("inheritFromBefore cannot be true when inserting at index 0.")
    count = end - start
    rows, columns = (count, 0) if dimension == ROWS else (0, count)
    sheet.resize(sheet.row_count + rows, sheet.column_count + columns)
    model = start - 1 if before else start
    if dimension == ROWS:
        _insert_rows(sheet, start, count, model)
    else:
        sheet.rows = [_widened(row, start, count, model) for row in sheet.rows]

    def index(old: int) -> int:
        return old + count if old >= start else old

    def span(low: int, high: int) -> Span:
        return (low + count if low >= start else low), (high + count if high > start else high)

    shift(workbook, sheet, Shift(dimension, index, span))


def _inherited(cell: Cell) -> Cell:
    """A new cell takes style and validation from its neighbour, never content."""
    return Cell(style=cell.style, rule=cell.rule) if cell.style or cell.rule else EMPTY


def _insert_rows(sheet: Sheet, start: int, count: int, model: int) -> None:
    fresh: Row = trimmed([_inherited(cell) for cell in sheet.rows[model]]) if model < len(sheet.rows) else ()
    if start < len(sheet.rows) or fresh:
        sheet.rows[start:start] = [fresh] * count


def _widened(row: Row, start: int, count: int, model: int) -> Row:
    fresh = _inherited(row[model]) if model < len(row) else EMPTY
    if start >= len(row) and fresh is EMPTY:
        return row
    return row[:start] + (fresh,) * count + row[start:]


def _delete(workbook: Workbook, body: Json, _context: Context) -> None:
    sheet, dimension, start, end = _spanned(workbook, body)
    _inside(sheet, dimension, end)
    count = end - start
    if count == sheet.count(dimension):
        raise bad_request(f"You can't delete all the {dimension.lower()} on the sheet.")
    if dimension == ROWS:
        del sheet.rows[start:end]
        sheet.row_count -= count
    else:
        sheet.rows = [trimmed(row[:start] + row[end:]) for row in sheet.rows]
        sheet.column_count -= count

    def index(old: int) -> int | None:
        return None if start <= old < end else old - count if old >= end else old

    def span(low: int, high: int) -> Span | None:
        new_low = low - count if low >= end else min(low, start)
        new_high = high - count if high >= end else min(high, start)
        return (new_low, new_high) if new_high > new_low else None

    shift(workbook, sheet, Shift(dimension, index, span))


def _move(workbook: Workbook, body: Json, _context: Context) -> None:
    sheet, dimension, start, end = _spanned(workbook, body, "source")
    target = integer(body, "destinationIndex", 0)
    _inside(sheet, dimension, end)
    if start <= target < end or target > sheet.count(dimension):
        raise bad_request(f"Cannot move {dimension.lower()} {start} to {end} to {target}.")
    order = [place for place in range(sheet.count(dimension)) if not start <= place < end]
    at = order.index(target) if target in order else len(order)
    order[at:at] = range(start, end)
    landed = {old: new for new, old in enumerate(order)}
    if dimension == ROWS:
        padded = sheet.rows + [()] * (sheet.row_count - len(sheet.rows))
        sheet.rows = [padded[old] for old in order]
        while sheet.rows and not sheet.rows[-1]:
            sheet.rows.pop()
    else:
        width = sheet.column_count
        sheet.rows = [_permuted(row, order, width) for row in sheet.rows]

    def span(low: int, high: int) -> Span:
        new_low, new_high = landed[low], landed[high - 1] + 1
        return (new_low, new_high) if new_high - new_low == high - low else (low, high)

    shift(workbook, sheet, Shift(dimension, landed.__getitem__, span))


def _permuted(row: Row, order: list[int], width: int) -> Row:
    padded = row + (EMPTY,) * (width - len(row))
    return trimmed([padded[old] for old in order])


def shift(workbook: Workbook, sheet: Sheet, change: Shift) -> None:
    """Carry everything that is tied to rows or columns of the tab through a change of indices."""
    tags = []
    for tag in workbook.tags:
        if tag.sheet == sheet.id and tag.dimension == change.dimension and tag.index is not None:
            index = change.index(tag.index)
            if index is not None:
                tags.append(replace(tag, index=index))
        else:
            tags.append(tag)
    workbook.tags = tags
    sizes = sheet.sizes[change.dimension].items()
    sheet.sizes[change.dimension] = {new: size for old, size in sizes if (new := change.index(old)) is not None}
    groups = [change.span(*span) for span in sheet.groups[change.dimension]]
    sheet.groups[change.dimension] = [span for span in groups if span]
    sheet.merges = [area for old in sheet.merges if (area := _shifted_area(old, change))]
    sheet.protected = [
        item | {"range": moved} if "range" in item else item
        for item in sheet.protected
        if (moved := _shifted_range(item.get("range", {}), change)) is not None
    ]
    if sheet.basic_filter:
        moved = _shifted_range(sheet.basic_filter["range"], change)
        sheet.basic_filter = None if moved is None else sheet.basic_filter | {"range": moved}
    _shift_named(workbook, sheet, change)


def _shift_named(workbook: Workbook, sheet: Sheet, change: Shift) -> None:
    named = []
    for item in workbook.named:
        if item["range"].get("sheetId", 0) != sheet.id:
            named.append(item)
        elif (moved := _shifted_range(item["range"], change)) is not None:
            named.append(item | {"range": moved})
    workbook.named = named


def _shifted_area(area: Area, change: Shift) -> Area | None:
    if change.dimension == ROWS:
        span = change.span(area.top, area.bottom)
        return replace(area, top=span[0], bottom=span[1]) if span else None
    span = change.span(area.left, area.right)
    return replace(area, left=span[0], right=span[1]) if span else None


def _shifted_range(grid_range: Json, change: Shift) -> Json | None:
    first, last = _EDGES[change.dimension]
    if first not in grid_range and last not in grid_range:
        return grid_range
    low = grid_range.get(first, 0)
    high = grid_range.get(last)
    # An open end has no last row or column to follow; it only has to stay after its start.
    span = change.span(low, low + 1 if high is None else high)
    if span is None:
        return None
    return grid_range | {first: span[0]} | ({} if high is None else {last: span[1]})


def _update_size(workbook: Workbook, body: Json, _context: Context) -> None:
    mask = update_mask(body, _SIZE_FIELDS)
    sheet, dimension, start, end = _spanned(workbook, body)
    _inside(sheet, dimension, end)
    properties = mapping(body, "properties")
    only(properties, _SIZE_FIELDS, "properties")
    for index in range(start, end):
        size = merged(sheet.sizes[dimension].get(index, {}), properties, mask)
        sheet.sizes[dimension][index] = {name: value for name, value in size.items() if value}


def _auto_size(workbook: Workbook, body: Json, _context: Context) -> None:
    # How wide a text is depends on fonts: the answer here is the default width.
    sheet, dimension, start, end = _spanned(workbook, body, "dimensions")
    for index in range(start, end):
        sheet.sizes[dimension].pop(index, None)


def _add_group(workbook: Workbook, body: Json, _context: Context) -> Json:
    sheet, dimension, start, end = _spanned(workbook, body)
    sheet.groups[dimension].append((start, end))
    sheet.grid["rowGroupControlAfter" if dimension == ROWS else "columnGroupControlAfter"] = True
    return {"dimensionGroups": groups_json(sheet, dimension)}


def _delete_group(workbook: Workbook, body: Json, _context: Context) -> Json:
    sheet, dimension, start, end = _spanned(workbook, body)
    if (start, end) not in sheet.groups[dimension]:
        raise bad_request("There is no group at this range.")
    sheet.groups[dimension].remove((start, end))
    groups = groups_json(sheet, dimension)
    return {"dimensionGroups": groups} if groups else {}


DIMENSION_KINDS = kinds(
    appendDimension=(_append, "sheetId dimension length"),
    insertDimension=(_insert, "range inheritFromBefore"),
    deleteDimension=(_delete, "range"),
    moveDimension=(_move, "source destinationIndex"),
    updateDimensionProperties=(_update_size, "range properties fields"),
    autoResizeDimensions=(_auto_size, "dimensions"),
    addDimensionGroup=(_add_group, "range"),
    deleteDimensionGroup=(_delete_group, "range"),
)
