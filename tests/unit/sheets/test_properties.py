"""Whatever people do to a tab: nothing that a partner wrote is lost, and a merge that was applied is at rest."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from integrations.sheets import replies
from integrations.sheets.batch import write_requests
from integrations.sheets.cells import Problem, encode, parse_cell, same
from integrations.sheets.layout import CHECK, CellValue
from integrations.sheets.outcome import Base, Held, OurRow, Place, Reconciled
from integrations.sheets.plan import ROOM, WritePlan, cost_of, parts
from integrations.sheets.reconcile import FINAL, reconcile
from tests.unit.sheets.layouts import COWORKING
from tests.unit.sheets.model import Model, Tab

REFERENCES = tuple(f"CWK-26-{letter}" for letter in "ABC")
COLUMNS = {column.id: column for column in COWORKING.columns}
IDS = tuple(column.id for column in COWORKING.columns)
PARTNER_IDS = tuple(column.id for column in COWORKING.partner)
SYSTEM_IDS = tuple(column.id for column in COWORKING.system if column.id not in ("codice", CHECK))

references = st.sampled_from(REFERENCES)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 120),
    st.floats(-5, 120),
    st.sampled_from(["sì", "No ", "Sì con modifiche", "otto", "8,5", "82", "=1+1", "  ", "16/11/2026", ""]),
    st.text(max_size=5),
)
our_rows = st.builds(
    OurRow,
    st.fixed_dictionaries(
        {}, optional={"stato": st.sampled_from(["valutazione", "decisione", "=1"]), "posti": st.integers(1, 9)}
    ),
    st.booleans(),
)


class People(RuleBasedStateMachine):
    """People and the application take turns on one tab; the application's knowledge comes from edits alone."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model.of(COWORKING)
        self.tab = self.model.tab(COWORKING)
        self.base: Base = {}
        self.ours: dict[str, OurRow] = {}
        self.known: dict[tuple[str, str], CellValue] = {}
        self.told: set[Place] = set()
        self.held: dict[Place, Held] = {}
        self.cycles = 0

    @initialize()
    def settle(self) -> None:
        self.ours = {reference: OurRow({"stato": "valutazione"}) for reference in REFERENCES[:2]}
        self.cycle(ROOM)

    # --- the application ---

    @rule(reference=references, row=our_rows)
    def change_ours(self, reference: str, row: OurRow) -> None:
        self.ours[reference] = row

    @rule(room=st.sampled_from([ROOM, 1]))
    def cycle(self, room: int) -> None:
        more = True
        while more:
            result = self.merge(room)
            self.write(result)
            self.base, more = result.next_base, result.more
        again = self.merge(commit=False)
        assert again.write.empty
        assert again.edits == ()
        assert again.missing == ()
        self.check_cells()

    @rule()
    def cycle_that_ends_before_its_write(self) -> None:
        self.base = self.merge().seen_base

    @rule()
    def cycle_that_ends_before_its_second_commit(self) -> None:
        result = self.merge()
        self.base = result.seen_base
        self.write(result)

    def merge(self, room: int = ROOM, *, commit: bool = True) -> Reconciled:
        result = reconcile(COWORKING, self.base, self.ours, self.tab.snapshot(), held=self.held, room=room)
        if commit:
            for place in result.released:
                del self.held[place]
            self.held |= {change.place: Held(change.now) for change in result.suspects}
            for edit in result.edits:
                place = edit.reference, edit.column
                if edit.problem is None:
                    self.known[place] = edit.new
                    self.told.discard(place)
                elif edit.problem == FINAL and edit.reference not in self.base:
                    self.told.add(place)  # there is no value from before to put back
        return result

    def write(self, result: Reconciled) -> None:
        self.cycles += 1
        free = self.free_cells()
        self.model.write(result.write, operation=f"cycle {self.cycles}")
        assert self.free_cells() == free

    def free_cells(self) -> list[tuple[CellValue, ...]]:
        free = [at for at, tag in enumerate(self.tab.tags) if tag is None]
        rows = [tuple(row[at] for at in free) for row in self.tab.grid]
        return [row for row in rows if any(cell is not None for cell in row)]

    def check_cells(self) -> None:
        """The tab shows what the application has, and the application knows what the open rows show."""
        for reference, our_row in self.ours.items():
            answer = str(self.tab.shown(reference, CHECK) or "")
            for column in COWORKING.system:
                if column.id in SYSTEM_IDS:
                    want = encode(column, our_row.cells.get(column.id))
                    assert same(self.tab.shown(reference, column.id), want)
            for column in COWORKING.partner:
                have = self.tab.shown(reference, column.id)
                read = parse_cell(column, have)
                place = reference, column.id
                if our_row.final:
                    continue
                if isinstance(read, Problem):
                    assert replies.to_mend(column.id, read) in answer or place in self.held
                elif place in self.held:
                    assert f"{replies.WAITING} – {column.id}" in answer
                else:
                    assert f"{replies.TO_MEND} – {column.id}:" not in answer
                    assert same(self.known.get(place), read) or place in self.told, place

    # --- the office ---

    @rule(back=st.booleans())
    def decide_on_the_quarantine(self, back: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        """Accept or restore all of it."""
        if back:
            self.held = {place: Held(held.value, back=True) for place, held in self.held.items()}
            return
        base = {reference: dict(row) for reference, row in self.base.items()}
        for (reference, column), held in self.held.items():
            base[reference][column] = held.value
            read = parse_cell(COLUMNS[column], held.value)
            if not isinstance(read, Problem):
                self.known[reference, column] = read
        self.base, self.held = base, {}

    # --- people ---

    @rule(reference=references, column=st.sampled_from(PARTNER_IDS), value=values)
    def type_partner_cell(self, reference: str, column: str, value: CellValue) -> None:
        self.type(reference, column, value)

    @rule(reference=references, column=st.sampled_from(SYSTEM_IDS), value=values)
    def type_system_cell(self, reference: str, column: str, value: CellValue) -> None:
        self.type(reference, column, value)

    def type(self, reference: str, column: str, value: CellValue) -> None:
        if self.has(reference) and column in self.tab.tags:
            self.tab.type(reference, column, value or None if isinstance(value, str) else value)

    @rule(order=st.lists(st.integers(0, 9), max_size=6))
    def sort(self, order: list[int]) -> None:
        self.tab.sort(order)

    @rule(at=st.sampled_from([0, 3, 99]), cells=st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=4))
    def insert_column(self, at: int, cells: list[str]) -> None:
        self.tab.insert_column(min(at, self.tab.width), [None, *cells])

    @rule(source=st.integers(0, 12), to=st.integers(0, 12))
    def move_column(self, source: int, to: int) -> None:
        self.tab.move_column(source, to)

    @rule(order=st.permutations(range(3)), first=st.sampled_from(["posti", *PARTNER_IDS]))
    def sort_a_part(self, order: list[int], first: str) -> None:
        """Everything from one column on, the codes staying where they are."""
        if first in self.tab.tags:
            at = self.tab.column(first)
            parts = [list(self.tab.grid[1 + number][at:]) for number in order]
            for number, part in enumerate(parts):
                self.tab.grid[1 + number][at:] = part

    @rule(at=st.integers(1, 5))
    def insert_row(self, at: int) -> None:
        self.tab.insert_row(at)

    # What is typed and deleted between two reads nobody can know: these two come after a read.

    @rule(reference=references, score=st.integers(0, 100))
    def delete_row(self, reference: str, score: int) -> None:
        self.type(reference, "punteggio_0_100", score)
        self.base = self.merge().seen_base
        if self.has(reference):
            self.tab.delete_row(self.tab.row_of(reference))

    @rule(column=st.sampled_from((*PARTNER_IDS, *SYSTEM_IDS)), score=st.integers(0, 100))
    def delete_column(self, column: str, score: int) -> None:
        for reference in REFERENCES:
            self.type(reference, "punteggio_0_100", score)
        self.base = self.merge().seen_base
        if column in self.tab.tags:
            self.tab.delete_column(self.tab.column(column))

    @invariant()
    def the_heading_stays(self) -> None:
        assert "codice" in self.tab.grid[0]

    def has(self, reference: str) -> bool:
        at = self.tab.column("codice")
        return any(row[at] == reference for row in self.tab.grid)


TestPeople = People.TestCase
TestPeople.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)

junk = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4))
cells = st.one_of(references, st.sampled_from(IDS), values, junk)


@st.composite
def tabs(draw: st.DrawFn) -> Tab:
    """A tab that nobody could make worse."""
    width = draw(st.integers(1, 22))
    tab = Tab(1, "Domande", width, draw(st.integers(1, 8)), draw(st.sampled_from([None, "olt-1"])))
    if draw(st.booleans()):
        tab.grid[0] = [IDS[at] if at < len(IDS) else None for at in range(width)]
    for _ in range(draw(st.integers(0, 25))):
        tab.grid[draw(st.integers(0, tab.height - 1))][draw(st.integers(0, width - 1))] = draw(cells)
    tab.tags = [draw(st.sampled_from([None, *IDS])) for _ in range(width)]
    return tab


@given(
    held=st.dictionaries(st.tuples(references, st.sampled_from(PARTNER_IDS)), values, min_size=1, max_size=6),
    was=st.dictionaries(st.tuples(references, st.sampled_from(PARTNER_IDS)), values, max_size=9),
    rows=st.sets(references),
    columns=st.sets(st.sampled_from([*PARTNER_IDS, *SYSTEM_IDS, CHECK])),
    whole=st.booleans(),
)
def test_what_waits_goes_on_waiting_whatever_is_deleted_around_it(
    held: Mapping[Place, CellValue], was: Mapping[Place, CellValue], rows: set[str], columns: set[str], *, whole: bool
) -> None:
    ours = {reference: OurRow({"stato": "valutazione"}) for reference in REFERENCES}
    model = Model.of(COWORKING)
    first = reconcile(COWORKING, {}, ours, model.tab(COWORKING).snapshot())
    model.write(first.write)
    base = {reference: dict(row) for reference, row in first.next_base.items()}
    tab = model.tab(COWORKING)
    for (reference, column), value in {**was, **held}.items():
        tab.type(reference, column, value or None if isinstance(value, str) else value)
        if (value_before := was.get((reference, column))) not in (None, ""):
            base[reference][column] = value_before
    waits = {place: Held(tab.shown(*place)) for place in held if not same(base[place[0]].get(place[1]), held[place])}
    seen = reconcile(COWORKING, base, ours, tab.snapshot(), held=waits).seen_base
    for reference in rows:
        tab.delete_row(tab.row_of(reference))
    for column in columns:
        tab.delete_column(tab.column(column))
    model = Model.of(COWORKING) if whole else model
    again = reconcile(COWORKING, seen, ours, model.tab(COWORKING).snapshot(), held=waits)
    model.write(again.write)
    last = reconcile(COWORKING, again.next_base, ours, model.tab(COWORKING).snapshot(), held=waits)
    tab = model.tab(COWORKING)
    assert (again.released, last.released, last.edits, last.write.empty) == ((), (), (), True)
    for (reference, column), cell in waits.items():
        assert same(tab.shown(reference, column), cell.value)
        assert same(last.next_base[reference].get(column), seen[reference].get(column))
        assert f"{replies.WAITING} – {column}:" in str(tab.shown(reference, CHECK))


bases = st.dictionaries(references, st.dictionaries(st.sampled_from(IDS[1:]), st.one_of(values, junk)), max_size=4)


@settings(max_examples=200, deadline=None)
@given(tab=tabs(), base=bases, ours=st.dictionaries(references, our_rows), room=st.integers(1, 5000))
def test_a_merge_never_raises_and_comes_to_rest(tab: Tab, base: Base, ours: Mapping[str, OurRow], room: int) -> None:
    model = Model({1: tab})
    for number in range(len(ours) + 2):
        result = reconcile(COWORKING, base, ours, tab.snapshot(), room=room)
        model.write(result.write, operation=str(number))
        base = result.next_base
        if not result.more:
            break
    again = reconcile(COWORKING, base, ours, tab.snapshot(), room=room)
    assert again.write.empty
    assert again.edits == ()
    assert again.next_base == again.seen_base


@given(
    tab=tabs(),
    base=bases,
    new=st.dictionaries(st.integers(0, 40).map("CWK-26-NEW{:02}".format), our_rows),
    room=st.integers(1, 4000),
)
def test_a_write_in_parts_does_what_it_does_whole(tab: Tab, base: Base, new: Mapping[str, OurRow], room: int) -> None:
    write = reconcile(COWORKING, base, new, tab.snapshot()).write
    whole, divided = Model({1: copy.deepcopy(tab)}), Model({1: tab})
    whole.write(write, operation="whole")
    pieces = parts(WritePlan("divided", 0, (write,)), room)
    for piece in pieces:
        divided.apply(write_requests(piece))
    assert divided.tabs[1].grid == whole.tabs[1].grid
    assert len({piece.marker for piece in pieces}) == len(pieces)
    for piece in pieces[1:]:
        assert all(len(each.rows) == 1 or sum(map(cost_of, each.rows)) <= room for each in piece.tabs)
