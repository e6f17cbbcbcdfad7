"""The event log: append-only, hash-chained per submission over salted digests of the payloads.

Erasing a payload removes body and salt; digest and chain stay verifiable (design.md §2).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Document, UtcDateTime


class Event(Base):
    """One thing that happened to a submission; `seq` counts from 1 within it."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("submission_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    payload_digest: Mapped[str] = mapped_column(String(64))
    previous_digest: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class EventPayload(Base):
    """What an event carried; the only part of it that can be erased."""

    __tablename__ = "event_payloads"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]] = mapped_column(Document)
