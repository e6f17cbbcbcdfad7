"""Uploads: kept in the store under random names, never served inline."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.models import StoredFile, Submission
from app.services.context import Context, ask_for
from app.services.views import Availability

log = logging.getLogger(__name__)

HANDED_OUT: frozenset[Availability] = frozenset({"clean", "unchecked"})
"""Clean, or nobody is there to check: what a configured scanner has not passed stays where it is."""


@dataclass(frozen=True)
class Download:
    """A file on its way to a reader: always an attachment, never shown inline."""

    filename: str
    content_type: str
    content: bytes


def availability(context: Context, stored: StoredFile) -> Availability:
    """Whether a file may be handed out, and what is to be said of it."""
    if stored.scan in ("clean", "infected"):
        return "clean" if stored.scan == "clean" else "infected"
    if not context.settings.clamd_url:
        return "unchecked"
    return "away" if stored.scan == "unavailable" else "waiting"


def read(
    context: Context, session: Session, submission_id: int, file_id: int, fields: Collection[str] | None = None
) -> Download | None:
    """One file of a submission; None where it has none of this number, it is gone, or it may not be handed out.

    With `fields` only a file of one of these is read.
    """
    stored = session.get(StoredFile, file_id)
    if stored is None or stored.submission_id != submission_id or (fields is not None and stored.field not in fields):
        return None
    if availability(context, stored) not in HANDED_OUT:
        return None
    filesystem, folder = context.files
    try:
        content: bytes = filesystem.cat_file(f"{folder}/{stored.key}")
    except FileNotFoundError:
        log.error("file %s of submission %s is not in the store", file_id, submission_id)  # noqa: TRY400 - no traceback needed
        return None
    return Download(stored.filename, stored.content_type, content)


def keep(
    context: Context,
    session: Session,
    submission: Submission,
    uploads: Mapping[str, FileStorage],
    facts: Mapping[str, Any],
    *,
    seq: int,
) -> None:
    """Stream each upload into the store and note it; `facts` are the stored answers of the file fields.

    A rollback after this leaves a nameless file behind, never a case without its file.
    """
    for field, upload in uploads.items():
        filesystem, folder = context.files
        key = secrets.token_hex(16)
        upload.stream.seek(0)
        with filesystem.open(f"{folder}/{key}", "wb") as target:
            shutil.copyfileobj(upload.stream, target)
        session.add(
            StoredFile(
                submission_id=submission.id,
                seq=seq,
                field=field,
                key=key,
                stored_at=context.clock.now(),
                filename=facts[field]["filename"],
                content_type=facts[field]["content_type"],
                size=facts[field]["size"],
                sha256=facts[field]["sha256"],
            )
        )
    session.flush()
    if uploads and context.settings.clamd_url:
        ask_for(session, "scan_files")
