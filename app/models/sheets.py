"""What we know of the partners' sheets: which file, and each row as it was last seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
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
