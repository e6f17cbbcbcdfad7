"""Pictures of the main pages for the docs: `make pictures` writes them, CI only makes sure that they can be made."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e import gallery
from tests.e2e.applications import Application, application
from tests.e2e.filling import fill_in, go_on
from tests.integration.app.people import CHIARA
from tests.integration.app.town import Town
from tests.integration.web.conftest import COWORKING, Site

HEAVIEST = 100_000  # bytes
SHARPNESS = 1.5  # pixels of the picture for each of the page
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 860}


class Album:
    """Writes pictures into a folder."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self._folder = folder
        self._browser = browser

    def open(self, screen: dict[str, int]) -> Page:
        """A page of a new browser, as wide as `screen`."""
        width, height = screen["width"], screen["height"]
        viewport: ViewportSize = {"width": width, "height": height}
        return self._browser.new_context(viewport=viewport).new_page()

    def take(self, page: Page, name: str) -> None:
        """A picture of what is to be seen now."""
        page.evaluate("document.fonts.ready")
        size = page.viewport_size
        assert size is not None
        clip = {"x": 0, "y": 0, **size, "scale": SHARPNESS}
        wanted = {"format": "webp", "quality": 60, "clip": clip}
        taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", wanted)
        picture = b64decode(taken["data"])
        assert len(picture) < HEAVIEST, name
        (self._folder / f"{name}.webp").write_bytes(picture)


@pytest.fixture
def album(chromium: Browser, tmp_path: Path) -> Iterator[Album]:
    """Goes into the folder that PICTURES names, or nowhere."""
    folder = Path(os.environ.get("PICTURES", tmp_path / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    yield Album(folder, chromium)
    for context in chromium.contexts:
        context.close()


def _until_summary(page: Page, address: str, asked: Application) -> None:
    page.goto(address + asked.path)
    for _ in range(3):
        fill_in(page, asked)
        go_on(page)


def test_pictures_of_the_way_through_a_form(
    album: Album, address: str, site: Site, samples: dict[int, Any], tmp_path: Path
) -> None:
    asked = application(site, samples, COWORKING, tmp_path)
    page = album.open(PHONE)
    page.goto(address + asked.path)
    fill_in(page, asked)
    go_on(page)
    expect(page.get_by_label("Cognome")).to_be_visible()
    album.take(page, "form-phone")
    page.get_by_label("Nome", exact=False).first.fill("Chiara")
    go_on(page)
    expect(page.locator("#errori")).to_be_focused()
    album.take(page, "errors-phone")
    page = album.open(DESK)
    _until_summary(page, address, asked)
    album.take(page, "summary")
    fill_in(page, asked)
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Domanda inviata")
    album.take(page, "receipt")
    site.close_call()  # the trial call goes to the end of the list
    page.goto(f"{address}/")
    album.take(page, "calls")
    page.goto(f"{address}/bandi/{COWORKING}")
    album.take(page, "call")


def test_pictures_of_pages_behind_links(album: Album, town: Town, town_address: str) -> None:
    pages = gallery.of_desks(town)
    for name, path, screen in (
        ("status-phone", "status: a place is offered", PHONE),
        ("status", "status: asked for more", DESK),
        ("action", "decision", DESK),
    ):
        page = album.open(screen)
        page.goto(town_address + pages[path])
        album.take(page, name)


def test_pictures_of_mails_and_sheets(album: Album, town: Town, town_address: str) -> None:
    page = album.open(DESK)
    page.goto(gallery.sheet_to_review(town))
    album.take(page, "sheet")
    mail = next(mail for mail in town.mails(CHIARA))
    page = album.open(PHONE)
    page.goto(f"{town_address}/posta/{mail.key}")
    album.take(page, "mail-phone")
