"""Results of which nobody on the applicant's side knows yet: their mails still wait as drafts (`held`).

Until these are released, or leave by themselves, no page says more than the mails have.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.models import OutboxMessage, Submission


def first(session: Session, submission: Submission, now: datetime) -> int | None:
    """The number of the case's first event that is not told yet; None where everything is."""
    query = select(OutboxMessage.payload).where(OutboxMessage.submission_id == submission.id, _waits(now))
    return min((int(payload["seq"]) for payload in session.scalars(query)), default=None)


def cases(session: Session, now: datetime) -> frozenset[int]:
    """The ids of all cases with something untold."""
    found = session.scalars(select(OutboxMessage.submission_id).where(_waits(now)))
    return frozenset(each for each in found if each is not None)


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.draft.is_(True),
        OutboxMessage.not_before > now,
        OutboxMessage.delivered_at.is_(None),
        OutboxMessage.dead_at.is_(None),
    )
