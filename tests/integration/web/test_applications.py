"""An application through its page: taken once, refused with everything kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.db import Database
from tests.integration.web.conftest import CLOSED, COWORKING, IDEAS, Site, fill_in, heading, hidden, mistakes

FORM = f"/bandi/{COWORKING}/domanda"
CALLS = {"coworking-postazione": COWORKING, "clab-urbano-proposta": IDEAS}


def test_a_valid_application_leads_to_its_receipt(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = fill_in(browser, FORM, site.inputs(COWORKING, samples[1]["data"]))
    answer = browser.post(FORM, data=sent)
    assert answer.status_code == 303
    receipt = browser.get(answer.headers["Location"])
    assert heading(receipt) == "Domanda inviata"
    assert "Grazie Chiara" in receipt.text
    assert "c•••o@example.org" in receipt.text
    assert "chiara.desempio@example.org" not in receipt.text.split("<details")[0]
    assert re.search(r'Il tuo codice è\s+<span class="hub-nowrap">CWK-26-[0-9A-Z]{6}</span>', receipt.text)
    assert "16 dicembre 2026" in receipt.text
    assert site.states() == ["da_confermare"]


def test_sending_the_same_page_twice_makes_one_case(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = fill_in(browser, FORM, site.inputs(COWORKING, samples[1]["data"]))
    first, second = (browser.post(FORM, data=sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert site.states() == ["da_confermare"]


def test_a_duplicate_learns_nothing_of_the_first(site: Site, samples: dict[int, Any]) -> None:
    for number in (1, 2):
        browser = site.browser()
        page = browser.post(FORM, data=fill_in(browser, FORM, site.inputs(COWORKING, samples[number]["data"])))
    assert page.status_code == 409
    assert heading(page) == "Abbiamo già una domanda con questi dati"
    assert "CWK-26-" not in page.text
    assert "/stato/" not in page.text
    assert site.states() == ["da_confermare"]


@pytest.mark.parametrize("number", [4, 5])
def test_errors_of_the_samples_are_shown_at_their_fields(site: Site, samples: dict[int, Any], number: int) -> None:
    sample = samples[number]
    address = f"/bandi/{CALLS[sample['form']]}/domanda"
    browser = site.browser()
    page = browser.post(address, data=fill_in(browser, address, site.inputs(CALLS[sample["form"]], sample["data"])))
    assert page.status_code == 422
    assert mistakes(page) == [field for field, _ in sample["expect"]["errors"]]
    assert "<title>Errore: " in page.text
    for field, _ in sample["expect"]["errors"]:
        assert f'id="{field}-error"' in page.text
        assert 'aria-invalid="true"' in page.text
    assert site.states() == []


def test_everything_typed_is_kept_when_something_is_wrong(site: Site) -> None:
    typed = MultiDict(
        [
            ("nome", '=HYPERLINK("x")'),
            ("attivita", "Una riga\r\n<b>due</b>"),
            ("giorni", "lun"),
            ("giorni", "ven"),
            ("profilo", "startup"),
            ("durata_mesi", "6"),
            ("posti", "3"),
            ("team-0-nome", "Zoé"),
            ("regole_accettate", "true"),
        ]
    )
    browser = site.browser()
    page = browser.post(FORM, data=fill_in(browser, FORM, typed))
    assert page.status_code == 422
    assert 'value="=HYPERLINK(&#34;x&#34;)"' in page.text
    assert "Una riga\r\n&lt;b&gt;due&lt;/b&gt;</textarea>" in page.text
    for checked in ('value="lun" checked', 'value="ven" checked', 'value="startup" checked', 'value="6" selected'):
        assert checked in page.text
    assert 'value="Zoé"' in page.text
    assert 'name="giorni" value="mar" checked' not in page.text


def test_after_a_long_time_the_form_comes_back_filled_in(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = fill_in(browser, FORM, site.inputs(COWORKING, samples[1]["data"]))
    sent["csrf_token"] = "expired"
    page = browser.post(FORM, data=sent)
    assert page.status_code == 400
    assert "È passato molto tempo. Le tue risposte sono salvate: premi di nuovo Invia" in page.text
    assert 'value="chiara.desempio@example.org"' in page.text
    assert hidden(page, "idempotency_key") == sent["idempotency_key"]
    assert site.states() == []
    sent["csrf_token"] = hidden(page, "csrf_token")
    assert browser.post(FORM, data=sent).status_code == 303


def test_rows_are_added_and_removed_without_javascript(site: Site) -> None:
    browser = site.browser()
    typed = fill_in(browser, FORM, MultiDict([("posti", "3"), ("team-0-nome", "Ada")]))
    more = browser.post(FORM, data=MultiDict([*typed.items(), ("aggiungi", "team")]))
    assert more.status_code == 200
    assert 'name="team-1-nome"' in more.text
    assert 'value="Ada"' in more.text
    fewer = browser.post(FORM, data=MultiDict([*typed.items(), ("team-1-nome", "Bea"), ("togli", "team-0")]))
    assert 'value="Ada"' not in fewer.text
    assert 'value="Bea"' in fewer.text
    assert mistakes(fewer) == []


def test_a_call_that_closes_while_somebody_writes(site: Site, samples: dict[int, Any]) -> None:
    address = f"/bandi/{CLOSED}/domanda"
    browser = site.browser()
    inputs = site.inputs(CLOSED, samples[1]["data"])
    early = fill_in(browser, address, inputs)
    late = fill_in(browser, address, MultiDict([*inputs.items(multi=True)]))
    late["email"] = "altra@example.org"
    taken = browser.post(address, data=early)
    assert taken.status_code == 303
    site.close_call()
    page = browser.post(address, data=late)
    assert page.status_code == 409
    assert "si è chiuso prima che la domanda arrivasse" in page.text
    assert browser.post(address, data=early).headers["Location"] == taken.headers["Location"]
    assert browser.get(address).status_code == 200
    assert "Le domande sono chiuse dal 16 novembre 2026." in browser.get(address).text
    assert len(site.states()) == 1


def test_a_database_that_fails_loses_nothing_typed(
    site: Site, samples: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = site.browser()
    sent = fill_in(browser, FORM, site.inputs(COWORKING, samples[1]["data"]))
    broken = Database("sqlite:////nowhere/at/all.sqlite3")
    with monkeypatch.context() as patch:
        patch.setitem(vars(site.context), "database", broken)
        page = browser.post(FORM, data=sent)
    assert page.status_code == 503
    assert "Non siamo riusciti a salvare" in page.text
    assert 'value="chiara.desempio@example.org"' in page.text
    assert browser.post(FORM, data=sent).status_code == 303


def test_in_english_the_form_speaks_english(site: Site) -> None:
    address = f"/en{FORM}"
    browser = site.browser()
    page = browser.post(address, data=fill_in(browser, address, MultiDict([("nome", "")])))
    assert '<html lang="en">' in page.text
    assert "This answer is missing" in page.text
    assert f'action="{address}"' in page.text
