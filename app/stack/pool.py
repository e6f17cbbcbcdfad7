"""The worker processes: RQ SimpleWorkers forked from one parent that has imported everything already.

A SimpleWorker runs a job in its own process: no fork and no import a job (5 ms instead of 84 from submission
to row, reference/performance.md). `worker_ttl` and `maintenance_interval` make a worker that was killed
forgotten after seconds instead of minutes; leases in the database make its work wait no longer either.
"""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app import queues
from app.stack.child import tie_to
from app.stack.signals import StopRequest

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

log = logging.getLogger(__name__)

_WORKER_LIFE = 35  # seconds without a sign after which a worker counts as dead
_MAINTENANCE = 5  # seconds between two looks for jobs of dead workers
_TURN = 1.0  # seconds between two looks at the workers
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds before a worker that ended is replaced
_STOP_WITHIN = 10.0  # seconds to end the job in hand

_fork = multiprocessing.get_context("fork")


@dataclass
class _Place:
    worker: ForkProcess
    started: float
    pause: float = _FIRST_PAUSE
    replace_at: float | None = None


def run_workers(redis_url: str, count: int) -> None:
    """Run `count` workers until SIGTERM or SIGINT; replace those that end, also when Redis is long away."""
    for drain in queues.DRAINS.values():
        importlib.import_module(drain.function.rpartition(".")[0])
    with StopRequest() as stop:
        places = [_Place(_start(redis_url), time.monotonic()) for _ in range(count)]
        while not stop.wait(_TURN):
            for place in places:
                _keep(place, redis_url)
        _end([place.worker for place in places])


def _start(redis_url: str) -> ForkProcess:
    worker = _fork.Process(target=_work, args=(redis_url, os.getpid()))
    worker.start()
    return worker


def _work(redis_url: str, parent: int) -> None:
    tie_to(parent)()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    redis = queues.connect(redis_url)
    worker = SimpleWorker(
        queues.queues(redis),
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=_WORKER_LIFE,
        maintenance_interval=_MAINTENANCE,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")


def _keep(place: _Place, redis_url: str) -> None:
    now = time.monotonic()
    if place.worker.is_alive():
        if now - place.started > _LONGEST_PAUSE:
            place.pause = _FIRST_PAUSE
    elif place.replace_at is None:
        log.warning("a worker ended with %s, replaced in %g s", place.worker.exitcode, place.pause)
        place.replace_at = now + place.pause
        place.pause = min(place.pause * 2, _LONGEST_PAUSE)
    elif now >= place.replace_at:
        place.worker, place.started, place.replace_at = _start(redis_url), now, None


def _end(workers: list[ForkProcess]) -> None:
    deadline = time.monotonic() + _STOP_WITHIN
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
        if worker.is_alive():
            log.warning("worker %s did not end in time and is killed; its leases run out", worker.pid)
            worker.kill()
            worker.join()
