"""The notices that every public site has, told from the calls' own facts."""

from __future__ import annotations

import pytest

from tests.integration.web.conftest import COWORKING, Site


def test_a_call_s_notice_tells_its_own_facts(site: Site) -> None:
    page = site.browser().get(f"/bandi/{COWORKING}/privacy").text
    for said in (
        "Ufficio Politiche giovanili, coworking@comune.example.org, 02 0000 0000",
        "legge 241/1990",
        "Nome, Cognome, Data di nascita, Email",
        "I partner (OltreSpazio, Basilicata Creativa, Generazione Lucana)",
        "Da quando, Per quanto tempo",
        "fascia di età",
        "Se la domanda va a buon fine, 2 anni dopo la fine",
        "un anno; se non confermi l’indirizzo email, 7 giorni",
    ):
        assert said in page, said
    assert "Se hai meno di 18 anni" not in page


def test_a_call_for_minors_says_what_happens_to_their_data(site: Site) -> None:
    page = site.browser().get("/en/bandi/studenti-clab-2026/privacy").text
    assert "the data are deleted 30 days after" in page
    assert "Your own texts never enter shared sheets." in page


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_each_call_has_a_notice_and_the_site_leads_there(site: Site, prefix: str) -> None:
    browser = site.browser()
    general = browser.get(f"{prefix}/privacy").text
    for call in site.context.catalogue.calls:
        assert f'href="{prefix}/bandi/{call}/privacy"' in general
        assert browser.get(f"{prefix}/bandi/{call}/privacy").status_code == 200
        assert f'href="{prefix}/bandi/{call}/privacy"' in browser.get(f"{prefix}/bandi/{call}").text
    assert browser.get(f"{prefix}/bandi/nope/privacy").status_code == 404


def test_what_is_told_of_sensitive_data_is_true(site: Site) -> None:
    for call in site.context.catalogue.calls.values():
        for field in call.form.fields:
            if field.pii in ("sensitive", "special"):
                assert field.required is False, (call.id, field.id)
                assert field.sheet == "never", (call.id, field.id)


def test_the_accessibility_statement_says_how_to_report_and_what_else_to_do(site: Site) -> None:
    page = site.browser().get("/accessibilita").text
    for said in ("hubout@example.org", "Difensore civico per il digitale", "per telefono o di persona"):
        assert said in page
