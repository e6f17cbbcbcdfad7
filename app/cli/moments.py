"""`hubout time`: the stack's time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from app.cli.opening import read_settings
from app.clock import parse_duration, parse_instant

if TYPE_CHECKING:
    from datetime import datetime

_ROME = ZoneInfo("Europe/Rome")


@click.group(invoke_without_command=True)
@click.pass_context
def time(context: click.Context) -> None:
    """Tell the stack's time, in Italy's."""
    if context.invoked_subcommand is None:
        _tell(read_settings().open_clock().now())


@time.command("set")
@click.argument("instant")
def set_time(instant: str) -> None:
    """Move time forward to INSTANT, as 2026-11-20T12:00+01:00."""
    _tell(read_settings().open_clock().set(parse_instant(instant)))


@time.command()
@click.argument("duration")
def advance(duration: str) -> None:
    """Move time forward by DURATION, as P5D or PT48H."""
    _tell(read_settings().open_clock().advance(parse_duration(duration)))


def _tell(instant: datetime) -> None:
    click.echo(instant.astimezone(_ROME).isoformat(timespec="seconds"))


COMMANDS = {"time": time}
