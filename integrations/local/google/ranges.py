"""A1 notation and GridRange: which cells a text or a message means, and how a range is written back.

Google's rules as recorded: titles ignore case, the last `!` separates, a text without `!` is a range of the first
tab before it is a title, an end past the grid is clamped, a start past it is a 400, reversed corners are put right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from integrations.local.google.wire import Json, bad_request, integer
from integrations.local.google.workbook import Area, Sheet, Workbook

_CORNER = re.compile(r"\$?([A-Za-z]{1,3})?\$?([1-9]\d{0,7})?")
_R1C1 = re.compile(r"[Rr]([1-9]\d*)[Cc]([1-9]\d*)")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[1-9]\d*|[Rr]\d*[Cc]\d*")


@dataclass(frozen=True, slots=True)
class Place:
    """Cells of one tab, and whether the range named them all by both ends (`A1:B2`, not `A1`, `A:B` or `Tab`)."""

    sheet: Sheet
    area: Area
    bounded: bool = False

    @property
    def label(self) -> str:
        """The range as Google writes it: `Sheet1!A1:B2`."""
        return label(self.sheet, self.area)


def letters(column: int) -> str:
    """Column letters of a zero-based index: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_index(text: str) -> int:
    """Zero-based index of column letters."""
    index = 0
    for letter in text.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def quoted(title: str) -> str:
    """A tab's title as it stands in a range: quoted unless it is a plain word that is no cell."""
    if _PLAIN.fullmatch(title) and not _CELL_LIKE.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def label(sheet: Sheet, area: Area) -> str:
    """`Sheet1!A1:B2`, or `Sheet1!A1` for one cell."""
    start = f"{letters(area.left)}{area.top + 1}"
    end = f"{letters(area.right - 1)}{area.bottom}"
    return f"{quoted(sheet.title)}!{start if start == end else f'{start}:{end}'}"


def resolve(workbook: Workbook, text: str) -> Place:
    """The cells that a range text means; 400 when it means none."""
    title, bang, cells = text.rpartition("!")
    if bang:
        sheet = workbook.titled(_unquoted(title))
        place = sheet and (_a1(sheet, cells) or _r1c1(sheet, cells) or _named(workbook, cells))
    else:
        place = _a1(workbook.sheets[0], text) or _r1c1(workbook.sheets[0], text) or _named(workbook, text)
        sheet = workbook.titled(_unquoted(text))
        if place is None and sheet:
            place = Place(sheet, sheet.whole)
    if not place:
        raise bad_request(f"Unable to parse range: {text}")
    return place


def _unquoted(title: str) -> str:
    if len(title) > 1 and title.startswith("'") and title.endswith("'"):
        return title[1:-1].replace("''", "'")
    return title


def _a1(sheet: Sheet, text: str) -> Place | None:
    first, colon, last = text.partition(":")
    start, end = _CORNER.fullmatch(first), _CORNER.fullmatch(last if colon else first)
    if not first or not start or not end or (colon and not last):
        return None
    if not colon and not (start.group(1) and start.group(2)):
        return None
    columns = sorted(column_index(corner.group(1)) for corner in (start, end) if corner.group(1))
    rows = sorted(int(corner.group(2)) - 1 for corner in (start, end) if corner.group(2))
    # `A2:2` and `A1:C` have one open side; the corner that has a number is where it begins
    top, bottom = (rows[0] if rows else 0), (rows[-1] + 1 if len(rows) > 1 else sheet.row_count)
    left = columns[0] if columns else 0
    right = columns[-1] + 1 if len(columns) > 1 else sheet.column_count
    both = len(rows) > 1 and len(columns) > 1
    return Place(sheet, _clamped(sheet, Area(top, bottom, left, right)), bounded=bool(colon) and both)


def _clamped(sheet: Sheet, area: Area) -> Area:
    if area.top >= sheet.row_count or area.left >= sheet.column_count:
        raise bad_request(
            f"Range ({label(sheet, area)}) exceeds grid limits. Max rows: {sheet.row_count}, "
            f"max columns: {sheet.column_count}"
        )
    return Area(area.top, min(area.bottom, sheet.row_count), area.left, min(area.right, sheet.column_count))


def _r1c1(sheet: Sheet, text: str) -> Place | None:
    corners = [_R1C1.fullmatch(part) for part in text.split(":", 1)]
    found = [(int(corner.group(1)) - 1, int(corner.group(2)) - 1) for corner in corners if corner]
    if len(found) != len(corners):
        return None
    rows, columns = sorted(row for row, _ in found), sorted(column for _, column in found)
    area = Area(rows[0], rows[-1] + 1, columns[0], columns[-1] + 1)
    return Place(sheet, _clamped(sheet, area), bounded=len(found) > 1)


def _named(workbook: Workbook, text: str) -> Place | None:
    for named in workbook.named:
        if named["name"].casefold() == text.casefold():
            sheet = workbook.sheet(named["range"].get("sheetId", 0))
            return Place(sheet, area_of(sheet, named["range"]), bounded=True)
    return None


def grid_place(workbook: Workbook, grid_range: Json) -> Place:
    """The cells of a GridRange message."""
    sheet = workbook.sheet(integer(grid_range, "sheetId", 0))
    return Place(sheet, area_of(sheet, grid_range), bounded="endRowIndex" in grid_range)


def area_of(sheet: Sheet, grid_range: Json) -> Area:
    """The rectangle of a GridRange in its tab: open ends reach the grid's edge, ends past it are clamped."""
    top, left = integer(grid_range, "startRowIndex", 0), integer(grid_range, "startColumnIndex", 0)
    bottom = integer(grid_range, "endRowIndex", sheet.row_count)
    right = integer(grid_range, "endColumnIndex", sheet.column_count)
    if top < 0 or left < 0 or bottom <= top or right <= left:
        raise bad_request(f"GridRange is invalid: rows {top} to {bottom}, columns {left} to {right}")
    if top >= sheet.row_count or left >= sheet.column_count:
        raise bad_request(
            f"Range ({label(sheet, Area(top, bottom, left, right))}) exceeds grid limits. "
            f"Max rows: {sheet.row_count}, max columns: {sheet.column_count}"
        )
    return Area(top, min(bottom, sheet.row_count), left, min(right, sheet.column_count))


def grid_json(sheet_id: int, area: Area) -> Json:
    """A GridRange message; sheetId 0 is a default and left out."""
    found: Json = {"sheetId": sheet_id} if sheet_id else {}
    return found | {
        "startRowIndex": area.top,
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left,
        "endColumnIndex": area.right,
    }


def without_zero_sheet(grid_range: Json) -> Json:
    """A stored GridRange as it is answered: `sheetId` 0 is left out."""
    return {name: value for name, value in grid_range.items() if name != "sheetId" or value}
