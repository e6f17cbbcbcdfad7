"""What all tests share: markers by folder, and the place of the project's files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).parent
settings.register_profile("house", deadline=None)  # a busy machine makes no test wrong
settings.load_profile("house")
TIERS = ("unit", "integration", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its tier, which is the name of its folder."""
    for item in items:
        tier = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if tier in TIERS:
            item.add_marker(tier)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The project's own folder."""
    return TESTS.parent
