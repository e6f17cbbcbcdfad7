"""Files that were uploaded: where they are and what they are, never their content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class StoredFile(Base):
    """One file of a submission; `key` is its random name in the store.

    `scan` is what the virus scanner said: unscanned, clean, infected, or unavailable while it is away; `scan_note` what
    it found, or why it did not answer.
    """

    __tablename__ = "files"
    __table_args__ = (Index("ix_files_submission", "submission_id"), Index("ix_files_scan", "scan", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    seq: Mapped[int]
    field: Mapped[str] = mapped_column(String(60))
    filename: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scan: Mapped[str] = mapped_column(String(12), default="unscanned", server_default="unscanned")
    scan_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    scan_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_scan_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
