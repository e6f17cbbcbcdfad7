"""Who is away has a stand-in: steps that open meanwhile go there, and come back; never into a conflict."""

from __future__ import annotations

import pytest

from app.clock import parse_instant
from app.services.people import absences, reassigning
from tests.integration.app import scenes
from tests.integration.app.people import (
    CHIARA,
    COORDINATOR,
    DEPUTY,
    DESKS,
    IDEAS,
    OFFICER,
    REVIEWER,
    desk,
)
from tests.integration.app.town import Town

STAND_IN = "segreteria@comune-cinisello.example.org"
SECOND = "direzione@comune-cinisello.example.org"
THIRD, FOURTH = "terza@comune-cinisello.example.org", "quarta@comune-cinisello.example.org"


def away(
    town: Town, who: str = COORDINATOR, to: str = STAND_IN, starts: str = "16", ends: str = "19", call: str = ""
) -> int:
    """Somebody is away from nine on one day of November 2026 until nine on another."""
    begins, over = (parse_instant(f"2026-11-{day}T09:00+01:00") for day in (starts, ends))
    return absences.add(town.context, who, to, begins, over, call)


def test_a_step_that_opens_meanwhile_goes_to_the_stand_in(town: Town) -> None:
    away(town)
    reference = scenes.desk_to_decide(town)
    assert town.mails(COORDINATOR, reference) == []
    assert f"Decidi al posto di: {COORDINATOR}" in town.mails(STAND_IN, reference)[-1].text
    assert f"Decidi al posto di {COORDINATOR}" in town.door(STAND_IN, reference).open().text
    town.choose(STAND_IN, reference, "approve")
    assert town.state(reference) == "posto_offerto"
    delegated = next(each for each in town.show(reference)["events"] if each["event"] == "delegated")
    assert (delegated["from"], delegated["to"]) == ("decisione", "decisione")


def test_at_the_end_the_step_comes_back(town: Town) -> None:
    away(town)
    reference = scenes.desk_to_decide(town)
    door = town.door(STAND_IN, reference)
    town.at("2026-11-19T08:59:59")
    assert door.open().status_code == 200
    town.at("2026-11-19T09:00")
    assert door.open().status_code == 410
    assert "torna a te" in town.mails(COORDINATOR, reference)[-1].text
    town.choose(COORDINATOR, reference, "approve")
    assert town.state(reference) == "posto_offerto"
    assert "delegation_ended" in town.events(reference)


def test_before_and_after_the_interval_people_act_themselves(town: Town) -> None:
    away(town, starts="17", ends="18")
    before = scenes.desk_to_decide(town)
    assert town.mails(COORDINATOR, before)
    town.at("2026-11-18T09:00")
    after = scenes.desk_to_decide(town, desk(email="dopo@example.org"))
    assert town.mails(COORDINATOR, after)
    assert town.mails(STAND_IN) == []


def test_a_step_that_is_open_already_stays_where_it_is(town: Town) -> None:
    """It is reassigned where it has to move; its reminder goes to whoever it opened for."""
    away(town, starts="17", ends="26")
    reference = scenes.desk_to_decide(town)
    town.at("2026-11-19T09:00")
    assert town.asked(reference).count("promemoria_decisione") == 1
    assert town.mails(STAND_IN, reference) == []
    reassigning.reassign(town.context, reference, "coordinatore", SECOND, "Chi coordina è via fino al 26.")
    town.work()
    town.choose(SECOND, reference, "approve")


def test_reminders_go_to_the_stand_in(town: Town) -> None:
    away(town, ends="26")
    reference = scenes.desk_to_decide(town)
    town.at("2026-11-19T09:00")
    assert len(town.mails(STAND_IN, reference)) == 2
    assert town.mails(COORDINATOR, reference) == []


def test_revoked_it_comes_back_at_once(town: Town) -> None:
    number = away(town)
    reference = scenes.desk_to_decide(town)
    absences.revoke(town.context, number)
    town.work()
    town.choose(COORDINATOR, reference, "approve")
    assert [each["state"] for each in absences.entries(town.context)] == ["revoked"]


def test_a_chain_has_three_hands_at_most_and_may_not_turn_in_circles(town: Town) -> None:
    for who, to in ((COORDINATOR, STAND_IN), (STAND_IN, SECOND), (SECOND, THIRD), (THIRD, FOURTH)):
        away(town, who, to)
    reference = scenes.desk_to_decide(town)
    assert town.mails(THIRD, reference)
    assert town.mails(FOURTH, reference) == []


def test_a_circle_ends_with_its_last_hand(town: Town) -> None:
    away(town)
    away(town, STAND_IN, COORDINATOR)
    reference = scenes.desk_to_decide(town)
    town.choose(STAND_IN, reference, "approve")


def test_a_chain_comes_back_when_its_first_end_is_reached(town: Town) -> None:
    away(town, ends="18")
    away(town, STAND_IN, SECOND, ends="26")
    reference = scenes.desk_to_decide(town)
    town.at("2026-11-18T09:00")
    town.choose(COORDINATOR, reference, "approve")


@pytest.mark.parametrize("unfit", [CHIARA, REVIEWER])
def test_never_into_a_conflict(town: Town, unfit: str) -> None:
    """Neither to who applies nor to who reviews: then people act themselves."""
    away(town, to=unfit)
    reference = scenes.desk_to_decide(town)
    town.choose(COORDINATOR, reference, "approve")


def test_not_back_to_who_abstained(town: Town) -> None:
    away(town, DEPUTY, COORDINATOR)
    reference = scenes.desk_without_coordinator(town)
    town.choose(DEPUTY, reference, "approve")
    assert town.state(reference) == "posto_offerto"


def test_only_in_one_call(town: Town) -> None:
    away(town, OFFICER, STAND_IN, call=DESKS)
    reference = town.confirmed(desk())
    assert "/azione/" in town.mails(STAND_IN, reference)[-1].text
    away(town, OFFICER, SECOND, call=IDEAS)
    assert town.mails(SECOND) == []


@pytest.mark.parametrize(
    ("who", "to", "starts", "ends", "call", "words"),
    [
        (COORDINATOR, COORDINATOR, "16", "19", "", "themselves"),
        ("nessuno", STAND_IN, "16", "19", "", "no e-mail address"),
        (COORDINATOR, STAND_IN, "19", "17", "", "ends before"),
        (COORDINATOR, STAND_IN, "10", "12", "", "is over"),
        (COORDINATOR, STAND_IN, "16", "19", "mai-visto", "no call"),
        (OFFICER, STAND_IN, "18", "20", "", "already"),
    ],
)
def test_bad_input_is_told(town: Town, who: str, to: str, starts: str, ends: str, call: str, words: str) -> None:
    away(town, OFFICER, SECOND)
    with pytest.raises(absences.NotDelegated, match=words):
        away(town, who, to, starts, ends, call)
    with pytest.raises(absences.NotDelegated, match="no delegation"):
        absences.revoke(town.context, 99)
