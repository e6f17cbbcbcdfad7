"""`hubout outbox`: what waits to be delivered, dead letters, and drafts to read, change and release."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.opening import opened
from app.cli.output import as_json_option, show_records
from app.errors import HubOutError
from app.services import listing
from app.services.mail import held

_SUBJECT = "Subject: "


@click.group()
def outbox() -> None:
    """What waits to be delivered, dead letters, and drafts."""


@outbox.command("list")
@click.option("--dead", is_flag=True, help="Only dead letters: what was given up.")
@as_json_option
def list_outbox(*, dead: bool, as_json: bool) -> None:
    """List what is not delivered yet."""
    with opened() as context:
        columns = ("id", "channel", "target", "message", "state", "attempts", "next_try_at", "last_error")
        show_records(listing.letters(context, dead=dead), columns, as_json=as_json)


@outbox.command()
@click.argument("rows", type=int, nargs=-1)
def retry(rows: tuple[int, ...]) -> None:
    """Try the outbox ROWS once more now; without ROWS, everything that waits or was given up."""
    with opened() as context:
        click.echo(f"{listing.retry(context, rows)} to be tried again")


@outbox.command()
@as_json_option
def drafts(*, as_json: bool) -> None:
    """List the drafts: results of one act for many cases that wait to be released. `--json` has their text."""
    with opened() as context:
        columns = ("id", "reference", "target", "message", "subject", "edited", "leaves_at")
        show_records(held.drafts(context), columns, as_json=as_json)


@outbox.command()
@click.argument("row", type=int)
@click.option("--file", type=click.Path(path_type=Path, exists=True), help="The new text, instead of an editor.")
@click.option("--alike", is_flag=True, help="Change all drafts of the same message, language and call.")
def edit(row: int, file: Path | None, *, alike: bool) -> None:
    """Write the draft ROW anew: its subject in the first line, then the body, with placeholders as {codice}."""
    with opened() as context:
        subject, body = held.wording(context, row)
        text = file.read_text(encoding="utf-8") if file else click.edit(f"{_SUBJECT}{subject}\n\n{body}\n")
        if text is None:
            raise HubOutError("nothing was changed", "save the text in the editor, or give it with --file")
        head, _, rest = text.partition("\n")
        if not head.startswith(_SUBJECT):
            raise HubOutError("the first line is no subject", f"begin the text with `{_SUBJECT.strip()}`")
        number = held.edit(context, row, head.removeprefix(_SUBJECT).strip(), rest.strip("\n"), alike=alike)
        click.echo(f"{number} changed")


@outbox.command()
@click.argument("rows", type=int, nargs=-1)
@click.option("--call", help="Only of this call.")
def release(rows: tuple[int, ...], call: str | None) -> None:
    """Let the drafts ROWS leave now; without ROWS, all of them."""
    with opened() as context:
        click.echo(f"{held.release(context, rows, call)} released")


COMMANDS = {"outbox": outbox}
