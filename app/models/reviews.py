"""Reviews: one reviewer's outcome, score and note on one version of a submission."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Review(Base):
    """As read from the sheet or given through a link; the last edit counts until the decision."""

    __tablename__ = "reviews"
    __table_args__ = (UniqueConstraint("submission_id", "reviewer", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    reviewer: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(40), default="")
    conflict: Mapped[bool] = mapped_column(default=False)
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
