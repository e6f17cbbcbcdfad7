"""Caring for an installation: definitions, database, event chain, and whether all that is needed is there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app import migrate
from app.catalogue.check import check_paths
from app.cli.doctor import examine
from app.cli.opening import opened, read_settings
from app.db import Database
from app.services import eventlog


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check the files and folders PATHS; without PATHS, all that the application would start on."""
    faults = check_paths(paths)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        sys.exit(1)
    click.echo("No faults.")


@click.command()
def doctor() -> None:
    """One line for each thing that HubOut needs, with what to do where it fails; 1 where one fails."""
    findings = examine()
    for finding in findings:
        click.echo(str(finding))
    sys.exit(0 if all(finding.well for finding in findings) else 1)


@click.group()
def db() -> None:
    """Care for the database."""


@db.command()
def upgrade() -> None:
    """Bring the database's tables to what this version needs; safe to repeat."""
    settings = read_settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        migrate.upgrade(database)
    finally:
        database.close()


@click.command()
def verify() -> None:
    """Verify every submission's events: 1 where one was altered, with a line for each."""
    with opened() as context, context.read() as session:
        broken = eventlog.broken_links(session)
    for line in broken:
        click.echo(line)
    if broken:
        sys.exit(1)
    click.echo("Every event chain holds.")


COMMANDS = {"check": check, "doctor": doctor, "db": db, "verify": verify}
