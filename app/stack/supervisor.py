"""Keeps processes running and ends them: whatever happens, none stays behind.

A process that ends by itself is started again after a pause that doubles; three ends in a row, each within
half a minute of its start, are a failure that carries the last lines the process wrote.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from app.stack.child import Child
from app.stack.claims import StackError
from app.stack.signals import StopRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from rich.console import Console

    from app.stack.programs import Program

_TURN = 0.05  # seconds between two looks at the children
_READY_WITHIN = 60.0  # seconds
_STEADY_AFTER = 30.0  # seconds of running after which earlier crashes are forgotten
_CRASHES = 3
_FIRST_PAUSE = 0.5  # seconds before the first new start; doubles
_STOP_WITHIN = 15.0  # seconds to end by SIGTERM, then SIGKILL


class StoppedError(Exception):
    """A signal asked for the end."""


@dataclass
class _Running:
    program: Program
    child: Child
    started: float
    ready: bool = False
    crashes: int = 0
    start_again_at: float | None = None


class Supervisor:
    """While entered, it owns the processes it has started; at its exit all of them end.

    Args:
        environ: the whole environment of each process.
        logs: folder of their log files.
        console: where the person at the terminal reads what becomes of them.
    """

    def __init__(self, environ: Mapping[str, str], logs: Path, console: Console) -> None:
        self._environ = environ
        self._logs = logs
        self._console = console
        self._stop = StopRequest()
        self._running: list[_Running] = []
        self._once: list[Child] = []

    def __enter__(self) -> Self:
        self._stop.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end_all()
        finally:
            self._stop.__exit__(kind, error, trace)

    def launch(self, programs: Iterable[Program]) -> None:
        """Start `programs`, to be kept running."""
        for program in programs:
            self._running.append(_Running(program, self._start(program), time.monotonic()))

    def await_ready(self) -> None:
        """Keep everything running until each program answers.

        Raises:
            StackError: one does not answer in time, or crashed for good.
            StoppedError: a signal asked for the end.
        """
        deadline = time.monotonic() + _READY_WITHIN

        def all_ready() -> bool:
            waiting = [running for running in self._running if not running.ready]
            for running in waiting:
                running.ready = running.start_again_at is None and running.program.ready(running.child)
            late = [running for running in waiting if not running.ready]
            if late and time.monotonic() > deadline:
                raise _failure(late[0].child, f"{late[0].program.name} does not answer")
            return not late

        self.attend(all_ready)

    def prepare(self, commands: Mapping[str, str]) -> None:
        """Run `commands` (shell commands by name), side by side, to their end.

        Raises:
            StackError: one failed; or a program crashed for good.
            StoppedError: a signal asked for the end.
        """
        children = [Child(name, command, self._environ, self._logs) for name, command in commands.items()]
        self._finish(children)
        for child in children:
            if child.ended():
                raise _failure(child, f"`{commands[child.name]}` failed")

    def play(self, name: str, command: str) -> int:
        """Run `command` at the terminal to its end while everything else is kept running; return its exit code.

        Raises:
            StackError: a program crashed for good.
            StoppedError: a signal asked for the end.
        """
        child = Child(name, command, self._environ, self._logs, terminal=True)
        self._finish([child])
        return child.ended() or 0

    def _finish(self, children: Sequence[Child]) -> None:
        self._once.extend(children)
        self.attend(lambda: all(child.ended() is not None for child in children))
        for child in children:
            child.finish(0)
            self._once.remove(child)

    def attend(self, done: Callable[[], bool]) -> None:
        """Keep the programs running until `done`.

        Raises:
            StackError: one crashed for good.
            StoppedError: a signal asked for the end.
        """
        while not done():
            for running in self._running:
                self._revive(running)
            if self._stop.wait(_TURN):
                raise StoppedError

    def _start(self, program: Program) -> Child:
        return Child(program.name, program.command, self._environ, self._logs)

    def _revive(self, running: _Running) -> None:
        now = time.monotonic()
        if running.start_again_at is not None:
            if now >= running.start_again_at:
                running.child = self._start(running.program)
                running.started, running.start_again_at = now, None
            return
        code = running.child.ended()
        if code is None:
            if now - running.started > _STEADY_AFTER:
                running.crashes = 0
            return
        running.child.finish(0)
        running.crashes += 1
        what = f"{running.program.name} {_how_it_ended(code)}"
        if running.crashes >= _CRASHES:
            raise _failure(running.child, f"{what}, {_CRASHES} times in a row")
        pause = _FIRST_PAUSE * 2 ** (running.crashes - 1)
        running.start_again_at = now + pause
        self._console.print(f"{what}; it is started again in {pause:g} s ({running.child.log})")

    def _end_all(self) -> None:
        """End what runs, the Procfile's processes before the services they work with."""
        outer = [running.child for running in self._running if not running.program.embedded]
        inner = [running.child for running in self._running if running.program.embedded]
        for children in ([*self._once, *outer], inner):
            deadline = time.monotonic() + _STOP_WITHIN
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.finish(max(0.0, deadline - time.monotonic()))
        self._running.clear()
        self._once.clear()


def _how_it_ended(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _failure(child: Child, what: str) -> StackError:
    lines = "\n".join(f"  {line}" for line in child.last_lines())
    return StackError(f"{what}; its last lines ({child.log}) are\n{lines}")
