"""The real gateway (gspread, google-auth, quota in Redis) in front of the local Google."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
from redis import Redis

from integrations.local.google import Behaviour
from integrations.local.service_account import ensure_service_account
from integrations.sheets.gateway import Gateway, Patience
from integrations.sheets.quota import RedisLimiter
from tests.integration.google.running import Google
from tests.integration.google_server import running_google

Calls: TypeAlias = Callable[[], list[str]]

AS_PRESUMED = Behaviour()
THE_OTHER_WAY = Behaviour(
    sort_moves_row_tags=True,
    rules_are_data=True,
    names_reused_tag=False,
    tags_limited_by_tab=True,
    people_sort_protected=True,
    says_when_again=True,
)


@pytest.fixture(scope="session", params=[AS_PRESUMED, THE_OTHER_WAY], ids=["as presumed", "the other way"])
def local_google(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    """The local Google, once for each answer to the questions that only the real one could settle."""
    with running_google(tmp_path_factory.mktemp("google"), request.param) as google:
        yield google


@dataclass
class Naps:
    """What would have been slept, in seconds."""

    taken: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def limiter(redis_url: str) -> Iterator[RedisLimiter]:
    with Redis.from_url(redis_url) as redis:
        yield RedisLimiter(redis, "hubout@hubout-locale.iam.gserviceaccount.com", clock=lambda: 1_794_816_000.0)


@pytest.fixture
def gateway(local_google: Google, limiter: RedisLimiter, naps: Naps) -> Iterator[Gateway]:
    account = ensure_service_account(local_google.home, f"{local_google.url}/token")
    patience = Patience(sleep=naps.sleep, jitter=lambda: 1.0)
    gateway = Gateway(account, local_google.url, limiter, patience)
    yield gateway
    gateway.close()
    local_google.session.delete(f"{local_google.url}/_faults", timeout=10)


@pytest.fixture
def calls(local_google: Google) -> Calls:
    """The API calls since the last question, as `GET /v4/spreadsheets/ID` without ids."""
    log = local_google.home / "log.jsonl"

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []

    asked = len(lines())

    def since() -> list[str]:
        nonlocal asked
        everything = lines()
        new, asked = everything[asked:], len(everything)
        return [f"{line['method']} {line['path'].split('/')[-1].rpartition(':')[2]}" for line in new]

    return since
