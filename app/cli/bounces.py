"""`hubout bounce`: what a mail server pipes to us when a mail came back."""

from __future__ import annotations

import os
import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.opening import opened
from app.services.mail import bounces
from integrations.dsn import LONGEST


@click.command()
def bounce() -> None:
    """Read a mail that came back (RFC 3464) from standard input, and do what follows from it.

    Ends with 75 while the database is away: a mail server keeps the report then and pipes it again.
    """
    raw = sys.stdin.buffer.read(LONGEST)
    try:
        with opened() as context:
            click.echo(bounces.take(context, raw))
    except SQLAlchemyError as error:
        click.echo(f"try again later: {type(error).__name__}", err=True)
        sys.exit(os.EX_TEMPFAIL)


COMMANDS = {"bounce": bounce}
