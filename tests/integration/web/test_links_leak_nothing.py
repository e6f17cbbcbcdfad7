"""Looking at any page changes nothing, and no link or code gets into an address, a log or anything kept on the way."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from app.db import Base
from tests.integration.web.conftest import COWORKING, Site, fill_in, hidden

SAFE = ("GET", "HEAD", "OPTIONS")


@pytest.fixture
def case(site: Site, samples: dict[int, Any]) -> Site:
    """A case that waits for its case officer: links of the applicant, the officer and the register office are out."""
    address = f"/bandi/{COWORKING}/domanda"
    browser = site.browser()
    browser.post(address, data=fill_in(browser, address, site.inputs(COWORKING, samples[1]["data"])))
    number, token = site.token("richiedente")
    page = browser.get(f"/azione/{token}", follow_redirects=True)
    sent = {"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"}
    assert browser.post(f"/azione/caso/{number}", data=sent).status_code == 303
    site.go_on()
    return site


def rows(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the database."""
    with site.context.read() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def addresses(site: Site, rule: Rule, number: int, token: str) -> str:
    """An address of the rule that leads as far in as one can get."""
    values: dict[str, Any] = {"token": token, "case": number, "number": 1, "call": COWORKING}
    wanted = {name: values.get(name, "x") for name in rule.arguments}
    with site.app.test_request_context():
        built: str = site.app.url_map.bind("localhost").build(rule.endpoint, wanted)
    return built.partition("//localhost")[2] or built


@pytest.mark.parametrize(
    ("role", "purpose"), [("richiedente", "status"), ("richiedente", "action"), ("istruttore", "action")]
)
def test_no_get_head_or_options_of_any_route_changes_anything(case: Site, role: str, purpose: str) -> None:
    number, token = case.token(role, purpose)
    browser = case.browser()
    browser.get(f"/azione/{token}")
    before = rows(case)
    asked = 0
    for rule in case.app.url_map.iter_rules():
        address = addresses(case, rule, number, token)
        for method in SAFE:
            if method not in (rule.methods or ()):
                continue
            with browser.open(address, method=method):
                asked += 1
    assert asked > 100
    assert rows(case) == before


def test_every_page_of_a_link_is_kept_nowhere(case: Site) -> None:
    number, token = case.token("istruttore")
    browser = case.browser()
    pages = [
        browser.get(path) for path in (f"/azione/{token}", f"/azione/caso/{number}", f"/azione/caso/{number}/passa")
    ]
    pages.append(case.browser().get("/azione/" + "x" * 43))
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert token not in page.text
        assert token not in page.headers.get("Location", "")
    assert all("://" not in each for each in re.findall(r'(?:src|href|action)="([^"]+)"', pages[1].text))


def test_the_cookie_is_for_this_page_only_and_short(case: Site) -> None:
    number, token = case.token("istruttore")
    answer = case.browser().get(f"/azione/{token}")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("azione="))
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {f"Path=/azione/caso/{number}", "HttpOnly", "SameSite=Lax", "Max-Age=86400"} <= parts
    assert "Secure" not in parts, "the embedded stack answers on http"


def test_no_log_has_a_link_or_a_code(case: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    number, token = case.token("istruttore")
    code = case.code("istruttore")
    browser = case.browser()
    page = browser.get(f"/azione/{token}", follow_redirects=True)
    sent = {"csrf_token": hidden(page, "csrf_token"), "esito": "not_admissible", "conferma_codice": code}
    browser.get(f"/azione/{token}/nothing")
    browser.post(f"/azione/{token}")
    browser.post(f"/azione/caso/{number}", data=sent)
    browser.post(f"/azione/caso/{number}/email", data=sent)
    browser.post(f"/azione/caso/{number}/passa", data={**sent, "come_ci_conosci": "x"})
    for _ in range(31):
        browser.post(f"/azione/caso/{number}", data={**sent, "esito": "nothing"})
    assert caplog.records
    for record in caplog.records:
        told = f"{record.getMessage()} {record.exc_text or ''}"
        assert token not in told
        assert code not in told


@pytest.mark.parametrize(
    "damage",
    [
        "{0}.",
        "{0}>",
        "{0}=",
        "{1}=%0D%0A{2}",
        "{1}%20{2}",
        "{3}",
        "%2561{4}",
    ],
)
def test_links_survive_what_mail_programs_do_to_them(case: Site, damage: str) -> None:
    number, token = case.token("istruttore")
    encoded = "".join(f"%{ord(letter):02X}" for letter in token)
    damaged = damage.format(token, token[:20], token[20:], encoded.replace("%", "%25"), token)
    answer = case.browser().get(f"/azione/{damaged}")
    if damage.startswith("%2561"):  # a letter too many is another link
        assert answer.status_code == 404
    else:
        assert answer.headers["Location"] == f"/azione/caso/{number}"
