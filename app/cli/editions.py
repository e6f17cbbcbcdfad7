"""What partners propose for the editions of a course, and what is in force."""

from __future__ import annotations

import click

from app.cli.opening import opened
from app.cli.output import as_json_option, show_records
from app.errors import HubOutError
from app.services.sheets import edition_answers

BY = "hubout"
"""Who answered, in the record, where it was somebody at this command line."""


@click.command()
@click.argument("call")
@click.argument("answer", required=False, type=click.Choice(edition_answers.ANSWERS))
@click.argument("numbers", nargs=-1, type=int)
@as_json_option
def editions(call: str, answer: edition_answers.Answer | None, numbers: tuple[int, ...], *, as_json: bool) -> None:
    """List what partners propose for the editions of CALL and what is in force; or accept, or decline, NUMBERS."""
    with opened() as context:
        known = context.catalogue.calls.get(call)
        if known is None:
            raise HubOutError(f"there is no call `{call}`", f"use one of {', '.join(sorted(context.catalogue.calls))}")
        if answer and not numbers:
            raise click.UsageError(f"{answer} which? Give the numbers that `hubout editions {call}` lists")
        for number in numbers:
            done = edition_answers.answer(context, known, number, answer or "accept", by=BY)
            click.echo(f"{answer}: {done.edition} {done.column}: {done.now or '–'} (before: {done.was or '–'})")
        if answer:
            return
        waiting: list[dict[str, str | int]] = [
            {
                "id": each.number,
                "edition": each.edition,
                "column": each.column,
                "in_force": each.was,
                "proposed": each.now,
            }
            for each in edition_answers.waiting(context, known)
        ]
        in_force = edition_answers.settings(context, known)
    show_records([*in_force, *waiting], ("id", "edition", "column", "in_force", "proposed"), as_json=as_json)


COMMANDS = {"editions": editions}
