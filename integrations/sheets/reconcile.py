"""The three-way merge of one tab: what we last saw, what we have, what is there now. Pure and total.

Three rules decide everything. System cells: ours win, a change made in the sheet is restored and reported. Partner
cells: theirs win while the row is open; a change to a row that is final is reported and undone. All else is free.
Partner cells are written in three cases only: never in a row that is new (made blank), again when a row or a column
that had been there is made anew (with the last known values), and when a final row is restored.

How to use one cycle so that a crash at any point loses nothing and repeats nothing that matters:
read -> reconcile -> commit edits with `seen_base` -> write -> commit `next_base`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from integrations.sheets.layout import CellValue

if TYPE_CHECKING:
    from integrations.sheets.cells import Problem
    from integrations.sheets.layout import TabLayout
    from integrations.sheets.plan import TabWrite
    from integrations.sheets.snapshot import TabSnapshot

BaseRow: TypeAlias = Mapping[str, CellValue]
"""Cells of one row as last seen, column id -> raw value of the sheet; blanks left out. JSON: store it as it is."""

Base: TypeAlias = Mapping[str, BaseRow]
"""Reference -> row: the base snapshot of one tab."""

ROOM = 1_500_000
"""Characters that one tab may write in one cycle: Google recommends 2 MB a request."""


@dataclass(frozen=True)
class OurRow:
    """One case as the tab should show it.

    Attributes:
        cells: system column id -> value (dates as ISO text); a column left out is blank.
        final: the decision is taken: partner cells may not change any more.
    """

    cells: Mapping[str, CellValue]
    final: bool = False


@dataclass(frozen=True)
class PartnerEdit:
    """A partner cell that changed since the last read.

    Attributes:
        reference: the row.
        column: id of the partner column.
        old: value last seen, as `parse_cell` reads it (raw where that was a problem).
        new: value now; None when it was cleared; raw where `problem` is set.
        problem: why `new` can't be taken; an edit with a problem counts for nothing but is shown to people.
    """

    reference: str
    column: str
    old: CellValue
    new: CellValue
    problem: Problem | None = None


@dataclass(frozen=True)
class Finding:
    """Something a person should know about the tab as it is now; listed anew each cycle as long as it stands.

    Codes beyond those of `parse_cell`: system_changed (once, then restored), duplicate_reference, unknown_reference,
    row_without_reference, no_reference_column.

    Attributes:
        row: row number as people see it, from 1.
    """

    problem: Problem
    reference: str | None = None
    column: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class Reconciled:
    """What one merge found and wants written.

    Attributes:
        write: this tab's part of the cycle's one write; `write.empty` when nothing is to do.
        edits: partner cells that changed, in the order of `ours`.
        findings: what stands in the tab and needs a person's eye.
        missing: references whose row was there once and is gone; made again, with the last known partner values.
        duplicates: references found on more than one row.
        seen_base: the base to commit with the edits, before the write.
        next_base: the base to commit when the write is done.
        more: rows are left for another cycle since this one is full (see ROOM).
    """

    write: TabWrite
    edits: tuple[PartnerEdit, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    duplicates: tuple[str, ...]
    seen_base: Base
    next_base: Base
    more: bool = False


def reconcile(
    layout: TabLayout,
    base: Base,
    ours: Mapping[str, OurRow],
    theirs: TabSnapshot,
    *,
    room: int = ROOM,
) -> Reconciled:
    """Merge one tab; `ours` holds every row the tab should have, by reference, in the order of new rows.

    Never raises, whatever people did to the tab. Applying `write` and merging again writes nothing and finds no edit.
    """
    raise NotImplementedError
