"""What partners propose for the editions of a course, and what the office answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Document, UtcDateTime


class EditionSetting(Base):
    """One setting of an edition as partners proposed it; the last one `accepted` is in force.

    `name` is the partners' column, `was` the setting in force when `now` was proposed, empty where there was none.
    """

    __tablename__ = "edition_settings"
    __table_args__ = (Index("ix_edition_settings_call", "call"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[str] = mapped_column(String(80))
    edition: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120))
    was: Mapped[str]
    now: Mapped[str]
    state: Mapped[str] = mapped_column(String(12), default="open")
    """`open`, `accepted`, `declined`, or `replaced` where partners changed their mind before an answer."""
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(String(254), default="")
    to_undo: Mapped[dict[str, Any] | None] = mapped_column(Document)
    """Of a declined one, by tab: the raw cell that the sheet still shows and the next sync puts back."""
