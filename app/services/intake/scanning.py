"""Uploads before the virus scanner, once they are stored: nothing waits for it but whoever wants to download them.

Where a scanner is configured, a file is handed out when it was found clean and not before; while the scanner is away
it is asked again and again. Where none is configured, files are handed out with a note that says so.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from app.models import StoredFile, Submission
from app.services.context import Context
from app.services.mail import mailing
from integrations.clamd import ScannerAway, scan

log = logging.getLogger(__name__)

ALERT = "file_infetto"
BATCH = 20
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)


def due(now: datetime) -> Select[int]:
    """The files to ask the scanner about, oldest first."""
    return (
        select(StoredFile.id)
        .where(
            StoredFile.scan.in_(("unscanned", "unavailable")),
            or_(StoredFile.next_scan_at.is_(None), StoredFile.next_scan_at <= now),
        )
        .order_by(StoredFile.id)
    )


def scan_due(context: Context) -> int:
    """Ask the scanner about every file that is due; how many got a verdict.

    Each verdict is noted as soon as it is there. When the scanner is away the others wait for the next time.
    """
    scanned = 0
    while context.settings.clamd_url:
        with context.read() as session:
            ids = session.scalars(due(context.clock.now()).limit(BATCH)).all()
        for file_id in ids:
            if not _scan(context, context.settings.clamd_url, file_id):
                return scanned
            scanned += 1
        if len(ids) < BATCH:
            break
    return scanned


def _scan(context: Context, url: str, file_id: int) -> bool:
    """Whether the scanner had a verdict on the file."""
    with context.read() as session:
        stored = session.get(StoredFile, file_id)
    if stored is None:  # erased meanwhile
        return True
    filesystem, folder = context.files
    try:
        with filesystem.open(f"{folder}/{stored.key}", "rb") as content:
            found = scan(url, content)
    except (ScannerAway, FileNotFoundError) as error:
        _note_away(context, file_id, str(error))
        return isinstance(error, FileNotFoundError)  # one file that is gone must not keep the others waiting
    _note_verdict(context, file_id, found)
    return True


def _note_away(context: Context, file_id: int, reason: str) -> None:
    log.warning("file %s was not scanned: %s", file_id, reason)
    with context.write() as session:
        stored = session.get(StoredFile, file_id)
        if stored is not None:
            stored.scan, stored.scan_note = "unavailable", reason[:200]
            pause = min(_FIRST_PAUSE * 2 ** min(stored.scan_tries, 10), _LONGEST_PAUSE)
            stored.scan_tries += 1
            stored.next_scan_at = context.clock.now() + pause


def _note_verdict(context: Context, file_id: int, found: str) -> None:
    with context.write() as session:
        stored = session.get(StoredFile, file_id)
        if stored is None:
            return
        stored.scan, stored.scan_note, stored.next_scan_at = "infected" if found else "clean", found[:200], None
        if found:
            log.warning("file %s of submission %s is infected: %s", file_id, stored.submission_id, found)
            submission = session.get_one(Submission, stored.submission_id)
            mailing.ask(
                context, session, submission, ALERT, ["istruttore"], mailing.Occasion(stored.seq, mark=f"/{file_id}")
            )
