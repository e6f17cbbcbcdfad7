"""`hubout wait`: until the stack has nothing left to do."""

from __future__ import annotations

import sys
import time

import click

from app.cli.opening import opened
from app.services import waiting
from app.services.sheets import syncing

_TURN = 0.1  # seconds between two looks


@click.command()
@click.option("--timeout", type=click.FloatRange(0), default=60.0, show_default=True, help="Real seconds to wait.")
def wait(timeout: float) -> None:
    """End with 0 once no due timer, deliverable outbox row or unsynced cell remains; with 1 after the timeout."""
    deadline = time.monotonic() + timeout
    with opened() as context:
        since = syncing.request_sync(context)  # an edit made in a sheet until now is to be waited for too
        while still := waiting.idle(context, since):
            if time.monotonic() >= deadline:
                for line in still:
                    click.echo(line, err=True)
                sys.exit(1)
            time.sleep(_TURN)


COMMANDS = {"wait": wait}
