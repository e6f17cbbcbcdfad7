"""People, workers, crashes and faults at random on one sheet: after quiet, sheet and database agree.

The real sync over a real database and the real gateway, before the local Google without a socket. `make soak` runs
it for longer: HUBOUT_SOAK_MINUTES. A run prints its seed; HUBOUT_SEED repeats it. The thousands of cheap steps are in
tests/unit/sheets/test_properties.py: the same people, the merge alone.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, assume, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select, update

from app.models import HeldCell, OutboxMessage, Quarantine, Review, SheetRow, Spreadsheet, Submission, SummaryRow, Timer
from app.services.mail import outbox
from app.services.sheets import hints, quarantine, seen_rows, sheet_rows, sheet_tabs, syncing
from app.services.sheets.sheet_tabs import WorkTab
from integrations.local.google import Store, create_app
from integrations.local.google.limits import LATE
from integrations.sheets import replies
from integrations.sheets.cells import Problem, encode, parse_cell, same
from integrations.sheets.errors import SheetsError
from integrations.sheets.gateway import Gateway
from integrations.sheets.layout import CHECK, REFERENCE, CellValue
from integrations.sheets.snapshot import TabSnapshot
from tests.integration.app import scenes
from tests.integration.app.crowd import Killed
from tests.integration.app.in_process import InProcessContext
from tests.integration.app.people import desk
from tests.integration.app.sheet_hands import Hands
from tests.integration.app.town import Town
from tests.sheets_kit import check_requests

BOOK = "coworking-cinisello"
CASES = 8
FAULTS = ("503", "429", "html502", "timeout", "drop_before_write", "drop_after_write", "lands_later")

Cell = tuple[str, str, str]  # tab, reference, column

values: st.SearchStrategy[CellValue] = st.one_of(
    st.none(), st.integers(0, 100), st.sampled_from(["Sì", "No", "sì", "otto", 8.5, "=1+1", "150"]), st.text(max_size=4)
)
which = st.sampled_from([0, 1])
numbers = st.integers(0, CASES - 1)


class House:
    """The cases, and a Google of its own for each run."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town = town
        self.folder = folder
        scenes.reviewed_desk_waits(town)
        for number in range(CASES - 1):
            town.confirmed(desk(email=f"persona{number}@example.org"))
        with town.context.read() as session:
            self.references = list(session.scalars(select(Submission.reference).order_by(Submission.id)))
        self.runs = 0
        self.log = folder / "requests.jsonl"

    def reset(self) -> tuple[InProcessContext, Store]:
        """Nothing is in any sheet; a new Google."""
        self.runs += 1
        with self.town.context.write() as session:
            for table in (HeldCell, Quarantine, SheetRow, SummaryRow, Spreadsheet, Review):
                session.execute(delete(table))
            session.execute(delete(Timer).where(Timer.name == "sheet_rule"))
            session.execute(delete(OutboxMessage))
            session.execute(update(Submission).values(in_sheet=False, record={}))
        context = self.town.context
        store = Store(self.folder / f"google-{self.runs}", context.clock.now)
        parts = {name: getattr(context, name) for name in ("settings", "clock", "catalogue", "database", "redis")}
        return InProcessContext(**parts, google=create_app(store, log_to=self.log)), store


class People(RuleBasedStateMachine):
    """One run. `wrote` is what people last left in each partner cell, as they see it."""

    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        self.context, self.store = self.house.reset()
        self.quiet_google = create_app(self.store)
        self.wrote: dict[Cell, CellValue] = {}
        self.decided: set[str] = set()
        self.copied: Counter[tuple[str, str]] = Counter()
        self.number = 0

    def teardown(self) -> None:
        try:
            if self.number:
                self.quiet()
        finally:
            self.context.gateway.close()
            self.store.close()

    @initialize()
    def begin(self) -> None:
        for number in range(4):
            self.case_enters(number)
        self.quiet()

    # --- the house --------------------------------------------------------------------------------------------------

    def letter(self, session: Any, submission: Submission) -> None:
        self.number += 1
        letter = outbox.Letter("sheet", BOOK, f"sheet/{submission.id}/{self.number}", {})
        outbox.put(session, letter, submission_id=submission.id, now=self.context.clock.now())

    @rule(number=numbers)
    def case_enters(self, number: int) -> None:
        self.case_changes(number, in_sheet=True)

    @rule(number=numbers)
    def case_moves_on(self, number: int) -> None:
        self.case_changes(number, updated_at=self.context.clock.now() + timedelta(seconds=self.number))

    @rule(number=numbers)
    def case_is_decided(self, number: int) -> None:
        self.decided.add(self.house.references[number])
        self.case_changes(number, record={"decided": True})

    def case_changes(self, number: int, **facts: Any) -> None:
        with self.context.write() as session:
            reference = self.house.references[number]
            submission = session.scalars(select(Submission).where(Submission.reference == reference)).one()
            for name, value in facts.items():
                setattr(submission, name, value)
            if submission.in_sheet:
                self.letter(session, submission)

    # --- workers ----------------------------------------------------------------------------------------------------

    @rule()
    def sync(self) -> None:
        with suppress(SheetsError):
            syncing.sync(self.context, BOOK)

    @rule(at=st.sampled_from([(syncing, "_import"), (syncing, "_finish"), (Gateway, "write"), (Gateway, "read")]))
    def worker_dies(self, at: tuple[object, str]) -> None:
        def die(*_: object, **__: object) -> None:
            raise Killed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*at, die)
            with suppress(Killed, SheetsError):
                syncing.sync(self.context, BOOK)
        self.later(syncing.WRITING)

    @rule()
    def worker_is_overtaken(self) -> None:
        """The first worker hangs between reading and storing until another had its turn."""
        read, first = Gateway.read, self.context.gateway

        def hang(gateway: Gateway, spreadsheet_id: str) -> Any:
            snapshot = read(gateway, spreadsheet_id)
            if gateway is first:
                self.later(syncing.LEASE)
                with suppress(SheetsError):
                    syncing.sync(other, BOOK)
            return snapshot

        other = replace(self.context)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Gateway, "read", hang)
            with suppress(SheetsError):
                syncing.sync(self.context, BOOK)
        other.gateway.close()

    @rule()
    def drive_is_asked(self) -> None:
        hints.ask(self.context)

    @rule(kind=st.sampled_from(FAULTS), count=st.integers(1, 3), after=st.integers(0, 3))
    def google_fails(self, kind: str, count: int, after: int) -> None:
        self.context.google.faults.ask({"kind": kind, "count": count, "after": after})

    def later(self, span: timedelta) -> None:
        clock = self.house.town.clock
        clock.set(clock.now() + span)

    # --- the office -------------------------------------------------------------------------------------------------

    @rule(accepted=st.booleans())
    def office_decides(self, accepted: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        for each in quarantine.listed(self.context):
            (quarantine.accept if accepted else quarantine.restore)(self.context, each["id"])
        self.quiet_sync()
        if not accepted:
            self.look()

    # --- people -----------------------------------------------------------------------------------------------------

    def hands(self, tab: int) -> Hands:
        with self.context.read() as session:
            found = session.scalar(select(Spreadsheet.spreadsheet_id).where(Spreadsheet.workbook == BOOK))
        assert found is not None
        return Hands(self.quiet_google, found, self.tabs[tab].tab.title)

    @property
    def tabs(self) -> list[WorkTab]:
        return [
            each
            for each in sheet_tabs.work_tabs(self.context, BOOK)
            if each.tab.asks == "reviewer" and each.tab.reviewer
        ]

    def at(self, tab: int) -> tuple[Hands, TabSnapshot]:
        """The tab; where it was deleted nobody can work in it."""
        self.land()
        hands = self.hands(tab)
        found = [each for each in hands.snapshot().tabs if each.key == hands.key]
        assume(found)
        return hands, found[0]

    def land(self) -> None:
        """What Google still has to do is done: nobody can keep a late write from what people do meanwhile."""
        if len(self.context.google.late):
            self.later(timedelta(seconds=LATE))
            self.context.google.late.land()

    def look(self) -> None:
        """What stands in the partners' cells is what people want there."""
        for each in self.tabs:
            hands = self.hands(self.tabs.index(each))
            for tab in (tab for tab in hands.snapshot().tabs if tab.key == hands.key):
                places = hands.places(tab)
                for reference, rows in hands.rows(tab).items():
                    for column in each.layout.partner:
                        if column.id in places:
                            cell = each.tab.title, reference, column.id
                            self.wrote[cell] = tab.cell(rows[0], places[column.id])

    @rule(tab=which, number=numbers, column=st.integers(0, 9), value=values)
    def types(self, tab: int, number: int, column: int, value: CellValue) -> None:
        hands, there = self.at(tab)
        columns = self.tabs[tab].layout.partner
        self.type(hands, there, number, columns[column % len(columns)].id, value)

    @rule(tab=which, number=numbers, column=st.integers(1, 40), value=values)
    def types_over_ours(self, tab: int, number: int, column: int, value: CellValue) -> None:
        hands, there = self.at(tab)
        columns = [each for each in self.tabs[tab].layout.system if each.id != REFERENCE]
        self.type(hands, there, number, columns[column % len(columns)].id, value)

    def type(self, hands: Hands, there: TabSnapshot, number: int, column: str, value: CellValue) -> None:
        rows, places = hands.rows(there), hands.places(there)
        reference = self.house.references[number]
        if reference in rows and column in places:
            hands.put(there, rows[reference][0], places[column], [[value]])
            self.look()

    @rule(tab=which, column=st.integers(0, 30))
    def sorts(self, tab: int, column: int) -> None:
        hands, there = self.at(tab)
        hands.sort(there, column % max(there.column_count, 1))

    @rule(tab=which, column=st.integers(0, 30), rows=st.integers(2, CASES))
    def sorts_a_part(self, tab: int, column: int, rows: int) -> None:
        """From some column on, the codes staying where they are."""
        self.quiet()
        hands, there = self.at(tab)
        first = hands.places(there)[REFERENCE] + 1
        if first < there.column_count:
            hands.sort(there, first + column % (there.column_count - first), first, rows)
            self.look()

    @rule(tab=which, column=st.integers(0, 9))
    def empties_a_column(self, tab: int, column: int) -> None:
        hands, there = self.at(tab)
        columns = self.tabs[tab].layout.partner
        at = hands.places(there).get(columns[column % len(columns)].id)
        if at is not None and len(there.rows) > 1:
            hands.put(there, 1, at, [[None]] * (len(there.rows) - 1))
            self.look()

    @rule(tab=which)
    def pastes_one_row_off(self, tab: int) -> None:
        hands, there = self.at(tab)
        places = hands.places(there)
        for column in self.tabs[tab].layout.partner:
            at = places.get(column.id)
            block = [[there.cell(row, at)] for row in range(1, len(there.rows))] if at is not None else []
            if at is not None and len(block) > 1:
                hands.put(there, 2, at, block[:-1])
        self.look()

    @rule(tab=which, dimension=st.sampled_from(["ROWS", "COLUMNS"]), at=st.integers(1, 6))
    def inserts(self, tab: int, dimension: str, at: int) -> None:
        hands, there = self.at(tab)
        hands.insert(there, dimension, at)

    @rule(tab=which, at=st.integers(0, 20), to=st.integers(0, 20))
    def moves_a_column(self, tab: int, at: int, to: int) -> None:
        hands, there = self.at(tab)
        if 0 < at < there.column_count and 0 < to <= there.column_count and to not in (at, at + 1):
            hands.move(there, "COLUMNS", at, to)

    @rule(tab=which, number=numbers)
    def copies_a_row(self, tab: int, number: int) -> None:
        self.quiet()
        hands, there = self.at(tab)
        rows = hands.rows(there).get(self.house.references[number])
        if rows:
            hands.put(there, len(there.rows), 0, [list(there.rows[rows[0]])])
            self.copied[there.key or "", self.house.references[number]] += 1
            self.quiet()

    # What is typed and deleted between two reads nobody can know: these come after a read.

    @rule(tab=which, number=numbers)
    def deletes_a_row(self, tab: int, number: int) -> None:
        self.restored()
        hands, there = self.at(tab)
        rows = hands.rows(there).get(self.house.references[number])
        if rows and len(rows) == 1 and len(there.rows) > 2:
            hands.delete(there, "ROWS", rows[0])

    @rule(tab=which, at=st.integers(1, 25))
    def deletes_a_column(self, tab: int, at: int) -> None:
        self.restored()
        hands, there = self.at(tab)
        if at < there.column_count and at != hands.places(there)[REFERENCE]:
            hands.delete(there, "COLUMNS", at)

    @rule(tab=which)
    def deletes_a_tab(self, tab: int) -> None:
        self.restored()
        hands, there = self.at(tab)
        hands.delete_tab(there)

    @rule(tab=which)
    def deletes_the_heading(self, tab: int) -> None:
        self.restored()
        hands, there = self.at(tab)
        if hands.rows(there):
            hands.delete(there, "ROWS", 0)
            self.quiet_sync()

    @rule(tab=which)
    def renames(self, tab: int) -> None:
        hands, there = self.at(tab)
        hands.rename(there, f"Nuova {self.number} {tab}")
        hands.put(there, 0, there.column_count - 1, [["nome mio"]])

    def restored(self) -> None:
        """Nothing is unread, nothing in quarantine."""
        self.quiet_sync()
        for each in quarantine.listed(self.context):
            quarantine.restore(self.context, each["id"])
        self.quiet_sync()
        self.look()

    # --- what holds -------------------------------------------------------------------------------------------------

    def quiet_sync(self) -> None:
        """All faults over, every lease run out, until nothing is left to do."""
        self.context.google.faults.clear()
        self.later(syncing.LEASE + timedelta(hours=1))
        for _ in range(3):
            assert syncing.sync(self.context, BOOK)

    @precondition(lambda self: self.number > 0)
    @rule()
    def quiet(self) -> None:
        self.quiet_sync()
        with self.context.read() as session:
            rows = select(OutboxMessage).where(OutboxMessage.channel == "sheet", OutboxMessage.delivered_at.is_(None))
            assert session.scalars(rows).all() == []
            for number, each in enumerate(self.tabs):
                base = seen_rows.base_of(session, BOOK, each.tab)
                ours = sheet_rows.rows_of(session, self.context, each.calls, each.tab, there=base)
                self.agree(session, number, each, base, ours)

    def agree(self, session: Any, number: int, each: WorkTab, base: Any, ours: Any) -> None:
        hands = self.hands(number)
        tab = hands.tab()
        rows, places = hands.rows(tab), hands.places(tab)
        assert set(rows) == set(ours) == set(base)
        held = {
            (cell.reference, cell.name)
            for cell in session.scalars(
                select(HeldCell)
                .join(Quarantine, Quarantine.id == HeldCell.quarantine_id)
                .where(HeldCell.live.is_(True), Quarantine.tab == each.tab.title)
            )
        }
        for reference, found in rows.items():
            original, *copies = found
            assert len(copies) <= self.copied[tab.key or "", reference], ("doubled", each.tab.title, reference)
            answer = str(tab.cell(original, places[CHECK]) or "")
            assert [tab.cell(row, places[CHECK]) for row in copies] == [replies.COPIED] * len(copies)
            assert answer not in replies.STRAY
            for column in each.layout.system:
                if column.id not in (REFERENCE, CHECK):
                    have, want = tab.cell(original, places[column.id]), ours[reference].cells.get(column.id)
                    assert same(have, encode(column, want)), (reference, column.id)
            for column in each.layout.partner:
                cell = each.tab.title, reference, column.id
                have, known = tab.cell(original, places[column.id]), base[reference].get(column.id)
                told = f" – {column.id}:" in answer
                wrote = self.wrote.get(cell)
                if not ours[reference].final:
                    assert same(have, wrote), ("lost", cell, wrote, have)
                if (reference, column.id) in held:
                    assert told, ("held, not told", cell)
                    continue
                assert same(have, known), ("not read", cell, have, known)
                read = parse_cell(column, have)
                assert ours[reference].final or isinstance(read, Problem) is (
                    f"{replies.TO_MEND}{' – '}{column.id}:" in answer
                )
                if column.id == "punteggio_0_100":
                    self.same_score(session, each, reference, read)
                if not same(have, wrote):
                    self.wrote[cell] = have

    def same_score(self, session: Any, each: WorkTab, reference: str, read: Any) -> None:
        assert each.tab.reviewer is not None
        query = select(Review.score).join(Submission, Submission.id == Review.submission_id)
        stored = session.scalar(
            query.where(Submission.reference == reference, Review.reviewer == each.tab.reviewer.name)
        )
        assert stored == (None if isinstance(read, Problem) else read), (reference, stored, read)


@pytest.fixture(scope="module")
def run_seed() -> int:
    number = int(os.environ.get("HUBOUT_SEED", random.SystemRandom().randrange(2**32)))
    print(f"\nHUBOUT_SEED={number}")  # noqa: T201 - how to repeat the run
    return number


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_after_quiet_sheet_and_database_agree(town: Town, tmp_path: Path, run_seed: int) -> None:
    house = House(town, tmp_path)
    minutes = float(os.environ.get("HUBOUT_SOAK_MINUTES", "0"))
    until = time.monotonic() + minutes * 60
    rounds = 0
    while rounds == 0 or time.monotonic() < until:
        machine = type("Run", (People,), {"house": house})
        run_state_machine_as_test(
            seed(run_seed + rounds)(machine),
            settings=settings(
                max_examples=4,
                stateful_step_count=20,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # a failure is told at once: shrinking it costs minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
        rounds += 1
    check_requests(house.log)
