"""What the two cities say of an exchange: the last opinion of each since the state was entered, from the event log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event, EventPayload, Submission
from app.services.links import tokens
from workflows.case import Opinion

GIVEN = "opinion"


def opinions_of(session: Session, submission: Submission) -> tuple[Opinion, ...]:
    """The opinions of the present round; entering the state again begins a new one."""
    return _between(session, submission, submission.entered_seq, submission.last_seq + 1)


def reasons(session: Session, submission: Submission, seq: int) -> tuple[str, ...]:
    """What the cities wrote in the round that event `seq` ended; nothing where it ended none."""
    entered = select(func.max(Event.seq)).where(
        Event.submission_id == submission.id,
        Event.seq < seq,
        func.coalesce(Event.from_state, "") != Event.to_state,
    )
    opinions = _between(session, submission, session.scalar(entered) or 0, seq)
    return tuple(opinion.reason for opinion in opinions if opinion.reason)


def reset(session: Session, submission: Submission, now: datetime) -> None:
    """Void both opinions and their links.

    Opinions count from the entry of the state on, and its links are made anew on every entry: what is left to do is
    to close any link of before.
    """
    tokens.revoke_step(session, submission, "reset_opinions", now)


def _between(session: Session, submission: Submission, after: int, before: int) -> tuple[Opinion, ...]:
    query = (
        select(Event.actor, EventPayload.body)
        .join(EventPayload, EventPayload.event_id == Event.id)
        .where(Event.submission_id == submission.id, Event.event == GIVEN, Event.seq > after, Event.seq < before)
        .order_by(Event.seq)
    )
    latest: dict[str, Opinion] = {}
    for actor, body in session.execute(query):
        inputs = body.get("inputs", {})
        latest[actor] = Opinion(actor, str(inputs.get("parere", "")), str(inputs.get("motivazione", "")))
    return tuple(latest.values())


def last_of(session: Session, submissions: Collection[int], actor: str) -> dict[int, str]:
    """What the city `actor` said last of each of these cases, in whichever round: ok, changes or refused."""
    query = (
        select(Event.submission_id, EventPayload.body)
        .join(EventPayload, EventPayload.event_id == Event.id)
        .where(Event.submission_id.in_(submissions), Event.event == GIVEN, Event.actor == actor)
        .order_by(Event.seq)
    )
    return {case: str(body.get("inputs", {}).get("parere", "")) for case, body in session.execute(query)}
