"""`hubout sheets connect | rebuild | rotate | export`: which file a workbook is, and its rows without Google."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from redis import RedisError

from app.cli.opening import opened
from app.cli.output import console, show_records
from app.errors import HubOutError
from app.services.context import NO_QUOTA, Context
from app.services.sheets import sheet_pages, sheet_tabs, workbooks
from app.services.sheets.sheet_export import tables_of
from integrations.sheets.errors import SheetsError
from integrations.sheets.moving import TabChange
from integrations.tables import FORMATS


def show_workbooks(context: Context) -> None:
    """The workbooks as a table, and what is used of Google's quota."""
    columns = ("workbook", "tabs", "waiting", "read", "address", "problem")
    rows = [{**each, "read": (each["synced_at"] or "")[:16].replace("T", " ")} for each in workbooks.status(context)]
    show_records(rows, columns, as_json=False)
    try:
        reads, writes = workbooks.quota(context)
    except RedisError as error:
        console().print(f"Quota: not known, Redis is away: {error}")
        return
    told = [
        f"{use.used}{f' of {use.limit}' if use.limit < NO_QUOTA.identity else ''} {name}"
        f"{' (closed by Google for now)' if use.closed else ''}"
        for name, use in (("reads", reads), ("writes", writes))
    ]
    console().print(f"Quota of the last minute: {', '.join(told)}. `--tabs` lists the tabs.")


@click.command()
@click.argument("call")
@click.argument("address", metavar="URL")
@click.option("--workbook", default="", help="Which one, where the call has several.")
@click.option("--tab", "pairs", multiple=True, metavar="OURS=THEIRS", help="A tab of theirs that is to be ours.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def connect(call: str, address: str, workbook: str, pairs: tuple[str, ...], *, yes: bool) -> None:
    """Work in a spreadsheet that partners already use: shows what is added to it, asks, and writes the rows."""
    names = _names(pairs)
    with opened() as context:
        known = workbooks.call_of(context, call)
        with _google_in_words():
            connection = workbooks.look(context, known, address, workbook=workbook, names=names)
            click.echo(f"«{connection.title}» becomes the workbook {connection.workbook}.")
            if connection.replaces:
                click.echo(f"Its file so far is left as it is: {sheet_tabs.address_of(context, connection.replaces)}")
            for line in _lines(connection.tabs):
                click.echo(line)
            click.echo("Columns that HubOut uses or adds get its background colours, number formats and widths.")
            if connection.localised:
                click.echo(
                    "! Locale and time zone of the whole spreadsheet become Italian: dates and decimals read so."
                )
            if not yes:
                click.confirm("Do it?", abort=True)
            workbooks.connect(context, connection, names)
        click.echo("Connected, and its rows are written.")


@click.command()
@click.argument("workbook")
@click.option("--into", "address", metavar="URL", help="A blank spreadsheet that was shared with us.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rebuild(workbook: str, address: str | None, *, yes: bool) -> None:
    """Make WORKBOOK anew from the database, when its file is lost; with what partners wrote, as last seen."""
    if not yes:
        click.confirm(f"Make {workbook} anew? Its file so far is left as it is", abort=True)
    with opened() as context, _google_in_words():
        made = workbooks.rebuild(context, workbook, address)
        click.echo(f"Made anew: {sheet_tabs.address_of(context, made)}")


@click.command()
@click.argument("workbook")
@click.option("--into", "address", metavar="URL", help="A blank spreadsheet that was shared with us.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def rotate(workbook: str, address: str | None, *, yes: bool) -> None:
    """Go on in a new file, shared with the same people; the old one stays, locked, and tells where the new one is."""
    if not yes:
        click.confirm(f"Move {workbook} to a new file? Free columns and colours stay in the old one", abort=True)
    with opened() as context, _google_in_words():
        old, new = workbooks.rotate(context, workbook, address)
        click.echo(f"Old, to read only: {sheet_tabs.address_of(context, old)}")
        click.echo(f"New: {sheet_tabs.address_of(context, new)}")


@click.command()
@click.argument("call")
@click.option("--workbook", default="", help="Which one, where the call has several.")
@click.option("--format", "kind", type=click.Choice(sorted(FORMATS)), default="ods", show_default=True)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="A folder.")
def export(call: str, workbook: str, kind: str, folder: Path) -> None:
    """Write the tabs of CALL to a file, from the database alone: where Google is not allowed, or away."""
    with opened() as context:
        known = workbooks.call_of(context, call)
        name = workbooks.workbook_of(known, workbook)
        ending, _, make = FORMATS[kind]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.{ending}"
        path.write_bytes(make(tables_of(context, name)))
    click.echo(path)


@click.command()
@click.argument("call")
@click.option("--workbook", default="", help="Which one, where the call has several.")
@click.option("--days", default=sheet_pages.DAYS, show_default=True, type=click.IntRange(1, 400), help="How long.")
def links(call: str, workbook: str, days: int) -> None:
    """Make a private link for each tab of CALL: a page to read and download it, without Google."""
    with opened() as context:
        name = workbooks.workbook_of(workbooks.call_of(context, call), workbook)
        for title, address in sheet_pages.links(context, name, days):
            click.echo(f"{title}: {address}")


class _google_in_words:  # noqa: N801 - reads as what it does: `with _google_in_words()`
    """Google's refusals become lines for the operator."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, SheetsError):
            raise HubOutError(str(error), "nothing else was changed; try again when that is done") from error


def _names(pairs: Iterable[str]) -> Mapping[str, str]:
    names = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not equals or not ours or not theirs:
            raise HubOutError(f"`--tab {pair}` is not understood", "write `--tab 'Domande – olt-1=Foglio1'`")
        names[ours] = theirs
    return names


def _lines(changes: Iterable[TabChange]) -> Iterable[str]:
    """What will be done, a few lines a tab."""
    for change in changes:
        if change.theirs is None:
            yield f"+ tab «{change.title}»: new, {len(change.made)} columns"
            continue
        yield f"  tab «{change.theirs}»: {change.rows} of your rows stay where they are"
        if change.free:
            yield f"      never touched: {', '.join(change.free)}"
        if change.found:
            yield f"      used as they are: {', '.join(change.found)}"
        if change.filled:
            yield f"    ! written by HubOut from now on, in rows with a code: {', '.join(change.filled)}"
        if change.made:
            yield f"    + added at the right end: {', '.join(change.made)}"


GROUPED = (connect, rebuild, rotate, export, links)
"""The commands that `hubout sheets` has from here."""
