"""`hubout google`, `hubout smtp` and `hubout mail`: the stand-ins for outside services, and the mailbox of one."""

from __future__ import annotations

import click

from app.cli.opening import read_settings
from app.cli.output import as_json_option, show_records
from app.config import LOOPBACK
from app.errors import HubOutError
from integrations.local import google as local_google
from integrations.local import smtp as local_smtp
from integrations.local.smtp import Mailbox


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on instead of HUBOUT_PORT + 1.")
def google(port: int | None) -> None:
    """Serve the Sheets and Drive API and the grid pages."""
    settings = read_settings()
    local_google.serve(
        settings.home,
        LOOPBACK,
        port or settings.sheets_port,
        log_requests=settings.log_sheets,
        quota=settings.sheets_quota,
        now=settings.open_clock().now,
    )


@click.command()
def smtp() -> None:
    """Take mail on HUBOUT_PORT + 2 into the mailbox below HUBOUT_HOME."""
    settings = read_settings()
    local_smtp.serve(settings.home, LOOPBACK, settings.smtp_port)


@click.command()
@as_json_option
def mail(*, as_json: bool) -> None:
    """List the mail in the embedded mailbox, oldest first."""
    settings = read_settings()
    if not settings.embedded_smtp:
        raise HubOutError("mail goes to an outside server", "the mailbox is there while HUBOUT_SMTP_URL is unset")
    messages = (message.as_json() for message in Mailbox(settings.mail_folder).messages())
    show_records(messages, ("date", "to", "subject"), as_json=as_json)


COMMANDS = {"google": google, "smtp": smtp, "mail": mail}
