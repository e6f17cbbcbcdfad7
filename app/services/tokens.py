"""Action tokens: minting, finding, revoking. A token is never stored; the row can make it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import ActionToken, Submission
from app.security import TOKEN_LENGTH, make_token, new_nonce, token_digest

Purpose = Literal["action", "status", "address"]
Keys = tuple[bytes, ...]

LASTING = frozenset({"genitore", "protocollo"})
"""Roles whose link is not bound to a step: consent can be taken back, a register number comes when it comes
(clarifications.md §6: the parent's link is valid until the case closes)."""


@dataclass(frozen=True)
class Holder:
    """Who a token is for; `lasting` where they may act in more than one state of the case."""

    role: str
    email: str

    @property
    def lasting(self) -> bool:
        """Whether the link lasts as long as the case."""
        return self.role in LASTING


def ensure(
    session: Session,
    keys: Keys,
    submission: Submission,
    holder: Holder,
    purpose: Purpose,
    *,
    now: datetime,
    expires_at: datetime | None = None,
) -> ActionToken:
    """The holder's token for this step and version of `submission`: the living one, or a new one.

    A status token, and that of a lasting holder, lives as long as the case and is not bound to a step.
    """
    step_bound = purpose == "action" and not holder.lasting
    query = select(ActionToken).where(
        ActionToken.submission_id == submission.id,
        ActionToken.purpose == purpose,
        ActionToken.role == holder.role,
        ActionToken.person == holder.email,
        ActionToken.revoked_at.is_(None),
        ActionToken.used_seq.is_(None),
    )
    if step_bound:
        query = query.where(
            ActionToken.entered_seq == submission.entered_seq, ActionToken.version == submission.version
        )
    living = session.scalars(query.order_by(ActionToken.id.desc())).first()
    if living is not None:
        if living.expires_at and expires_at and expires_at > living.expires_at:
            living.expires_at = expires_at
        return living
    row = ActionToken(
        submission_id=submission.id,
        purpose=purpose,
        role=holder.role,
        person=holder.email,
        entered_seq=submission.entered_seq if step_bound else None,
        version=submission.version,
        key_number=len(keys) - 1,
        nonce=new_nonce(),
        created_at=now,
        expires_at=expires_at if step_bound else None,
    )
    session.add(row)
    session.flush()
    row.digest = token_digest(text_of(row, keys))
    return row


def text_of(row: ActionToken, keys: Keys) -> str:
    """The token itself, made again for the mail that carries it."""
    return make_token(keys[row.key_number], row.id, row.nonce)


def find(session: Session, token: str, purpose: Purpose) -> ActionToken | None:
    """The row of `token`, or None: unknown and malformed tokens look the same to the caller."""
    if len(token) != TOKEN_LENGTH:
        return None
    digest = token_digest(token)
    row = session.scalars(select(ActionToken).where(ActionToken.digest == digest)).one_or_none()
    if row is None or row.digest is None or not compare_digest(row.digest, digest) or row.purpose != purpose:
        return None
    return row


def revoke_step(session: Session, submission: Submission, reason: str, now: datetime) -> None:
    """Close every unused action link of `submission`: the step it was made for is over."""
    session.execute(
        update(ActionToken)
        .where(
            ActionToken.submission_id == submission.id,
            ActionToken.entered_seq.is_not(None),
            ActionToken.used_seq.is_(None),
            ActionToken.revoked_at.is_(None),
        )
        .values(revoked_at=now, revoked_reason=reason)
    )


def revoke_person(session: Session, submission: Submission, holder: Holder, reason: str, now: datetime) -> None:
    """Close every link of `holder`: the address is not theirs any more."""
    session.execute(
        update(ActionToken)
        .where(
            ActionToken.submission_id == submission.id,
            ActionToken.role == holder.role,
            ActionToken.person == holder.email,
        )
        .values(revoked_at=now, revoked_reason=reason)
    )


def use(session: Session, row: ActionToken, seq: int) -> None:
    """Mark the link as decided by event `seq`; it goes on showing what was decided."""
    row.used_seq = seq
    session.flush()
