"""How a long-running process hears that it is to end, and waits meanwhile."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    """While entered, Ctrl-C, SIGTERM and a closed terminal set `asked` instead of ending the process."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}
        self._heard, self._said = -1, -1

    def __enter__(self) -> Self:
        self._heard, self._said = os.pipe()
        self._before = {number: signal.signal(number, self._hear) for number in _SIGNALS}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._heard)
        os.close(self._said)

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds`, less when the end is asked for; return whether it is."""
        if not self.asked:
            select.select([self._heard], [], [], max(0.0, seconds))
        return self.asked

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            os.write(self._said, b".")
