"""A workflow changes while cases are under way: `hubout migrate` moves them, `hubout replay` tells what would be."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.catalogue.calls import Call
from app.cli.opening import opened
from app.cli.output import as_json_option, show_records
from app.errors import HubOutError
from app.services.casework import migration, what_if
from app.services.context import Context
from forms.document import DefinitionError, parse
from workflows.checker import check
from workflows.definition import load_workflow


@click.command()
@click.argument("call")
@click.option("--to", "version", default=migration.CURRENT, show_default=True, help="Which version of its workflow.")
@click.option(
    "--states",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file of `old state: new state`; those it does not name stay what they are.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would become of each case.")
@as_json_option
def migrate(call: str, version: str, states: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Move the open cases of CALL to another version of its workflow, by an event; ends with 1 if one can't move."""
    mapping = parse(states.read_text(encoding="utf-8"), str(states)).data if states else {}
    with opened() as context:
        found = call_named(context, call)
        to = migration.target_of(context, found, version)
        pairs = {str(old): str(new) for old, new in mapping.items()}
        records = list(migration.migrate(context, found, to, pairs, dry_run=dry_run))
    show_records(records, ("reference", "version", "from", "to", "note"), as_json=as_json)
    stay = sum(record["to"] is None for record in records)
    if not as_json:
        would = "would move" if dry_run else "moved"
        click.echo(f"{len(records) - stay} {would} to {to.sha256[:12]}, {stay} can’t.")
    sys.exit(1 if stay else 0)


def call_named(context: Context, name: str) -> Call:
    """The call of this name.

    Raises:
        HubOutError: there is none.
    """
    if name not in context.catalogue.calls:
        raise HubOutError(f"there is no call `{name}`", f"name one of {', '.join(sorted(context.catalogue.calls))}")
    return context.catalogue.calls[name]


@click.command()
@click.argument("call")
@click.option(
    "--with",
    "path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The changed workflow, a YAML file.",
)
@as_json_option
def replay(call: str, path: Path, *, as_json: bool) -> None:
    """Play past cases of CALL through a changed workflow and show those that end elsewhere; changes nothing."""
    document = parse(path.read_text(encoding="utf-8"), str(path))
    other = load_workflow(document)
    faults = [document.fault(*problem) for problem in check(other)]
    if faults:
        raise DefinitionError(faults)
    with opened() as context:
        records = list(what_if.what_if(context, call_named(context, call), other))
    differ = [record for record in records if record["differs"]]
    columns = ("reference", "was", "was_since", "would_be", "would_be_since", "note")
    show_records(records if as_json else differ, columns, as_json=as_json)
    if not as_json:
        erased = sum(record["erased"] for record in records)
        beside = f", {erased} are erased" if erased else ""
        click.echo(f"{len(differ)} of {len(records)} would have ended elsewhere or at another time{beside}.")


COMMANDS = {"migrate": migrate, "replay": replay}
