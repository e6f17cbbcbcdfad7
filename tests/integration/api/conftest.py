"""The site of the page tests, for programs; and one that writes to real people, with keys, origins and limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from app import migrate
from app.clock import parse_instant
from app.config import Settings
from app.web import create_app
from tests.integration.app.outside import StillClock
from tests.integration.web.conftest import START, Site, open_site, samples, site

__all__ = ["API", "KEY", "ORIGIN", "SENDS", "public", "samples", "site"]

API = "/api/v1"
KEY = "k-3f0c1c9a54d24d0d9f8a"
ORIGIN = "https://www.example.org"
SENDS = 2


@pytest.fixture
def public(tmp_path: Path, redis_url: str) -> Iterator[Site]:
    """A site that writes to real people: two applications from an address, one integrator, one foreign site."""
    environment = {
        "HUBOUT_HOME": str(tmp_path),
        "HUBOUT_REDIS_URL": redis_url,
        "HUBOUT_SENDS_PER_ADDRESS": str(SENDS),
        "HUBOUT_API_KEYS": f"altro:{'0' * 64},biblioteca:{sha256(KEY.encode()).hexdigest()}",
        "HUBOUT_API_ORIGINS": ORIGIN,
    }
    context = open_site(Settings.from_environment(environment))
    clock = StillClock(tmp_path, parse_instant(START))
    context = replace(context, settings=replace(context.settings, embedded_smtp=False), clock=clock)
    migrate.upgrade(context.database)
    yield Site(context, create_app(context))
    context.close()
