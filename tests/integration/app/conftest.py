"""The whole house in one process: real PostgreSQL or SQLite, Redis, SMTP and local Google, time standing still."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app import migrate, queues
from app.catalogue.library import Catalogue, read_catalogue
from app.clock import parse_instant
from app.config import Settings
from app.db import Database
from app.services.context import Context
from integrations.local.service_account import ensure_service_account
from tests.integration.app.outside import LocalGoogle, PostOffice, StillClock
from tests.integration.app.town import HurriedContext, Town

START = "2026-11-16T09:00+01:00"
CALLS = Path(__file__).parent / "calls"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped calls, and those of this folder."""
    catalogue, faults = read_catalogue(CALLS)
    assert faults == []
    return catalogue


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, empty database: each test runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hubout.sqlite3'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def clock(tmp_path: Path) -> StillClock:
    return StillClock(tmp_path, parse_instant(START))


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostOffice]:
    office = PostOffice(tmp_path / "mail")
    office.open()
    yield office
    office.close()


@pytest.fixture(scope="session")
def service_account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a service account's key: making one takes longer than copying it."""
    home = tmp_path_factory.mktemp("account")
    ensure_service_account(home, "http://127.0.0.1/token")
    return home / "google"


@pytest.fixture
def google(tmp_path: Path, clock: StillClock, service_account: Path) -> Iterator[LocalGoogle]:
    shutil.copytree(service_account, tmp_path / "google")
    running = LocalGoogle(tmp_path, clock.now)
    ensure_service_account(tmp_path, f"{running.url}/token")
    yield running
    running.close()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str, post: PostOffice, google: LocalGoogle) -> Settings:
    environment = {
        "HUBOUT_HOME": str(tmp_path),
        "HUBOUT_PORT": "9500",
        "HUBOUT_DATABASE_URL": database_url,
        "HUBOUT_REDIS_URL": redis_url,
    }
    # mail and sheets count as embedded: only their ports are others
    return replace(Settings.from_environment(environment), smtp_url=post.url, sheets_url=google.url)


@pytest.fixture
def context(settings: Settings, clock: StillClock, catalogue: Catalogue) -> Context:
    """What every use case works with; the town closes it."""
    database = Database(settings.database_url)
    migrate.upgrade(database)
    return HurriedContext(settings, clock, catalogue, database, queues.connect(settings.redis_url))


@pytest.fixture
def town(context: Context, clock: StillClock, post: PostOffice, google: LocalGoogle) -> Iterator[Town]:
    """The house on its first morning, 16 November 2026 at nine, without any case."""
    town = Town(context, clock, post, google)
    yield town
    town.close()
