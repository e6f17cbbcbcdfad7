"""Uploads that wait: a page that comes back, because the session ended or an answer is missing, keeps the chosen file.

A browser never chooses a file by itself again, so the file waits in the store under a random name that only the page
knows, for a day, or for as long as the draft that it belongs to.
"""

from __future__ import annotations

import io
import re
import secrets
import shutil
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.models import WaitingUpload
from app.services.context import Context

LIFE = timedelta(days=1)
_KEY = re.compile(r"[0-9a-f]{32}")


def hold(context: Context, upload: FileStorage) -> str:
    """Keep an upload for a while; its key."""
    key = secrets.token_hex(16)
    filesystem, _ = context.files
    with context.write() as session:
        session.add(WaitingUpload(key=key, expires_at=context.clock.now() + LIFE))
        session.flush()
        upload.stream.seek(0)
        with filesystem.open(_path(context, key), "wb") as target:
            shutil.copyfileobj(upload.stream, target)
        upload.stream.seek(0)
    return key


def find(context: Context, key: str, filename: str) -> FileStorage | None:
    """The upload that waits under `key`, called `filename` as its page says; None once it is gone."""
    if not _KEY.fullmatch(key):
        return None
    with context.read() as session:
        row = session.get(WaitingUpload, key)
        if row is None or row.expires_at <= context.clock.now():
            return None
    filesystem, _ = context.files
    try:
        content: bytes = filesystem.cat_file(_path(context, key))
    except FileNotFoundError:
        return None
    return FileStorage(io.BytesIO(content), filename=filename)


def keep_until(context: Context, keys: Collection[str], until: datetime) -> None:
    """Let these uploads wait as long as the draft that they belong to; one whose time is over stays gone."""
    alive = WaitingUpload.expires_at > context.clock.now()
    with context.write() as session:
        session.execute(
            update(WaitingUpload)
            .where(WaitingUpload.key.in_(keys), alive, WaitingUpload.expires_at < until)
            .values(expires_at=until)
        )


def is_there(context: Context, key: str) -> bool:
    """Whether the upload still waits."""
    with context.read() as session:
        row = session.get(WaitingUpload, key) if _KEY.fullmatch(key) else None
        return row is not None and row.expires_at > context.clock.now()


def forget(context: Context, *keys: str) -> None:
    """Delete uploads: their form was taken, or another file was chosen."""
    filesystem, _ = context.files
    with context.write() as session:
        for row in session.scalars(select(WaitingUpload).where(WaitingUpload.key.in_(keys))).all():
            if filesystem.exists(_path(context, row.key)):
                filesystem.rm(_path(context, row.key))
            session.delete(row)


def forget_expired(context: Context) -> int:
    """Delete the uploads that nobody came back for; how many there were."""
    now = context.clock.now()
    with context.read() as session:
        keys = session.scalars(select(WaitingUpload.key).where(WaitingUpload.expires_at <= now)).all()
    if keys:
        forget(context, *keys)
    return len(keys)


def any_expired(session: Session, now: datetime) -> bool:
    """Whether `forget_expired` has something to do."""
    return session.scalar(select(WaitingUpload.key).where(WaitingUpload.expires_at <= now).limit(1)) is not None


def _path(context: Context, key: str) -> str:
    return f"{context.files[1]}/{key}"
