"""Starts the stack, keeps it running and ends it: whatever happens, no process stays behind.

A process that ends by itself is started again after a pause that doubles; three ends in a row, each within
half a minute of its start, end the stack with the last lines the process wrote.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import queues
from app.stack.addresses import addresses_table
from app.stack.child import Child
from app.stack.claims import StackError, check_ports, claim_home
from app.stack.programs import embedded_services, environment, procfile_programs
from app.stack.signals import StopRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rich.console import Console

    from app.config import Settings
    from app.stack.programs import Program

PREPARATIONS = {"check": "hubout check", "db": "hubout db upgrade"}
"""What has to succeed, once, before the Procfile's processes start."""

_TURN = 0.05  # seconds between two looks at the children
_READY_WITHIN = 60.0  # seconds
_STEADY_AFTER = 30.0  # seconds of running after which earlier crashes are forgotten
_CRASHES = 3
_FIRST_PAUSE = 0.5  # seconds before the first new start; doubles
_STOP_WITHIN = 15.0  # seconds to end by SIGTERM, then SIGKILL


class _Stopped(Exception):  # noqa: N818 - no error: somebody asked for the end
    """A signal asked the stack to end."""


@dataclass
class _Running:
    program: Program
    child: Child
    started: float
    ready: bool = False
    crashes: int = 0
    start_again_at: float | None = None


class Stack:
    """The stack of one home.

    Args:
        settings: what to run on.
        environ: the environment from which `settings` were read; the children read it too.
        console: where the person at the terminal reads.
    """

    def __init__(self, settings: Settings, environ: Mapping[str, str], console: Console) -> None:
        self._settings = settings
        self._environ = environment(settings, environ)
        self._console = console
        self._logs = settings.home / "logs"
        self._running: list[_Running] = []
        self._once: list[Child] = []
        self._stop = StopRequest()

    def run(self, story: str | None = None, *, go_on: bool = True) -> int:
        """Run until a signal asks for the end.

        Args:
            story: a command to run, at the terminal, once everything answers.
            go_on: False to end the stack with the story.

        Returns:
            The exit code: of the story, where there is one, else 0.

        Raises:
            StackError: the stack could not start, or a process of it crashed for good.
        """
        with self._stop, claim_home(self._settings.home):
            check_ports(self._settings)
            try:
                return self._serve(story, go_on=go_on)
            finally:
                self._end_all()

    def _serve(self, story: str | None, *, go_on: bool) -> int:
        code = 0
        try:
            self._start()
            if story is not None:
                code = self._finish_once("story", story, terminal=True)
            if story is None or go_on:
                self._attend(lambda: False)
        except _Stopped:
            self._console.print("Stopping…")
        return code

    def _start(self) -> None:
        began = time.monotonic()
        redis = queues.connect(self._settings.redis_url)
        with redis:
            self._launch(embedded_services(self._settings, redis))
            for name, command in PREPARATIONS.items():
                self._finish_once(name, command)
            self._await_ready()
            self._launch(procfile_programs(self._settings, redis))
            self._await_ready()
        self._console.print(addresses_table(self._settings))
        seconds = time.monotonic() - began
        self._console.print(f"Ready in {seconds:.1f} s. Ctrl-C stops everything; the data stays.")

    def _launch(self, programs: Iterable[Program]) -> None:
        for program in programs:
            child = Child(program.name, program.command, self._environ, self._logs)
            self._running.append(_Running(program, child, time.monotonic()))

    def _await_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN

        def all_ready() -> bool:
            waiting = [running for running in self._running if not running.ready]
            for running in waiting:
                running.ready = running.start_again_at is None and running.program.ready(running.child)
            late = [running for running in waiting if not running.ready]
            if late and time.monotonic() > deadline:
                raise _failure(late[0].child, f"{late[0].program.name} does not answer")
            return not late

        self._attend(all_ready)

    def _finish_once(self, name: str, command: str, *, terminal: bool = False) -> int:
        child = Child(name, command, self._environ, self._logs, terminal=terminal)
        self._once.append(child)
        self._attend(lambda: child.ended() is not None)
        self._once.remove(child)
        child.finish(0)
        code = child.ended() or 0
        if code and not terminal:
            raise _failure(child, f"`{command}` failed")
        return code

    def _attend(self, done: Callable[[], bool]) -> None:
        """Keep the processes running until `done`, or until a signal."""
        while not done():
            for running in self._running:
                self._revive(running)
            if self._stop.wait(_TURN):
                raise _Stopped

    def _revive(self, running: _Running) -> None:
        now = time.monotonic()
        if running.start_again_at is not None:
            if now >= running.start_again_at:
                program = running.program
                running.child = Child(program.name, program.command, self._environ, self._logs)
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


def _how_it_ended(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _failure(child: Child, what: str) -> StackError:
    lines = "\n".join(f"  {line}" for line in child.last_lines())
    return StackError(f"{what}; its last lines ({child.log}) are\n{lines}")
