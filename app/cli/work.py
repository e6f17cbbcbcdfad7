"""`hubout worker` and `hubout clock`: the processes behind the pages."""

from __future__ import annotations

import click

from app.cli.opening import log_what_happens, opened, read_settings
from app.jobs import sweep
from app.stack.pool import run_workers
from app.stack.ticker import run_clock


@click.command()
def worker() -> None:
    """Run HUBOUT_WORKERS RQ workers."""
    log_what_happens()
    settings = read_settings()
    run_workers(settings.redis_url, settings.workers)


@click.command()
def clock() -> None:
    """Each second, wake what waits and fire what is due."""
    log_what_happens()
    with opened() as context:
        run_clock(context, sweep.tick)


COMMANDS = {"worker": worker, "clock": clock}
