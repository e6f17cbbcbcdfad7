"""The table of addresses that a started stack shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.config import Settings


def addresses_table(settings: Settings) -> Table:
    """What answers where, and what it is for."""
    table = Table(title="HubOut", title_justify="left", title_style="bold")
    table.add_column("what", no_wrap=True)
    table.add_column("where", no_wrap=True, overflow="fold", style="cyan")
    table.add_column("for what")
    for row in _rows(settings):
        table.add_row(*row)
    return table


def _rows(settings: Settings) -> Iterator[tuple[str, str, str]]:
    yield "Pages", f"{settings.base_url}/", "open calls, their forms, decisions"
    if settings.embedded_smtp:
        yield "Mailbox", f"{settings.base_url}/posta", "every mail that HubOut has sent"
    if settings.embedded_sheets:
        yield "Sheets", f"{settings.sheets_url}/", "the partners' spreadsheets, to edit like a partner"
    yield "API", f"{settings.base_url}/api/v1/calls", "for other programs"
    if settings.embedded_smtp:
        yield "SMTP", settings.smtp_url, "takes the mail"
    yield "Data", str(settings.home), "HUBOUT_HOME of the commands `hubout submissions`, `mail`, `time` …"
    yield "Logs", str(settings.home / "logs"), "what each process says"
