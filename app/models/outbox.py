"""The outbox: effects as rows before they are acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Document, UtcDateTime


class OutboxMessage(Base):
    """One mail to send or one sheet row to write, delivered at least once; `dedupe_key` makes it once.

    `payload` names a template and ids; links and personal data are put in when it is delivered. Before `not_before` it
    isn't sent, whoever asks: while an act can be taken back, or in the quiet hours. `stay` is the event that began the
    stay in a state which a reminder speaks of; a reminder that still waits when the state is left is dropped.
    A `daily` mail may go into its reader's daily one (`digest_id`). A `draft` waits until somebody releases it or its
    `not_before` comes; `edited` has the subject and the body that somebody wrote for it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "channel",
            "next_try_at",
            sqlite_where=text("delivered_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
        ),
        Index("ix_outbox_submission", "submission_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"))
    channel: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(String(254))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(Document)
    stay: Mapped[int | None]
    daily: Mapped[bool] = mapped_column(default=False, server_default=false())
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"), index=True)
    draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    edited: Mapped[dict[str, Any] | None] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(default="")
