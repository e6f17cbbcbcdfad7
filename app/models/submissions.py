"""Submissions, and the definitions they are pinned to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Document, UtcDateTime


class PinnedDefinition(Base):
    """A published form or workflow, immutable, found by the SHA-256 of its canonical JSON."""

    __tablename__ = "definitions"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    body: Mapped[dict[str, Any]] = mapped_column(Document)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Submission(Base):
    """One application (domanda) and where it stands.

    `answers` are those of `version`; `record` holds what acts have recorded besides (dates, slot, what was asked
    for). `open_dedupe_key` is set while the case is neither closed nor withdrawn: unique, so that two browsers
    can't open the same case twice (clarifications.md §8).
    """

    __tablename__ = "submissions"
    __table_args__ = (
        Index("ix_submissions_call_state", "call", "state", "id"),
        Index("ix_submissions_submitted", "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    call: Mapped[str] = mapped_column(String(80))
    site: Mapped[str] = mapped_column(String(80), default="")
    form_sha256: Mapped[str] = mapped_column(String(64))
    workflow_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(40))
    state_entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_seq: Mapped[int] = mapped_column(default=0)
    last_seq: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    language: Mapped[str] = mapped_column(String(2), default="it")
    answers: Mapped[dict[str, Any]] = mapped_column(Document)
    record: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    protocol_number: Mapped[str | None] = mapped_column(String(12))
    protocol_date: Mapped[date | None]
    in_sheet: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    open_dedupe_key: Mapped[str | None] = mapped_column(String(64), unique=True)
