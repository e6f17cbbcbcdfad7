"""`hubout db` and `hubout verify`: the tables, and the chains of events in them."""

from __future__ import annotations

import sys

import click

from app import migrate
from app.cli.opening import opened, read_settings
from app.db import Database
from app.services.casework import eventlog


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


COMMANDS = {"db": db, "verify": verify}
