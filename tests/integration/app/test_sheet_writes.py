"""A write whose end nobody knows, and two workers at one sheet: each case has one row, whenever Google is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.models import Spreadsheet
from app.services.sheets import sheet_tabs, syncing, workbooks
from integrations.local.google import Store, create_app
from integrations.local.google.limits import LATE
from integrations.sheets.errors import Unreachable
from integrations.sheets.gateway import Gateway
from integrations.sheets.plan import WritePlan
from tests.integration.app import scenes
from tests.integration.app.in_process import InProcessContext
from tests.integration.app.sheet_hands import Hands
from tests.integration.app.town import Town

BOOK = "coworking-cinisello"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def worker(town: Town, tmp_path: Path) -> Iterator[InProcessContext]:
    """A case waits for its first row, before a Google without a socket."""
    scenes.reviewed_desk_waits(town)
    store = Store(tmp_path / "google-of-its-own", town.clock.now)
    parts = {name: getattr(town.context, name) for name in ("settings", "clock", "catalogue", "database", "redis")}
    worker = InProcessContext(**parts, google=create_app(store))
    yield worker
    worker.gateway.close()
    store.close()


def sheet(worker: InProcessContext) -> Spreadsheet:
    with worker.read() as session:
        return session.scalars(select(Spreadsheet).where(Spreadsheet.workbook == BOOK)).one()


def free_again(worker: InProcessContext) -> datetime:
    until = sheet(worker).leased_until
    assert until is not None
    return until


def rows(worker: InProcessContext) -> list[int]:
    """How many rows each case has in each tab."""
    found = sheet(worker).spreadsheet_id
    assert found is not None
    titles = [each.tab.title for each in sheet_tabs.work_tabs(worker, BOOK) if each.tab.shows is None]
    hands = [Hands(worker.google, found, title) for title in titles]
    return [len(same) for each in hands for same in each.rows(each.tab()).values()]


def unknown_write(worker: InProcessContext) -> None:
    """The workbook is there without rows, and their write gets lost in every try, to be done by Google later."""
    worker.google.faults.ask({"kind": "lands_later", "count": 2, "after": 2})  # the file and its tabs go through
    with pytest.raises(Unreachable):
        syncing.sync(worker, BOOK)


def test_a_write_that_lands_late_makes_no_second_row(town: Town, worker: InProcessContext) -> None:
    unknown_write(worker)
    assert rows(worker) == []
    assert not syncing.sync(worker, BOOK)
    town.clock.set(town.clock.now() + timedelta(seconds=LATE - 1))
    assert not syncing.sync(worker, BOOK)
    (told,) = [each for each in workbooks.status(worker) if each["workbook"] == BOOK]
    assert told["waiting"] > 0
    assert told["problem"].startswith("Unreachable")
    town.clock.set(free_again(worker))
    assert syncing.sync(worker, BOOK)
    assert set(rows(worker)) == {1}
    town.clock.set(town.clock.now() + timedelta(hours=1))
    assert syncing.sync(worker, BOOK)
    assert set(rows(worker)) == {1}


def test_a_word_of_the_office_waits_for_what_may_land(town: Town, worker: InProcessContext) -> None:
    unknown_write(worker)
    with worker.write() as session:
        syncing.take_over(session, BOOK)
    assert not syncing.sync(worker, BOOK)
    town.clock.set(free_again(worker))
    assert syncing.sync(worker, BOOK)
    assert set(rows(worker)) == {1}


def test_nobody_else_has_a_turn_while_a_write_goes_on(
    town: Town, worker: InProcessContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(worker)
    write, turns = Gateway.write, []

    def slow(gateway: Gateway, spreadsheet_id: str, plan: WritePlan) -> Any:
        town.clock.set(town.clock.now() + timedelta(seconds=150))
        turns.append(syncing.sync(other, BOOK))
        return write(gateway, spreadsheet_id, plan)

    monkeypatch.setattr(Gateway, "write", slow)
    assert syncing.sync(worker, BOOK)
    assert turns == [False]
    assert sheet(worker).leased_until is None
    assert set(rows(worker)) == {1}


def test_a_sync_that_was_taken_over_gives_its_turn_back_when_it_is_done(
    worker: InProcessContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Gateway.write

    def overtaken(gateway: Gateway, spreadsheet_id: str, plan: WritePlan) -> Any:
        with worker.write() as session:
            syncing.take_over(session, BOOK)
        assert not syncing.sync(worker, BOOK)
        return write(gateway, spreadsheet_id, plan)

    monkeypatch.setattr(Gateway, "write", overtaken)
    syncing.sync(worker, BOOK)
    monkeypatch.undo()
    assert syncing.sync(worker, BOOK)
    assert set(rows(worker)) == {1}


def test_a_first_file_that_is_made_late_does_not_replace_the_connected_one(
    worker: InProcessContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, made = Gateway.create_spreadsheet, []

    def late(gateway: Gateway, title: str, tabs: Any, *, folder: str | None = None) -> Any:
        made.append(create(gateway, title, tabs, folder=folder))
        made.append(create(gateway, title, tabs, folder=folder))
        workbooks._point_to(worker, BOOK, made[1].spreadsheet_id)  # noqa: SLF001 - what `sheets connect` does last
        return made[0]

    monkeypatch.setattr(Gateway, "create_spreadsheet", late)
    syncing.sync(worker, BOOK)
    assert sheet(worker).spreadsheet_id == made[1].spreadsheet_id
    assert [each.id for each in worker.google.store.records("hubout")] == [made[1].spreadsheet_id]
    assert syncing.sync(worker, BOOK)
    assert set(rows(worker)) == {1}
