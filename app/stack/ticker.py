"""The clock process: each second it has the sweep look for what is due, whatever became of the wake-ups."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from app import queues
from app.errors import new_incident
from app.stack.signals import StopRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.services.context import Context

log = logging.getLogger(__name__)

_PERIOD = 1.0  # seconds


def run_clock(context: Context, tick: Callable[[Context], object]) -> None:
    """Call `tick` each second until SIGTERM or SIGINT; a tick that fails is logged and the next one comes."""
    with StopRequest() as stop:
        next_tick = time.monotonic()
        while not stop.wait(next_tick - time.monotonic()):
            # After a slow tick the next second counts from its end: there is nothing to catch up on.
            next_tick = max(next_tick, time.monotonic()) + _PERIOD
            queues.beat(context.redis)
            try:
                tick(context)
            except Exception:  # the clock outlives what a tick meets, as a database away for an hour
                log.exception("a tick failed, incident %s", new_incident())
