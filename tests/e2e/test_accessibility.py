"""The pages in a real Chromium: accessible (axe), light, usable with and without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from integrations.local.smtp import Maildir
from tests.e2e.browser import violations
from tests.integration.web.conftest import COWORKING, IDEAS, Site, fill_in

FORM = f"/bandi/{COWORKING}/domanda"
HEAVIEST_PAGE = 200_000  # bytes over the wire, with nothing in the browser's cache
SCREENS = {"phone": 320, "desk": 1280}
MAIL = b"Delivered-To: a@example.org\r\nSubject: Prova\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\r\nCiao\r\n"


@pytest.fixture
def case(site: Site, samples: dict[int, Any]) -> dict[str, str]:
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
    links = {
        "receipt": status,
        "own data": f"{status}/dati",
        "used": f"/azione/{confirm}",
        "action": f"/azione/{officer}",
        "mail": f"/posta/{key}",
    }
    return links | {"unknown": "/azione/nope", "mailbox": "/posta", "fault": "/nope"}


def _open(browser: Browser, width: int, *, javascript: bool = True) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript)


def _step_with(page: Page, address: str, field: str) -> None:
    """Open the form at the step that asks `field`, as its own buttons lead there."""
    page.goto(address)
    while not page.locator(f'[name="{field}"]:not([type=hidden])').count():
        button = page.locator(".hub-step-buttons .btn-primary")
        number = int(page.locator('[name="passo"]').input_value())
        button.evaluate("(element, value) => { element.value = value; }", f"passo-{number + 1}")
        button.click()


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_an_accessibility_fault(
    chromium: Browser,
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
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} scrolls sideways"
    assert [text for text in said if "404" not in text] == []
    context.close()


def test_a_form_with_errors_is_accessible_and_leads_to_them(
    chromium: Browser,
    address: str,
) -> None:
    context = _open(chromium, SCREENS["phone"])
    page = context.new_page()
    page.goto(address + FORM)
    page.check("#informativa_letta")
    page.click("text=Avanti")
    page.fill("#nome", "=1+1")
    page.press("#nome", "Enter")
    page.wait_for_selector("#errori")
    assert page.title().startswith("Errore: ")
    expect(page.locator("#errori")).to_be_focused()
    assert violations(page) == []
    page.click('#errori a[href="#nome"]')
    assert page.evaluate("document.activeElement.id") == "nome"
    assert page.input_value("#nome") == "=1+1"
    context.close()


def test_the_script_shows_what_applies(chromium: Browser, address: str) -> None:
    context = _open(chromium, SCREENS["phone"])
    page = context.new_page()
    _step_with(page, address + FORM, "posti")
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
    _step_with(page, address + FORM, "comune_residenza")
    page.locator("#comune_residenza").press_sequentially("cini")
    page.wait_for_selector('#comune_residenza-elenco option[value="Cinisello Balsamo"]', state="attached")
    _step_with(page, f"{address}/bandi/{IDEAS}/domanda", "chi_propone")
    page.check("#chi_propone-persona")
    page.fill("#data_nascita", "3/4/2010")
    assert page.locator("#genitore_email").is_visible()
    page.fill("#data_nascita", "3 4 2001")
    assert page.locator("#genitore_email").is_hidden()
    context.close()


def test_the_keyboard_reaches_the_content_first(chromium: Browser, address: str) -> None:
    context = _open(chromium, SCREENS["desk"])
    page = context.new_page()
    page.goto(f"{address}/bandi/{COWORKING}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Vai al contenuto"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


@pytest.mark.parametrize("path", [FORM, f"/bandi/{IDEAS}/domanda"])
def test_a_form_page_is_light(chromium: Browser, address: str, path: str) -> None:
    context = _open(chromium, SCREENS["phone"])
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address + path, wait_until="networkidle")
    assert 0 < sum(sizes) < HEAVIEST_PAGE
    context.close()
