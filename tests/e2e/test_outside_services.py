from __future__ import annotations

import json
from typing import TYPE_CHECKING

import requests

from tests.e2e.running_stack import RunningStack, free_ports, processes_of
from tests.integration.postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from tests.integration.redis_server import redis_server, redis_url  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from pathlib import Path


def test_the_same_stack_runs_on_postgresql_and_a_redis_of_its_own(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811 - the fixture above
    redis_url: str,  # noqa: F811 - the fixture above
) -> None:
    settings = {"HUBOUT_DATABASE_URL": postgres_url, "HUBOUT_REDIS_URL": redis_url}
    with RunningStack(tmp_path, free_ports(), settings) as stack:
        assert not (tmp_path / "hubout.sqlite3").exists()
        assert not (tmp_path / "redis").exists()
        doctor = stack.hubout("doctor")
        assert doctor.returncode == 0, doctor.stdout
        assert "HUBOUT_DATABASE_URL, tables up to date" in doctor.stdout
        assert stack.hubout("wait").returncode == 0
        assert stack.hubout("submissions", "--json").stdout == ""
        tabs = [json.loads(line) for line in stack.hubout("sheets", "status", "--json").stdout.splitlines()]
        assert {tab["dirty"] for tab in tabs} <= {0}
        assert requests.get(f"{stack.url}/readyz", timeout=10).ok
        assert stack.stop() == 0
    assert processes_of(tmp_path) == []
