"""What goes into one merge of a tab and what comes out of it: plain data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from integrations.sheets.layout import CellValue

if TYPE_CHECKING:
    from integrations.sheets.cells import Problem
    from integrations.sheets.plan import TabWrite

BaseRow: TypeAlias = Mapping[str, CellValue]
"""Cells of one row as last seen, column id -> raw value of the sheet; blanks left out. JSON: store it as it is."""

Base: TypeAlias = Mapping[str, BaseRow]
"""Reference -> row: the base snapshot of one tab."""

Place: TypeAlias = tuple[str, str]
"""Reference and column id: one cell, wherever people have put it."""


@dataclass(frozen=True)
class OurRow:
    """One case as the tab should show it.

    Attributes:
        cells: system column id -> value (dates as ISO text); a column left out is blank.
        final: the decision is taken: partner cells may not change any more.
        erased: its personal data are gone, and with them what partners wrote about it in words.
    """

    cells: Mapping[str, CellValue]
    final: bool = False
    erased: bool = False


@dataclass(frozen=True)
class Held:
    """A partner cell in quarantine: its base counts until somebody has decided.

    Attributes:
        value: what the sheet shows, raw; once it shows something else, the cell is no longer held.
        back: it was decided that the value from before is to be put back.
    """

    value: CellValue
    back: bool = False


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
class Change:
    """A partner cell that differs from its base, both values raw."""

    reference: str
    column: str
    was: CellValue
    now: CellValue

    @property
    def place(self) -> Place:
        """The cell."""
        return self.reference, self.column


@dataclass(frozen=True)
class Finding:
    """Something a person should know about the tab as it is now; listed anew each cycle as long as it stands.

    Codes beyond those of `parse_cell`: system_changed (once, then restored), duplicate_reference, unknown_reference,
    row_without_reference, no_heading, no_reference_column.

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
        suspects: changes that look like an accident (see suspicion.py): not imported, to be held from now on.
        released: held cells that are held no more, since the sheet shows something else by now.
        findings: what stands in the tab and needs a person's eye.
        missing: references whose row was there once and is gone; made again, with the last known partner values.
        duplicates: references found on more than one row.
        seen_base: the base to commit with the edits, before the write.
        next_base: the base to commit when the write is done.
        more: rows that are there are left for another cycle since this one is full (see ROOM).
        spent: characters that this tab's write takes of the cycle's room.
    """

    write: TabWrite
    edits: tuple[PartnerEdit, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    duplicates: tuple[str, ...]
    seen_base: Base
    next_base: Base
    suspects: tuple[Change, ...] = ()
    released: tuple[Place, ...] = ()
    more: bool = False
    spent: int = 0
