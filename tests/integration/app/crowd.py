"""Several people at the same instant, and processes that die."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier
from typing import TypeVar

import pytest

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


class Killed(BaseException):
    """The process dies: nothing after it happens, not even what follows an error."""


@contextmanager
def dying_at(owner: object, name: str) -> Iterator[None]:
    """What is done in here ends as a process that is killed when it calls `name` of `owner`."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, die)
        with suppress(Killed):
            yield
            raise AssertionError(f"nothing called {name}")
