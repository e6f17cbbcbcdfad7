"""The way through a form in steps: nothing typed is lost, each step judges its own, the summary sends."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.web.steps import declarations, steps_of
from tests.integration.web.conftest import COWORKING, IDEAS, Site, mistakes
from tests.integration.web.walker import Walker

FORM = f"/bandi/{COWORKING}/domanda"
PROPOSAL = f"/bandi/{IDEAS}/domanda"
CALLS = {"coworking-postazione": COWORKING, "clab-urbano-proposta": IDEAS}


@pytest.fixture
def walker(site: Site, samples: dict[int, Any]) -> Walker:
    return Walker(site, FORM, COWORKING, samples[1]["data"])


def test_every_valid_sample_walks_to_its_receipt(site: Site, samples: dict[int, Any]) -> None:
    first = {
        call: next(s for s in samples.values() if s["form"] == form and s["expect"]["valid"])
        for form, call in CALLS.items()
    }
    for call, sample in first.items():
        walker = Walker(site, f"/bandi/{call}/domanda", call, sample["data"])
        for number in (1, 2, 3):
            assert walker.number == number
            assert walker.press("avanti").status_code == 200
        assert walker.number == 4
        assert walker.press("invia").status_code == 303
    assert site.states() == ["da_confermare"] * 2


@pytest.mark.parametrize("number", [4, 5])
def test_errors_of_a_sample_come_at_its_steps(site: Site, samples: dict[int, Any], number: int) -> None:
    sample = samples[number]
    call = CALLS[sample["form"]]
    walker = Walker(site, f"/bandi/{call}/domanda", call, sample["data"])
    wanted = [field for field, _ in sample["expect"]["errors"]]
    told: list[str] = []
    for step in range(1, 4):
        page = walker.press("avanti")
        if page.status_code == 200:
            continue
        if walker.number == step:
            told += mistakes(page)
        walker.press(f"passo-{step + 1}")
    assert [target.partition("-")[0] for target in told] == [field for field in wanted if field not in _ticks(walker)]
    assert site.states() == []


def _ticks(walker: Walker) -> set[str]:
    return {field.id for field in declarations(walker.form)}


def test_the_summary_shows_everything_and_asks_the_declarations(walker: Walker) -> None:
    for _ in range(3):
        page = walker.press("avanti")
    assert "4 di 4: Riepilogo" in page.text.partition("<title>")[2].partition("</title>")[0]
    for text in (
        "14/02/1998",
        "chiara.desempio@example.org",
        "Lunedì, Mercoledì, Venerdì",
        "6 mesi",
        "nessuna risposta",
    ):
        assert text in page.text
    assert "hanno il valore di una dichiarazione" in page.text
    assert page.text.count('value="passo-2"') == 1
    assert not {"dichiarazione_445", "regole_accettate"} & set(walker.carried)
    missing = walker.press("invia", [])
    assert missing.status_code == 422
    assert mistakes(missing) == ["regole_accettate", "dichiarazione_445"]
    assert walker.number == 4


def test_a_step_judges_only_its_own_questions(walker: Walker) -> None:
    walker.press("avanti")
    page = walker.press("avanti", [("nome", "=1+1"), ("email", "chi?")])
    assert page.status_code == 422
    assert mistakes(page) == ["nome", "cognome", "data_nascita", "email", "comune_residenza"]
    assert "Errore: 2 di 4" in page.text
    assert 'value="=1+1"' in page.text


def test_going_back_loses_nothing_however_wrong(walker: Walker) -> None:
    walker.press("avanti")
    walker.press("avanti")
    inputs = [("posti", "tre"), ("attivita", "Una\r\nriga <b>"), ("giorni", "lun"), ("giorni", "ven")]
    page = walker.press("indietro", inputs)
    assert (page.status_code, walker.number, mistakes(page)) == (200, 2, [])
    assert walker.carried.getlist("giorni") == ["lun", "ven"]
    assert walker.carried["attivita"] == "Una\r\nriga <b>"
    page = walker.press("avanti")
    assert walker.number == 3
    assert 'value="tre"' in page.text
    assert "Una\r\nriga &lt;b&gt;</textarea>" in page.text


def test_a_correction_leads_back_to_the_summary(walker: Walker) -> None:
    for _ in range(3):
        walker.press("avanti")
    page = walker.press("passo-2")
    assert "Rivedi le risposte" in page.text
    walker.answers["nome"] = "Chiarissima"
    page = walker.press("riepilogo")
    assert walker.number == 4
    assert "Chiarissima" in page.text
    assert walker.press("invia").status_code == 303


def test_a_correction_that_opens_a_question_leads_to_it(site: Site, samples: dict[int, Any]) -> None:
    walker = Walker(site, PROPOSAL, IDEAS, samples[21]["data"])
    for _ in range(3):
        walker.press("avanti")
    walker.press("passo-2")
    walker.answers["data_nascita"] = "3/4/2010"
    page = walker.press("riepilogo")
    assert walker.number == 2
    assert "genitore_email" in mistakes(page)


def test_conditions_hold_across_steps(site: Site, samples: dict[int, Any]) -> None:
    form = site.context.catalogue.calls[COWORKING].form
    assert "team" in steps_of(form)[2].ids
    walker = Walker(site, FORM, COWORKING, samples[1]["data"])
    walker.press("avanti")
    page = walker.press("avanti")
    assert 'name="partita_iva"' in page.text


def test_an_answer_that_no_longer_applies_is_carried_and_not_sent(site: Site, samples: dict[int, Any]) -> None:
    data = samples[1]["data"] | {"profilo": "studio"}
    walker = Walker(site, FORM, COWORKING, data)
    for _ in range(3):
        walker.press("avanti")
    assert "00000009993" not in re.sub(r"<input[^>]*>", "", walker.page.text)
    assert walker.carried["partita_iva"] == "00000009993"


def test_rows_of_a_step_without_javascript(walker: Walker) -> None:
    for _ in range(2):
        walker.press("avanti")
    page = walker.press(None, [("posti", "3"), ("team-0-nome", "Ada"), ("aggiungi", "team")])
    assert walker.number == 3
    assert 'name="team-1-nome"' in page.text
    page = walker.press("indietro", [("posti", "3"), ("team-0-nome", "Ada"), ("team-1-nome", "Bea")])
    assert walker.carried["team-1-nome"] == "Bea"


def test_a_program_that_fills_in_everything_at_once_is_heard(site: Site, samples: dict[int, Any]) -> None:
    walker = Walker(site, FORM, COWORKING, samples[1]["data"])
    everything = list(walker.answers.items(multi=True))
    page = walker.press(None, [(name, value) for name, value in everything if name not in ("nome", "regole_accettate")])
    assert page.status_code == 422
    assert mistakes(page) == ["nome", "regole_accettate"]
    assert 'name="passo"' not in page.text
    walker.press("avanti", [])
    assert Walker(site, FORM, COWORKING, samples[1]["data"]).press(None, everything).status_code == 303


def test_a_whole_and_valid_form_is_sent_from_any_step(walker: Walker) -> None:
    assert walker.press("avanti", list(walker.answers.items(multi=True))).status_code == 303


@pytest.mark.parametrize("button", ["indietro", "passo-2", "riepilogo"])
def test_only_sending_sends(site: Site, walker: Walker, button: str) -> None:
    for _ in range(3):
        walker.press("avanti")
    assert walker.press(button).status_code == 200
    assert site.states() == []


@pytest.mark.parametrize("step", ["0", "5", "-1", "²", "x", ""])
def test_a_step_that_is_not_there_is_the_whole_form(walker: Walker, step: str) -> None:
    page = walker.browser.post(FORM, data={"passo": step, "csrf_token": walker.carried["csrf_token"]})
    assert page.status_code == 422
    assert 'name="passo"' not in page.text


def test_the_language_changes_in_the_middle_of_the_way(walker: Walker) -> None:
    walker.press("avanti")
    assert f'formaction="/en{FORM}" name="vai" value="passo-2"' in walker.page.text
    walker.address = f"/en{FORM}"
    page = walker.press("passo-2", [("nome", "Chiara")])
    assert '<html lang="en">' in page.text
    assert "2 of 4" in page.text
    assert 'value="Chiara"' in page.text


def test_a_slow_writer_loses_nothing(walker: Walker) -> None:
    walker.press("avanti")
    walker.browser.delete_cookie("hubout")
    page = walker.press("avanti")
    assert page.status_code == 400
    assert walker.number == 2
    assert "premi di nuovo il pulsante" in page.text
    assert 'value="chiara.desempio@example.org"' in page.text
    walker.press("avanti")
    assert walker.number == 3
