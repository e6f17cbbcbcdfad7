"""What was answered to each case, when and by whom: read from the event log, for the register and the indicators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import Event, Submission
from app.services.casework.cases import LISTED, RESERVE

OFFERS = frozenset({"posto_offerto", LISTED, RESERVE})
"""Open states that are an answer all the same: a place, or a place in the list."""

NO_ANSWERS = frozenset({"scaduta", "assente", "non_autorizzata", "ritirata", "rinuncia", "archiviata"})
"""Closed states that applicant or time brought about: nothing was decided."""


@dataclass(frozen=True)
class Answered:
    """One answer to a case: the state it led to, and who gave it (a role of the workflow)."""

    submission_id: int
    call: str
    state: str
    at: datetime
    role: str


def answers(session: Session, calls: Iterable[Call]) -> tuple[Answered, ...]:
    """Every answer that a case of `calls` was given, in order: one query for each call."""
    found = []
    for call in calls:
        kinds = {state.id: state.kind for state in call.workflow.states}
        leads = {state for state, kind in kinds.items() if kind in ("success", "closed")} | OFFERS
        before = [state for state, kind in kinds.items() if kind == "open"]
        query = (
            select(Event.submission_id, Event.to_state, Event.at, Event.actor)
            .join(Submission, Submission.id == Event.submission_id)
            .where(
                Submission.call == call.id,
                Event.from_state.in_(before),
                Event.to_state.in_(leads - NO_ANSWERS),
                Event.from_state != Event.to_state,
            )
            .order_by(Event.id)
        )
        found += [
            Answered(row.submission_id, call.id, row.to_state, row.at, row.actor) for row in session.execute(query)
        ]
    return tuple(found)
