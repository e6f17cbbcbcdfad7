"""A Chromium for tests, and the site served to it over HTTP."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
REPOSITORY = Path(__file__).parents[2]
AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (1280, 320)
"""What pages are looked at in: pixels of CSS."""

STYLES = REPOSITORY / "app/static/vendor/bootstrap-italia/css/bootstrap-italia.min.css"


def skip_or_fail(missing: str) -> None:
    """Skip the test for what is missing; in CI (HUBOUT_REQUIRE_ALL=1) fail."""
    if os.environ.get("HUBOUT_REQUIRE_ALL") == "1":
        pytest.fail(f"{missing} is missing, and HUBOUT_REQUIRE_ALL=1")
    pytest.skip(f"{missing} is missing")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for the session."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        skip_or_fail("Chromium (`apt-get install chromium`)")
    for needed in (AXE, STYLES):
        if not needed.is_file():
            skip_or_fail(f"{needed.relative_to(REPOSITORY)} (`make assets`)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page: rule and element."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN, list(RULES))
    return found


def look_at(page: Page, name: str = "") -> None:
    """Assert that the page has no fault and does not scroll sideways, as wide as a desk and as a small phone."""
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        what = f"{name or page.title()} at {width} px"
        assert violations(page) == [], what
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{what} scrolls sideways"
    if before is not None:
        page.set_viewport_size(before)


_RUN = """async (tags) => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`);
}"""


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which `app` answers while the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
