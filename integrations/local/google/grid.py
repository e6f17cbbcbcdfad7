"""The grid of a tab as a page shows it, and what a person typed into it.

A form carries, for each row shown, what its cells read when the page was made. Only cells that read otherwise
when they come back are written, so a page left open for an hour does not undo what others wrote meanwhile; and a
row whose first cell is another one by now (a sort, an insertion) is not written at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from integrations.local.google import rules
from integrations.local.google.cells import Cell, formatted
from integrations.local.google.ranges import area_of, letters
from integrations.local.google.values import typed_cell
from integrations.local.google.wire import ApiError, Json
from integrations.local.google.workbook import Area, Sheet, Workbook

PAGE_ROWS = 100
BLANK_ROWS = 5
_LONG = 48
_PALE = 0.97
PERSON = "persona"


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell of the page. `kind` is line, long, choice or check."""

    name: str
    label: str
    text: str
    kind: str
    tint: str
    locked: bool
    choices: tuple[str, ...] = ()
    problem: str | None = None
    decimal: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the page; `number` is the one people see, `was` what the cells read, as JSON."""

    number: int
    cells: tuple[CellView, ...]
    was: str


@dataclass(frozen=True, slots=True)
class GridView:
    """A page of a tab. `header` holds the frozen rows, texts only; `names` how people call the columns."""

    columns: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    header: tuple[tuple[str, ...], ...]
    rows: tuple[RowView, ...]
    first: int
    last: int
    total: int
    previous: int | None
    following: int | None


@dataclass
class Typed:
    """What a person typed: texts by input name, and what is wrong with some of them."""

    texts: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def frozen_rows(sheet: Sheet) -> int:
    """How many rows stay on top."""
    return int(sheet.grid.get("frozenRowCount", 0))


def width(sheet: Sheet) -> int:
    """How many columns the page shows: the used ones, or a few of an empty tab."""
    used = max((len(row) for row in sheet.rows), default=0)
    return min(max(used, 6), sheet.column_count)


def grid_view(workbook: Workbook, sheet: Sheet, first: int, typed: Typed, sought: str = "") -> GridView:
    """A page of the grid from a row on (counted as people count), or of the rows in which a text occurs."""
    frozen, wide = frozen_rows(sheet), width(sheet)
    last_data = max(len(sheet.rows), frozen)
    while last_data > frozen and all(cell.entered is None for cell in sheet.rows[last_data - 1]):
        last_data -= 1
    start = max(first - 1, frozen)
    end = min(start + PAGE_ROWS, last_data + BLANK_ROWS, sheet.row_count)
    rows, following = list(range(start, end)), end + 1 if end < last_data else None
    if sought:
        found = [row for row in range(start, last_data) if _occurs(workbook, sheet, row, sought)]
        rows, following = found[:PAGE_ROWS], found[PAGE_ROWS] + 1 if len(found) > PAGE_ROWS else None
    names = _column_names(workbook, sheet, frozen, wide)
    return GridView(
        columns=tuple((letters(column), _width_class(sheet, column)) for column in range(wide)),
        names=tuple(names),
        header=tuple(
            tuple(formatted(cell, workbook.locale) for cell in sheet.cells(row, 0, wide)) for row in range(frozen)
        ),
        rows=tuple(_row_view(workbook, sheet, row, names, typed) for row in rows),
        first=start + 1,
        last=rows[-1] + 1 if rows else start + 1,
        total=last_data,
        previous=max(start - PAGE_ROWS, frozen) + 1 if start > frozen else None,
        following=following,
    )


def _occurs(workbook: Workbook, sheet: Sheet, row: int, sought: str) -> bool:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    return any(sought.casefold() in formatted(cell, workbook.locale).casefold() for cell in cells)


def _column_names(workbook: Workbook, sheet: Sheet, frozen: int, wide: int) -> list[str]:
    heads = sheet.cells(frozen - 1, 0, wide) if frozen else []
    texts = [formatted(cell, workbook.locale) for cell in heads]
    return [texts[column] if column < len(texts) and texts[column] else letters(column) for column in range(wide)]


def _width_class(sheet: Sheet, column: int) -> str:
    longest = max((len(str(row[column].entered or "")) for row in sheet.rows[:200] if column < len(row)), default=0)
    return "wide" if longest > _LONG else "middle" if longest > _LONG / 4 else "narrow"


def _row_view(workbook: Workbook, sheet: Sheet, row: int, names: list[str], typed: Typed) -> RowView:
    cells = sheet.cells(row, 0, len(names))
    texts = [_read(workbook, cell) for cell in cells]
    key = f", {texts[0]}" if texts[0] else ""
    views = []
    for column, cell in enumerate(cells):
        name = input_name(row, column)
        label = f"{names[column]}, riga {row + 1}{key if column else ''}"
        text = typed.texts.get(name, texts[column])
        views.append(_cell_view(workbook, sheet, (row, column), cell, (name, label, text, typed.problems.get(name))))
    return RowView(row + 1, tuple(views), json.dumps(texts, ensure_ascii=False))


def _cell_view(
    workbook: Workbook, sheet: Sheet, place: tuple[int, int], cell: Cell, shown: tuple[str, str, str, str | None]
) -> CellView:
    name, label, text, wrong = shown
    listed = rules.choices(workbook, cell)
    condition = rules.kind_of(cell)
    kind = "long" if len(text) > _LONG or "\n" in text else "line"
    if listed is not None or condition == "BOOLEAN":
        kind = "check" if listed is None else "choice"
    options = tuple(listed or ())
    if text and listed is not None and text not in options:
        options = (*options, text)
    decimal = condition.startswith("NUMBER")
    return CellView(name, label, text, kind, _tint(cell), locked(sheet, *place), options, wrong, decimal)


def _read(workbook: Workbook, cell: Cell) -> str:
    if rules.kind_of(cell) == "BOOLEAN":
        return "1" if cell.entered == rules.check_words(cell)[0] else ""
    return formatted(cell, workbook.locale).replace("\r\n", "\n")


def _tint(cell: Cell) -> str:
    """A class for the background: the page's style sheet knows a few tints, not every colour."""
    rgb: Json | None = (cell.style or {}).get("backgroundColor")
    if rgb is None:
        return ""
    red, green, blue = (float(rgb.get(name, 0)) for name in ("red", "green", "blue"))
    if min(red, green, blue) >= _PALE:
        return ""
    strongest = max(red, green, blue)
    near = [value >= strongest - 0.12 for value in (red, green, blue)]
    return {
        (True, True, False): "yellow",
        (True, False, False): "red",
        (False, True, False): "green",
        (False, False, True): "blue",
        (False, True, True): "blue",
    }.get((near[0], near[1], near[2]), "grey")


def locked(sheet: Sheet, row: int, column: int) -> bool:
    """Whether a protection keeps people out of a cell (one that only warns does not)."""
    here = Area(row, row + 1, column, column + 1)
    for item in sheet.protected:
        if item.get("warningOnly") or PERSON in item.get("editors", {}).get("users", []):
            continue
        free = any(here.within(area_of(sheet, part)) for part in item.get("unprotectedRanges", []))
        if not free and here.within(area_of(sheet, item.get("range", {}))):
            return True
    return False


def input_name(row: int, column: int) -> str:
    """The name of a cell's input, counted as people count."""
    return f"r{row + 1}c{column + 1}"


def enter(workbook: Workbook, sheet: Sheet, form: Mapping[str, str], today: date) -> tuple[int, Typed]:
    """Put what was typed into a draft.

    Returns:
        How many cells were changed, and what is wrong; where anything is, the draft is to be thrown away.
    """
    typed, count = Typed(dict(form)), 0
    for name, was in form.items():
        if name.startswith("was") and name[3:].isdecimal():
            row = int(name[3:]) - 1
            before = json.loads(was)
            if 0 <= row < sheet.row_count and isinstance(before, list):
                count += _enter_row(workbook, sheet, row, (form, [str(text) for text in before]), typed, today)
    return count, typed


def _enter_row(
    workbook: Workbook,
    sheet: Sheet,
    row: int,
    sent: tuple[Mapping[str, str], list[str]],
    typed: Typed,
    today: date,
) -> int:
    form, before = sent
    cells = sheet.cells(row, 0, min(len(before), sheet.column_count))
    edits = {
        column: form.get(input_name(row, column), "").replace("\r\n", "\n")
        for column, cell in enumerate(cells)
        if input_name(row, column) in form or rules.kind_of(cell) == "BOOLEAN"
    }
    edits = {column: text for column, text in edits.items() if text != before[column]}
    if not edits:
        return 0
    # A checkbox that is not checked is not sent: the page shown again must know.
    typed.texts.update({input_name(row, column): text for column, text in edits.items()})
    moved = _read(workbook, cells[0]) != before[0]
    for column, text in edits.items():
        name = input_name(row, column)
        if moved:
            typed.problems[name] = "Questa riga è cambiata mentre scrivevi: ricarica la pagina"
        elif locked(sheet, row, column):
            typed.problems[name] = "Questa cella è protetta"
        else:
            enter_cell(workbook, sheet, (row, column), text, typed, today)
    return len(edits)


def enter_cell(workbook: Workbook, sheet: Sheet, place: tuple[int, int], text: str, typed: Typed, today: date) -> None:
    """Put one typed text into a draft, or note under the cell's input name what is wrong with it."""
    cell = sheet.cell(*place)
    try:
        if rules.kind_of(cell) == "BOOLEAN":
            fresh = typed_cell(cell, rules.check_words(cell)[0 if text else 1], workbook.locale, today)
        else:
            fresh = typed_cell(cell, text, workbook.locale, today)
            wrong = rules.problem(workbook, cell, text, fresh.entered, today)
            if wrong:
                typed.problems[input_name(*place)] = wrong
        sheet.put(*place, [fresh])
    except ApiError as error:
        typed.problems[input_name(*place)] = error.message
