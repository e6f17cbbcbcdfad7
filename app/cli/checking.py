"""`hubout check`: definition files before they are used."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.catalogue.check import check_paths
from app.cli.opening import read_settings
from app.services.context import CARRIED_OUT


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check the files and folders PATHS; without PATHS, all that the application would start on."""
    faults = check_paths(CARRIED_OUT, paths, read_settings().calls_dir)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        sys.exit(1)
    click.echo("No faults.")


COMMANDS = {"check": check}
