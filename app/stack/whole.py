"""The whole stack of one home: what it claims, the order in which it starts, what it shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app import queues
from app.stack.addresses import addresses_table
from app.stack.claims import check_ports, claim_home
from app.stack.programs import embedded_services, environment, procfile_programs
from app.stack.supervisor import StoppedError, Supervisor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from app.config import Settings

PREPARATIONS = {"check": "hubout check", "db": "hubout db upgrade"}
"""What has to succeed, once, before the Procfile's processes start."""


def run_stack(
    settings: Settings, environ: Mapping[str, str], console: Console, *, story: str | None = None, go_on: bool = True
) -> int:
    """Run the stack until a signal asks for its end.

    Args:
        settings: what to run on.
        environ: the environment from which `settings` were read; the processes read it too.
        console: where the person at the terminal reads.
        story: a command to run, at the terminal, once everything answers.
        go_on: False to end the stack with the story.

    Returns:
        The exit code: the story's, where there is one, else 0.

    Raises:
        StackError: the stack could not start, or a process of it crashed for good.
    """
    code = 0
    with (
        claim_home(settings.home),
        Supervisor(environment(settings, environ), settings.home / "logs", console) as supervisor,
    ):
        check_ports(settings)
        try:
            _start(settings, console, supervisor)
            if story is not None:
                code = supervisor.play("story", story)
            if story is None or go_on:
                supervisor.attend(lambda: False)
        except StoppedError:
            console.print("Stopping…")
    return code


def _start(settings: Settings, console: Console, supervisor: Supervisor) -> None:
    began = time.monotonic()
    with queues.connect(settings.redis_url) as redis:
        supervisor.launch(embedded_services(settings, redis))
        supervisor.prepare(PREPARATIONS)
        supervisor.await_ready()
        supervisor.launch(procfile_programs(settings, redis))
        supervisor.await_ready()
    console.print(addresses_table(settings))
    console.print(f"Ready in {time.monotonic() - began:.1f} s. Ctrl-C stops everything; the data stays.")
