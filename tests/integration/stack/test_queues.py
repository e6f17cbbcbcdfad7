from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from rq.job import Job
from rq.serializers import JSONSerializer

from app import queues
from tests.integration.redis_server import redis_server, redis_url  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from redis import Redis


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:  # noqa: F811 - the fixture above
    with queues.connect(redis_url) as connection:
        yield connection


def waiting(redis: Redis) -> list[Job]:
    return [job for queue in queues.queues(redis) for job in queue.get_jobs()]


def test_many_wake_ups_make_one_job(redis: Redis) -> None:
    asked = [queues.wake(redis, "drain_mail") for _ in range(50)]

    assert asked == [True] + [False] * 49
    (job,) = waiting(redis)
    assert (job.func_name, job.origin) == ("app.jobs.drains.drain_mail", "mail")
    assert re.fullmatch(r"[A-Za-z0-9_-]+", job.id)


def test_each_argument_has_a_gate_of_its_own(redis: Redis) -> None:
    for spreadsheet in ("cinisello", "matera", "cinisello"):
        queues.wake(redis, "sync_sheet", spreadsheet)
    assert sorted(job.args for job in waiting(redis)) == [["cinisello"], ["matera"]]


def test_a_wake_up_after_the_gate_opened_is_not_lost(redis: Redis) -> None:
    queues.wake(redis, "drain_mail")
    queues.open_gate(redis, "drain_mail")  # the drain runs and is about to read
    assert queues.wake(redis, "drain_mail")
    assert len(waiting(redis)) == 2


def test_a_gate_never_stays_shut_for_good(redis: Redis) -> None:
    queues.wake(redis, "sync_sheet", "cinisello")
    (gate,) = redis.keys("hubout:gate:*")
    assert 0 < redis.ttl(gate) <= 60


def test_jobs_are_json(redis: Redis) -> None:
    queues.wake(redis, "sync_sheet", "cinisello")
    (job,) = waiting(redis)
    assert job.serializer is JSONSerializer
    assert b"pickle" not in job.data
    assert json.loads(job.data)[0] == "app.jobs.drains.sync_sheet"


def test_without_redis_a_wake_up_fails_softly(tmp_path: Path) -> None:
    with queues.connect(f"unix://{tmp_path}/nobody.sock") as nobody:
        assert not queues.wake(nobody, "drain_mail")


def test_the_clock_is_seen(redis: Redis) -> None:
    assert queues.last_beat(redis) is None
    queues.beat(redis)
    assert queues.last_beat(redis) is not None
