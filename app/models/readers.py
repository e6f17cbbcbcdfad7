"""How people who work with the cases want their mails."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Reader(Base):
    """An address, in small letters, and what it `wants`: `each`, `reminders` or `daily` (app.services.mail.readers)."""

    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    wants: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
