"""All settings, read from the environment and checked once, at start.

With none of the outside services named, the embedded defaults serve (design.md §4): SQLite, our own Redis,
the local Google and the SMTP sink, all below `HUBOUT_HOME` and on the ports after `HUBOUT_PORT`.
`SETTINGS` is the list that the docs show; a test holds docs/settings.md to it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from app import setting_values as values
from app.atomic import create_text
from app.clock import Clock
from app.errors import HubOutError
from integrations.webhooks import Network, Target

if TYPE_CHECKING:
    from datetime import datetime

Value = TypeVar("Value")

LOOPBACK = "127.0.0.1"
LEAST_SECONDS = 2
"""No person answers a form sooner; browsers that fill it in still leave the button to press."""

_LONGEST_SOCKET_PATH = 100  # a Unix socket's address has 108 bytes


class Setting(NamedTuple):
    """One line of docs/settings.md."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("HUBOUT_HOME", "`./home`", "data folder: database, mail, files, logs, local sheets"),
    Setting(
        "HUBOUT_PORT",
        "`8000`",
        "port of the web pages; on embedded defaults the local Google takes the next one, the SMTP sink the one after",
    ),
    Setting("HUBOUT_BASE_URL", "`http://127.0.0.1:PORT`", "address that links in mails and sheets begin with"),
    Setting(
        "HUBOUT_SECRET_KEY",
        "generated into `HOME/secret`",
        "key that signs links and cookies, 32 characters or more; after a change keep the old ones, "
        "separated by commas, oldest first: the last one signs",
    ),
    Setting(
        "HUBOUT_DATABASE_URL",
        "SQLite in `HOME/hubout.sqlite3`",
        "`postgresql://user:password@host/name` or `sqlite:////path/file`",
    ),
    Setting(
        "HUBOUT_REDIS_URL",
        "our own Redis on a socket",
        "`redis://host:6379/0`, `rediss://…` or `unix:///path`",
    ),
    Setting(
        "HUBOUT_SMTP_URL",
        "the SMTP sink",
        "`smtp://user:password@host:587` (STARTTLS where the server offers it, always with a password), "
        "`smtp+starttls://…` (insists on it) or `smtps://host:465`",
    ),
    Setting("HUBOUT_MAIL_FROM", "`HubOut <hubout@example.org>`", "sender of every mail"),
    Setting(
        "HUBOUT_SHEETS_URL",
        "the local Google; Google itself where credentials are given",
        "another root for the Sheets and Drive API",
    ),
    Setting(
        "GOOGLE_APPLICATION_CREDENTIALS",
        "made for the local Google",
        "JSON file of the service account that the spreadsheets are shared with",
    ),
    Setting(
        "HUBOUT_DRIVE_FOLDER",
        "none",
        "id of a shared-drive folder in which spreadsheets are made: outside of one a service account can own no file, "
        "and each is connected with `hubout sheets connect`",
    ),
    Setting(
        "HUBOUT_SHEETS_DOMAINS",
        "those of the people in the call files",
        "domains with which spreadsheets may be shared besides, separated by commas: any other raises an alarm",
    ),
    Setting("HUBOUT_CALLS_DIR", "none", "folder with more call files"),
    Setting("HUBOUT_WORKERS", "`2`", "worker processes that `hubout worker` starts, 1 to 64"),
    Setting(
        "HUBOUT_CLOCK",
        "the machine's time",
        "instant at which time starts, as `2026-11-16T09:00+01:00`; only while both mail and sheets stay local",
    ),
    Setting(
        "HUBOUT_UNDO_MINUTES",
        "what each workflow says; `0` while mail and sheets stay local",
        "how long whoever decided may take the decision back, 0 to 60; its mails wait so long",
    ),
    Setting(
        "HUBOUT_DRAFTS",
        "`1`; `0` while mail and sheets stay local",
        "`1`: results of one act for many cases wait as drafts until `hubout outbox release`, at most until nine of "
        "the next working day",
    ),
    Setting(
        "HUBOUT_FILES_URL",
        "`file://HOME/files`",
        "where uploads are kept, as an fsspec URL; S3-compatible where there are several hosts",
    ),
    Setting(
        "HUBOUT_CLAMD_URL",
        "none",
        "ClamAV's daemon, as `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`: uploads are handed out once it found "
        "them clean; without it they are handed out with a note",
    ),
    Setting(
        "HUBOUT_TRUSTED_PROXIES",
        "`0`",
        "how many reverse proxies of yours stand before the pages: the visitor's address is read that far from the "
        "right end of `X-Forwarded-For`; with `0` the header is ignored and the connection tells the address",
    ),
    Setting(
        "HUBOUT_SENDS_PER_ADDRESS",
        "`60`",
        "applications taken from one network address in ten minutes; `0`: no limit",
    ),
    Setting(
        "HUBOUT_MAILS_PER_DOMAIN",
        "`120`; the SMTP sink takes all at once",
        "mails sent in a minute to the addresses of one domain, by all workers together; `0`: no limit",
    ),
    Setting(
        "HUBOUT_API_KEYS",
        "none",
        "integrators of the API as `name:sha256`, separated by commas (docs/api.md): only the SHA-256 of a key stands "
        "here",
    ),
    Setting(
        "HUBOUT_API_ORIGINS",
        "none",
        "sites whose pages may use the API in a browser, as `https://www.example.org`, separated by commas",
    ),
    Setting(
        "HUBOUT_WEBHOOKS",
        "none",
        "programs that a workflow's effect `webhook` may call, as `name=https://host/path`, separated by commas",
    ),
    Setting(
        "HUBOUT_WEBHOOK_SECRETS",
        "none",
        "what signs these calls, as `name=whsec_…`, separated by commas (docs/api.md); give both while you change one",
    ),
    Setting(
        "HUBOUT_WEBHOOK_NETWORKS",
        "none",
        "networks of yours, as `10.0.0.0/8`, that such a program may stand in; without them only public addresses are "
        "called",
    ),
    Setting("HUBOUT_LOG_SHEETS", "`0`", "`1`: the local Google writes each request to `HOME/sheets-requests.jsonl`"),
    Setting("HUBOUT_SHEETS_QUOTA", "`0`", "`1`: the local Google enforces Google's quotas"),
    Setting("HUBOUT_REQUIRE_ALL", "`0`", "`1`: tests fail where they would skip for a missing tool (CI)"),
)


def settings_table() -> str:
    """The settings as the Markdown table of docs/settings.md."""
    rows = [f"| `{setting.name}` | {setting.default} | {setting.meaning} |" for setting in SETTINGS]
    return "\n".join(["| setting | default | meaning |", "| --- | --- | --- |", *rows])


class SettingsError(HubOutError):
    """Wrong settings; `problems` has one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Settings:
    """The settings in force; `from_environment` makes and checks them."""

    home: Path
    port: int
    base_url: str
    given_keys: tuple[bytes, ...] = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    mail_from: str
    sheets_url: str | None
    google_credentials: Path | None
    drive_folder: str | None
    sheets_domains: tuple[str, ...]
    calls_dir: Path | None
    workers: int
    clock_start: datetime | None
    undo_minutes: int | None
    drafts: bool
    files_url: str
    clamd_url: str | None
    trusted_proxies: int
    sends_per_address: int
    mails_per_domain: int
    api_keys: tuple[values.ApiKey, ...] = field(repr=False)
    api_origins: tuple[str, ...]
    webhooks: tuple[Target, ...]
    webhook_networks: tuple[Network, ...]
    log_sheets: bool
    sheets_quota: bool
    require_all: bool
    embedded_database: bool
    embedded_redis: bool
    embedded_smtp: bool
    embedded_sheets: bool

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """The settings that `environ` asks for.

        Raises:
            SettingsError: one line for each mistake.
        """
        reader = _Reader(environ)
        settings = _read(reader)
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings

    @property
    def local(self) -> bool:
        """True while mail and sheets are our stand-ins: nothing done here reaches a real person."""
        return self.embedded_smtp and self.embedded_sheets

    @property
    def least_seconds(self) -> int:
        """The shortest time in which a person fills in a form; programs that play on a local stack need none."""
        return 0 if self.local else LEAST_SECONDS

    @property
    def sheets_port(self) -> int:
        """Port of the local Google."""
        return self.port + 1

    @property
    def smtp_port(self) -> int:
        """Port of the SMTP sink."""
        return self.port + 2

    @property
    def mail_folder(self) -> Path:
        """Maildir of the SMTP sink."""
        return self.home / "mail"

    @cached_property
    def secret_keys(self) -> tuple[bytes, ...]:
        """The signing keys, oldest first; the last one signs. Without a setting, one is kept in HOME/secret."""
        return self.given_keys or (_kept_key(self.home / "secret"),)

    def open_clock(self) -> Clock:
        """The clock of this stack."""
        return Clock(self.home, self.clock_start, movable=self.local)


class _Reader:
    """Reads single settings; collects mistakes, so that one start shows them all."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []
        names = [setting.name for setting in SETTINGS]
        for name in sorted(environ):
            close = get_close_matches(name, names, n=1, cutoff=0.85)
            if name.startswith("HUBOUT_") and name not in names and close:
                self.problems.append(f"{name}: no such setting: did you mean {close[0]}?")

    def given(self, name: str) -> str | None:
        """The text of setting `name`, None where it is unset or blank."""
        return self._environ.get(name, "").strip() or None

    def read(self, name: str, convert: Callable[[str], Value], default: Value) -> Value:
        """Setting `name` by `convert`, which raises ValueError with the words that follow the name."""
        text = self.given(name)
        if text is None:
            return default
        try:
            return convert(text)
        except ValueError as error:
            self.problems.append(f"{name}: {error}")
            return default

    def require(self, name: str, reason: str, fix: str) -> None:
        """Note a mistake unless `name` is given."""
        if self.given(name) is None:
            self.problems.append(f"{name}: missing, but {reason}: {fix}")


def _read(reader: _Reader) -> Settings:
    home = Path(reader.given("HUBOUT_HOME") or "home").expanduser().resolve()
    port = reader.read("HUBOUT_PORT", values.whole(1, 65533), 8000)
    embedded_smtp = reader.given("HUBOUT_SMTP_URL") is None
    embedded_sheets = all(
        reader.given(name) is None for name in ("HUBOUT_SHEETS_URL", "GOOGLE_APPLICATION_CREDENTIALS")
    )
    local = embedded_smtp and embedded_sheets
    _check_together(reader, local=local, embedded_smtp=embedded_smtp)
    return Settings(
        home=home,
        port=port,
        base_url=reader.read("HUBOUT_BASE_URL", values.base_url, f"http://{LOOPBACK}:{port}"),
        given_keys=reader.read("HUBOUT_SECRET_KEY", values.keys, ()),
        database_url=reader.read("HUBOUT_DATABASE_URL", values.database_url, f"sqlite:///{home / 'hubout.sqlite3'}"),
        redis_url=reader.read("HUBOUT_REDIS_URL", values.url("redis", "rediss", "unix"), f"unix://{_socket(home)}"),
        smtp_url=reader.read(
            "HUBOUT_SMTP_URL", values.url("smtp", "smtp+starttls", "smtps"), f"smtp://{LOOPBACK}:{port + 2}"
        ),
        mail_from=reader.read("HUBOUT_MAIL_FROM", values.sender, "HubOut <hubout@example.org>"),
        sheets_url=reader.read(
            "HUBOUT_SHEETS_URL", values.base_url, f"http://{LOOPBACK}:{port + 1}" if embedded_sheets else None
        ),
        google_credentials=reader.read("GOOGLE_APPLICATION_CREDENTIALS", values.existing(Path.is_file, "file"), None),
        drive_folder=reader.given("HUBOUT_DRIVE_FOLDER"),
        sheets_domains=reader.read("HUBOUT_SHEETS_DOMAINS", values.domains, ()),
        calls_dir=reader.read("HUBOUT_CALLS_DIR", values.existing(Path.is_dir, "folder"), None),
        workers=reader.read("HUBOUT_WORKERS", values.whole(1, 64), 2),
        clock_start=reader.read("HUBOUT_CLOCK", values.instant, None),
        undo_minutes=reader.read("HUBOUT_UNDO_MINUTES", values.whole(0, 60), 0 if local else None),
        drafts=reader.read("HUBOUT_DRAFTS", values.flag, default=not local),
        files_url=reader.read("HUBOUT_FILES_URL", values.any_url, f"file://{home / 'files'}"),
        clamd_url=reader.read("HUBOUT_CLAMD_URL", values.url("tcp", "unix"), None),
        trusted_proxies=reader.read("HUBOUT_TRUSTED_PROXIES", values.whole(0, 9), 0),
        sends_per_address=reader.read("HUBOUT_SENDS_PER_ADDRESS", values.whole(0, 100_000), 60),
        mails_per_domain=reader.read("HUBOUT_MAILS_PER_DOMAIN", values.whole(0, 100_000), 0 if embedded_smtp else 120),
        api_keys=reader.read("HUBOUT_API_KEYS", values.api_keys, ()),
        api_origins=reader.read("HUBOUT_API_ORIGINS", values.origins, ()),
        webhooks=_webhooks(reader),
        webhook_networks=reader.read("HUBOUT_WEBHOOK_NETWORKS", values.networks, ()),
        log_sheets=reader.read("HUBOUT_LOG_SHEETS", values.flag, default=False),
        sheets_quota=reader.read("HUBOUT_SHEETS_QUOTA", values.flag, default=False),
        require_all=reader.read("HUBOUT_REQUIRE_ALL", values.flag, default=False),
        embedded_database=reader.given("HUBOUT_DATABASE_URL") is None,
        embedded_redis=reader.given("HUBOUT_REDIS_URL") is None,
        embedded_smtp=embedded_smtp,
        embedded_sheets=embedded_sheets,
    )


def _webhooks(reader: _Reader) -> tuple[Target, ...]:
    """The programs that may be called, each with its secrets."""
    nothing: dict[str, str] = {}
    no_secrets: dict[str, tuple[bytes, ...]] = {}
    addresses = reader.read("HUBOUT_WEBHOOKS", values.webhooks, nothing)
    secrets_of = reader.read("HUBOUT_WEBHOOK_SECRETS", values.webhook_secrets, no_secrets)
    for name in sorted(addresses.keys() - secrets_of.keys()):
        reader.problems.append(f"HUBOUT_WEBHOOKS: `{name}` has no secret: give one in HUBOUT_WEBHOOK_SECRETS")
    return tuple(Target(name, url, secrets_of.get(name, ())) for name, url in addresses.items())


def _check_together(reader: _Reader, *, local: bool, embedded_smtp: bool) -> None:
    if not local and reader.given("HUBOUT_CLOCK"):
        reader.problems.append("HUBOUT_CLOCK: time moves only while mail and sheets stay local: unset it")
    if not local:
        fix = "give 32 random characters or more, the same on every host"
        reader.require("HUBOUT_SECRET_KEY", "links are sent to real people", fix)
    if not embedded_smtp:
        fix = "give the public address of this site, as https://moduli.example.org"
        reader.require("HUBOUT_BASE_URL", "mails carry links to it", fix)
        fix = "give the sender's address, as `Moduli <moduli@example.org>`"
        reader.require("HUBOUT_MAIL_FROM", "mails need a sender", fix)
    if reader.given("HUBOUT_SHEETS_URL"):
        fix = "name the service account's JSON file"
        reader.require("GOOGLE_APPLICATION_CREDENTIALS", "HUBOUT_SHEETS_URL is set", fix)


def _socket(home: Path) -> Path:
    """Where our own Redis listens: in `home`, or by its digest where that path is too long for a socket."""
    socket = home / "redis" / "redis.sock"
    if len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH:
        return socket
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"hubout-{os.getuid()}-{digest}" / "redis.sock"


def _kept_key(path: Path) -> bytes:
    if not path.exists():
        create_text(path, secrets.token_hex(32))
    return path.read_text().strip().encode()
