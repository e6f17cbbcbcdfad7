"""Uploads that wait: chosen in a form that could not be taken yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class WaitingUpload(Base):
    """A file in the store that belongs to no case yet; `key` is its random name, known to the page that shows it."""

    __tablename__ = "waiting_uploads"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
