"""`hubout story`: what `hubout demo` starts at the terminal once its stack answers; not for the help."""

from __future__ import annotations

import sys

import click

from app.cli.opening import read_settings
from app.story import play


@click.command(hidden=True)
def story() -> None:
    """Play the demo story on the running stack of HUBOUT_HOME: 0 only if every outcome was as expected."""
    sys.exit(0 if play(read_settings()) else 1)


COMMANDS = {"story": story}
