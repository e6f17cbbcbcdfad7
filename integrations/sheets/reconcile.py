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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from integrations.sheets.cells import Problem, blank, encode, parse_cell, same
from integrations.sheets.columns import Placement, place
from integrations.sheets.layout import CellValue
from integrations.sheets.plan import CellWrite, PlacedColumn, TabWrite
from integrations.sheets.rows import locate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from integrations.sheets.layout import Column, TabLayout
    from integrations.sheets.snapshot import TabSnapshot

BaseRow: TypeAlias = Mapping[str, CellValue]
"""Cells of one row as last seen, column id -> raw value of the sheet; blanks left out. JSON: store it as it is."""

Base: TypeAlias = Mapping[str, BaseRow]
"""Reference -> row: the base snapshot of one tab."""

ROOM = 1_500_000
"""Characters that one tab may write in one cycle: Google recommends 2 MB a request."""

CELL_COST = 40  # characters that a cell costs in a request beside its text
GROWTH = 200  # rows added to a full grid at once, so that its new rows are dressed in one go

FINAL = Problem("final", "Decisione già presa: la modifica non vale più.")
"""Why an edit of a final row does not count; the value from before is put back."""


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
    A row that is missing is made again at once: a partner who wants it away says so in the partner columns.

    Args:
        layout: the tab as it should be.
        base: the base last committed; empty at first.
        ours: the cases; a reference of `base` that is not here is forgotten, its row left alone and reported.
        theirs: the tab as just read.
        room: characters to write at most; at least one row is written.
    """
    placement = place(layout, theirs)
    if base and layout.reference in placement.made and any(not blank(cell) for row in theirs.rows for cell in row):
        return _stopped(layout, base, theirs)
    return _Merge(layout, base, ours, theirs, placement).run(room)


def _stopped(layout: TabLayout, base: Base, theirs: TabSnapshot) -> Reconciled:
    """Without its reference column a tab in use is left alone: writing would double every row."""
    text = f"Manca la colonna «{layout.reference}»: annullare la cancellazione o ripristinare una versione precedente."
    finding = Finding(Problem("no_reference_column", text), column=layout.reference)
    return Reconciled(TabWrite(theirs.sheet_id, layout), (), (finding,), (), (), base, base)


class _Merge:
    """One merge under way: gathers what is to be written and what both bases become."""

    def __init__(
        self, layout: TabLayout, base: Base, ours: Mapping[str, OurRow], theirs: TabSnapshot, placement: Placement
    ) -> None:
        self.layout = layout
        self.base = base
        self.ours = ours
        self.theirs = theirs
        self.placement = placement
        self.located = locate(layout, theirs, placement, ours)
        self.cells: list[CellWrite] = []
        self.rows: list[tuple[CellValue, ...]] = []
        self.edits: list[PartnerEdit] = []
        self.findings: list[Finding] = []
        self.missing: list[str] = []
        self.seen: dict[str, BaseRow] = {}
        self.next: dict[str, BaseRow] = {}
        self.spent = 0
        self.more = False

    def run(self, room: int) -> Reconciled:
        self.headings()
        for reference, our_row in self.ours.items():
            found = self.located.rows.get(reference)
            if found is None:
                self.absent(reference, our_row, room)
            else:
                self.present(reference, our_row, self.chosen(reference, our_row, found), room)
        self.strays()
        return Reconciled(
            write=self.write(),
            edits=tuple(self.edits),
            findings=tuple(self.findings),
            missing=tuple(self.missing),
            duplicates=tuple(ref for ref in self.ours if len(self.located.rows.get(ref, ())) > 1),
            seen_base=self.seen,
            next_base=self.next,
            more=self.more,
        )

    def write(self) -> TabWrite:
        used = max(len(self.theirs.rows), 1) + len(self.rows)
        short = used - self.theirs.row_count
        index = self.placement.index
        placed = tuple(PlacedColumn(column, index[column.id], heading=False) for column in self.layout.columns)
        return TabWrite(
            self.theirs.sheet_id,
            self.layout,
            columns=self.setup(),
            cells=tuple(self.cells),
            rows=tuple(self.rows),
            add_columns=max(self.placement.width - self.theirs.column_count, 0),
            add_rows=max(short, GROWTH) if self.rows and short > 0 else 0,
            placed=placed,
            used=used,
            tag=self.theirs.key != self.layout.key,
        )

    def setup(self) -> tuple[PlacedColumn, ...]:
        """The columns to set up; a heading is written only where row 0 is one, never into a case."""
        headed = self.located.headed
        return tuple(replace(placed, heading=placed.heading and headed) for placed in self.placement.setup)

    def headings(self) -> None:
        """Write blank headings of columns that are there again; a heading that people chose stays theirs."""
        if not self.located.headed:
            self.find("no_heading", "Manca la riga di intestazione: conviene ripristinarla.", row=0)
            return
        for column in self.layout.columns:
            at = self.placement.index[column.id]
            if column.id not in self.placement.made and blank(self.theirs.cell(0, at)):
                self.cells.append(CellWrite(0, at, column.id))

    def chosen(self, reference: str, our_row: OurRow, found: tuple[int, ...]) -> int:
        """Of several rows with one reference the first whose system cells are the case's, else the first."""
        if len(found) == 1:
            return found[0]
        base_row = self.base.get(reference, {})
        at = next((row for row in found if self.fits_case(our_row, base_row, row)), found[0])
        for row in found:
            if row != at:
                text = f"Il codice {reference} sta già nella riga {at + 1}: questa riga non è considerata."
                self.find("duplicate_reference", text, reference=reference, row=row)
        return at

    def fits_case(self, our_row: OurRow, base_row: BaseRow, row: int) -> bool:
        for column in self.written_columns():
            have = self.theirs.cell(row, self.placement.index[column.id])
            want = encode(column, our_row.cells.get(column.id))
            if not (same(have, want) or same(have, base_row.get(column.id))):
                return False
        return True

    def written_columns(self) -> tuple[Column, ...]:
        """System columns that are in the tab; the reference is never written to a row that is there."""
        made = self.placement.made
        return tuple(
            column for column in self.layout.system if column.id != self.layout.reference and column.id not in made
        )

    # --- a row that is there ------------------------------------------------------------------------------------

    def present(self, reference: str, our_row: OurRow, row: int, room: int) -> None:
        """Merge the cells of a row that is there, and note what is to be written to it."""
        base_row = self.base.get(reference)
        seen: dict[str, CellValue] = {}
        wanted: dict[str, CellValue] = {}
        for column in self.layout.columns:
            if column.id == self.layout.reference:
                continue
            if column.id in self.placement.made:
                self.made_cell(column, our_row, base_row, seen, wanted)
                continue
            have = self.theirs.cell(row, self.placement.index[column.id])
            seen[column.id] = have
            if column.owner == "system":
                want = encode(column, our_row.cells.get(column.id))
                if not same(have, want):
                    wanted[column.id] = want
                    self.tampered(reference, column, have, row)
            elif self.partner_cell(reference, column, have, row):
                seen[column.id] = wanted[column.id] = (base_row or {}).get(column.id)
        self.seen[reference] = _compact(seen)
        if self.takes(wanted.values(), room, must=bool(self.placement.made)):
            self.cells += [CellWrite(row, self.placement.index[id_], value) for id_, value in wanted.items()]
            self.next[reference] = _compact({**seen, **wanted})
        else:
            self.next[reference] = self.seen[reference]

    def made_cell(
        self,
        column: Column,
        our_row: OurRow,
        base_row: BaseRow | None,
        seen: dict[str, CellValue],
        wanted: dict[str, CellValue],
    ) -> None:
        """A column that is made anew gets our value, or the partner's last known: its absence is no clearing."""
        last = (base_row or {}).get(column.id)
        seen[column.id] = last
        value = encode(column, our_row.cells.get(column.id)) if column.owner == "system" else last
        if not same(value, None):
            wanted[column.id] = value

    def tampered(self, reference: str, column: Column, have: CellValue, row: int) -> None:
        base_row = self.base.get(reference)
        if base_row is not None and not same(have, base_row.get(column.id)):
            text = f"La colonna «{column.id}» la scrive il sistema: il valore è stato ripristinato."
            self.find("system_changed", text, reference=reference, column=column.id, row=row)

    def partner_cell(self, reference: str, column: Column, have: CellValue, row: int) -> bool:
        """Note what the partner wrote; True when the cell must get back its last known value."""
        final = self.ours[reference].final
        base_row = self.base.get(reference)
        last = (base_row or {}).get(column.id)
        read = parse_cell(column, have)
        if isinstance(read, Problem) and not final:
            self.findings.append(Finding(read, reference, column.id, row + 1))
        if same(have, last):
            return False
        new, problem = (have, read) if isinstance(read, Problem) else (read, None)
        old = parse_cell(column, last)
        if problem is None and not isinstance(old, Problem) and same(new, old):
            return False  # the same value, spelled otherwise
        self.edits.append(
            PartnerEdit(
                reference,
                column.id,
                old=last if isinstance(old, Problem) else old,
                new=new,
                problem=FINAL if final else problem,
            )
        )
        return final and base_row is not None

    # --- a row that is not --------------------------------------------------------------------------------------

    def absent(self, reference: str, our_row: OurRow, room: int) -> None:
        """Append the row: blank for the partner when it is new, with the last known values when it was lost."""
        last = self.base.get(reference)
        if last is not None:
            self.missing.append(reference)
            self.seen[reference] = self.next[reference] = last
        row: dict[str, CellValue] = {
            column.id: encode(column, our_row.cells.get(column.id))
            if column.owner == "system"
            else (last or {}).get(column.id)
            for column in self.layout.columns
        }
        row[self.layout.reference] = reference
        if not self.takes(row.values(), room):
            return
        by_index = {self.placement.index[id_]: value for id_, value in row.items()}
        self.rows.append(tuple(by_index.get(at) for at in range(max(by_index) + 1)))
        self.next[reference] = _compact({id_: row[id_] for id_ in row if id_ != self.layout.reference})

    def strays(self) -> None:
        for row, text in self.located.unknown:
            self.find("unknown_reference", f"Il codice «{text[:40]}» non è di questo foglio.", row=row)
        for row in self.located.nameless:
            self.find("row_without_reference", "Riga senza codice: non è considerata.", row=row)

    # --- bookkeeping --------------------------------------------------------------------------------------------

    def find(self, code: str, text: str, *, row: int, reference: str | None = None, column: str | None = None) -> None:
        self.findings.append(Finding(Problem(code, text), reference, column, row + 1))

    def takes(self, values: Iterable[CellValue], room: int, *, must: bool = False) -> bool:
        """Take the room these values need. The first row always fits, so that every cycle gets on."""
        cost = sum(CELL_COST + (len(value) if isinstance(value, str) else 0) for value in values)
        if cost and self.spent and self.spent + cost > room and not must:
            self.more = True
            return False
        self.spent += cost
        return True


def _compact(cells: Mapping[str, CellValue]) -> BaseRow:
    return {id_: value for id_, value in cells.items() if value not in (None, "")}
