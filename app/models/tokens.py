"""Action tokens: who may act on which submission, in which step and version. Never the token itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class ActionToken(Base):
    """A link that was or will be mailed.

    The token is HMAC-SHA256(key, id + nonce): it can be made again when the mail is rendered, and only its
    SHA-256 is looked up (design.md §2). `purpose` is `action`, `status` (the applicant's page) or
    `address` (a new e-mail address that its owner confirms). An action link
    belongs to the step that began with event `entered_seq` and decides once; without a step it lasts as long as the
    case, for those who may act in several states (a parent, the register office).

    What is at stake is confirmed with a code that is made from the row too; `code_turn` counts the codes it has had,
    `code_tries` the wrong guesses at the present one. `seen_seq` is the last event when the link was made, `follows_id`
    the link in whose place this one was mailed to the same person.
    """

    __tablename__ = "action_tokens"
    __table_args__ = (Index("ix_action_tokens_submission", "submission_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    purpose: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(40))
    person: Mapped[str] = mapped_column(String(254))
    entered_seq: Mapped[int | None]
    version: Mapped[int]
    key_number: Mapped[int]
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_seq: Mapped[int | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[str] = mapped_column(String(40), default="")
    code_turn: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    code_tries: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    seen_seq: Mapped[int | None]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("action_tokens.id"))
