"""Whatever a link did not get to do leaves a line in the log: which case, in which role and why, and nobody's data."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.services.links import actions
from tests.integration.app import scenes
from tests.integration.app.people import CHIARA, COORDINATOR, OFFICER, REASON
from tests.integration.app.town import Town

SAID = "Il mio numero è 333 1234567"


@pytest.fixture
def refusals(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The refusals logged since it was last asked."""
    caplog.set_level(logging.INFO)

    def logged() -> list[str]:
        lines = [each.getMessage() for each in caplog.records if "refused" in each.getMessage()]
        caplog.clear()
        return lines

    return logged


def test_what_is_not_offered_a_wrong_code_and_missing_words(town: Town, refusals: Callable[[], list[str]]) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    refusals()
    door.send(page, "withdraw")
    assert refusals() == [f"{reference}: `withdraw` by coordinatore refused: not offered"]
    door.send(page, SAID)
    assert refusals() == [f"{reference}: no known event by coordinatore refused: not offered"]
    door.send(page, "refuse", motivazione=REASON, conferma_codice="ZZZZ")
    assert refusals() == [f"{reference}: `refuse` by coordinatore refused: inputs (conferma_codice: code_wrong)"]
    door.send(page, "refuse", motivazione=SAID[:4])
    (line,) = refusals()
    assert line.startswith(f"{reference}: `refuse` by coordinatore refused: inputs (motivazione: ")
    assert SAID[:4] not in line
    assert town.state(reference) == "decisione"


def test_a_link_that_was_used(town: Town, refusals: Callable[[], list[str]]) -> None:
    reference = scenes.checked_desk(town)
    door = town.door(OFFICER, reference)
    page = door.open()
    assert door.send(page, "admissible", requisiti=["r1", "r2"]).status_code == 303
    refusals()
    door.send(page, "admissible", requisiti=["r1", "r2"])
    assert refusals() == [f"{reference}: `admissible` by istruttore refused: link used"]


def test_a_link_of_a_step_that_is_over_and_one_out_of_time(town: Town, refusals: Callable[[], list[str]]) -> None:
    reference = scenes.checked_desk(town)
    door = town.door(OFFICER, reference)
    page = door.open()
    town.own_page(reference).choose("withdraw", motivo_ritiro=SAID)
    town.work()
    refusals()
    door.send(page, "admissible", requisiti=["r1", "r2"])
    assert refusals() == [f"{reference}: `admissible` by istruttore refused: link revoked"]
    late = scenes.offered_desk(town)
    offer = town.door(CHIARA, late)
    page = offer.open()
    town.clock.set(town.clock.now() + timedelta(days=20))  # and the house was away meanwhile
    refusals()
    offer.send(page, "accept", codice_fiscale="X")
    assert refusals() == [f"{late}: `accept` by richiedente refused: link expired"]


def test_an_unknown_link(town: Town, refusals: Callable[[], list[str]]) -> None:
    actions.act(town.context, "x" * 43, "approve", {})
    assert refusals() == ["an act by an unknown link refused"]
