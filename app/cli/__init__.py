"""The command line `hubout`. A command's module is imported when the command is called, so each starts at once."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Any

import click

from app.cli.trouble import report
from app.errors import HubOutError
from forms.document import DefinitionError

COMMANDS = {
    "up": ("app.cli.stack", "Start the whole stack on this machine and keep it running"),
    "demo": ("app.cli.stack", "Start the stack in a fresh home and play the demo story on it"),
    "web": ("app.cli.web", "Serve the pages (a process of the Procfile)"),
    "worker": ("app.cli.work", "Run the workers (a process of the Procfile)"),
    "clock": ("app.cli.work", "Look each second for what is due (a process of the Procfile)"),
    "google": ("app.cli.embedded", "Serve the local Google alone: Sheets, Drive and the grid pages"),
    "smtp": ("app.cli.embedded", "Take mail into the embedded mailbox"),
    "check": ("app.cli.checking", "Check definition files: each fault as `file:line: what: how to fix`"),
    "diagram": ("app.cli.drawing", "Draw a workflow, as SVG or Mermaid text"),
    "migrate": ("app.cli.versions", "Move the open cases of a call to another version of its workflow"),
    "replay": ("app.cli.versions", "Play past cases of a call through a changed workflow; changes nothing"),
    "doctor": ("app.cli.doctor", "See whether everything that HubOut needs is there"),
    "db": ("app.cli.database", "Care for the database"),
    "verify": ("app.cli.database", "Verify the event chain of every submission"),
    "time": ("app.cli.moments", "Tell the stack's time, or move it forward"),
    "wait": ("app.cli.waits", "Wait until nothing is left to do now"),
    "submissions": ("app.cli.records", "List submissions"),
    "show": ("app.cli.records", "Show one submission with all that happened to it"),
    "mail": ("app.cli.embedded", "List the mail in the embedded mailbox"),
    "outbox": ("app.cli.outbox", "List what waits to be delivered, try it again, release drafts"),
    "bounce": ("app.cli.bounces", "Read a mail that came back, from standard input"),
    "sheets": ("app.cli.records", "See how the spreadsheets stand"),
    "editions": ("app.cli.editions", "List what partners propose for a course's editions, accept or decline it"),
    "delegate": ("app.cli.people", "Let somebody stand in for somebody, from when until when"),
    "delegations": ("app.cli.people", "List who stands in for whom, or revoke one"),
    "reassign": ("app.cli.people", "Give a part in one case to somebody else, with a reason"),
    "sync": ("app.cli.records", "Ask for all spreadsheets to be read and written now"),
}
"""Every command: the module it is defined in, and its line in the help. docs/cli.md is held to it by a test."""


_HIDDEN = {"story": ("app.cli.story", "")}


class _Commands(click.Group):
    """Imports a command when it is asked for; the help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        found = (COMMANDS | _HIDDEN).get(cmd_name)
        if found is None:
            return None
        command: click.Command = importlib.import_module(found[0]).COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hubout")
def hubout() -> None:
    """Public forms, partners' Google Sheets and decisions by e-mail. Settings: docs/settings.md."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; whatever happens, a person reads lines and no traceback."""
    options: dict[str, Any] = {"args": arguments, "prog_name": "hubout"}
    try:
        hubout(**options)
    except (HubOutError, DefinitionError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last door before the terminal
        click.echo(report(error), err=True)
        sys.exit(1)
