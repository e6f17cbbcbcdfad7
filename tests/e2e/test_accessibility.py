"""The pages in a real Chromium: accessible (axe), light, usable with and without JavaScript."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.web.page import STATIC
from tests.e2e import gallery
from tests.e2e.applications import CALLS
from tests.e2e.browser import look_at, violations
from tests.e2e.filling import STEPS
from tests.integration.app.people import CLOSING
from tests.integration.app.town import Town
from tests.integration.web.conftest import COWORKING, IDEAS

FORM = f"/bandi/{COWORKING}/domanda"
HEAVIEST_PAGE = 200_000  # bytes over the wire, with nothing in the browser's cache
SCREENS = {"phone": 320, "desk": 1280}


def _open(browser: Browser, width: int, *, javascript: bool = True) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript)


def _step_with(page: Page, address: str, field: str) -> None:
    """Open the form at the step that asks `field`, as its own buttons lead there."""
    page.goto(address)
    while not page.locator(f'[name="{field}"]:not([type=hidden])').count():
        button = page.locator(".hub-step-buttons .btn-primary")
        number = int(page.locator('[name="passo"]').input_value())
        button.evaluate("(element, value) => { element.value = value; }", f"passo-{number + 1}")
        with page.expect_navigation():
            button.click()


def test_looking_at_a_page_finds_its_faults(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content('<html lang="it"><title>x</title><main><h1>x</h1><input><img src="x"></main>')
    assert {fault.partition(":")[0] for fault in violations(page)} == {"image-alt", "label"}
    page.close()


def _look_at_all(chromium: Browser, address: str, pages: dict[str, str]) -> None:
    """Open each page, and have none with a fault, a sideways scroll or a word on the browser's console."""
    context = _open(chromium, SCREENS["desk"])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for name, path in pages.items():
        page.goto(address + path)
        look_at(page, name)
    assert [text for text in said if "404" not in text and "410" not in text] == []
    context.close()


def test_no_public_page_has_an_accessibility_fault(chromium: Browser, town: Town, town_address: str) -> None:
    closes = town.context.catalogue.calls[CLOSING].file.closes
    assert closes is not None
    town.clock.set(closes + timedelta(minutes=1))
    _look_at_all(chromium, town_address, gallery.of_everybody())


@pytest.mark.parametrize("people", [gallery.of_a_minor, gallery.of_desks, gallery.of_others, gallery.of_closed_doors])
def test_no_page_behind_a_link_has_an_accessibility_fault(
    chromium: Browser, town: Town, town_address: str, people: Callable[[Town], dict[str, str]]
) -> None:
    pages = people(town)
    _look_at_all(chromium, town_address, pages | {"mail": gallery.newest_mail(town)})


def test_what_comes_back_with_errors_has_no_accessibility_fault(
    chromium: Browser, town: Town, town_address: str
) -> None:
    pages = gallery.of_a_minor(town)
    context = _open(chromium, SCREENS["desk"])
    page = context.new_page()
    for name, button in (("parent", "Invia la risposta"), ("own data", "Manda la richiesta"), ("contacts", "Salva")):
        page.goto(town_address + pages[name])
        if name == "contacts":
            page.get_by_label("Telefono").fill("12")
        page.get_by_role("button", name=button).click()
        expect(page.locator("#errori")).to_be_focused()
        look_at(page, f"{name} with errors")
    page.goto(town_address + pages["new address"])
    page.get_by_role("button", name="Confermo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La tua domanda")
    context.close()


def test_the_local_sheet_has_no_accessibility_fault(chromium: Browser, town: Town) -> None:
    context = _open(chromium, SCREENS["desk"])
    page = context.new_page()
    page.goto(town.google.url)
    assert violations(page) == []
    page.goto(gallery.sheet_to_review(town))
    assert violations(page) == []
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


@pytest.mark.parametrize("call", CALLS)
def test_a_form_page_is_light(chromium: Browser, address: str, call: str) -> None:
    context = _open(chromium, SCREENS["phone"])
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{address}/bandi/{call}/domanda", wait_until="networkidle")
    everything_once, first = sum(sizes), len(page.content().encode())
    later = []
    for number in range(2, STEPS + 1):
        button = page.locator(".hub-step-buttons .btn-primary")
        button.evaluate("(element, value) => { element.value = value; }", f"passo-{number}")
        with page.expect_navigation():
            button.click()
        later.append(len(page.content().encode()))
    assert first < everything_once < HEAVIEST_PAGE
    assert everything_once - first + max(later) < HEAVIEST_PAGE
    context.close()


def test_our_own_script_is_small() -> None:
    assert len(gzip.compress((STATIC / "hubout.js").read_bytes())) < 4_000
