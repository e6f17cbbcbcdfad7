"""Who acts: a part in one case given to somebody else."""

from __future__ import annotations

import click

from app.cli.opening import opened
from app.services import reassigning


@click.command()
@click.argument("reference")
@click.argument("role")
@click.argument("to")
@click.option("--reason", required=True, help="Why; whoever had it and whoever gets it read this.")
def reassign(reference: str, role: str, to: str, reason: str) -> None:
    """Give ROLE on the case REFERENCE to the person at the address TO: old links are closed, both are told."""
    with opened() as context:
        reassigning.reassign(context, reference, role, to, reason)
    click.echo(f"{reference}: {role} is {to} now")


COMMANDS = {"reassign": reassign}
