"""Whole forms in a real Chromium: by keyboard only, without JavaScript, every step and the summary through axe."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import violations
from tests.integration.web.conftest import COWORKING, IDEAS, Site

SAMPLES = {
    COWORKING: 1,
    IDEAS: 21,
    "corsi-2026": 7,
    "laboratori-2026": 11,
    "studenti-clab-2026": 18,
    "terzo-settore-2026": 26,
}
"""Calls whose sample neither uploads a file nor has several rows of a repeated group."""

LOOKED_AT = (COWORKING, IDEAS, "laboratori-2026", "terzo-settore-2026")
"""Calls each of whose steps has something required, so that axe sees it with its mistakes too."""

WIDTHS = (320, 1280)
MOST_TABS = 120


def _inputs(site: Site, samples: dict[int, Any], call: str) -> dict[str, list[str]]:
    return site.inputs(call, samples[SAMPLES[call]]["data"]).to_dict(flat=False)


def _fill_in(page: Page, inputs: dict[str, list[str]]) -> None:
    """Fill in the questions that the page asks."""
    for name, values in inputs.items():
        asked = page.locator(f'[name="{name}"]:not([type=hidden])')
        for value in values if asked.count() else ():
            kind = asked.first.get_attribute("type")
            if kind in ("radio", "checkbox"):
                page.check(f'[name="{name}"][value="{value}"]')
            elif asked.evaluate("element => element.tagName") == "SELECT":
                asked.select_option(value)
            else:
                asked.fill(value)


def _send(page: Page, address: str, inputs: dict[str, list[str]]) -> None:
    """Fill in a form step by step, up to the press of the last button."""
    page.goto(address)
    for _ in range(3):
        _fill_in(page, inputs)
        page.get_by_role("button", name="Avanti").click()
    _fill_in(page, inputs)
    page.get_by_role("button", name="Invia la domanda").click()


@pytest.mark.parametrize("call", SAMPLES)
def test_a_form_is_completed_without_javascript(
    chromium: Browser,
    address: str,
    site: Site,
    samples: dict[int, Any],
    call: str,
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    _send(page, f"{address}/bandi/{call}/domanda", _inputs(site, samples, call))
    assert page.get_by_role("heading", level=1).inner_text() == "Domanda inviata"
    assert site.states() == ["da_confermare"]
    context.close()


def test_a_wrong_address_is_corrected_without_javascript(
    chromium: Browser, address: str, site: Site, samples: dict[int, Any]
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    _send(page, f"{address}/bandi/{COWORKING}/domanda", _inputs(site, samples, COWORKING))
    page.get_by_role("link", name="Correggilo").click()
    page.get_by_label("Il tuo indirizzo giusto").fill("giusta@example.org")
    page.get_by_role("button", name="Correggi e manda di nuovo").click()
    assert page.get_by_text("g•••a@example.org").is_visible()
    context.close()


@pytest.mark.parametrize("call", SAMPLES)
def test_a_form_is_completed_by_keyboard_only(
    chromium: Browser,
    address: str,
    site: Site,
    samples: dict[int, Any],
    call: str,
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/bandi/{call}/domanda")
    for button in ("avanti", "avanti", "avanti", "invia"):
        _type_answers(page, _inputs(site, samples, call), button)
    assert page.get_by_role("heading", level=1).inner_text() == "Domanda inviata"
    assert site.states() == ["da_confermare"]
    context.close()


def _type_answers(page: Page, inputs: dict[str, list[str]], button: str) -> None:
    """Go from control to control with the tabulator, answer each, press `button` when it has the focus."""
    chosen: set[str] = set()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        if not focus.count():  # the browser's own controls
            continue
        name = focus.get_attribute("name") or ""
        if name == "vai" and focus.get_attribute("value") == button:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if name in inputs:
            _answer(page, focus, name, inputs[name], chosen)
    raise AssertionError(f"{button} is not within reach of the keyboard")


def _answer(page: Page, focus: Locator, name: str, values: list[str], chosen: set[str]) -> None:
    kind = focus.get_attribute("type")
    if kind == "checkbox":
        if focus.get_attribute("value") in values and not focus.is_checked():
            page.keyboard.press("Space")
    elif kind == "radio":
        _choose(page, name, values[0], chosen)
    elif focus.evaluate("element => element.tagName") == "SELECT":
        label = focus.locator(f'option[value="{values[0]}"]').inner_text()
        page.keyboard.type(label)
    else:
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(values[0])


def _choose(page: Page, name: str, value: str, chosen: set[str]) -> None:
    """One of the radio buttons, with the arrows."""
    if name in chosen:
        return
    chosen.add(name)
    page.keyboard.press("Space")
    for _ in range(page.locator(f'[name="{name}"]').count()):
        if page.locator(":focus").get_attribute("value") == value:
            return
        page.keyboard.press("ArrowDown")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("call", LOOKED_AT)
def test_no_step_has_an_accessibility_fault(
    chromium: Browser,
    address: str,
    site: Site,
    samples: dict[int, Any],
    call: str,
    width: int,
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/bandi/{call}/domanda")
    for number in range(1, 5):
        _look_at(page, number)
        page.click('.hub-step-buttons [value="invia"]' if number == 4 else '.hub-step-buttons [value="avanti"]')
        expect(page.locator("#errori")).to_be_focused()
        _look_at(page, number)
        _fill_in(page, _inputs(site, samples, call))
        if number == 2:
            _save_and_go_on(page)
        if number < 4:
            page.get_by_role("button", name="Avanti").click()
    page.get_by_role("button", name="Invia la domanda").click()
    assert violations(page) == []
    page.get_by_role("link", name="Correggilo").click()
    assert violations(page) == []
    page.goto(f"{address}/en/bandi/{call}/domanda")
    assert violations(page) == []
    context.close()


def _look_at(page: Page, number: int) -> None:
    expect(page).to_have_title(re.compile(f"{number} di 4"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page scrolls sideways"


def _save_and_go_on(page: Page) -> None:
    """Through the pages that keep an unfinished form."""
    page.get_by_role("button", name="Salva e continua dopo").click()
    assert violations(page) == []
    page.get_by_role("button", name="Salva e manda il link").click()
    assert page.get_by_role("heading", level=1).inner_text() == "La tua domanda è al sicuro"
    assert violations(page) == []
    page.get_by_role("button", name="Continua adesso").click()
