"""Addresses that mail servers say do not work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Unreachable(Base):
    """An address, in small letters, to which nothing is sent until somebody asks for it (`hubout outbox retry`)."""

    __tablename__ = "unreachable"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]
