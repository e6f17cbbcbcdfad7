"""The values collection: get, update, append, clear and their batch and data-filter forms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from integrations.local.google.cells import Cell, CellError, Entered, Formula, formatted, with_entered, worth
from integrations.local.google.entry import typed
from integrations.local.google.formats import TEMPORAL
from integrations.local.google.ranges import Place, label, letters
from integrations.local.google.tables import last_table
from integrations.local.google.wire import Json, Scalar, bad_request, number, violation
from integrations.local.google.workbook import Area, Sheet, Workbook

INPUT_OPTIONS = frozenset({"RAW", "USER_ENTERED"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are read: majorDimension, valueRenderOption and dateTimeRenderOption."""

    major: str = "ROWS"
    render: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"

    def __post_init__(self) -> None:
        """Refuse words that the API does not know."""
        _one_of("majorDimension", self.major, ("ROWS", "COLUMNS", "DIMENSION_UNSPECIFIED"))
        _one_of("valueRenderOption", self.render, ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"))
        _one_of("dateTimeRenderOption", self.dates, ("SERIAL_NUMBER", "FORMATTED_STRING"))


@dataclass(frozen=True, slots=True)
class Writing:
    """How values are written: valueInputOption, and the day that completes a date typed without a year."""

    option: str
    today: date
    major: str = "ROWS"

    def __post_init__(self) -> None:
        """Refuse words that the API does not know; the input option has no default."""
        if not self.option or self.option == "INPUT_VALUE_OPTION_UNSPECIFIED":
            raise bad_request("'valueInputOption' is required but not specified")
        _one_of("valueInputOption", self.option, tuple(sorted(INPUT_OPTIONS)))
        _one_of("majorDimension", self.major, ("ROWS", "COLUMNS", "DIMENSION_UNSPECIFIED"))


def _one_of(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise violation(field, f"Invalid value at '{field}' (TYPE_ENUM), \"{value}\"")


def rows_of(body: Json, field: str = "data.values") -> list[list[Any]]:
    """The `values` of a ValueRange body; a 400 when they are no list of lists of scalars."""
    values = body.get("values")
    if values is None:
        return []
    if not isinstance(values, list):
        raise _no_list(field, values)
    for place, row in enumerate(values):
        if not isinstance(row, list):
            raise _no_list(f"{field}[{place}]", row)
        for column, item in enumerate(row):
            if isinstance(item, dict | list):
                shape = "struct_value" if isinstance(item, dict) else "list_value"
                raise bad_request(f"Invalid {field}[{place}][{column}]: {shape} {{\n}}\n")
    return values


def _no_list(field: str, value: object) -> Exception:
    text = f'"{value}"' if isinstance(value, str) else value
    return violation(field, f"Invalid value at '{field}' (type.googleapis.com/google.protobuf.ListValue), {text}")


def read(workbook: Workbook, place: Place, reading: Reading) -> Json:
    """A ValueRange: empty cells and rows at the end are left out, `values` too when all is empty."""
    sheet, area = place.sheet, place.area
    rows = [
        _without_tail([_read_cell(cell, reading, workbook.locale) for cell in sheet.rows[row][area.left : area.right]])
        for row in range(area.top, min(area.bottom, len(sheet.rows)))
    ]
    if reading.major == "COLUMNS":
        rows = _turned(rows)
    while rows and not rows[-1]:
        rows.pop()
    found: Json = {"range": place.label, "majorDimension": "COLUMNS" if reading.major == "COLUMNS" else "ROWS"}
    return found | ({"values": rows} if rows else {})


def _without_tail(row: list[Scalar]) -> list[Scalar]:
    while row and row[-1] == "":
        row.pop()
    return row


def _turned(rows: list[list[Any]]) -> list[list[Any]]:
    width = max((len(row) for row in rows), default=0)
    return [_without_tail([row[column] if column < len(row) else "" for row in rows]) for column in range(width)]


def _read_cell(cell: Cell, reading: Reading, locale: str) -> Scalar:
    if cell.entered is None:
        return ""
    if reading.render == "FORMATTED_VALUE":
        return formatted(cell, locale)
    if reading.render == "FORMULA" and isinstance(cell.entered, Formula):
        return cell.entered.text
    value = worth(cell.entered)
    if value is None or isinstance(value, CellError):
        return formatted(cell, locale)
    kind = ((cell.style or {}).get("numberFormat") or {}).get("type")
    if reading.dates == "FORMATTED_STRING" and kind in TEMPORAL and reading.render != "FORMULA":
        return formatted(cell, locale)
    return value if isinstance(value, str | bool) else number(value)


def write(workbook: Workbook, place: Place, rows: list[list[Any]], writing: Writing) -> Json:
    """Write values from the range's first cell on; null skips a cell, an empty string clears it.

    Returns:
        An UpdateValuesResponse without its spreadsheetId.
    """
    if writing.major == "COLUMNS":
        width = max((len(row) for row in rows), default=0)
        rows = [[column[row] if row < len(column) else None for column in rows] for row in range(width)]
    wide, tall = max((len(row) for row in rows), default=0), len(rows)
    sheet, area = place.sheet, place.area
    _check_room(place, tall, wide)
    for offset, row in enumerate(rows):
        old = sheet.cells(area.top + offset, area.left, area.left + len(row))
        fresh = [_written(cell, item, writing, workbook.locale) for cell, item in zip(old, row, strict=True)]
        sheet.put(area.top + offset, area.left, fresh)
    if not wide:
        return {"updatedRange": place.label}
    done = Area(area.top, area.top + tall, area.left, area.left + wide)
    return {
        "updatedRange": label(sheet, done),
        "updatedRows": tall,
        "updatedColumns": wide,
        "updatedCells": sum(item is not None for row in rows for item in row),
    }


def _check_room(place: Place, tall: int, wide: int) -> None:
    sheet, area = place.sheet, place.area
    if place.bounded:
        if tall > area.bottom - area.top:
            row = area.bottom + 1
            raise bad_request(f"Requested writing within range [{place.label}], but tried writing to row [{row}]")
        if wide > area.right - area.left:
            column = letters(area.right)
            raise bad_request(f"Requested writing within range [{place.label}], but tried writing to column [{column}]")
    if area.top + tall > sheet.row_count or area.left + wide > sheet.column_count:
        wanted = label(sheet, Area(area.top, area.top + tall, area.left, area.left + wide))
        raise bad_request(
            f"Range ({wanted}) exceeds grid limits. Max rows: {sheet.row_count}, max columns: {sheet.column_count}"
        )


def _written(cell: Cell, item: Scalar | None, writing: Writing, locale: str) -> Cell:
    if item is None:
        return cell
    if writing.option == "RAW":
        return with_entered(cell, _raw(item))
    return typed_cell(cell, item, locale, writing.today)


def _raw(item: Scalar) -> Entered:
    if isinstance(item, str):
        return item or None
    return item if isinstance(item, bool) else number(item)


def typed_cell(cell: Cell, item: Scalar, locale: str, today: date) -> Cell:
    """The cell after a person typed this into it: the text may also set a number format that was not there."""
    entered, suggested = typed(item, locale, today, cell.style)
    fresh = with_entered(cell, entered)
    if suggested and not (cell.style or {}).get("numberFormat"):
        fresh = replace(fresh, style={**(cell.style or {}), "numberFormat": suggested})
    return fresh


def append(workbook: Workbook, place: Place, rows: list[list[Any]], writing: Writing, *, insert_rows: bool) -> Json:
    """Append after the last table found in the range; an AppendValuesResponse without its spreadsheetId."""
    sheet = place.sheet
    table = last_table(sheet, place.area)
    top, left = (table.bottom, table.left) if table else (place.area.top, place.area.left)
    tall = len(rows)
    if insert_rows and table:
        _open_rows(sheet, top, tall)
    if top + tall > sheet.row_count:
        sheet.resize(top + tall, sheet.column_count)
    target = Place(sheet, Area(top, top + max(tall, 1), left, sheet.column_count))
    found: Json = {"tableRange": label(sheet, table)} if table else {}
    return found | {"updates": write(workbook, target, rows, writing)}


def _open_rows(sheet: Sheet, top: int, tall: int) -> None:
    if top < len(sheet.rows):
        sheet.rows[top:top] = [()] * tall
    sheet.row_count += tall


def clear(place: Place) -> Json:
    """Empty the values of a range; styles, notes and validation stay."""
    sheet, area = place.sheet, place.area
    for row in range(area.top, min(area.bottom, len(sheet.rows))):
        cells = [replace(cell, entered=None) for cell in sheet.cells(row, area.left, area.right)]
        if row < len(sheet.rows):
            sheet.put(row, area.left, cells)
    return {"clearedRange": place.label}
