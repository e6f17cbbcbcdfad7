"""A Chromium for the session, and the site that its tests visit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.browser import chromium, served
from tests.integration.redis_server import redis_server, redis_url
from tests.integration.web.conftest import Site, samples, site

__all__ = ["address", "chromium", "redis_server", "redis_url", "samples", "site"]


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the site answers."""
    with served(site.app) as base:
        yield base
