"""Which row of a tab is which case. Pure.

A row is known by the value of its reference cell alone: people sort, insert and delete rows, and a position means
nothing. Row 0 is the heading unless it holds a known reference (somebody deleted the heading).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.sheets.cells import blank, folded, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from integrations.sheets.columns import Placement
    from integrations.sheets.layout import TabLayout
    from integrations.sheets.snapshot import TabSnapshot


@dataclass(frozen=True)
class Located:
    """The rows of a tab by what they are; row numbers from 0.

    Attributes:
        rows: reference -> its rows from top to bottom; more than one where a row was copied.
        unknown: rows that hold a reference nobody knows, with that text.
        nameless: rows that hold something in our columns and no reference.
        headed: row 0 is a heading, or nothing.
    """

    rows: Mapping[str, tuple[int, ...]]
    unknown: tuple[tuple[int, str], ...]
    nameless: tuple[int, ...]
    headed: bool


def locate(layout: TabLayout, tab: TabSnapshot, placement: Placement, known: Collection[str]) -> Located:
    """Sort the rows of `tab` by reference; blanks around it and its case do not matter."""
    at = placement.index[layout.reference]
    spelled = {folded(reference): reference for reference in reversed(list(known))}
    rows: dict[str, list[int]] = {}
    unknown: list[tuple[int, str]] = []
    nameless: list[int] = []
    headed = True
    for number in range(len(tab.rows)):
        text = shown(tab.cell(number, at)).strip()
        reference = text if text in known else spelled.get(folded(text))
        if text and reference is not None:
            headed = headed and number > 0
            rows.setdefault(reference, []).append(number)
        elif number == 0 or folded(text) == folded(layout.reference):
            continue
        elif text:
            unknown.append((number, text))
        elif _in_use(layout, tab, placement, number):
            nameless.append(number)
    return Located({ref: tuple(found) for ref, found in rows.items()}, tuple(unknown), tuple(nameless), headed)


def _in_use(layout: TabLayout, tab: TabSnapshot, placement: Placement, number: int) -> bool:
    """The row holds something in our columns; an empty checkbox (FALSE) and our own answer are nothing."""
    columns = (column.id for column in layout.columns if column.id != layout.check)
    cells = (tab.cell(number, placement.index[id_]) for id_ in columns)
    return any(cell is not False and not blank(cell) for cell in cells)
