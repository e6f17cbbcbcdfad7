"""Places: what each case holds of each capacity key, and the row that a call's allocations lock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class CallLock(Base):
    """One row a call: locked while places are counted and taken, so that two approvals can't share the last."""

    __tablename__ = "call_locks"

    call: Mapped[str] = mapped_column(String(80), primary_key=True)


class Seat(Base):
    """`places` of one key (`cb-cofo/lun/mattina`) held by one submission.

    With `free_from` they were given back by a decision that can be taken back until then: nobody else gets them before.
    """

    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("submission_id", "key"), Index("ix_seats_key", "call", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    call: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120))
    places: Mapped[int]
    free_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
