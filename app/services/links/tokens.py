"""Action tokens and their codes: made, found, used once, revoked. Neither is stored; the row can make them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Literal

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app.errors import HubOutError
from app.models import ActionToken, Submission
from app.security import TOKEN_LENGTH, make_code, make_token, new_nonce, same_code, token_digest

Purpose = Literal["action", "status", "address"]
Keys = tuple[bytes, ...]

LASTING = frozenset({"genitore", "protocollo"})
"""Roles whose link is not bound to a step: consent can be taken back, a register number comes when it comes
(clarifications.md §6: the parent's link is valid until the case closes)."""

MOST_TRIES = 5
"""Wrong guesses at one code; then it is worth nothing, and another one comes by mail."""


class AlreadyUsed(HubOutError):  # noqa: N818 - callers read `except AlreadyUsed`
    """Somebody else has used or closed the link since it was looked at; nothing has changed."""


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
        created_at=now,
        expires_at=expires_at if step_bound else None,
        seen_seq=submission.last_seq,
    )
    return _mint(session, keys, row)


def follow(
    session: Session,
    keys: Keys,
    row: ActionToken,
    reason: str,
    *,
    now: datetime,
    expires_at: datetime | None,
) -> ActionToken:
    """A new link for the same person in the place of `row`, which is closed for `reason`."""
    row.revoked_at, row.revoked_reason = now, reason
    new = ActionToken(
        submission_id=row.submission_id,
        purpose=row.purpose,
        role=row.role,
        person=row.person,
        entered_seq=row.entered_seq,
        version=row.version,
        created_at=now,
        expires_at=expires_at,
        seen_seq=row.seen_seq,
        follows_id=row.id,
    )
    return _mint(session, keys, new)


def _mint(session: Session, keys: Keys, row: ActionToken) -> ActionToken:
    row.key_number, row.nonce = len(keys) - 1, new_nonce()
    session.add(row)
    session.flush()
    row.digest = token_digest(text_of(row, keys))
    return row


def text_of(row: ActionToken, keys: Keys) -> str:
    """The token itself, made again for the mail that carries it."""
    return make_token(keys[row.key_number], row.id, row.nonce)


def code_of(row: ActionToken, keys: Keys) -> str:
    """The code to be typed where much is at stake, made again for the mail that prints it."""
    return make_code(keys[row.key_number], row.id, row.nonce, row.code_turn)


def take_code(row: ActionToken, keys: Keys, typed: str) -> Literal["", "wrong", "locked"]:
    """What speaks against the code that was typed; a wrong one counts."""
    if row.code_tries >= MOST_TRIES:
        return "locked"
    if same_code(typed, code_of(row, keys)):
        return ""
    row.code_tries += 1
    return "wrong" if row.code_tries < MOST_TRIES else "locked"


def change_code(row: ActionToken) -> None:
    """Give the link another code where the present one was guessed at too often."""
    if row.code_tries >= MOST_TRIES:
        row.code_turn, row.code_tries = row.code_turn + 1, 0


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
    """Mark the link as decided by event `seq`; it goes on showing what was decided.

    One conditional update, whatever was read before: of many who press at once it is true for one.

    Raises:
        AlreadyUsed: the link decides no more.
    """
    open_still = (ActionToken.used_seq.is_(None), ActionToken.revoked_at.is_(None))
    query = update(ActionToken).where(ActionToken.id == row.id, *open_still).values(used_seq=seq)
    done = session.execute(query, execution_options={"synchronize_session": "fetch"})
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise AlreadyUsed("the link was used or closed meanwhile")
