"""`hubout up` and `hubout demo`: everything on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from app.cli.opening import read_settings
from app.cli.output import console
from app.config import Settings
from app.errors import HubOutError
from app.stack.whole import run_stack

DEMO_CLOCK = "2026-11-16T09:00+01:00"
_DEMO_MARK = ".hubout-demo"


@click.command()
def up() -> None:
    """Start the embedded services that no setting replaces, and the processes of the Procfile."""
    settings = read_settings()
    sys.exit(run_stack(settings, os.environ, console()))


@click.command()
@click.option("--exit", "leave", is_flag=True, help="End after the story: 0 only if every outcome was as expected.")
def demo(*, leave: bool) -> None:
    """Play fictional applications through pages, sheets and mails; then go on serving.

    The home is HUBOUT_HOME, where that is set (it must be empty), else home/demo, made afresh.
    """
    home = _fresh_home()
    environ = {**os.environ, "HUBOUT_HOME": str(home)}
    environ.setdefault("HUBOUT_CLOCK", DEMO_CLOCK)
    settings = Settings.from_environment(environ)
    sys.exit(run_stack(settings, environ, console(), story="hubout story", go_on=not leave))


def _fresh_home() -> Path:
    given = os.environ.get("HUBOUT_HOME")
    home = Path(given or "home/demo").resolve()
    if given and home.exists() and any(home.iterdir()):
        raise HubOutError(f"{home} is not empty", "the demo wants a fresh HUBOUT_HOME")
    if not given and home.exists():
        if not (home / _DEMO_MARK).exists():
            raise HubOutError(f"{home} was not made by the demo", "move it away, or set HUBOUT_HOME")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / _DEMO_MARK).touch()
    return home


COMMANDS = {"up": up, "demo": demo}
