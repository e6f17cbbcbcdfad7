"""What one cycle writes to one spreadsheet: typed, without Google's words. Pure.

Exactly once: Google has no precondition and no request id, but refuses a developer metadata id that is in use. So
each write begins by making a marker whose id is 31 bits of the operation's hash, in the same atomic batch: a batch
sent twice is applied once (google-sheets.md §3).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from integrations.sheets.layout import CellValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from integrations.sheets.layout import Column, TabLayout
    from integrations.sheets.snapshot import SheetSnapshot

ROOM = 1_500_000
"""Characters that one write may hold: Google recommends 2 MB a request."""

CELL_COST = 50  # characters that a cell costs in a request beside its text
LANDING = 180
"""Seconds that Google may take for a request: one that nobody waits for any more may still be done until then."""

MARKER_LIFE = 600
"""Seconds that a marker stays at least, so that a batch which lands late is refused as a repeat."""


@dataclass(frozen=True)
class CellWrite:
    """A value for one cell, by row and column from 0."""

    row: int
    column: int
    value: CellValue


@dataclass(frozen=True)
class PlacedColumn:
    """A column to set up at `index` (tag, look, dropdown); `heading` writes its heading too."""

    column: Column
    index: int
    heading: bool


@dataclass(frozen=True)
class TabWrite:
    """One tab's part of a write.

    Attributes:
        sheet_id: the tab.
        columns: columns to set up.
        cells: cells of rows that are there.
        rows: rows to append after the last one, each from column 0.
        deleted: rows to take away, by number from 0, once `cells` are written.
        add_columns: columns to add to the grid first.
        add_rows: rows to add to the grid first.
        placed: where every column of the layout is, once `columns` are set up.
        used: rows in use, the heading among them, once `rows` are appended.
        tag: the tab is to be tagged as ours.
        check_at: index of the column that answers people, where its heading is ours to write.
        check_heading: what that heading says now.
        insert_heading: a row for the heading is to be inserted first, above all others.
    """

    sheet_id: int
    layout: TabLayout
    columns: tuple[PlacedColumn, ...] = ()
    cells: tuple[CellWrite, ...] = ()
    rows: tuple[tuple[CellValue, ...], ...] = ()
    add_columns: int = 0
    add_rows: int = 0
    placed: tuple[PlacedColumn, ...] = ()
    used: int = 1
    tag: bool = False
    insert_heading: bool = False
    deleted: tuple[int, ...] = ()
    check_at: int | None = None
    check_heading: CellValue = None

    @property
    def empty(self) -> bool:
        """Nothing is to be written to this tab."""
        return not (self.columns or self.cells or self.rows or self.tag or self.deleted)


@dataclass(frozen=True)
class WritePlan:
    """The one write of a cycle.

    Attributes:
        operation: names this batch; the same for a repeat of it, different for any other batch ever.
        made_at: unix seconds, kept in the marker.
        stale_markers: metadata ids of earlier operations, to be deleted.
        rules_ahead: blank rows may have dropdowns too: this Google does not take them for data (questions.py).
    """

    operation: str
    made_at: int
    tabs: tuple[TabWrite, ...]
    stale_markers: tuple[int, ...] = ()
    rules_ahead: bool = False

    @property
    def empty(self) -> bool:
        """Nothing is to be written: no call is worth making (stale markers alone wait)."""
        return not self.tabs

    @property
    def marker(self) -> int:
        """Metadata id of this operation's marker: 31 bits of its hash, never 0."""
        return marker_of(self.operation)


def marker_of(operation: str) -> int:
    """The metadata id that stands for `operation`."""
    digest = hashlib.sha256(operation.encode()).digest()
    return int.from_bytes(digest[:4]) % (2**31 - 1) + 1


def plan_write(
    operation: str, snapshot: SheetSnapshot, tabs: Sequence[TabWrite], now: datetime, *, rules_ahead: bool = False
) -> WritePlan:
    """The cycle's write: the tabs that have something to write, and the markers old enough to go.

    Args:
        operation: unique for each cycle, as `f"{spreadsheet_id}:{cycle number}"`, or a random one.
        snapshot: the read this cycle began with.
        tabs: `Reconciled.write` of each tab.
        now: aware; markers older than MARKER_LIFE before it are deleted.
        rules_ahead: blank rows may have rules.
    """
    made_at = int(now.timestamp())
    stale = sorted(id_ for id_, made in snapshot.markers.items() if made_at - made > MARKER_LIFE)
    return WritePlan(operation, made_at, tuple(tab for tab in tabs if not tab.empty), tuple(stale), rules_ahead)


def cost_of(values: Iterable[CellValue]) -> int:
    """Characters that these cells take in a request."""
    return sum(CELL_COST + (len(json.dumps(value)) if isinstance(value, str) else 0) for value in values)


def parts(plan: WritePlan, room: int = ROOM) -> tuple[WritePlan, ...]:
    """The plan as writes of at most `room` characters, to be sent in this order; one, unless many rows are new.

    Each has a marker of its own. A crash between two leaves rows that the next cycle finds by their references.
    """
    groups: list[list[TabWrite]] = [[]]
    spent = 0
    for piece, cost in (each for tab in plan.tabs for each in _pieces(tab, room)):
        if groups[-1] and spent + cost > room:
            groups.append([])
            spent = 0
        groups[-1].append(piece)
        spent += cost
    first, *others = groups
    return (
        replace(plan, tabs=tuple(first)),
        *(
            replace(plan, operation=f"{plan.operation}/{number}", tabs=tuple(group), stale_markers=())
            for number, group in enumerate(others, 1)
        ),
    )


def _pieces(tab: TabWrite, room: int) -> Iterator[tuple[TabWrite, int]]:
    """The tab's write with as many of its new rows as fit, then the other rows; and what each costs."""
    before = tab.used - len(tab.rows)
    piece, done = replace(tab, rows=()), 0
    spent = cost_of(cell.value for cell in tab.cells)
    for number, row in enumerate(tab.rows):
        cost = cost_of(row)
        if spent and spent + cost > room:
            yield replace(piece, rows=tab.rows[done:number], used=before + number), spent
            piece, done, spent = TabWrite(tab.sheet_id, tab.layout, placed=tab.placed), number, 0
        spent += cost
    yield replace(piece, rows=tab.rows[done:], used=tab.used), spent
