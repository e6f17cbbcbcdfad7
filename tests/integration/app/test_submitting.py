"""An application is taken once, whatever people and networks do."""

from __future__ import annotations

from tests.integration.app.crowd import at_once
from tests.integration.app.people import CHIARA, CLOSING, SMALL, desk, idea
from tests.integration.app.town import Town


def test_a_valid_application_is_kept_with_its_first_event(town: Town) -> None:
    answer = town.send(desk(), key="k-1")
    assert answer.status_code == 201
    shown = town.show(answer.get_json()["reference"])
    assert (shown["call"], shown["form"], shown["state"]) == ("coworking-2026", "coworking-postazione", "da_confermare")
    assert shown["answers"]["cognome"] == "D'Esempio"
    (event,) = shown["events"]
    assert (event["seq"], event["event"], event["actor"], event["from"]) == (1, "submit", "richiedente", None)


def test_the_address_is_asked_to_confirm_and_the_receipt_is_sent_at_once(town: Town) -> None:
    reference = town.apply(desk())
    assert sorted(town.asked(reference)) == ["conferma_email", "ricevuta"]
    assert len(town.mails(CHIARA, reference)) == 2


def test_the_same_key_gives_the_same_answer(town: Town) -> None:
    first, second = (town.send(desk(), key="k-1") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["reference"] == second.get_json()["reference"]
    assert first.get_json()["status_url"] == second.get_json()["status_url"]
    assert len(town.cases()) == 1


def test_a_key_is_a_call_s_own(town: Town) -> None:
    first, second = town.send(desk(), key="k-1"), town.send(desk(), SMALL, key="k-1")
    assert first.get_json()["reference"] != second.get_json()["reference"]
    assert len(town.cases()) == 2


def test_a_duplicate_makes_no_case_and_mails_the_first_its_link(town: Town) -> None:
    reference = town.confirmed(desk())
    answer = town.send(desk(email=" Chiara.DESEMPIO@example.org ", cognome="D’Esempio"), key="k-2")
    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith("duplicate")
    assert reference not in answer.text
    town.work()
    assert len(town.cases()) == 1
    assert town.asked(reference)[-1] == "gia_presente"
    again = town.mails(CHIARA, reference)[-1]
    assert any("/stato/" in link for link in again.links)


def test_until_the_first_is_confirmed_its_link_to_confirm_is_mailed_again(town: Town) -> None:
    reference = town.apply(desk())
    assert town.send(desk()).status_code == 409
    town.work()
    assert town.asked(reference).count("conferma_email") == 2
    town.choose(CHIARA, reference, "email_confirmed")
    assert town.state(reference) == "verifica"


def test_the_first_is_reminded_once_an_hour_at_most(town: Town) -> None:
    reference = town.confirmed(desk())
    for _ in range(3):
        town.send(desk())
    assert town.asked(reference).count("gia_presente") == 1
    town.later(hours=1)
    town.send(desk())
    assert town.asked(reference).count("gia_presente") == 2


def test_after_withdrawing_one_may_apply_again(town: Town) -> None:
    first = town.confirmed(desk())
    assert town.own_page(first).choose("withdraw").status_code == 303
    assert town.send(desk()).status_code == 201


def test_the_same_idea_in_the_other_city_is_another_case(town: Town) -> None:
    town.apply(idea())
    assert town.send(idea(titolo="  OMBRA e acqua in piazza ")).status_code == 409
    assert town.send(idea(citta="cinisello")).status_code == 201


def test_a_closed_call_takes_nothing_more(town: Town) -> None:
    assert town.send(desk(), CLOSING, key="in-time").status_code == 201
    town.at("2026-11-16T12:00:01")
    answer = town.send(desk(email="tardi@example.org"), CLOSING)
    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith("closed")
    assert town.send(desk(), CLOSING, key="in-time").status_code == 201
    assert len(town.cases()) == 1


def test_errors_are_told_by_field_and_nothing_is_kept(town: Town) -> None:
    answer = town.send(desk(data_nascita="02/03/2009", partita_iva="00000009999"))
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"data_nascita": ["age"], "partita_iva": ["piva"]}
    assert town.cases() == []


def test_two_at_once_with_one_key_are_one_case(town: Town) -> None:
    town.app  # noqa: B018 - made before the race
    answers = at_once(*[lambda: town.send(desk(), key="k-1")] * 4)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["reference"] for answer in answers}) == 1
    assert len(town.cases()) == 1


def test_two_at_once_with_two_keys_are_one_case(town: Town) -> None:
    town.app  # noqa: B018 - made before the race
    answers = at_once(*[lambda: town.send(desk())] * 4)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(town.cases()) == 1
