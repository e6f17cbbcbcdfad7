"""What we know of the partners' sheets: which file, and each row as it was last seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Document, UtcDateTime


class Spreadsheet(Base):
    """One workbook; `fence` grows with each sync, and only its holder may store a snapshot."""

    __tablename__ = "spreadsheets"

    workbook: Mapped[str] = mapped_column(String(80), primary_key=True)
    spreadsheet_id: Mapped[str | None] = mapped_column(String(120))
    fence: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="")
    visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it is to be read whatever is heard of it; None: now."""
    parked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It can't be opened any more: it waits for a person, and is tried now and then."""


class SheetRow(Base):
    """One submission's row in one tab: `base` is the last-seen snapshot, None until it was written."""

    __tablename__ = "sheet_rows"
    __table_args__ = (
        UniqueConstraint("workbook", "tab", "submission_id"),
        Index("ix_sheet_rows_submission", "submission_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workbook: Mapped[str] = mapped_column(String(80))
    tab: Mapped[str] = mapped_column(String(120))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    base: Mapped[dict[str, Any] | None] = mapped_column(Document)


class SummaryRow(Base):
    """One row of a summary tab, by its key, as it was last seen; what partners wrote beside our cells is in `base`."""

    __tablename__ = "summary_rows"
    __table_args__ = (UniqueConstraint("workbook", "tab", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workbook: Mapped[str] = mapped_column(String(80))
    tab: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(120))
    base: Mapped[dict[str, Any]] = mapped_column(Document)


class SharingCheck(Base):
    """Who could write into a workbook's file when it was last looked at, and which alarms were told and still hold."""

    __tablename__ = "sharing_checks"

    workbook: Mapped[str] = mapped_column(String(80), primary_key=True)
    spreadsheet_id: Mapped[str] = mapped_column(String(120))
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    writers: Mapped[list[str]] = mapped_column(Document)
    told: Mapped[list[str]] = mapped_column(Document)


class GoogleAnswer(Base):
    """What Google answered to a question that its documents leave open."""

    __tablename__ = "google_answers"

    question: Mapped[str] = mapped_column(String(120), primary_key=True)
    answer: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DriveHint(Base):
    """Up to where Drive has told what changed; one row."""

    __tablename__ = "drive_hints"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_token: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Quarantine(Base):
    """What looked like an accident in one tab, found in one sync, until somebody decides."""

    __tablename__ = "quarantines"

    id: Mapped[int] = mapped_column(primary_key=True)
    workbook: Mapped[str] = mapped_column(String(80))
    tab: Mapped[str] = mapped_column(String(120))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12), default="open")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HeldCell(Base):
    """One cell of a quarantine: what counts and what the partner's sheet shows; `live` as long as it is held."""

    __tablename__ = "held_cells"

    id: Mapped[int] = mapped_column(primary_key=True)
    quarantine_id: Mapped[int] = mapped_column(ForeignKey("quarantines.id"), index=True)
    reference: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(120))
    was: Mapped[Any | None] = mapped_column(Document)
    now: Mapped[Any | None] = mapped_column(Document)
    live: Mapped[bool] = mapped_column(default=True, server_default=true())
