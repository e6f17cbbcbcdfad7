"""The action page: looking changes nothing, a choice decides once, every link tells what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import StoredFile
from app.services.links import tokens
from app.web.actions import COOKIE
from tests.integration.web.conftest import COWORKING, IDEAS, Site, fill_in, heading, hidden, mistakes


@pytest.fixture
def case(site: Site, samples: dict[int, Any]) -> Site:
    """A case that waits for its address to be confirmed."""
    address = f"/bandi/{COWORKING}/domanda"
    browser = site.browser()
    assert (
        browser.post(address, data=fill_in(browser, address, site.inputs(COWORKING, samples[1]["data"]))).status_code
        == 303
    )
    return site


def _open(site: Site, role: str, browser: FlaskClient) -> tuple[str, TestResponse]:
    number, token = site.token(role)
    page = browser.get(f"/azione/{token}", follow_redirects=True)
    return f"/azione/caso/{number}", page


def _choose(site: Site, role: str, event: str, **inputs: Any) -> TestResponse:
    browser = site.browser()
    address, page = _open(site, role, browser)
    sent = {"csrf_token": hidden(page, "csrf_token"), "esito": event, "conferma_codice": site.code(role), **inputs}
    return browser.post(address, data=sent)


def test_the_token_leaves_the_address_for_a_cookie_of_that_page(case: Site) -> None:
    number, token = case.token("richiedente")
    answer = case.browser().get(f"/azione/{token}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/azione/caso/{number}"
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(f"{COOKIE}="))
    for part in (f"Path=/azione/caso/{number}", "HttpOnly", "SameSite=Lax", "Max-Age=86400"):
        assert part in cookie


def test_looking_changes_nothing_however_often(case: Site) -> None:
    before = case.events()
    for _ in range(5):
        _, page = _open(case, "richiedente", case.browser())
        assert page.status_code == 200
        assert 'name="esito"' in page.text
        assert "checked" not in page.text
    _, token = case.token("richiedente")
    assert case.browser().head(f"/azione/{token}").status_code == 303
    assert case.events() == before
    assert case.states() == ["da_confermare"]


def test_a_choice_decides_once_and_is_shown_after(case: Site) -> None:
    browser = case.browser()
    address, page = _open(case, "richiedente", browser)
    choice = {"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"}
    assert browser.post(address, data=choice).status_code == 303
    decided = case.events()
    after = browser.get(address)
    assert heading(after) == "Risposta registrata"
    assert "«Confermo il mio indirizzo»" in after.text
    again = browser.post(address, data=choice)
    assert heading(again) == "Risposta registrata"
    assert heading(_open(case, "richiedente", case.browser())[1]) == "Risposta registrata"
    assert case.events() == decided


@pytest.mark.parametrize("event", ["", "approve", "esito"])
def test_without_one_of_the_choices_nothing_is_recorded(case: Site, event: str) -> None:
    before = case.events()
    page = _choose(case, "richiedente", event)
    assert page.status_code == 422
    assert mistakes(page) == ["esito-email_confirmed"]
    assert case.events() == before


def test_without_the_page_s_own_token_nothing_is_recorded(case: Site) -> None:
    browser = case.browser()
    address, _ = _open(case, "richiedente", browser)
    before = case.events()
    page = browser.post(address, data={"esito": "email_confirmed", "csrf_token": "x"})
    assert page.status_code == 400
    assert case.events() == before


def test_staff_read_the_case_and_the_fields_of_each_choice(case: Site) -> None:
    _choose(case, "richiedente", "email_confirmed")
    case.go_on()
    _, page = _open(case, "istruttore", case.browser())
    assert "Stai decidendo come ufficio che istruisce la domanda" in page.text
    assert "(s•••o@comune-cinisello.example.org)" in page.text
    assert "Disegno percorsi di visita" in page.text
    assert "Solo se scegli «Chiedi integrazioni»:" in page.text
    assert page.text.count('name="motivazione"') == 1


def test_a_choice_s_own_fields_are_judged(case: Site) -> None:
    _choose(case, "richiedente", "email_confirmed")
    case.go_on()
    before = case.events()
    page = _choose(case, "istruttore", "request_info", elenco="breve")
    assert page.status_code == 422
    assert mistakes(page) == ["elenco"]
    assert ">\nbreve</textarea>" in page.text
    assert 'value="request_info" checked' in page.text
    assert case.events() == before


def test_the_applicant_corrects_what_was_asked_for(case: Site) -> None:
    _choose(case, "richiedente", "email_confirmed")
    case.go_on()
    asked = "Scrivi meglio quali giorni ti servono, per favore."
    assert _choose(case, "istruttore", "request_info", elenco=asked, campi=["giorni"]).status_code == 303
    _, page = _open(case, "richiedente", case.browser())
    assert 'name="giorni" value="mer" checked' in page.text
    answer = _choose(case, "richiedente", "info_received", giorni=["mar"], risposta="Il martedì, grazie.")
    assert answer.status_code == 303
    assert case.states() == ["verifica"]


def test_a_link_whose_step_is_over_says_so(case: Site) -> None:
    _choose(case, "richiedente", "email_confirmed")
    case.go_on()
    browser = case.browser()
    address, page = _open(case, "istruttore", browser)
    token = hidden(page, "csrf_token")
    _choose(case, "istruttore", "admissible", requisiti=["r1", "r2"])
    before = case.events()
    used = browser.post(address, data={"csrf_token": token, "esito": "not_admissible", "motivazione": "x" * 40})
    assert heading(used) == "Decisione registrata"
    assert case.events() == before


def test_staff_download_a_file_and_applicants_do_not(case: Site) -> None:
    _choose(case, "richiedente", "email_confirmed")
    case.go_on()
    filesystem, folder = case.context.files
    filesystem.pipe_file(f"{folder}/k", b"%PDF-1.7")
    with case.context.write() as session:
        facts = {
            "field": "cv",
            "filename": "però.pdf",
            "content_type": "application/pdf",
            "size": 8,
            "sha256": "0" * 64,
        }
        row = StoredFile(submission_id=1, seq=1, key="k", stored_at=case.context.clock.now(), **facts)
        session.add(row)
    browser = case.browser()
    address, page = _open(case, "istruttore", browser)
    assert f'href="{address}/file/1"' in page.text
    with browser.get(f"{address}/file/1") as answer:
        assert answer.data == b"%PDF-1.7"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get(f"{address}/file/2").status_code == 404
    assert case.browser().get(f"{address}/file/1").status_code == 404


def test_an_unknown_link_and_a_page_without_its_cookie(case: Site) -> None:
    browser = case.browser()
    unknown = browser.get("/azione/" + "x" * 43)
    assert unknown.status_code == 404
    assert heading(unknown) == "Il link non è valido"
    number, _ = case.token("richiedente")
    alone = browser.get(f"/azione/caso/{number}")
    assert alone.status_code == 403
    assert heading(alone) == "Apri di nuovo il link dall’email"
    assert browser.post(f"/azione/caso/{number}", data={"esito": "email_confirmed"}).status_code == 403


def test_an_expired_link_offers_a_way_on(case: Site) -> None:
    _, token = case.token("richiedente")
    with case.context.write() as session:
        row = tokens.find(session, token, "action")
        assert row is not None
        row.expires_at = case.context.clock.now() - timedelta(seconds=1)
    page = case.browser().get(f"/azione/{token}", follow_redirects=True)
    assert page.status_code == 410
    assert heading(page) == "Il link è scaduto"


def test_an_applicant_withdraws_on_their_own_page(case: Site) -> None:
    _choose(case, "richiedente", "email_confirmed")
    case.go_on()
    _, token = case.token("richiedente", "status")
    browser = case.browser()
    page = browser.get(f"/stato/{token}")
    assert heading(page) == "La tua domanda"
    choice = {"csrf_token": hidden(page, "csrf_token"), "esito": "withdraw"}
    choice |= {"conferma_codice": case.code("richiedente", "status")}
    assert browser.post(f"/stato/{token}", data={**choice, "csrf_token": "no"}).status_code == 400
    assert browser.post(f"/stato/{token}", data=choice).status_code == 303
    assert case.states() == ["ritirata"]


def test_an_english_applicant_reads_english_on_the_plain_link(site: Site, samples: dict[int, Any]) -> None:
    address = f"/bandi/{IDEAS}/domanda"
    browser = site.browser()
    browser.post(address, data=fill_in(browser, address, site.inputs(IDEAS, samples[21]["data"] | {"lingua": "en"})))
    _, page = _open(site, "richiedente", site.browser())
    assert '<html lang="en">' in page.text
    assert "You are answering as" in page.text
