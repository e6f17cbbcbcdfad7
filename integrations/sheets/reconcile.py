"""The three-way merge of one tab: what we last saw, what we have, what is there now. Pure and total.

Three rules decide everything. System cells: ours win, a change made in the sheet is restored and answered. Partner
cells: theirs win while the row is open; a change to a row that is final is answered and undone; changes that look
like an accident wait for somebody's word, and until then what was before counts (suspicion.py). All else is free.
Partner cells are written in four cases only: never in a row that is new (made blank), again when a row or a column
that had been there is made anew (with the last known values, or what was held there), when a final row is restored,
and when it was decided that an accident is to be undone.

How to use one cycle so that a crash at any point loses nothing and repeats nothing that matters:
read -> reconcile -> commit edits, suspects and `seen_base` -> write -> commit `next_base`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from integrations.sheets import replies
from integrations.sheets.cells import Problem, blank, encode, folded, parse_cell, same
from integrations.sheets.columns import Placement, place
from integrations.sheets.copies import original
from integrations.sheets.freshness import heading_id
from integrations.sheets.outcome import Change, Finding, PartnerEdit, Reconciled
from integrations.sheets.plan import ROOM, CellWrite, PlacedColumn, TabWrite, cost_of
from integrations.sheets.rows import locate
from integrations.sheets.suspicion import suspects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from integrations.sheets.layout import CellValue, Column, TabLayout
    from integrations.sheets.outcome import Base, BaseRow, Held, OurRow, Place
    from integrations.sheets.snapshot import TabSnapshot

GROWTH = 200  # rows added to a full grid at once, so that its new rows are dressed in one go
TORN = 2  # system cells of one row that no longer fit: its contents were moved, not one cell mistyped

FINAL = Problem("final", "Decisione già presa: la modifica non vale più.")
"""Why an edit of a final row does not count; the value from before is put back."""


def reconcile(
    layout: TabLayout,
    base: Base,
    ours: Mapping[str, OurRow],
    theirs: TabSnapshot,
    *,
    held: Mapping[Place, Held] | None = None,
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
        held: the cells in quarantine.
        room: characters to write to rows that are there, one row at least: their places are as just read. New rows
            are not counted, they go into several writes (`plan.parts`).
    """
    placement = place(layout, theirs)
    if base and layout.reference in placement.made and any(not blank(cell) for row in theirs.rows for cell in row):
        return _stopped(layout, base, theirs)
    merge = _Merge(layout, base, ours, theirs, placement, held or {})
    return merge.run(room) if merge.located.headed else merge.head()


def _stopped(layout: TabLayout, base: Base, theirs: TabSnapshot) -> Reconciled:
    """Without its reference column a tab in use is left alone: writing would double every row."""
    text = f"Manca la colonna «{layout.reference}»: annullare la cancellazione o ripristinare una versione precedente."
    finding = Finding(Problem("no_reference_column", text), column=layout.reference)
    return Reconciled(TabWrite(theirs.sheet_id, layout), (), (finding,), (), (), base, base)


@dataclass
class _Row:
    """A row that is there, while it is merged: what was seen, what is wanted, and what it is answered."""

    reference: str
    ours: OurRow
    at: int
    base: BaseRow | None
    seen: dict[str, CellValue] = field(default_factory=dict)
    wanted: dict[str, CellValue] = field(default_factory=dict)
    standing: list[str] = field(default_factory=list)
    put_back: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    tampered: dict[str, CellValue] = field(default_factory=dict)

    def last(self, column: str) -> CellValue:
        return (self.base or {}).get(column)


class _Merge:
    """One merge under way: gathers what is to be written and what both bases become."""

    def __init__(
        self,
        layout: TabLayout,
        base: Base,
        ours: Mapping[str, OurRow],
        theirs: TabSnapshot,
        placement: Placement,
        held: Mapping[Place, Held],
    ) -> None:
        self.layout = layout
        self.base = base
        self.ours = ours
        self.theirs = theirs
        self.placement = placement
        self.located = locate(layout, theirs, placement, ours)
        self.held = dict(held)
        self.released: list[Place] = []
        self.suspects: dict[Place, Change] = {}
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
        rows = [self.there(reference, found) for reference, found in self.located.rows.items()]
        present = {row.reference: row for row in rows}
        self.hold(rows)
        for reference, our_row in self.ours.items():
            row = present.get(reference)
            if row is None:
                self.absent(reference, our_row)
            else:
                self.present(row, room)
        self.strays()
        return Reconciled(
            write=self.write(),
            edits=tuple(self.edits),
            suspects=tuple(self.suspects.values()),
            released=tuple(self.released),
            findings=tuple(self.findings),
            missing=tuple(self.missing),
            duplicates=tuple(ref for ref in self.ours if len(self.located.rows.get(ref, ())) > 1),
            seen_base=self.seen,
            next_base=self.next,
            more=self.more,
            spent=self.spent,
        )

    def head(self) -> Reconciled:
        """Somebody deleted the heading, and a case stands in row 0: put a heading above it, all else comes next."""
        self.find("no_heading", "Mancava la riga di intestazione: è stata rimessa.", row=0)
        index, made = self.placement.index, self.placement.made
        self.cells = [CellWrite(0, index[each.id], each.id) for each in self.layout.columns if each.id not in made]
        write = replace(self.write(), insert_heading=True)
        return Reconciled(write, (), tuple(self.findings), (), (), self.base, self.base, more=True)

    def write(self) -> TabWrite:
        used = max(len(self.theirs.rows), 1) + len(self.rows)
        short = used - self.theirs.row_count
        index = self.placement.index
        placed = tuple(PlacedColumn(column, index[column.id], heading=False) for column in self.layout.columns)
        return TabWrite(
            self.theirs.sheet_id,
            self.layout,
            columns=self.placement.setup,
            cells=tuple(self.cells),
            rows=tuple(self.rows),
            add_columns=max(self.placement.width - self.theirs.column_count, 0),
            add_rows=max(short, GROWTH) if self.rows and short > 0 else 0,
            placed=placed,
            used=used,
            tag=self.theirs.key != self.layout.key,
            check_at=self.check_at(),
            check_heading=None if self.layout.check is None else self.theirs.cell(0, index[self.layout.check]),
        )

    def check_at(self) -> int | None:
        """Where the heading of the answers is, unless people gave it a name of their own."""
        check = self.layout.check
        if check is None:
            return None
        at = self.placement.index[check]
        own = check in self.placement.made or heading_id(self.theirs.cell(0, at)) in ("", folded(check))
        return at if own else None

    def headings(self) -> None:
        """Write blank headings of columns that are there again; a heading that people chose stays theirs."""
        for column in self.layout.columns:
            at = self.placement.index[column.id]
            if column.id not in self.placement.made and blank(self.theirs.cell(0, at)):
                self.cells.append(CellWrite(0, at, column.id))

    # --- first look: what is in the rows that are there -------------------------------------------------------------

    def there(self, reference: str, found: tuple[int, ...]) -> _Row:
        """Read the cells of a row: what of ours no longer fits, what of theirs changed."""
        our_row = self.ours[reference]
        row = _Row(reference, our_row, self.chosen(reference, our_row, found), self.base.get(reference))
        for column in self.layout.columns:
            if column.id in (self.layout.reference, self.layout.check):
                continue
            if column.id in self.placement.made:
                self.made_cell(column, row)
                continue
            have = row.seen[column.id] = self.cell(row, column)
            if column.owner == "partner":
                if not same(have, row.last(column.id)):
                    row.changes.append(Change(reference, column.id, row.last(column.id), have))
                continue
            want = encode(column, our_row.cells.get(column.id))
            if not same(have, want):
                row.wanted[column.id] = want
                if row.base is not None and not same(have, row.last(column.id)):
                    row.tampered[column.id] = have
                    row.seen[column.id] = row.last(column.id)  # until it is restored it is news
        return row

    def cell(self, row: _Row, column: Column) -> CellValue:
        return self.theirs.cell(row.at, self.placement.index[column.id])

    def made_cell(self, column: Column, row: _Row) -> None:
        """A column that is made anew gets our value, or the partner's last known: its absence is no clearing."""
        last = row.seen[column.id] = row.last(column.id)
        held = self.waiting(row.reference, column, row.ours)
        value = encode(column, row.ours.cells.get(column.id)) if column.owner == "system" else last
        value = held.value if held else value
        if not same(value, None):
            row.wanted[column.id] = value

    def waiting(self, reference: str, column: Column, our_row: OurRow) -> Held | None:
        """What waits in a cell that is made anew comes back with it: deleting a row or a column decides nothing."""
        held = self.held.get((reference, column.id))
        return None if held is None or held.back or our_row.final or our_row.erased else held

    def chosen(self, reference: str, our_row: OurRow, found: tuple[int, ...]) -> int:
        """The row of a case; the others of the same reference are told that they are copies."""
        at = original(self.layout, self.theirs, self.placement, our_row, self.base.get(reference, {}), found)
        for row in found:
            if row != at:
                text = f"Il codice {reference} sta già nella riga {at + 1}: questa riga non è considerata."
                self.find("duplicate_reference", text, reference=reference, row=row)
                self.call_stray(row, replies.COPIED)
        return at

    # --- second look: what of it is held ----------------------------------------------------------------------------

    def hold(self, rows: Iterable[_Row]) -> None:
        """Release the held cells that show something else by now, and hold what looks like an accident."""
        changes = []
        for row in rows:
            for id_ in [column.id for column in self.layout.partner if column.id not in self.placement.made]:
                held = self.held.get((row.reference, id_))
                if held and (not same(held.value, row.seen[id_]) or same(held.value, row.last(id_))):
                    self.released.append((row.reference, id_))
                    del self.held[row.reference, id_]
            changes += [change for change in row.changes if change.place not in self.held]
        if self.layout.check is None:  # a tab that cannot answer holds nothing
            return
        torn = {row.reference for row in rows if len(row.tampered) >= TORN}
        columns = [column.id for column in self.layout.partner]
        places = suspects(changes, self.base, columns, torn)
        for change in changes:
            if change.place in places and not self.ours[change.reference].final:
                self.suspects[change.place] = change

    # --- third look: merge ------------------------------------------------------------------------------------------

    def present(self, row: _Row, room: int) -> None:
        """Merge the cells of a row that is there, and note what is to be written to it."""
        if row.tampered:
            row.put_back += replies.ours(row.tampered)
            for id_ in row.tampered:
                text = f"La colonna «{id_}» la scrive il sistema: il valore è stato ripristinato."
                self.find("system_changed", text, reference=row.reference, column=id_, row=row.at)
        before = len(self.edits)
        for column in self.layout.partner:
            if column.id in self.placement.made:
                row.standing += self.objections(row.reference, row.ours, column, row.last(column.id))
            else:
                self.partner_cell(row, column)
        self.answer(row, edited=len(self.edits) > before)
        self.seen[row.reference] = _compact(row.seen)
        if self.takes(row.wanted.values(), room, must=bool(self.placement.made)):
            self.cells += [CellWrite(row.at, self.placement.index[id_], value) for id_, value in row.wanted.items()]
            self.next[row.reference] = _compact({**row.seen, **self.settled(row)})
        else:
            self.next[row.reference] = self.seen[row.reference]

    def settled(self, row: _Row) -> dict[str, CellValue]:
        """What is written and counts; what waits is written without counting."""
        waiting = {column.id for column in self.layout.partner if self.waiting(row.reference, column, row.ours)}
        return {id_: value for id_, value in row.wanted.items() if id_ not in waiting}

    def partner_cell(self, row: _Row, column: Column) -> None:
        """Import, hold, or undo what stands in a partner's cell, and answer it."""
        have, last = row.seen[column.id], row.last(column.id)
        if row.ours.erased and column.kind == "text":
            self.forget(row, column.id)
            return
        read = parse_cell(column, have)
        change = next((change for change in row.changes if change.column == column.id), None)
        if change is None:
            if isinstance(read, Problem) and not row.ours.final:
                self.object_to(row, column, read)
            return
        held = self.held.get(change.place)
        if not row.ours.final and (held or change.place in self.suspects):
            row.seen[column.id] = last
            if held and held.back:
                row.wanted[column.id] = last
                row.put_back.append(replies.sent_back(column.id, have))
            else:
                row.standing.append(replies.waiting(column.id, last))
            return
        if isinstance(read, Problem) and not row.ours.final:
            self.object_to(row, column, read)
        self.edit(row, column, have, read)

    def forget(self, row: _Row, column: str) -> None:
        """Blank a cell, without a word about what stood in it."""
        if not blank(row.seen[column]):
            row.wanted[column] = None
        row.seen[column] = None

    def objections(self, reference: str, our_row: OurRow, column: Column, value: CellValue) -> list[str]:
        """What a partner's value that is put there again waits for, or what is to be mended in it."""
        if self.waiting(reference, column, our_row):
            return [replies.waiting(column.id, value)]
        read = parse_cell(column, value)
        return [replies.to_mend(column.id, read)] if isinstance(read, Problem) and not our_row.final else []

    def object_to(self, row: _Row, column: Column, problem: Problem) -> None:
        self.findings.append(Finding(problem, row.reference, column.id, row.at + 1))
        row.standing.append(replies.to_mend(column.id, problem))

    def edit(self, row: _Row, column: Column, have: CellValue, read: CellValue | Problem) -> None:
        last = row.last(column.id)
        new, problem = (have, read) if isinstance(read, Problem) else (read, None)
        old = parse_cell(column, last)
        if problem is None and not isinstance(old, Problem) and same(new, old):
            return  # the same value, spelled otherwise
        final = row.ours.final
        known = last if isinstance(old, Problem) else old
        self.edits.append(PartnerEdit(row.reference, column.id, known, new, FINAL if final else problem))
        if final and row.base is not None:
            row.seen[column.id] = row.wanted[column.id] = last
            row.put_back.append(replies.too_late(column.id, new))

    def answer(self, row: _Row, *, edited: bool) -> None:
        """Bring the row's answer up to date."""
        check = self.layout.check
        if check is None:
            return
        shown = None if check in self.placement.made else self.theirs.cell(row.at, self.placement.index[check])
        row.seen[check] = shown
        if row.ours.erased:
            self.forget(row, check)
            return
        want = replies.reply(row.standing, row.put_back, row.last(check), shown, edited=edited)
        if not same(shown, want):
            row.wanted[check] = want

    # --- a row that is not ------------------------------------------------------------------------------------------

    def absent(self, reference: str, our_row: OurRow) -> None:
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
        if self.layout.check is not None:
            partner = self.layout.partner
            standing = [line for each in partner for line in self.objections(reference, our_row, each, row[each.id])]
            answer = (last or {}).get(self.layout.check)
            row[self.layout.check] = replies.reply(standing, (), answer, answer, edited=False)
        self.append(reference, our_row, row)
        self.next[reference] = _compact({id_: row[id_] for id_ in row if id_ != self.layout.reference})

    def append(self, reference: str, our_row: OurRow, row: Mapping[str, CellValue]) -> None:
        """Add `row` at the end, with what waits in its cells."""
        held = {each.id: self.waiting(reference, each, our_row) for each in self.layout.partner}
        shown = {**row, **{id_: cell.value for id_, cell in held.items() if cell}}
        by_index = {self.placement.index[id_]: value for id_, value in shown.items()}
        self.rows.append(tuple(by_index.get(at) for at in range(max(by_index) + 1)))

    def strays(self) -> None:
        """Tell beside each row that is no case's why it is not read, and take back what is no longer so."""
        for row, text in self.located.unknown:
            self.find("unknown_reference", f"Il codice «{text[:40]}» non è di questo foglio.", row=row)
            self.call_stray(row, replies.UNKNOWN)
        for row in self.located.nameless:
            self.find("row_without_reference", "Riga senza codice: non è considerata.", row=row)
            self.call_stray(row, replies.NAMELESS)
        known = {at for found in self.located.rows.values() for at in found}
        known |= {at for at, _ in self.located.unknown} | set(self.located.nameless)
        for row in range(1, len(self.theirs.rows)):
            if row not in known and self.answer_in(row) in replies.STRAY:
                self.call_stray(row, None)

    def call_stray(self, row: int, answer: str | None) -> None:
        if self.layout.check is not None and not same(self.answer_in(row), answer):
            self.cells.append(CellWrite(row, self.placement.index[self.layout.check], answer))

    def answer_in(self, row: int) -> CellValue:
        check = self.layout.check
        if check is None or check in self.placement.made:
            return None
        return self.theirs.cell(row, self.placement.index[check])

    # --- bookkeeping ------------------------------------------------------------------------------------------------

    def find(self, code: str, text: str, *, row: int, reference: str | None = None, column: str | None = None) -> None:
        self.findings.append(Finding(Problem(code, text), reference, column, row + 1))

    def takes(self, values: Iterable[CellValue], room: int, *, must: bool = False) -> bool:
        """Take the room these values need. The first row always fits, so that every cycle gets on."""
        cost = cost_of(values)
        if cost and self.spent and self.spent + cost > room and not must:
            self.more = True
            return False
        self.spent += cost
        return True


def _compact(cells: Mapping[str, CellValue]) -> BaseRow:
    return {id_: value for id_, value in cells.items() if value not in (None, "")}
