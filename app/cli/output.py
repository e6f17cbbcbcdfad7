"""How commands print records: a table for people, with `--json` one object a line for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PIPE_WIDTH = 160
"""Columns of a table that no terminal limits."""

as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def console() -> Console:
    """Standard output, as wide as the terminal, or wide enough for an address where it goes to a file."""
    here = Console(highlight=False, soft_wrap=False)
    return here if here.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def show_records(records: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Print `records`: whole as JSON, or their `columns` as a table."""
    if as_json:
        for record in records:
            click.echo(json.dumps(record, ensure_ascii=False))
        return
    table = Table(*columns)
    for record in records:
        table.add_row(*(_cell(record.get(column)) for column in columns))
    console().print(table)


def _cell(value: object) -> str:
    return "" if value is None else str(value)
