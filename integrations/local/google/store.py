"""The files of the local Google: in memory for reading, in one SQLite database for the next start.

A reader takes the current workbook and needs no lock; a writer of a spreadsheet holds that spreadsheet's lock,
works on a draft, and the draft takes its place only after it was committed. WAL with synchronous=NORMAL: a process
that dies loses nothing that was answered, a machine that loses power may lose the last moments but no consistency.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from integrations.local.google.codec import (
    BLOCK,
    blocks_changed,
    decode_book,
    decode_sheet,
    encode_book,
    encode_sheet,
    same_head,
)
from integrations.local.google.wire import ApiError, Json, not_found
from integrations.local.google.workbook import Workbook

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, record TEXT NOT NULL, book TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tabs (
    file_id TEXT NOT NULL REFERENCES files ON DELETE CASCADE,
    sheet_id INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (file_id, sheet_id)) STRICT;
CREATE TABLE IF NOT EXISTS blocks (
    file_id TEXT NOT NULL, sheet_id INTEGER NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (file_id, sheet_id, number),
    FOREIGN KEY (file_id, sheet_id) REFERENCES tabs ON DELETE CASCADE) STRICT;
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, file_id TEXT NOT NULL, at TEXT NOT NULL, removed INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, grant_json TEXT NOT NULL, expires REAL NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Record:
    """What Drive knows of a file. Times are ISO texts in UTC with milliseconds."""

    id: str
    name: str
    owner: str
    created: str
    modified: str
    version: int = 1
    trashed: bool = False
    parents: tuple[str, ...] = ("root",)
    description: str = ""
    permissions: tuple[Json, ...] = ()
    revoked: tuple[str, ...] = ()
    properties: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A file's last change: its number in the log, the moment, and whether the file is gone."""

    number: int
    file_id: str
    at: str
    removed: bool


class Store:
    """All files of one home folder.

    Args:
        folder: where `google.sqlite3` lies; it is made when missing.
        now: the moment that created and modified times take.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.now = now
        self._guard = threading.RLock()
        self._locks: dict[str, threading.RLock] = {}
        self._database = sqlite3.connect(folder / "google.sqlite3", check_same_thread=False, isolation_level=None)
        self._database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
        self._database.executescript(_SCHEMA)
        self._workbooks: dict[str, Workbook] = {}
        rows = self._database.execute("SELECT id, record FROM files ORDER BY rowid").fetchall()
        self._records = {file_id: _record(text) for file_id, text in rows}

    def close(self) -> None:
        """Close the database; everything answered is already in it."""
        with self._guard:
            self._database.close()

    def stamp(self) -> str:
        """The present moment as Drive writes it."""
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def records(self, identity: str) -> list[Record]:
        """The files that this identity may see, last modified first."""
        with self._guard:
            found = [record for record in self._records.values() if identity not in record.revoked]
        return sorted(found, key=lambda record: record.modified, reverse=True)

    def record(self, file_id: str, identity: str) -> Record:
        """A file's record: 404 when there is none, 403 when this identity's access was taken away."""
        with self._guard:
            record = self._records.get(file_id)
        if record is None:
            raise not_found()
        if identity in record.revoked:
            raise ApiError(403, "The caller does not have permission", reason="insufficientFilePermissions")
        return record

    def read(self, file_id: str, identity: str) -> Workbook:
        """The current workbook; it must not be changed."""
        self.record(file_id, identity)
        with self._guard:
            if file_id not in self._workbooks:
                self._workbooks[file_id] = self._load(file_id)
            return self._workbooks[file_id]

    def _load(self, file_id: str) -> Workbook:
        row = self._database.execute("SELECT book FROM files WHERE id = ?", (file_id,)).fetchone()
        tabs = self._database.execute("SELECT sheet_id, document FROM tabs WHERE file_id = ?", (file_id,)).fetchall()
        blocks = "SELECT document FROM blocks WHERE file_id = ? AND sheet_id = ? ORDER BY number"
        sheets = [
            decode_sheet(text, [block for (block,) in self._database.execute(blocks, (file_id, sheet_id))])
            for sheet_id, text in tabs
        ]
        return decode_book(file_id, row[0], sheets)

    def create(self, workbook: Workbook, identity: str, **details: object) -> Record:
        """Keep a new workbook under its id; `details` are other fields of its record."""
        stamp = self.stamp()
        owner = {"id": secrets.token_hex(10), "type": "user", "role": "owner", "emailAddress": identity}
        record = Record(workbook.id, workbook.title, identity, stamp, stamp, permissions=(owner,))
        record = replace(record, **details)  # type: ignore[arg-type] # named by the caller, kept by the dataclass
        with self._guard:
            self._commit(record, workbook, None)
        return record

    @contextmanager
    def writing(self, file_id: str, identity: str) -> Iterator[Workbook]:
        """A draft of the workbook; it takes the workbook's place when the block ends well and did not discard it."""
        with self._lock(file_id):
            old = self.read(file_id, identity)
            draft = old.copy()
            yield draft
            if draft.discarded:
                return
            with self._guard:
                record = self.record(file_id, identity)
                fresh = replace(record, name=draft.title, modified=self.stamp(), version=record.version + 1)
                self._commit(fresh, draft, old)

    def change_record(self, file_id: str, identity: str, **details: object) -> Record:
        """Change fields of a file's record; a new name is also the spreadsheet's title."""
        with self._lock(file_id), self._guard:
            record = self.record(file_id, identity)
            old = self.read(file_id, identity)
            draft = old.copy()
            fresh = replace(record, modified=self.stamp(), version=record.version + 1)
            fresh = replace(fresh, **details)  # type: ignore[arg-type] # named by the caller, kept by the dataclass
            draft.title = fresh.name
            self._commit(fresh, draft, old)
            return fresh

    def delete(self, file_id: str, identity: str) -> None:
        """Delete a file for good."""
        with self._lock(file_id), self._guard:
            self.record(file_id, identity)
            with self._transaction():
                self._database.execute("DELETE FROM files WHERE id = ?", (file_id,))
                self._note_change(file_id, removed=True)
            self._records.pop(file_id, None)
            self._workbooks.pop(file_id, None)

    def changes(self, since: int) -> tuple[list[Change], int]:
        """The last change of every file changed at or after a number, and the number to ask from next time."""
        with self._guard:
            rows = self._database.execute(
                "SELECT number, file_id, at, removed FROM changes WHERE number >= ? ORDER BY number", (since,)
            ).fetchall()
            last = self._database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
        return [Change(number, file_id, at, bool(gone)) for number, file_id, at, gone in rows], (
            last[0] if last else 0
        ) + 1

    def keep_token(self, token: str, grant: Json, expires: float) -> None:
        """Remember an access token until a POSIX time; tokens that are past are forgotten."""
        with self._guard, self._transaction():
            # A day's grace, so that an expired token is answered as expired and is no identity of its own.
            self._database.execute("DELETE FROM tokens WHERE expires < ?", (expires - 90_000,))
            self._database.execute("INSERT INTO tokens VALUES (?, ?, ?)", (token, json.dumps(grant), expires))

    def token(self, token: str) -> tuple[Json, float] | None:
        """What a token was granted and until when (POSIX time)."""
        with self._guard:
            row = self._database.execute("SELECT grant_json, expires FROM tokens WHERE token = ?", (token,)).fetchone()
        return (json.loads(row[0]), row[1]) if row else None

    def _lock(self, file_id: str) -> threading.RLock:
        with self._guard:
            return self._locks.setdefault(file_id, threading.RLock())

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _commit(self, record: Record, workbook: Workbook, old: Workbook | None) -> None:
        before = {sheet.id: sheet for sheet in old.sheets} if old else {}
        heads = [
            (record.id, sheet.id, encode_sheet(sheet))
            for sheet in workbook.sheets
            if sheet.id not in before or not same_head(sheet, before[sheet.id])
        ]
        blocks = [
            (record.id, sheet.id, number, document)
            for sheet in workbook.sheets
            for number, document in blocks_changed(sheet, before.get(sheet.id)).items()
        ]
        ends = [(record.id, sheet.id, -(-len(sheet.rows) // BLOCK)) for sheet in workbook.sheets]
        gone = before.keys() - {sheet.id for sheet in workbook.sheets}
        with self._transaction():
            self._database.execute(
                "INSERT INTO files (id, record, book) VALUES (?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET record = excluded.record, book = excluded.book",
                (record.id, json.dumps(asdict(record)), encode_book(workbook)),
            )
            self._database.executemany(
                "INSERT INTO tabs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document", heads
            )
            self._database.executemany(
                "INSERT INTO blocks VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document", blocks
            )
            self._database.executemany("DELETE FROM blocks WHERE file_id = ? AND sheet_id = ? AND number >= ?", ends)
            self._database.executemany(
                "DELETE FROM tabs WHERE file_id = ? AND sheet_id = ?", [(record.id, sheet) for sheet in gone]
            )
            self._note_change(record.id, removed=False)
        self._records[record.id] = record
        self._workbooks[record.id] = workbook

    def _note_change(self, file_id: str, *, removed: bool) -> None:
        self._database.execute("DELETE FROM changes WHERE file_id = ?", (file_id,))
        self._database.execute(
            "INSERT INTO changes (file_id, at, removed) VALUES (?, ?, ?)", (file_id, self.stamp(), removed)
        )


def _record(text: str) -> Record:
    fields = json.loads(text)
    for name in ("parents", "permissions", "revoked"):
        fields[name] = tuple(fields[name])
    return Record(**fields)


def new_file_id() -> str:
    """An id of the form that Google gives: 44 letters, digits, `-` and `_`."""
    return "1" + secrets.token_urlsafe(32)
