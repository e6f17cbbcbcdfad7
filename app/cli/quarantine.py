"""What waits in the partners' spreadsheets for a decision."""

from __future__ import annotations

import click

from app.cli.opening import opened
from app.cli.output import as_json_option, show_records
from app.services.sheets import quarantine as decisions


@click.group()
def quarantine() -> None:
    """Changes that look like an accident: a column emptied, rows mixed up. Until somebody decides, nothing changes."""


@quarantine.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@as_json_option
def list_quarantine(*, everything: bool, as_json: bool) -> None:
    """List what waits for a decision; `--json` with every cell."""
    with opened() as context:
        found = decisions.listed(context, everything=everything)
    if as_json:
        show_records(found, (), as_json=True)
        return
    rows = [{**each, **cell, "at": each["found_at"][:16].replace("T", " ")} for each in found for cell in each["cells"]]
    show_records(rows, ("id", "state", "at", "tab", "reference", "column", "was", "now"), as_json=False)


@quarantine.command()
@click.argument("number", type=int)
def accept(number: int) -> None:
    """Take the new values of quarantine NUMBER: they count from now on."""
    with opened() as context:
        click.echo(f"{decisions.accept(context, number)} cells taken")


@quarantine.command()
@click.argument("number", type=int)
def restore(number: int) -> None:
    """Put the values from before back into the sheet."""
    with opened() as context:
        click.echo(f"{decisions.restore(context, number)} cells to be put back")
