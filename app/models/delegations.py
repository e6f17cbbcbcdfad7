"""Delegations: who stands in for whom, from when until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Delegation(Base):
    """While it lasts (`starts_at` included, `ends_at` not), steps that open for `principal` go to `delegate`.

    `call` is one call, or "" for all of them. A row is never changed but by its revocation.
    """

    __tablename__ = "delegations"
    __table_args__ = (Index("ix_delegations_principal", "principal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    principal: Mapped[str] = mapped_column(String(254))
    delegate: Mapped[str] = mapped_column(String(254))
    call: Mapped[str] = mapped_column(String(80), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
