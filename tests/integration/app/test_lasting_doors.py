"""Links that last as long as the case, links whose step is over, and two people at one door."""

from __future__ import annotations

from tests.integration.app import scenes
from tests.integration.app.crowd import at_once
from tests.integration.app.people import (
    CHIARA,
    CONSENT,
    COORDINATOR,
    DEPUTY,
    MOTHER,
    OFFICER,
    REASON,
    REGISTER,
    TAX_CODE,
    desk,
    idea,
)
from tests.integration.app.town import Town


def test_a_minor_s_idea_waits_for_the_parent(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    assert town.state(reference) == "consenso"
    assert town.asked(reference, role="genitore") == ["consenso_link"]
    assert "attesa_consenso" in town.asked(reference, role="richiedente")
    assert town.mails(REGISTER, reference) == []


def test_the_parent_s_link_lasts_until_the_case_closes(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    door = town.door(MOTHER, reference)
    before = town.dump()
    pages = [door.open() for _ in range(20)]
    assert town.dump() == before
    assert door.send(pages[-1], "consent_given", **CONSENT).status_code == 303
    town.work()
    assert town.state(reference) == "ammissibilita"
    assert town.mails(REGISTER, reference) != []
    page = door.open()
    assert 'value="consent_withdrawn"' in page.text
    assert 'value="consent_given"' not in page.text
    assert door.send(page, "consent_withdrawn").status_code == 303
    town.work()
    assert town.state(reference) == "ritirata"
    decided = town.events(reference)
    assert door.send(page, "consent_withdrawn").status_code == 200
    again = door.open()
    assert again.status_code == 200
    assert "Ritiro l’autorizzazione" in again.text
    assert 'name="esito"' not in again.text
    assert town.events(reference) == decided


def test_a_second_click_on_a_lasting_link_is_answered_as_the_first(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    parent = town.door(MOTHER, reference)
    page = parent.open()
    assert [parent.send(page, "consent_given", **CONSENT).status_code for _ in range(2)] == [303, 303]
    assert parent.send(page, "consent_refused").status_code == 422, "another choice is no second click"
    offered = scenes.offered_desk(town)
    own = town.own_page(offered)
    page = own.open()
    own.post("/codice", page)
    town.work()
    own.code = town.own_page(offered).code
    answers = [own.send(page, "accept", codice_fiscale=TAX_CODE) for _ in range(2)]
    town.work()
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (town.events(reference).count("consent_given"), town.events(offered).count("accept")) == (1, 1)


def test_a_parent_s_link_says_who_else_closed_the_case(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    door = town.door(MOTHER, reference)
    town.own_page(reference).choose("withdraw")
    town.work()
    page = door.open()
    assert page.status_code == 410
    assert "Ritiro la proposta: chi ha fatto domanda, 16 novembre 2026" in page.text


def test_a_parent_who_refuses_ends_it(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    door = town.door(MOTHER, reference)
    door.choose("consent_refused")
    town.work()
    assert town.state(reference) == "scaduta"
    assert "Non autorizzo" in door.open().text
    assert town.asked(reference, role="richiedente")[-1] == "non_autorizzata"


def test_an_adult_s_idea_asks_no_parent(town: Town) -> None:
    reference = scenes.checked_idea(town)
    assert "consenso" not in [event["to"] for event in town.show(reference)["events"]]
    assert town.asked(reference, role="genitore") == []


def test_who_is_eighteen_on_the_day_answers_for_themselves(town: Town) -> None:
    reference = town.confirmed(idea(citta="cinisello", data_nascita="16/11/2008"))
    assert town.state(reference) == "ammissibilita"


def test_the_register_office_may_correct_its_entry(town: Town) -> None:
    reference = town.confirmed(desk())
    door = town.door(REGISTER, reference)
    for number in ("0001234", "0001235"):
        assert door.choose("register", protocollo_numero=number, protocollo_data="16/11/2026").status_code == 303
    assert town.show(reference)["protocol_number"] == "0001235"
    assert town.state(reference) == "verifica"
    assert door.choose("register", protocollo_numero="1", protocollo_data="16/11/2026").status_code == 422


def test_a_link_whose_step_was_left_says_by_whom(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    town.own_page(reference).choose("withdraw")
    town.work()
    decided = town.events(reference)
    late = door.send(page, "approve")
    assert late.status_code == 410
    assert "chi ha fatto domanda" in late.text
    assert town.events(reference) == decided


def test_one_link_pressed_twice_at_once_decides_once(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    answers = at_once(*[lambda: door.send(page, "approve")] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 303]
    town.work()
    assert town.events(reference).count("approve") == 1
    assert town.asked(reference).count("offerta") == 1


def test_coordinator_and_deputy_at_once_decide_once(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    town.later(days=5)
    doors = [town.door(who, reference) for who in (COORDINATOR, DEPUTY)]
    pages = [door.open() for door in doors]
    answers = at_once(
        lambda: doors[0].send(pages[0], "approve"),
        lambda: doors[1].send(pages[1], "refuse", motivazione=REASON),
    )
    assert sorted(answer.status_code for answer in answers) == [303, 410]
    town.work()
    decided = [event for event in town.events(reference) if event in ("approve", "refuse")]
    assert len(decided) == 1


def test_before_the_deadline_the_deputy_has_no_link(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    assert town.mails(DEPUTY, reference) == []


def test_who_abstained_decides_no_more(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    assert door.choose("abstain").status_code == 303
    town.work()
    assert "esito" not in door.open().text
    assert town.state(reference) == "decisione"
    town.choose(DEPUTY, reference, "refuse", motivazione=REASON)
    assert town.state(reference) == "preavviso"
    town.choose(CHIARA, reference, "observations_received", testo="Posso adattarmi agli orari della casa.")
    assert town.asked(reference, role="backup_coordinatore")[-1] == "decisione_link"
    assert town.asked(reference, role="coordinatore").count("decisione_link") == 1


def test_when_both_abstain_the_office_is_told(town: Town) -> None:
    reference = scenes.desk_without_coordinator(town)
    town.choose(DEPUTY, reference, "abstain")
    assert town.asked(reference, role="istruttore")[-1] == "nessuno_decide"
    assert town.mails(OFFICER, reference) != []
