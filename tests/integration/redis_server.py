"""A real Redis for tests: one a session, emptied before each test that asks for it."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from app import queues
from app.stack import readiness
from app.stack.child import Child
from app.stack.redis_server import server_command

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEADLINE = 10.0  # seconds


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis that lives as long as the session."""
    with running_redis(tmp_path_factory.mktemp("r")) as url:
        yield url


@contextmanager
def running_redis(home: Path) -> Iterator[str]:
    """The address of a Redis of our own, on a socket in `home`."""
    url = f"unix://{home}/s/redis.sock"
    child = Child("redis", server_command(url), os.environ, home / "logs")
    try:
        with queues.connect(url) as redis:
            ready = readiness.redis_answers(redis)
            deadline = time.monotonic() + _DEADLINE
            while not ready(child):
                assert time.monotonic() < deadline, child.last_lines()
                time.sleep(0.01)
        yield url
    finally:
        child.ask_to_stop()
        child.finish(_DEADLINE)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of an empty Redis."""
    with Redis.from_url(redis_server) as redis:
        redis.flushall()
    return redis_server
