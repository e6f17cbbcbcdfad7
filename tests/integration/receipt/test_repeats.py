"""A slow writer loses nothing, and a double click, a reload or the back button make no second case."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.integration.web.conftest import COWORKING, Site, fill_in, heading, hidden

FORM = f"/bandi/{COWORKING}/domanda"
EXPIRED = -1  # seconds that a form may lie open
AGAIN = {"": "Le tue risposte sono salvate: premi di nuovo Invia", "/en": "Your answers are saved: press Send again"}


def filled(site: Site, browser: FlaskClient, data: dict[str, Any], prefix: str = "") -> MultiDict[str, str]:
    """The form, filled in and ready to be sent."""
    return fill_in(browser, prefix + FORM, site.inputs(COWORKING, data))


def resent(browser: FlaskClient, address: str, sent: MultiDict[str, str], page: TestResponse) -> TestResponse:
    """The answers once more, with what the page that came back has hidden."""
    sent["csrf_token"] = hidden(page, "csrf_token")
    return browser.post(address, data=sent)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_form_that_lay_open_too_long_keeps_everything(site: Site, samples: dict[int, Any], prefix: str) -> None:
    browser = site.browser()
    sent = filled(site, browser, samples[1]["data"], prefix)
    site.app.config["WTF_CSRF_TIME_LIMIT"] = EXPIRED
    page = browser.post(prefix + FORM, data=sent)
    assert page.status_code == 400
    assert AGAIN[prefix] in page.text
    for value in (samples[1]["data"]["email"], samples[1]["data"]["nome"]):
        assert f'value="{value}"' in page.text
    assert samples[1]["data"]["attivita"] in page.text
    assert 'value="mattina" checked' in page.text
    assert hidden(page, "idempotency_key") == sent["idempotency_key"]
    assert site.states() == []
    site.app.config["WTF_CSRF_TIME_LIMIT"] = 3600
    assert resent(browser, prefix + FORM, sent, page).status_code == 303


def test_a_browser_that_lost_its_cookie_keeps_everything(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = filled(site, browser, samples[1]["data"])
    browser.delete_cookie("hubout")
    page = browser.post(FORM, data=sent)
    assert page.status_code == 400
    assert f'value="{samples[1]["data"]["email"]}"' in page.text
    assert resent(browser, FORM, sent, page).status_code == 303


def test_an_action_page_that_lay_open_for_an_afternoon_keeps_what_was_chosen(
    site: Site, samples: dict[int, Any]
) -> None:
    browser = site.browser()
    browser.post(FORM, data=filled(site, browser, samples[1]["data"]))
    _, token = site.token("richiedente")
    page = browser.get(f"/azione/{token}", follow_redirects=True)
    cookie = browser.get_cookie("azione", path=page.request.path)
    assert cookie
    assert cookie.max_age == 24 * 3600
    site.app.config["WTF_CSRF_TIME_LIMIT"] = EXPIRED
    sent = {"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"}
    answer = browser.post(page.request.path, data=sent)
    assert answer.status_code == 400
    assert 'value="email_confirmed" checked' in answer.text
    site.app.config["WTF_CSRF_TIME_LIMIT"] = 3600
    sent["csrf_token"] = hidden(answer, "csrf_token")
    assert browser.post(page.request.path, data=sent).status_code == 303


def test_an_applicant_s_page_that_lay_open_too_long_keeps_what_was_chosen(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    status = browser.post(FORM, data=filled(site, browser, samples[1]["data"])).headers["Location"]
    _, token = site.token("richiedente")
    page = browser.get(f"/azione/{token}", follow_redirects=True)
    confirm = {"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"}
    assert browser.post(page.request.path, data=confirm).status_code == 303
    opened = browser.get(status)
    site.app.config["WTF_CSRF_TIME_LIMIT"] = EXPIRED
    sent = {"csrf_token": hidden(opened, "csrf_token"), "esito": "withdraw", "motivo": "altro_posto"}
    answer = browser.post(status, data=sent)
    assert answer.status_code == 400
    assert AGAIN[""] in answer.text
    assert 'value="withdraw" checked' in answer.text
    assert 'value="altro_posto" selected' in answer.text
    assert site.states() == ["ricevuta"]


def test_a_double_click_makes_one_case_and_leads_to_one_receipt(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = filled(site, browser, samples[1]["data"])
    cookie = browser.get_cookie("hubout")
    assert cookie
    together = Barrier(4)

    def click(_: int) -> TestResponse:
        tab = site.browser()
        tab.set_cookie("hubout", cookie.value)
        together.wait()
        return tab.post(FORM, data=sent)

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(click, range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert site.states() == ["da_confermare"]


def test_reloading_later_leads_to_the_same_receipt(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = filled(site, browser, samples[1]["data"])
    receipt = browser.post(FORM, data=sent).headers["Location"]
    _, token = site.token("richiedente")
    page = browser.get(f"/azione/{token}", follow_redirects=True)
    browser.post(page.request.path, data={"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"})
    assert browser.post(FORM, data=sent).headers["Location"] == receipt
    assert len(site.states()) == 1


def test_back_to_the_kept_page_and_sent_again_leads_to_the_same_receipt(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = filled(site, browser, samples[1]["data"])
    receipt = browser.post(FORM, data=sent).headers["Location"]
    sent["attivita"] = "Altro testo, scritto dopo essere tornata indietro con il browser. " * 3
    assert browser.post(FORM, data=sent).headers["Location"] == receipt
    assert len(site.states()) == 1


def test_back_to_a_fresh_page_and_sent_again_is_a_duplicate(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    browser.post(FORM, data=filled(site, browser, samples[1]["data"]))
    page = browser.post(FORM, data=filled(site, browser, samples[1]["data"]))
    assert page.status_code == 409
    assert heading(page) == "Abbiamo già una domanda con questi dati"
    assert len(site.states()) == 1


def test_a_page_sent_again_after_a_mistake_was_corrected_keeps_its_key(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = filled(site, browser, {**samples[1]["data"], "email": "manca la chiocciola"})
    page = browser.post(FORM, data=sent)
    assert page.status_code == 422
    assert hidden(page, "idempotency_key") == sent["idempotency_key"]
