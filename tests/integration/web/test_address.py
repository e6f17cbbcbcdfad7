"""A typo in the address, corrected by whoever sent the form and by nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.models import Event, OutboxMessage, Submission
from app.services.casework import eventlog
from app.services.mail import writing
from tests.integration.web.conftest import COWORKING, Site, fill_in, heading, hidden, mistakes

FORM = f"/bandi/{COWORKING}/domanda"
OFFER = "L’indirizzo non è giusto? Correggilo"
RIGHT = "chiara.giusta@example.org"


@pytest.fixture
def sent(site: Site, samples: dict[int, Any]) -> tuple[FlaskClient, str]:
    """The browser that sent the form, and its receipt's address."""
    browser = site.browser()
    answer = browser.post(FORM, data=fill_in(browser, FORM, site.inputs(COWORKING, samples[1]["data"])))
    return browser, answer.headers["Location"]


def _correct(browser: FlaskClient, receipt: str, address: str) -> TestResponse:
    page = browser.get(f"{receipt}/indirizzo")
    data = {"csrf_token": hidden(page, "csrf_token"), "email_corretta": address}
    return browser.post(f"{receipt}/indirizzo", data=data)


def _waiting_mails(site: Site) -> list[tuple[str, str]]:
    """Address and message of each mail that waits."""
    with site.context.read() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        for row in rows:
            writing.write(site.context, session, row)
        return [(row.target, row.payload["message"]) for row in rows]


def test_the_mail_goes_to_the_right_address_and_old_links_end(site: Site, sent: tuple[FlaskClient, str]) -> None:
    browser, receipt = sent
    assert OFFER in browser.get(receipt).text
    _, old_link = site.token("richiedente")
    answer = _correct(browser, receipt, f" {RIGHT}")
    assert answer.status_code == 303
    assert answer.headers["Location"] != receipt
    page = browser.get(answer.headers["Location"])
    assert heading(page) == "Domanda inviata"
    assert "c•••a@example.org" in page.text
    assert OFFER in page.text
    assert _waiting_mails(site) == [(RIGHT, "conferma_email"), (RIGHT, "ricevuta")]
    assert site.browser().get(receipt).status_code == 404
    assert "Il link non vale più" in site.browser().get(f"/azione/{old_link}", follow_redirects=True).text
    with site.context.read() as session:
        events = session.scalars(select(Event.event).order_by(Event.seq)).all()
        assert events == ["submit", "address_corrected"]
        assert eventlog.broken_links(session) == []
        assert session.scalars(select(Submission)).one().answers["email"] == RIGHT


def test_the_new_link_confirms_and_ends_corrections(site: Site, sent: tuple[FlaskClient, str]) -> None:
    browser, receipt = sent
    receipt = _correct(browser, receipt, RIGHT).headers["Location"]
    number, link = site.token("richiedente")
    page = browser.get(f"/azione/{link}", follow_redirects=True)
    browser.post(f"/azione/caso/{number}", data={"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"})
    assert site.states() != ["da_confermare"]
    assert OFFER not in browser.get(receipt).text
    assert browser.get(f"{receipt}/indirizzo").headers["Location"] == receipt
    late = browser.post(f"{receipt}/indirizzo", data={"csrf_token": _csrf(browser), "email_corretta": "x@example.org"})
    assert late.status_code == 409
    assert "Non si può più correggere" in late.text


def _csrf(browser: FlaskClient) -> str:
    return hidden(browser.get(FORM), "csrf_token")


def test_only_the_browser_that_sent_it_may_correct(site: Site, sent: tuple[FlaskClient, str]) -> None:
    _, receipt = sent
    stranger = site.browser()
    assert OFFER not in stranger.get(receipt).text
    assert stranger.get(f"{receipt}/indirizzo").status_code == 303
    answer = stranger.post(f"{receipt}/indirizzo", data={"csrf_token": _csrf(stranger), "email_corretta": RIGHT})
    assert answer.status_code == 403


def test_after_an_hour_it_is_over(site: Site, sent: tuple[FlaskClient, str]) -> None:
    browser, receipt = sent
    site.context.clock.set(site.context.clock.now() + timedelta(hours=1))
    assert OFFER not in browser.get(receipt).text


def test_twice_and_no_more(site: Site, sent: tuple[FlaskClient, str]) -> None:
    browser, receipt = sent
    for address in ("uno@example.org", "due@example.org"):
        receipt = _correct(browser, receipt, address).headers["Location"]
    assert OFFER not in browser.get(receipt).text
    assert _waiting_mails(site) == [("due@example.org", "conferma_email"), ("due@example.org", "ricevuta")]


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("chi?", 422, "L’indirizzo non è completo"),
        ("", 422, "Manca questa risposta"),
        ("Chiara.desempio@example.org", 409, "È l’indirizzo di prima"),
    ],
)
def test_what_is_no_other_address(site: Site, sent: tuple[FlaskClient, str], typed: str, code: int, said: str) -> None:
    browser, receipt = sent
    page = _correct(browser, receipt, typed)
    assert page.status_code == code
    assert said in page.text
    assert mistakes(page) == (["email_corretta"] if code == 422 else [])
    assert {address for address, _ in _waiting_mails(site)} == {"chiara.desempio@example.org"}


def test_somebody_else_s_application_is_not_taken_over(
    site: Site, samples: dict[int, Any], sent: tuple[FlaskClient, str]
) -> None:
    other = site.browser()
    data = samples[1]["data"] | {"email": RIGHT}
    assert other.post(FORM, data=fill_in(other, FORM, site.inputs(COWORKING, data))).status_code == 303
    browser, receipt = sent
    page = _correct(browser, receipt, RIGHT)
    assert page.status_code == 409
    assert "Abbiamo già una domanda con questi dati" in page.text
