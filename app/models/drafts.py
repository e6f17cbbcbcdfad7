"""Drafts: forms that somebody began and will send later, kept without an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Document, UtcDateTime


class Draft(Base):
    """What was typed into a call's form, as it was typed, behind a link that was mailed.

    `form_key` is the digest of the form's own idempotency key: saving the same form again finds the same draft, and
    sending it finds the draft to delete. The link's token is made again as an action token's is, and only its
    SHA-256 is kept. `typed` has the form's `key` and its `inputs`, pairs as a browser sends them; `step` counts from 0.
    """

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[str] = mapped_column(String(80))
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    email: Mapped[str] = mapped_column(String(254))
    step: Mapped[int]
    typed: Mapped[dict[str, Any]] = mapped_column(Document)
    key_number: Mapped[int]
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
