"""A Chromium for the session, the site that its tests visit, and a whole town."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.browser import chromium, served
from tests.e2e.gateway import matrix
from tests.integration.app.conftest import catalogue, clock, context, google, post, service_account, settings, town
from tests.integration.app.town import Town
from tests.integration.redis_server import redis_server, redis_url
from tests.integration.web.conftest import Site, samples, site

__all__ = [
    "address",
    "catalogue",
    "chromium",
    "clock",
    "context",
    "google",
    "post",
    "redis_server",
    "redis_url",
    "samples",
    "service_account",
    "settings",
    "site",
    "town",
]


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the site answers."""
    with served(site.app) as base:
        yield base


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The town's own database."""
    return f"sqlite:///{tmp_path / 'hubout.sqlite3'}"


@pytest.fixture
def town_address(town: Town) -> Iterator[str]:
    """Where the town's pages answer."""
    with served(town.app) as base:
        yield base


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the matrix of the gateway simulator."""
    reports = [each for outcome in ("passed", "failed") for each in terminalreporter.stats.get(outcome, [])]
    for line in matrix.lines(pair for report in reports for pair in report.user_properties):
        terminalreporter.write_line(line)
