"""Wakes the workers: RQ queues whose jobs hold ids only, behind gates that let one job through at a time.

The database holds the work; a job only says "look now". So a lost wake-up costs a second (the clock's sweep
wakes again) and never an application. A unique job id would lose a wake-up that comes while the job runs;
a gate that the drain opens *before* it reads loses none (reference/performance.md, "Queue").
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from typing import NamedTuple

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUES = ("timers", "mail", "files", "sheets", "webhooks")
"""The queues in the order in which every worker empties them."""

_GATE_LIFE = 60  # seconds: a wake-up that died between gate and queue shuts the gate no longer than this
_JOB_TIME = 300  # seconds: a drain works in short batches; longer means it hangs
_FAILURE_LIFE = 86_400  # seconds: a day to look at what a drain died of
_REDIS_PATIENCE = 2  # seconds: what a page may wait for Redis, which it can do without
_BEAT_LIFE = 10  # seconds
_BEAT = "hubout:clock"


class Drain(NamedTuple):
    """A job function by its dotted name, and the queue that its wake-ups go to."""

    function: str
    queue: str


DRAINS = {
    "fire_timers": Drain("app.jobs.drains.fire_timers", "timers"),
    "forget_drafts": Drain("app.jobs.drains.forget_drafts", "timers"),
    "tell_newsletters": Drain("app.jobs.drains.tell_newsletters", "timers"),
    "drain_mail": Drain("app.jobs.drains.drain_mail", "mail"),
    "drain_webhooks": Drain("app.jobs.drains.drain_webhooks", "webhooks"),
    "scan_files": Drain("app.jobs.drains.scan_files", "files"),
    "ask_drive": Drain("app.jobs.drains.ask_drive", "sheets"),
    "check_sharing": Drain("app.jobs.drains.check_sharing", "sheets"),
    "sync_sheet": Drain("app.jobs.drains.sync_sheet", "sheets"),
}


def connect(url: str) -> Redis:
    """A connection to the Redis at `url` that gives up after seconds, since everything can go on without it."""
    client: Redis = Redis.from_url(
        url,
        socket_timeout=_REDIS_PATIENCE,
        socket_connect_timeout=_REDIS_PATIENCE,
        retry=Retry(NoBackoff(), 1),
    )
    return client


def queues(redis: Redis) -> list[Queue]:
    """All queues, in the order in which a worker empties them."""
    return [Queue(name, connection=redis, serializer=JSONSerializer) for name in QUEUES]


def wake(redis: Redis, drain: str, argument: str = "") -> bool:
    """Ask a worker to run `drain` (with `argument`, where it takes one) unless that is already asked.

    Best effort: with Redis away it logs and returns False, and the clock's sweep asks again.

    Returns:
        True where a job was enqueued.
    """
    function, queue = DRAINS[drain]
    gate = _gate(drain, argument)
    try:
        if not redis.set(gate, "shut", nx=True, ex=_GATE_LIFE):
            return False
        Queue(queue, connection=redis, serializer=JSONSerializer).enqueue_call(
            function,
            args=(argument,) if argument else (),
            job_id=f"{drain}-{secrets.token_hex(8)}",
            timeout=_JOB_TIME,
            result_ttl=0,
            failure_ttl=_FAILURE_LIFE,
        )
    except RedisError as error:
        log.warning("Redis is away, %s waits for the clock: %s", drain, error)
        return False
    return True


def open_gate(redis: Redis, drain: str, argument: str = "") -> None:
    """Let the next wake-up of `drain` through; a drain calls this before it reads what there is to do."""
    redis.delete(_gate(drain, argument))


def beat(redis: Redis) -> None:
    """Note that the clock of this host runs; best effort."""
    try:
        redis.set(_BEAT, f"{socket.gethostname()}:{os.getpid()}", ex=_BEAT_LIFE)
    except RedisError as error:
        log.warning("Redis is away, the clock goes on: %s", error)


def last_beat(redis: Redis) -> str | None:
    """``host:process`` of the clock that ran within the last ten seconds, None where there is none."""
    value = redis.get(_BEAT)
    return value.decode() if isinstance(value, bytes) else None


def _gate(drain: str, argument: str) -> str:
    return f"hubout:gate:{drain}:{argument}"
