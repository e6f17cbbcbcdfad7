"""Whole forms in a real Chromium: by keyboard only, without JavaScript, every step and the summary through axe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.applications import CALLS, NO_ADDRESS_TO_CONFIRM, application
from tests.e2e.browser import look_at
from tests.e2e.filling import STEPS, fill_in, go_on, send, type_answers
from tests.integration.web.conftest import COWORKING, Site


def _was_sent(page: Page, site: Site, call: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Domanda inviata")
    assert site.states() == ["pareri" if call == NO_ADDRESS_TO_CONFIRM else "da_confermare"]


@pytest.mark.parametrize("call", CALLS)
def test_a_form_is_completed_without_javascript(
    chromium: Browser, address: str, site: Site, samples: dict[int, Any], tmp_path: Path, call: str
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    send(page, address, application(site, samples, call, tmp_path))
    _was_sent(page, site, call)
    context.close()


@pytest.mark.parametrize("call", CALLS)
def test_a_form_is_completed_by_keyboard_only(
    chromium: Browser, address: str, site: Site, samples: dict[int, Any], tmp_path: Path, call: str
) -> None:
    asked = application(site, samples, call, tmp_path)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("filechooser", lambda _: None)  # from now on no chooser opens before somebody listens
    page.goto(address + asked.path)
    for button in ("avanti", "avanti", "avanti", "invia"):
        type_answers(page, asked, button)
    _was_sent(page, site, call)
    context.close()


@pytest.mark.parametrize("call", CALLS)
def test_no_step_has_an_accessibility_fault(
    chromium: Browser, address: str, site: Site, samples: dict[int, Any], tmp_path: Path, call: str
) -> None:
    asked = application(site, samples, call, tmp_path)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + asked.path)
    for number in range(1, STEPS + 1):
        expect(page).to_have_title(re.compile(f"{number} di {STEPS}"))
        look_at(page)
        go_on(page)
        if page.title().startswith("Errore: "):  # else the step requires nothing, and the next one is there
            expect(page).to_have_title(re.compile(f"^Errore: {number} di {STEPS}"))
            expect(page.locator("#errori")).to_be_focused()
            look_at(page)
            fill_in(page, asked)
            go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Domanda inviata")
    look_at(page)
    page.goto(f"{address}/en{asked.path}")
    look_at(page)
    context.close()


def test_no_page_around_a_form_has_an_accessibility_fault(
    chromium: Browser, address: str, site: Site, samples: dict[int, Any], tmp_path: Path
) -> None:
    asked = application(site, samples, COWORKING, tmp_path)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + asked.path)
    page.check("#informativa_letta")
    go_on(page)
    page.get_by_role("button", name="Salva e continua dopo").click()
    page.get_by_role("button", name="Salva e manda il link").click()
    expect(page.locator("#errori")).to_be_focused()
    look_at(page)
    page.get_by_label("A quale indirizzo").fill("a@example.org")
    page.get_by_role("button", name="Salva e manda il link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La tua domanda è al sicuro")
    look_at(page)
    page.get_by_role("button", name="Continua adesso").click()
    for _ in range(STEPS - 2):  # from the second to the summary
        fill_in(page, asked)
        go_on(page)
    look_at(page)
    page.get_by_role("button", name="Modifica").first.click()
    look_at(page)
    context.close()


def test_a_wrong_address_is_corrected_without_javascript(
    chromium: Browser, address: str, site: Site, samples: dict[int, Any], tmp_path: Path
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    send(page, address, application(site, samples, COWORKING, tmp_path))
    page.get_by_role("link", name="Correggilo").click()
    page.get_by_label("Il tuo indirizzo giusto").fill("giusta@example.org")
    page.get_by_role("button", name="Correggi e manda di nuovo").click()
    expect(page.get_by_text("g•••a@example.org")).to_be_visible()
    context.close()
