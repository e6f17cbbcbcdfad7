"""The pages in a real Chromium: accessible (axe), light, usable with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from integrations.local.smtp import Maildir
from tests.e2e.browser import AXE, chromium, served  # noqa: F401 - a fixture
from tests.integration.redis_server import redis_server, redis_url  # noqa: F401 - fixtures
from tests.integration.web.conftest import COWORKING, IDEAS, Site, fill_in, samples, site  # noqa: F401 - fixtures

FORM = f"/bandi/{COWORKING}/domanda"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEAVIEST_PAGE = 200_000  # bytes over the wire, with nothing in the browser's cache
SCREENS = {"phone": 390, "desk": 1280}
MAIL = b"Delivered-To: a@example.org\r\nSubject: Prova\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\r\nCiao\r\n"


@pytest.fixture
def address(site: Site) -> Iterator[str]:  # noqa: F811 - the fixture
    with served(site.app) as base:
        yield base


@pytest.fixture
def case(site: Site, samples: dict[int, Any]) -> dict[str, str]:  # noqa: F811 - the fixtures
    """Links into a case that the case officer looks at."""
    browser = site.browser()
    inputs = fill_in(browser, FORM, site.inputs(COWORKING, samples[1]["data"]))
    status = browser.post(FORM, data=inputs).headers["Location"]
    number, confirm = site.token("richiedente")
    page = browser.get(f"/azione/{confirm}", follow_redirects=True)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post(f"/azione/caso/{number}", data={"csrf_token": token, "esito": "email_confirmed"})
    site.go_on()
    _, officer = site.token("istruttore")
    key = Maildir(site.context.settings.mail_folder).add(MAIL)
    links = {"receipt": status, "used": f"/azione/{confirm}", "action": f"/azione/{officer}", "mail": f"/posta/{key}"}
    return links | {"unknown": "/azione/nope", "mailbox": "/posta", "fault": "/nope"}


def _open(browser: Browser, width: int, *, javascript: bool = True) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript)


def _violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_an_accessibility_fault(
    chromium: Browser,  # noqa: F811 - the fixture
    address: str,
    case: dict[str, str],
    screen: str,
) -> None:
    public = [
        "/",
        "/en/",
        f"/bandi/{COWORKING}",
        FORM,
        f"/en/bandi/{IDEAS}/domanda",
        "/calendario",
        "/privacy",
        "/accessibilita",
    ]
    context = _open(chromium, SCREENS[screen])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in [*public, *case.values()]:
        page.goto(address + path)
        assert _violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} scrolls sideways"
    assert [text for text in said if "404" not in text] == []
    context.close()


def test_a_form_with_errors_is_accessible_and_leads_to_them(
    chromium: Browser,  # noqa: F811 - the fixture
    address: str,
) -> None:
    context = _open(chromium, SCREENS["phone"])
    page = context.new_page()
    page.goto(address + FORM)
    page.fill("#nome", "=1+1")
    page.fill("#posti", "2")
    page.press("#nome", "Enter")
    page.wait_for_selector("#errori")
    assert page.title().startswith("Errore: ")
    assert page.evaluate("document.activeElement.id") == "errori"
    assert _violations(page) == []
    page.click('#errori a[href="#nome"]')
    assert page.evaluate("document.activeElement.id") == "nome"
    assert page.input_value("#nome") == "=1+1"
    context.close()


def test_the_script_shows_what_applies(chromium: Browser, address: str) -> None:  # noqa: F811 - the fixture
    context = _open(chromium, SCREENS["phone"])
    page = context.new_page()
    page.goto(address + FORM)
    assert page.locator("#partita_iva").is_hidden()
    page.check("#profilo-startup")
    assert page.locator("#partita_iva").is_visible()
    page.fill("#posti", "3")
    page.click("[data-add-row]")
    assert page.evaluate("document.activeElement.name") == "team-1-nome"
    page.fill('[name="team-1-nome"]', "Zoé")
    page.click('[data-remove-row][value="team-0"]')
    assert page.input_value('[name="team-0-nome"]') == "Zoé"
    page.fill("#attivita", "ciao")
    assert page.locator("#attivita + .hub-counter").inner_text() == "Ancora 1496 caratteri"
    page.locator("#comune_residenza").press_sequentially("cini")
    page.wait_for_selector('#comune_residenza-elenco option[value="Cinisello Balsamo"]', state="attached")
    page.goto(f"{address}/bandi/{IDEAS}/domanda")
    page.check("#chi_propone-persona")
    page.fill("#data_nascita", "3/4/2010")
    assert page.locator("#genitore_email").is_visible()
    page.fill("#data_nascita", "3 4 2001")
    assert page.locator("#genitore_email").is_hidden()
    context.close()


def test_without_javascript_everything_is_there(
    chromium: Browser,  # noqa: F811 - the fixture
    address: str,
    site: Site,  # noqa: F811 - the fixture
    samples: dict[int, Any],  # noqa: F811 - the fixture
) -> None:
    context = _open(chromium, SCREENS["phone"], javascript=False)
    page = context.new_page()
    page.goto(address + FORM)
    assert page.get_by_text("Solo se «Quante postazioni» è più di 1:").is_visible()
    for name, value in site.inputs(COWORKING, samples[1]["data"]).items(multi=True):
        field = page.locator(f'[name="{name}"]')
        kind = field.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            page.check(f'[name="{name}"][value="{value}"]')
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name="Invia la domanda").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Domanda inviata"
    assert site.states() == ["da_confermare"]
    context.close()


def test_the_keyboard_reaches_the_content_first(chromium: Browser, address: str) -> None:  # noqa: F811 - the fixture
    context = _open(chromium, SCREENS["desk"])
    page = context.new_page()
    page.goto(f"{address}/bandi/{COWORKING}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Vai al contenuto"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


@pytest.mark.parametrize("path", [FORM, f"/bandi/{IDEAS}/domanda"])
def test_a_form_page_is_light(chromium: Browser, address: str, path: str) -> None:  # noqa: F811 - the fixture
    context = _open(chromium, SCREENS["phone"])
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address + path, wait_until="networkidle")
    assert 0 < sum(sizes) < HEAVIEST_PAGE
    context.close()
