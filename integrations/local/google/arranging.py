"""What a person does to many cells at once on a page: sort the rows of a tab, paste a block."""

from __future__ import annotations

import csv
import io
from datetime import date

from integrations.local.google import rules
from integrations.local.google.grid import PERSON, Typed, enter_cell, frozen_rows, input_name, locked, width
from integrations.local.google.kinds import Behaviour, Context
from integrations.local.google.ranges import Place
from integrations.local.google.requests_blocks import sort_rows
from integrations.local.google.wire import ApiError
from integrations.local.google.workbook import Area, Sheet, Workbook

_CHECKED = frozenset({"VERO", "TRUE"})
_UNCHECKED = frozenset({"FALSO", "FALSE", ""})


def sort_tab(
    workbook: Workbook, sheet: Sheet, column: int, today: date, behaviour: Behaviour, *, down: bool = False
) -> None:
    """Sort all rows below the frozen ones by one column; blank cells come last.

    Raises:
        ApiError: there is no such column, or a protected cell would move.
    """
    top, wide, tall = frozen_rows(sheet), width(sheet), len(sheet.rows)
    if not 0 <= column < wide:
        raise ApiError(400, "Questa colonna non c’è.")
    places = ((row, one) for row in range(top, tall) for one in range(wide))
    if not behaviour.people_sort_protected and any(locked(sheet, *place) for place in places):
        raise ApiError(403, "In questa scheda ci sono celle protette: non si può ordinare.")
    context = Context(PERSON, today, behaviour)
    sort_rows(workbook, Place(sheet, Area(top, max(tall, top), 0, sheet.column_count)), [(column, down)], context)


def paste(workbook: Workbook, sheet: Sheet, place: tuple[int, int], text: str, today: date) -> tuple[int, Typed]:
    """Put a block copied from a sheet (cells divided by tabs, rows by line ends) into a draft.

    Args:
        workbook: the draft.
        sheet: its tab.
        place: row and column of the block's first cell, from 0.
        text: the block; a cell with a line end inside stands in quotes, as sheets write it.
        today: completes dates typed without a year.

    Returns:
        How many cells were written, and what is wrong with some: then the draft is to be thrown away.
    """
    typed, count = Typed(), 0
    for row, texts in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter="\t"), place[0]):
        for column, one in enumerate(texts, place[1]):
            count += 1
            typed.texts[input_name(row, column)] = one
            if row >= sheet.row_count or column >= sheet.column_count:
                typed.problems[input_name(row, column)] = "Il blocco esce dalla scheda"
            elif row < frozen_rows(sheet) or locked(sheet, row, column):
                typed.problems[input_name(row, column)] = "Questa cella è protetta"
            elif rules.kind_of(sheet.cell(row, column)) == "BOOLEAN" and one.upper() not in _CHECKED | _UNCHECKED:
                typed.problems[input_name(row, column)] = "Scrivi VERO o FALSO"
            else:
                checked = rules.kind_of(sheet.cell(row, column)) != "BOOLEAN" or one.upper() in _CHECKED
                enter_cell(workbook, sheet, (row, column), one if checked else "", typed, today)
    return count, typed
