"""Who acts: a part in one case given to somebody else, and who stands in for whom."""

from __future__ import annotations

import click

from app.cli.opening import opened
from app.cli.output import as_json_option, show_records
from app.clock import parse_instant
from app.services.people import absences, reassigning


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


@click.command()
@click.argument("person")
@click.argument("to")
@click.option("--from", "starts", required=True, help="First instant, as 2026-12-01T00:00+01:00.")
@click.option("--until", "ends", required=True, help="End, not included.")
@click.option("--call", default="", help="Only in this call; without it in all of them.")
def delegate(person: str, to: str, starts: str, ends: str, call: str) -> None:
    """Let the person at the address TO stand in for PERSON: steps that open meanwhile go there, and come back."""
    with opened() as context:
        number = absences.add(context, person, to, parse_instant(starts), parse_instant(ends), call)
    click.echo(f"delegation {number}: {to} stands in for {person}")


@click.group(invoke_without_command=True)
@click.pass_context
@as_json_option
def delegations(command: click.Context, *, as_json: bool) -> None:
    """List who stands in for whom."""
    if command.invoked_subcommand is None:
        with opened() as context:
            columns = ("id", "from", "to", "call", "starts_at", "ends_at", "state")
            show_records(absences.entries(context), columns, as_json=as_json)


@delegations.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End delegation NUMBER now: what is with the stand-in goes back."""
    with opened() as context:
        absences.revoke(context, number)


COMMANDS = {"reassign": reassign, "delegate": delegate, "delegations": delegations}
