"""The applicant's page: whose turn it is, everything to take along, requests about one's own data."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import Event, OutboxMessage
from app.services.casework import eventlog
from app.services.mail import writing
from tests.integration.web.conftest import COWORKING, Site, body, fill_in, heading, hidden, mistakes

FORM = f"/bandi/{COWORKING}/domanda"


@pytest.fixture
def receipt(site: Site, samples: dict[int, Any]) -> str:
    browser = site.browser()
    return browser.post(FORM, data=fill_in(browser, FORM, site.inputs(COWORKING, samples[1]["data"]))).headers[
        "Location"
    ]


@pytest.fixture
def page(site: Site, receipt: str) -> str:
    """The page of a case whose address is confirmed."""
    browser = site.browser()
    number, link = site.token("richiedente")
    asked = browser.get(f"/azione/{link}", follow_redirects=True)
    data = {"csrf_token": hidden(asked, "csrf_token"), "esito": "email_confirmed"}
    assert browser.post(f"/azione/caso/{number}", data=data).status_code == 303
    site.go_on()
    return receipt


def test_before_the_address_is_confirmed_it_is_the_applicant_s_turn(site: Site, receipt: str) -> None:
    assert "Adesso tocca a te." in site.browser().get(receipt).text


def test_then_it_is_the_office_s(site: Site, page: str) -> None:
    text = site.browser().get(page).text
    assert "Adesso tocca a: ufficio che istruisce la domanda." in text
    assert "Questo passo dovrebbe finire entro il" in text
    assert "It is now the turn of: case officer." in site.browser().get(f"/en{page}").text


def test_everything_can_be_taken_along(site: Site, page: str) -> None:
    answer = site.browser().get(f"{page}/dati.json")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=CWK-26-")
    assert answer.headers["Cache-Control"] == "no-store"
    data = body(answer)
    assert data["answers"]["email"] == "chiara.desempio@example.org"
    assert data["answers"]["attivita"]
    assert data["history"][0]["what"] == "Email da confermare"
    assert site.browser().get("/stato/nope/dati.json").status_code == 404
    assert site.browser().get("/stato/nope/dati").status_code == 404


def _ask(browser: FlaskClient, page: str, **inputs: str) -> Any:
    form = browser.get(f"{page}/dati")
    return browser.post(f"{page}/dati", data={"csrf_token": hidden(form, "csrf_token"), **inputs})


def test_a_request_goes_to_the_office_and_into_the_log(site: Site, page: str) -> None:
    state = site.states()
    answer = _ask(site.browser(), page, richiesta="rettifica", dettagli="Il cognome è <D’Esempi>.")
    assert heading(answer) == "Richiesta inviata"
    assert site.states() == state
    with site.context.read() as session:
        assert session.scalars(select(Event.event).order_by(Event.seq.desc())).first() == "privacy_request"
        assert eventlog.broken_links(session) == []
        row = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert row is not None
        mail = writing.write(site.context, session, row)
    assert mail.to == "sportello@comune-cinisello.example.org"
    assert "Chiara" not in mail.subject
    assert "Correggere un dato" in mail.text
    assert "Il cognome è <D’Esempi>." in mail.text
    assert "Richiesta sui dati personali" in site.browser().get(page).text


def test_a_request_without_a_choice_is_asked_again(site: Site, page: str) -> None:
    answer = _ask(site.browser(), page, dettagli="Ciao")
    assert answer.status_code == 422
    assert mistakes(answer) == ["richiesta-copia"]
    assert "Ciao" in answer.text


def test_nothing_is_asked_before_the_address_is_confirmed(site: Site, receipt: str) -> None:
    browser = site.browser()
    assert "Prima conferma il tuo indirizzo" in browser.get(f"{receipt}/dati").text
    events = site.events()
    token = hidden(browser.get(FORM), "csrf_token")
    assert browser.post(f"{receipt}/dati", data={"csrf_token": token, "richiesta": "copia"}).status_code == 303
    assert site.events() == events
