"""Several people at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")

PATIENCE = 60  # seconds


def at_once(*acts: Callable[[], Result]) -> list[Result]:
    """What each of `acts` gives, all begun at the same instant in threads of their own."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], Result]) -> Result:
        barrier.wait(PATIENCE)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result(PATIENCE) for future in [threads.submit(begin, act) for act in acts]]
