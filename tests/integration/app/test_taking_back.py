"""Whoever decided may take it back for ten minutes; until then nobody has been written to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services.casework import eventlog, undo
from tests.integration.app import journeys, scenes
from tests.integration.app.crowd import dying_at
from tests.integration.app.members import NETWORK_COORDINATOR
from tests.integration.app.people import CHIARA, COORDINATOR, OFFICER, REASON, REGISTER, SMALL, SMALL_COORDINATOR, desk
from tests.integration.app.town import Door, Town

UNDO = {"csrf_token": "", "esito": "taken_back"}


@pytest.fixture
def town(town: Town) -> Town:
    """The house as it is where mails are real: each workflow's own time to take a decision back."""
    town.context = replace(town.context, settings=replace(town.context.settings, undo_minutes=None))
    return town


def settled(town: Town) -> None:
    """Let the time to take things back go by."""
    town.later(minutes=10)


def desk_to_decide(town: Town) -> str:
    reference = scenes.reviewed_desk_waits(town)
    town.review(reference)
    settled(town)
    return reference


def decided(town: Town, reference: str, event: str, who: str = COORDINATOR, **answers: object) -> Door:
    """The link through which somebody has just decided."""
    door = town.door(who, reference)
    assert door.choose(event, **answers).status_code == 303
    town.work()
    return door


def test_a_decision_is_taken_back_before_anybody_hears_of_it(town: Town) -> None:
    reference = desk_to_decide(town)
    door = decided(town, reference, "approve")
    assert town.state(reference) == "posto_offerto"  # it holds at once
    told = len(town.mails(CHIARA, reference))
    page = door.open()
    assert "Annulla la decisione" in page.text
    town.later(minutes=9)
    assert door.send(page, "taken_back").status_code == 303
    town.later(minutes=30)
    assert town.state(reference) == "decisione"
    assert len(town.mails(CHIARA, reference)) == told
    assert town.events(reference)[-2:] == ["approve", "taken_back"]
    with town.context.read() as session:
        assert eventlog.broken_links(session) == []


def test_the_same_link_decides_again(town: Town) -> None:
    reference = desk_to_decide(town)
    door = decided(town, reference, "refuse", motivazione=REASON)
    door.send(door.open(), "taken_back")
    assert "Cosa decidi?" in door.open().text
    assert door.choose("approve").status_code == 303
    settled(town)
    assert town.state(reference) == "posto_offerto"
    assert "/azione/" in town.mails(CHIARA, reference)[-1].text


def test_what_was_taken_back_counts_for_nothing(town: Town) -> None:
    """A notice of refusal that nobody was sent has not been used up, and no day of the term was lost."""
    reference = desk_to_decide(town)
    door = decided(town, reference, "refuse", motivazione=REASON)
    door.send(door.open(), "taken_back")
    town.choose(COORDINATOR, reference, "refuse", motivazione=REASON)
    assert town.state(reference) == "preavviso"


def test_after_ten_minutes_it_is_too_late(town: Town) -> None:
    reference = desk_to_decide(town)
    door = decided(town, reference, "approve")
    page = door.open()
    town.later(minutes=10, seconds=1)
    assert "/azione/" in town.mails(CHIARA, reference)[-1].text
    answer = door.send(page, "taken_back")
    assert "Non si può più tornare indietro" in answer.text
    assert "Annulla la decisione" not in door.open().text
    assert town.state(reference) == "posto_offerto"


def test_once_something_else_has_happened_it_is_too_late(town: Town) -> None:
    reference = desk_to_decide(town)
    door = decided(town, reference, "approve")
    page = door.open()
    town.own_page(reference).choose("withdraw")
    assert town.state(reference) == "ritirata"
    assert "Non si può più tornare indietro" in door.send(page, "taken_back").text
    assert town.state(reference) == "ritirata"


def test_only_the_link_that_decided_takes_it_back(town: Town) -> None:
    reference = desk_to_decide(town)
    officer = town.door(OFFICER, reference)
    decided(town, reference, "approve")
    assert "Annulla la decisione" not in officer.open().text
    officer.send(officer.open(), "taken_back")
    town.own_page(reference).choose("taken_back")
    assert town.state(reference) == "posto_offerto"


def test_deadlines_go_on_as_though_nothing_had_been_decided(town: Town) -> None:
    reference = desk_to_decide(town)

    def pending() -> list[tuple[str, str]]:
        rows = town.dump()["timers"]
        return sorted((row["name"], str(row["due_at"])) for row in rows if row["done_at"] is None)

    before = pending()
    door = decided(town, reference, "approve")
    assert pending() != before
    door.send(door.open(), "taken_back")
    town.work()
    assert pending() == before


def test_the_place_that_was_given_is_free_again(town: Town) -> None:
    first = scenes.reviewed_desk_waits(town, desk(email="prima@example.org"), SMALL)
    town.review(first)
    settled(town)
    door = decided(town, first, "approve", SMALL_COORDINATOR)
    assert len(town.dump()["seats"]) > 0
    door.send(door.open(), "taken_back")
    town.work()
    assert town.dump()["seats"] == []


def test_a_place_taken_away_waits_for_who_took_it_away(town: Town) -> None:
    """Freed by a decision that may be taken back, it is offered to nobody for as long."""
    holder = scenes.reviewed_desk_waits(town, desk(email="prima@example.org"), SMALL)
    town.review(holder)
    settled(town)
    decided(town, holder, "approve", SMALL_COORDINATOR)
    settled(town)
    town.choose("prima@example.org", holder, "accept", codice_fiscale="NVNCHR98B54C707U")
    listed = scenes.reviewed_desk_waits(town, desk(email="seconda@example.org"), SMALL)
    town.review(listed)
    settled(town)
    decided(town, listed, "approve", SMALL_COORDINATOR)
    settled(town)
    assert town.state(listed) == "lista_attesa"
    seats = [(row["key"], row["places"]) for row in town.dump()["seats"]]

    door = decided(town, holder, "revoke", SMALL_COORDINATOR, motivazione=REASON)
    assert town.state(listed) == "lista_attesa"
    door.send(door.open(), "taken_back")
    settled(town)
    assert town.state(holder) == "assegnata"
    assert town.state(listed) == "lista_attesa"
    assert sorted((row["key"], row["places"]) for row in town.dump()["seats"]) == sorted(seats)

    decided(town, holder, "revoke", SMALL_COORDINATOR, motivazione=REASON)
    settled(town)
    assert town.state(listed) == "posto_offerto"


def test_nobody_gets_a_place_that_may_still_be_wanted_back(town: Town) -> None:
    """Neither who is on the list nor who comes anew; once it is free, the better of the two has it."""
    cases = []
    for who, scores in (
        ("prima@example.org", (80, 90)),
        ("seconda@example.org", (60, 70)),
        ("terza@example.org", (90, 95)),
    ):
        cases.append(scenes.reviewed_desk_waits(town, desk(email=who), SMALL))
        town.review(cases[-1], scores=scores)
        settled(town)
    holder, listed, newcomer = cases
    decided(town, holder, "approve", SMALL_COORDINATOR)
    settled(town)
    town.choose("prima@example.org", holder, "accept", codice_fiscale="NVNCHR98B54C707U")
    decided(town, listed, "approve", SMALL_COORDINATOR)
    settled(town)

    door = decided(town, holder, "revoke", SMALL_COORDINATOR, motivazione=REASON)
    decided(town, newcomer, "approve", SMALL_COORDINATOR)
    assert town.state(newcomer) == "lista_attesa"
    door.send(door.open(), "taken_back")
    settled(town)
    assert [town.state(each) for each in cases] == ["assegnata", "lista_attesa", "lista_attesa"]

    decided(town, holder, "revoke", SMALL_COORDINATOR, motivazione=REASON)
    settled(town)
    assert [town.state(each) for each in cases] == ["revocata", "lista_attesa", "posto_offerto"]


def test_who_comes_onto_the_list_meanwhile_is_looked_at_too(town: Town) -> None:
    cases = [scenes.reviewed_desk_waits(town, desk(email=f"{who}@example.org"), SMALL) for who in ("prima", "seconda")]
    for each in cases:
        town.review(each)
    settled(town)
    holder, newcomer = cases
    decided(town, holder, "approve", SMALL_COORDINATOR)
    settled(town)
    town.choose("prima@example.org", holder, "accept", codice_fiscale="NVNCHR98B54C707U")
    decided(town, holder, "revoke", SMALL_COORDINATOR, motivazione=REASON)
    decided(town, newcomer, "approve", SMALL_COORDINATOR)
    assert town.state(newcomer) == "lista_attesa"
    settled(town)
    assert town.state(newcomer) == "posto_offerto"


def test_the_agreement_made_for_a_decision_goes_with_it(town: Town) -> None:
    reference = journeys.network_to_decide(town)
    settled(town)
    door = decided(town, reference, "approve", NETWORK_COORDINATOR)
    assert [row["field"] for row in town.dump()["files"] if row["field"] == "accordo"] == ["accordo"]
    door.send(door.open(), "taken_back")
    assert [row["field"] for row in town.dump()["files"] if row["field"] == "accordo"] == []


def test_the_agreement_stays_where_the_decision_stays(town: Town) -> None:
    """What is taken back is taken back whole: nothing is removed before all of it is written."""
    reference = journeys.network_to_decide(town)
    settled(town)
    door = decided(town, reference, "approve", NETWORK_COORDINATOR)
    page = door.open()
    with dying_at(undo, "_drop_mails"):
        door.send(page, "taken_back")
    (agreement,) = [row for row in town.dump()["files"] if row["field"] == "accordo"]
    filesystem, folder = town.context.files
    assert filesystem.exists(f"{folder}/{agreement['key']}")
    assert door.send(page, "taken_back").status_code == 303
    assert not filesystem.exists(f"{folder}/{agreement['key']}")


def test_a_reminder_of_the_night_is_not_lost(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.at("2026-11-16T22:30")
    town.review(reference)
    town.at("2026-11-19T22:30")
    assert town.asked(reference).count("promemoria_decisione") == 1
    told = len(town.mails(COORDINATOR, reference))
    door = decided(town, reference, "approve")
    assert "promemoria_decisione" not in town.asked(reference)
    door.send(door.open(), "taken_back")
    town.at("2026-11-20T07:59")
    assert len(town.mails(COORDINATOR, reference)) == told
    town.at("2026-11-20T08:00")
    assert len(town.mails(COORDINATOR, reference)) == told + 1


def test_the_register_office_is_heard_though_it_comes_between(town: Town) -> None:
    reference = scenes.checked_desk(town)
    settled(town)
    door = decided(town, reference, "request_info", OFFICER, elenco="In quali giorni, di preciso?", campi=["giorni"])
    town.choose(REGISTER, reference, "register", protocollo_numero="0009999", protocollo_data="16/11/2026")
    door.send(door.open(), "taken_back")
    assert town.state(reference) == "integrazione"
    assert town.row_of(reference)["protocol_number"] == "0009999"


def test_on_one_machine_mails_leave_at_once(town: Town) -> None:
    town.context = replace(town.context, settings=replace(town.context.settings, undo_minutes=0))
    reference = scenes.desk_to_decide(town)
    door = decided(town, reference, "approve")
    assert "/azione/" in town.mails(CHIARA, reference)[-1].text
    assert "Annulla la decisione" not in door.open().text
