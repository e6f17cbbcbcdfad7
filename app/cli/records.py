"""What is there: submissions, the spreadsheets. `--json` gives one object a line, for programs."""

from __future__ import annotations

import json

import click

from app.cli.opening import opened
from app.cli.output import as_json_option, show_records
from app.cli.quarantine import quarantine
from app.cli.workbooks import GROUPED, show_workbooks
from app.errors import HubOutError
from app.services import listing
from app.services.sheets import syncing


@click.command()
@click.option("--call", help="Only of this call.")
@click.option("--state", help="Only in this state.")
@as_json_option
def submissions(call: str | None, state: str | None, *, as_json: bool) -> None:
    """List submissions, oldest first."""
    with opened() as context:
        columns = ("reference", "call", "form", "state", "submitted_at", "updated_at")
        show_records(listing.submissions(context, call, state), columns, as_json=as_json)


@click.command()
@click.argument("reference")
@as_json_option
def show(reference: str, *, as_json: bool) -> None:
    """Show submission REFERENCE: answers, events, reviews, decision, outbox messages."""
    with opened() as context:
        record = listing.show(context, reference)
    if record is None:
        raise HubOutError(f"there is no submission {reference}", "`hubout submissions` lists them")
    click.echo(json.dumps(record, ensure_ascii=False, indent=None if as_json else 2))


@click.group()
def sheets_group() -> None:
    """How the spreadsheets stand."""


@sheets_group.command()
@click.option("--tabs", is_flag=True, help="A line a tab, as `--json` has it.")
@as_json_option
def status(*, tabs: bool, as_json: bool) -> None:
    """List the workbooks with what waits and what is wrong, or the tabs."""
    with opened() as context:
        if not tabs and not as_json:
            show_workbooks(context)
            return
        columns = ("call", "reviewer", "spreadsheet", "tab", "rows", "dirty")
        show_records(listing.sheets_status(context), columns, as_json=as_json)


for command in (*GROUPED, quarantine):
    sheets_group.add_command(command)


@click.command()
def sync() -> None:
    """Ask for all spreadsheets to be read and written now; `hubout wait` waits for it."""
    with opened() as context:
        syncing.request_sync(context)


COMMANDS = {
    "submissions": submissions,
    "show": show,
    "sheets": sheets_group,
    "sync": sync,
}
