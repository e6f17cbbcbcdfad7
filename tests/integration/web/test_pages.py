"""The public pages, the headers of every answer, and pages for what goes wrong."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from app.errors import new_incident
from app.models import Submission
from app.services import calls
from app.web.headers import MAIL_POLICY, PAGE_POLICY
from app.web.posting import LARGEST_TEXT
from integrations.local.smtp import Maildir
from tests.integration.web.conftest import CLOSED, COWORKING, IDEAS, Site, fill_in, heading

PUBLIC = ["/", "/en/", f"/bandi/{COWORKING}", f"/en/bandi/{IDEAS}", f"/bandi/{COWORKING}/domanda", "/privacy"]
ANSWERS = [*PUBLIC, "/posta", "/nope", "/stato/x", "/azione/x", "/healthz", "/api/v1/calls", "/static/hubout.css"]
MAIL = """\
Delivered-To: lucia@example.org
From: HubOut <hubout@example.org>
To: lucia@example.org
Subject: Conferma =?utf-8?q?l=E2=80=99indirizzo?=
Date: Mon, 16 Nov 2026 09:00:00 +0100
Message-ID: <uno@hubout>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Apri http://127.0.0.1:8000/azione/abc <script>alert(1)</script>
--b
Content-Type: text/html; charset=utf-8

<p><a href="http://127.0.0.1:8000/azione/abc">Apri</a><script>alert(1)</script></p>
--b--
"""


@pytest.mark.parametrize("address", PUBLIC)
def test_each_page_has_one_heading_a_title_and_its_language(site: Site, address: str) -> None:
    page = site.browser().get(address)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert f'<html lang="{"en" if address.startswith("/en") else "it"}">' in page.text
    assert re.search(r"<title>\S", page.text)
    assert "style=" not in page.text
    assert not re.search(r"<script(?! src=)", page.text)


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_has_the_security_headers(site: Site, address: str) -> None:
    with site.browser().get(address) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("address", ["/stato/x", "/azione/x", "/posta", f"/bandi/{COWORKING}/domanda"])
def test_pages_about_somebody_are_not_kept(site: Site, address: str) -> None:
    headers = site.browser().get(address).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


def test_static_files_are_kept_for_a_year_under_a_name_of_their_content(site: Site) -> None:
    browser = site.browser()
    found = re.search(r'href="(/static/hubout\.css\?v=[0-9a-f]{12})"', browser.get("/").text)
    assert found
    with browser.get(found[1]) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_page_leads_to_its_other_language(site: Site) -> None:
    browser = site.browser()
    assert f'href="/en/bandi/{COWORKING}" lang="en"' in browser.get(f"/bandi/{COWORKING}").text
    assert f'href="/bandi/{COWORKING}" lang="it"' in browser.get(f"/en/bandi/{COWORKING}").text


def test_the_home_page_has_open_calls_before_closed_ones(site: Site) -> None:
    site.close_call()
    page = site.browser().get("/").text
    closed = page.index("<h2>Chiusi</h2>")
    assert page.index("Chiedi una postazione") < closed < page.index("Bando di prova")
    assert "Chiuso dal 16 novembre 2026" in page


def test_a_closed_call_says_since_when_and_what_comes_next(site: Site) -> None:
    site.close_call()
    page = site.browser().get(f"/bandi/{CLOSED}")
    assert page.status_code == 200
    assert "Le domande sono chiuse dal 16 novembre 2026." in page.text
    assert "Il prossimo bando apre a gennaio." in page.text
    assert f"/bandi/{CLOSED}/domanda" not in page.text


def test_an_open_call_shows_hours_of_rome(site: Site) -> None:
    page = site.browser().get(f"/bandi/{CLOSED}").text
    assert "2 novembre 2026, ore 09:00" in page
    assert "16 novembre 2026, ore 12:00" in page


@pytest.mark.parametrize(
    ("address", "said"),
    [("/nope", "Non troviamo la pagina"), ("/en/nope", "We cannot find the page"), ("/bandi/nope", "Non troviamo")],
)
def test_an_unknown_page_says_so_in_the_reader_s_language(site: Site, address: str, said: str) -> None:
    page = site.browser().get(address)
    assert page.status_code == 404
    assert said in heading(page)


def test_a_wrong_method_names_the_right_ones(site: Site) -> None:
    page = site.browser().post("/")
    assert page.status_code == 405
    assert "GET" in page.headers["Allow"]


def test_too_much_at_once_is_said(site: Site) -> None:
    page = site.browser().post(f"/bandi/{COWORKING}/domanda", data={"attivita": "x" * LARGEST_TEXT})
    assert page.status_code == 413
    assert heading(page) == "Hai inviato troppi dati in una volta"


@pytest.mark.parametrize("error", [TooManyRequests(retry_after=60), ServiceUnavailable()])
def test_other_errors_have_their_page(site: Site, error: TooManyRequests | ServiceUnavailable) -> None:
    _fail_on_home(site.app, error)
    page = site.browser().get("/")
    assert page.status_code == error.code
    assert "Se ci scrivi, indica questo codice" in page.text
    assert page.headers.get("Retry-After") == ("60" if isinstance(error, TooManyRequests) else None)


def test_a_fault_of_ours_shows_an_incident_and_logs_it(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    _fail_on_home(site.app, RuntimeError("secret detail"))
    page = site.browser().get("/en/")
    assert page.status_code == 500
    assert heading(page) == "Something went wrong"
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    incident = re.search(r"quote this code: ([A-Z0-9-]+)", page.text)
    assert incident
    assert len(incident[1]) == len(new_incident())
    logged = next(record for record in caplog.records if incident[1] in record.getMessage())
    assert logged.levelno == logging.ERROR
    assert logged.exc_info


def _fail_on_home(app: Flask, error: Exception) -> None:
    def fail() -> str:
        raise error

    for language in ("it", "en"):
        app.view_functions[f"{language}.pages.home"] = fail


def test_every_form_of_the_pages_refuses_a_foreign_post(site: Site) -> None:
    browser = site.browser()
    posted = 0
    for rule in site.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.rule.startswith("/api/"):
            continue
        address = rule.rule.replace("<call>", COWORKING).replace("<token>", "x").replace("<int:case>", "1")
        assert browser.post(address, data={"esito": "approve"}).status_code in (400, 403, 404), rule
        posted += 1
    assert posted >= 24
    assert site.states() == []


def test_the_mailbox_shows_mails_without_running_them(site: Site) -> None:
    browser = site.browser()
    assert "Ancora nessuna email." in browser.get("/posta").text
    key = Maildir(site.context.settings.mail_folder).add(MAIL.encode())
    page = browser.get("/posta?a=LUCIA@example.org")
    assert "Conferma l’indirizzo" in page.text
    assert "Conferma" not in browser.get("/posta?a=altra@example.org").text
    message = browser.get(f"/posta/{key}")
    assert '<a href="http://127.0.0.1:8000/azione/abc">' in message.text
    assert "&lt;script&gt;alert(1)" in message.text
    assert "<script>alert" not in message.text
    html = browser.get(f"/posta/{key}/html")
    assert html.headers["Content-Security-Policy"] == MAIL_POLICY
    assert "allow-scripts" not in MAIL_POLICY
    assert browser.get("/posta/nope").status_code == 404


def test_the_calendar_shows_what_is_booked_and_may_be_shown(site: Site, samples: dict[int, Any]) -> None:
    address = f"/bandi/{IDEAS}/domanda"
    browser = site.browser()
    assert "Adesso non c’è niente in calendario" in browser.get("/calendario").text
    browser.post(address, data=fill_in(browser, address, site.inputs(IDEAS, samples[21]["data"])))
    with site.context.write() as session:
        case = session.scalars(select(Submission)).one()
        case.state = "programmata"
        slot = {"start": "2026-12-01T17:00:00+01:00", "end": "2026-12-01T19:00:00+01:00"}
        case.record = {"in_calendar": True, "anchors": slot}
    page = browser.get("/calendario").text
    assert "Ombra e acqua in piazza" in page
    assert "1 dicembre 2026, ore 17:00, fino alle 19:00" in page
    assert "Eufemia" not in page
    feed = browser.get("/en/calendario.ics")
    assert feed.mimetype == "text/calendar"
    assert "X-WR-CALNAME:HubOut · Calendar of activities\r\n" in feed.text
    assert "SUMMARY:Ombra e acqua in piazza\r\n" in feed.text
    assert "DTSTART:20261201T160000Z\r\n" in feed.text
    assert "Eufemia" not in feed.text


def test_a_few_comuni_are_suggested(site: Site) -> None:
    browser = site.browser()
    assert browser.get("/comuni.json?q= cinise").get_json() == ["Cinisello Balsamo"]
    assert len(browser.get("/comuni.json?q=ca").get_data()) < 1_000
    assert browser.get("/comuni.json?q=c").get_json() == []
    assert browser.get("/comuni.json").get_json() == []


def test_health(site: Site) -> None:
    browser = site.browser()
    assert browser.get("/healthz").text == "ok\n"
    assert browser.get("/readyz").status_code == 200
    metrics = browser.get("/metrics")
    assert "# TYPE hubout_outbox_pending gauge" in metrics.text
    assert "hubout_timers_due 0" in metrics.text


def test_a_call_is_listed_only_when_it_has_opened(site: Site) -> None:
    now = site.context.clock.now()
    opened = {call.id for call in site.context.catalogue.calls.values() if call.file.opens <= now}
    assert {view.id for view in calls.list_calls(site.context, "it")} == opened
    assert {COWORKING, IDEAS, CLOSED} <= opened


def test_a_call_tells_what_happens_next(site: Site) -> None:
    page = site.browser().get("/bandi/laboratori-2026").text
    steps = re.findall(r"<li>([^<]+)</li>", page.partition("Che cosa succede dopo")[2].partition("</ol>")[0])
    assert steps[1:5] == [
        "Abbiamo ricevuto la proposta",
        "Stiamo controllando la proposta",
        "I partner stanno leggendo la proposta",
        "Stiamo decidendo",
    ]
    assert '<svg class="wf"' in page
    assert "Non abbiamo potuto accogliere la proposta" in page
    assert "Provincia" not in page.partition("Che cosa succede dopo")[2]
    assert "What happens next" in site.browser().get("/en/bandi/laboratori-2026").text
