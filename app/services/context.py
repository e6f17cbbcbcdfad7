"""What every use case works with, opened once a process: settings, time, catalogue, database, Redis, files."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import fsspec
from fsspec.spec import AbstractFileSystem
from redis import Redis
from sqlalchemy.orm import Session

from app import queues
from app.catalogue.check import cross_checks
from app.catalogue.library import Catalogue, read_catalogue
from app.clock import Clock
from app.config import Settings
from app.db import Database
from app.errors import HubOutError
from app.services.kept_calls import with_kept
from forms.document import DefinitionError
from integrations.google import service_account
from integrations.local.service_account import ensure_service_account
from integrations.mail import SmtpTransport
from integrations.sheets.gateway import Gateway
from integrations.sheets.quota import Quota, RedisLimiter
from workflows import effects

log = logging.getLogger(__name__)

NO_QUOTA = Quota(identity=1_000_000, project=1_000_000)
"""The local Google counts nothing unless it is asked to."""


@dataclass(frozen=True)
class Context:
    """The shell's parts. Times come from `clock`, never from the machine."""

    settings: Settings
    clock: Clock
    catalogue: Catalogue
    database: Database
    redis: Redis

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction; after its commit the drains that `ask_for` named are woken, best effort."""
        with self.database.write() as session:
            yield session
        for key in sorted(session.info.pop("forget", set())):
            self._remove(key)
        for drain, argument in sorted(session.info.pop("wake", set())):
            self.wake(drain, argument)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A view to read from."""
        with self.database.read() as session:
            yield session

    def _remove(self, key: str) -> None:
        """Remove a file that no row names any more; one that can't be removed stays, nameless."""
        filesystem, folder = self.files
        try:
            filesystem.rm(f"{folder}/{key}")
        except OSError as error:
            log.warning("file %s was not removed: %s", key, type(error).__name__)

    def wake(self, drain: str, argument: str = "") -> None:
        """Wake a drain now; without Redis the clock's sweep finds the work later."""
        queues.wake(self.redis, drain, argument)

    @cached_property
    def files(self) -> tuple[AbstractFileSystem, str]:
        """The store of uploads and the folder in it."""
        filesystem, folder = fsspec.core.url_to_fs(self.settings.files_url)
        filesystem.makedirs(folder, exist_ok=True)
        return filesystem, folder

    @cached_property
    def gateway(self) -> Gateway:
        """The door to Google Sheets, or to the local stand-in with a service account made for it."""
        settings = self.settings
        credentials = settings.google_credentials or ensure_service_account(
            settings.home, f"{settings.sheets_url}/token"
        )
        return Gateway(credentials, settings.sheets_url, self.limiter)

    @cached_property
    def limiter(self) -> RedisLimiter:
        """Google's quota, shared with the other workers."""
        settings = self.settings
        unlimited = settings.embedded_sheets and not settings.sheets_quota
        credentials = settings.google_credentials or ensure_service_account(
            settings.home, f"{settings.sheets_url}/token"
        )
        identity = service_account(credentials).service_account_email
        return RedisLimiter(self.redis, identity, quota=NO_QUOTA if unlimited else None)

    @cached_property
    def transport(self) -> SmtpTransport:
        """The connection to the SMTP server, kept open between mails."""
        return SmtpTransport(self.settings.smtp_url)

    def close(self) -> None:
        """Give back connections."""
        self.database.close()
        self.redis.close()


def ask_for(session: Session, drain: str, argument: str = "") -> None:
    """Have `drain` woken once the transaction of `session` is committed."""
    session.info.setdefault("wake", set()).add((drain, argument))


def forget_file(session: Session, key: str) -> None:
    """Have a file of the store removed once the transaction of `session` is committed, and only then."""
    session.info.setdefault("forget", set()).add(key)


CARRIED_OUT: Collection[type[effects.Effect]] = frozenset(
    {
        effects.Mail,
        effects.SheetUpsert,
        effects.SheetOpenReview,
        effects.SheetOpenScoring,
        effects.ReserveSeat,
        effects.ReleaseSeat,
        effects.Assign,
        effects.ProtocolloRequest,
        effects.Rank,
        effects.OfferNext,
        effects.ResetOpinions,
        effects.PublishList,
        effects.PublishCalendar,
        effects.DocAttestato,
        effects.DocAccordo,
        effects.DocHours,
        effects.Anonymise,
        effects.IssueInviteCodes,
        effects.ConfirmReview,
        effects.Webhook,
    }
)
"""Effects that `app.services.casework.effects` has a handler for; a test holds the two together."""


def open_context(settings: Settings) -> Context:
    """Everything opened for `settings`.

    Raises:
        DefinitionError: a definition file is wrong; the app does not start on it.
        HubOutError: the file of a call with cases is gone, and it was not kept.
    """
    catalogue, faults = read_catalogue(settings.calls_dir)
    faults += cross_checks(catalogue, CARRIED_OUT)
    if faults:
        raise DefinitionError(faults)
    database = Database(settings.database_url)
    try:
        catalogue = with_kept(catalogue, database)
    except HubOutError:
        database.close()
        raise
    return Context(
        settings=settings,
        clock=settings.open_clock(),
        catalogue=catalogue,
        database=database,
        redis=queues.connect(settings.redis_url),
    )
