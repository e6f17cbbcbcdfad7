"""`hubout doctor`: looks at everything HubOut needs, one finding each, and says what to do."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
import sys
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import click
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

import app
from app import migrate, queues
from app.cli.opening import opened
from app.config import Settings, SettingsError
from app.db import Database
from app.errors import HubOutError
from app.services.sheets import google_answers
from integrations import clamd, sender
from integrations.sheets.errors import SheetsError

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 5.0  # seconds for an outside service to answer
_SQLITE = (3, 35, 0)  # RETURNING, and WAL as it is used here
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


class Finding(NamedTuple):
    """One line of the doctor's: what was looked at, whether it is well, what was seen, what to do."""

    name: str
    well: bool
    seen: str
    fix: str = ""
    needed: bool = True

    def __str__(self) -> str:
        mark = "ok  " if self.well else "FAIL" if self.needed else "note"
        line = f"{mark} {self.name:<9} {self.seen}"
        return line if self.well or not self.fix else f"{line}: {self.fix}"


def examine() -> list[Finding]:
    """Everything that was looked at; nothing is changed by looking."""
    findings = [_python(), _sqlite()]
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        return [*findings, *(Finding("settings", well=False, seen=line) for line in error.problems)]
    findings.append(Finding("settings", well=True, seen=f"home {settings.home}, pages at {settings.base_url}"))
    looks: tuple[Callable[[Settings], Finding], ...] = (
        _database,
        _redis,
        _smtp,
        _sheets,
        _scanner,
        _assets,
        _chromium,
        _time,
    )
    return [*findings, *(look(settings) for look in looks), *_sender(settings)]


def _python() -> Finding:
    well = sys.version_info >= (3, 11)
    return Finding("python", well, platform.python_version(), "HubOut needs 3.11 or newer")


def _sqlite() -> Finding:
    well = sqlite3.sqlite_version_info >= _SQLITE
    return Finding("sqlite", well, sqlite3.sqlite_version, "HubOut needs 3.35 or newer, or HUBOUT_DATABASE_URL")


def _database(settings: Settings) -> Finding:
    where = "embedded SQLite" if settings.embedded_database else "HUBOUT_DATABASE_URL"
    if settings.embedded_database and not (settings.home / "hubout.sqlite3").exists():
        return Finding(
            "database", well=False, seen=f"{where}: not made yet", fix="run `hubout up` or `hubout db upgrade`"
        )
    database = Database(settings.database_url)
    try:
        current = migrate.is_current(database)
    except SQLAlchemyError as error:
        return Finding("database", well=False, seen=f"{where}: {_brief(error)}", fix="start it, or correct the setting")
    finally:
        database.close()
    if not current:
        seen = f"{where}: its tables are not those of this version"
        return Finding("database", well=False, seen=seen, fix="run `hubout db upgrade`")
    return Finding("database", well=True, seen=f"{where}, tables up to date")


def _redis(settings: Settings) -> Finding:
    where = "embedded Redis" if settings.embedded_redis else "HUBOUT_REDIS_URL"
    try:
        with queues.connect(settings.redis_url) as redis:
            clock = queues.last_beat(redis)
    except RedisError as error:
        return Finding(
            "redis", well=False, seen=f"{where}: {_brief(error)}", fix=_start(embedded=settings.embedded_redis)
        )
    return Finding("redis", well=True, seen=f"{where}, {f'clock {clock} beats' if clock else 'no clock beats'}")


def _smtp(settings: Settings) -> Finding:
    where = "SMTP sink" if settings.embedded_smtp else "HUBOUT_SMTP_URL"
    address = urlsplit(settings.smtp_url)
    port = address.port or (465 if address.scheme == "smtps" else 25)
    try:
        socket.create_connection((address.hostname or "", port), _PATIENCE).close()
    except OSError as error:
        return Finding(
            "smtp", well=False, seen=f"{where}: {_brief(error)}", fix=_start(embedded=settings.embedded_smtp)
        )
    return Finding("smtp", well=True, seen=f"{where}, {address.hostname}:{port} answers")


def _sender(settings: Settings) -> list[Finding]:
    """Whether mail providers will believe our mails; advice, since a relay may be asked of that we can't see."""
    if settings.embedded_smtp:
        return [Finding("sender", well=True, seen="mails stay on this machine: nothing to set in the DNS")]
    relay = urlsplit(settings.smtp_url).hostname or ""
    looked = sender.advice(settings.mail_from, relay, sender.own_resolver())
    return [Finding(each.name, each.well, each.seen, each.fix, needed=False) for each in looked]


def _sheets(settings: Settings) -> Finding:
    where = "local Google" if settings.embedded_sheets else "Google"
    address = urlsplit(settings.sheets_url or "https://sheets.googleapis.com")
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, HTTPException) as error:
        fix = _start(embedded=settings.embedded_sheets)
        return Finding("sheets", well=False, seen=f"{where}: {_brief(error)}", fix=fix)
    finally:
        connection.close()
    return Finding("sheets", well=True, seen=f"{where}, {address.netloc} answers")


def _scanner(settings: Settings) -> Finding:
    if settings.clamd_url is None:
        seen, fix = "no virus scanner: uploads are handed out with a note", "set HUBOUT_CLAMD_URL"
        return Finding("scanner", well=False, seen=seen, fix=fix, needed=False)
    try:
        return Finding("scanner", well=True, seen=clamd.ping(settings.clamd_url))
    except clamd.ScannerAway as error:
        fix = "start clamd, or correct HUBOUT_CLAMD_URL: until then nobody can download uploads"
        return Finding("scanner", well=False, seen=f"HUBOUT_CLAMD_URL: {error}", fix=fix)


def _assets(_settings: Settings) -> Finding:
    vendor = Path(app.__file__).parent / "static" / "vendor" / "bootstrap-italia"
    well = (vendor / "css" / "bootstrap-italia.min.css").exists()
    return Finding(
        "assets", well, "page assets are in place" if well else "page assets are missing", "run `make install`"
    )


def _chromium(_settings: Settings) -> Finding:
    found = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    fix = "only browser tests need it: install the package chromium"
    return Finding("chromium", found is not None, found or "not found", fix, needed=False)


def _time(settings: Settings) -> Finding:
    clock = settings.open_clock()
    kind = "movable" if clock.movable else "the machine's"
    return Finding("time", well=True, seen=f"{clock.now().isoformat(timespec='seconds')} ({kind})")


def _start(*, embedded: bool) -> str:
    return "start the stack with `hubout up`" if embedded else "start it, or correct the setting"


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


@click.command()
@click.option("--google", is_flag=True, help="Ask Google what its documents leave open, and keep the answers.")
@click.option("--scratch", metavar="URL", help="A spreadsheet to ask in, where a service account can own none.")
def doctor(scratch: str | None, *, google: bool) -> None:
    """One line for each thing that HubOut needs, with what to do where it fails; 1 where one fails."""
    if google or scratch:
        _ask_google(scratch)
        return
    findings = examine()
    for finding in findings:
        click.echo(str(finding))
    sys.exit(0 if all(finding.well or not finding.needed for finding in findings) else 1)


def _ask_google(scratch: str | None) -> None:
    with opened() as context:
        try:
            answers = google_answers.ask(context, scratch)
        except SheetsError as error:
            raise HubOutError(str(error), "share a blank spreadsheet and name it with --scratch URL") from error
    for question, answer in answers.items():
        click.echo(f"{question}: {answer}")
    click.echo("Kept; the syncs from now on go by them.")


COMMANDS = {"doctor": doctor}
