"""`hubout web`: the pages and the API, served by granian."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from app.cli.opening import log_what_happens, opened, read_settings
from app.config import LOOPBACK
from app.services.context import open_context
from app.stack.child import tie_to
from app.web import create_app

if TYPE_CHECKING:
    from flask import Flask

_PROCESSES = 2
_THREADS = 2
"""Few: SQLite's writers wait in line, and with many its p99 grows to 200 ms (reference/performance.md)."""

_STOP_WITHIN = 10  # seconds for the requests in hand


def site() -> Flask:
    """The web application of this environment; granian calls it in each of its processes."""
    tie_to(os.getppid())()
    log_what_happens()
    return create_app(open_context(read_settings()))


@click.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on; a proxy stands before it.")
def web(host: str) -> None:
    """Serve the pages on HUBOUT_PORT."""
    with opened() as context:  # a wrong definition ends the start here, once, and not in each process
        port = context.settings.port
    Server(
        f"{__name__}:site",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=_PROCESSES,
        blocking_threads=_THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_WITHIN,
    ).serve()


COMMANDS = {"web": web}
