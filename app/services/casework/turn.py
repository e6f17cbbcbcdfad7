"""Who has the ball, for the applicant's page: the role that the present state waits for, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Submission, Timer
from app.services.context import Context
from app.services.links import actions, tokens
from app.services.mail import untold
from app.services.roles import role_label

APPLICANT = "richiedente"


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, in the reader's words; `by` is when the step should be over, None where nothing says so."""

    who: str
    yours: bool
    by: datetime | None


def turn(context: Context, token: str, language: str) -> Turn | None:
    """Whom the case behind a status link waits for; None where it waits for nobody, or its result is not told yet."""
    with context.read() as session:
        row = tokens.find(session, token, "status")
        if row is None:
            return None
        holding = actions.hold(context, session, row)
        if untold.first(session, holding.submission, context.clock.now()) is not None:
            return None
        submission, state = holding.submission, holding.definition.state(holding.submission.state)
        roles = list(dict.fromkeys(each.role for each in state.notify if not each.for_information))
        if submission.state == holding.definition.initial:
            roles = [APPLICANT]
        if not roles or state.kind in ("closed", "final"):
            return None
        yours = APPLICANT in roles
        by = actions.deadline_of(session, submission) if yours else _office_deadline(session, submission)
        return Turn(", ".join(role_label(role, language) for role in roles), yours, by)


def _office_deadline(session: Session, submission: Submission) -> datetime | None:
    """When the step should be over: its own deadline, as the workflow sets it."""
    query = select(Timer.due_at).where(
        Timer.submission_id == submission.id,
        Timer.done_at.is_(None),
        Timer.kind == "deadline",
        Timer.entered_seq == submission.entered_seq,
    )
    return min(session.scalars(query).all(), default=None)
