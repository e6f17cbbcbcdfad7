"""Writing and verifying the event log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, EventPayload, Submission
from app.security import CHAIN_START, new_salt, salted_digest, sha256_of


@dataclass(frozen=True)
class Happening:
    """What is written of one event: who did what, from where to where, with which payload."""

    event: str
    actor: str
    from_state: str | None
    to_state: str
    at: datetime
    payload: Mapping[str, Any]


def append(session: Session, submission: Submission, happening: Happening) -> Event:
    """Add the next event of `submission` (which the caller has locked) to its chain."""
    previous = _head(session, submission)
    salt = new_salt()
    payload = dict(happening.payload)
    event = Event(
        submission_id=submission.id,
        seq=submission.last_seq + 1,
        at=happening.at.astimezone(UTC),
        event=happening.event,
        actor=happening.actor,
        from_state=happening.from_state,
        to_state=happening.to_state,
        payload_digest=salted_digest(salt, payload),
        previous_digest=previous,
        digest="",
    )
    event.digest = event_digest(submission.reference, event)
    session.add(event)
    session.flush()
    session.add(EventPayload(event_id=event.id, salt=salt, body=payload))
    submission.last_seq = event.seq
    return event


def first_payload(session: Session, submission: Submission) -> Mapping[str, Any]:
    """What the event carried by which the submission came to be; empty once it is erased."""
    query = (
        select(EventPayload.body)
        .join(Event, Event.id == EventPayload.event_id)
        .where(Event.submission_id == submission.id, Event.seq == 1)
    )
    return session.scalars(query).one_or_none() or {}


def event_digest(reference: str, event: Event) -> str:
    """The link of the chain: a digest over the event's own columns, its payload's digest and its predecessor's."""
    return sha256_of(
        [
            reference,
            event.seq,
            event.at.isoformat(),
            event.event,
            event.actor,
            event.from_state,
            event.to_state,
            event.payload_digest,
            event.previous_digest,
        ]
    )


def _head(session: Session, submission: Submission) -> str:
    if submission.last_seq == 0:
        return CHAIN_START
    query = select(Event.digest).where(Event.submission_id == submission.id, Event.seq == submission.last_seq)
    return session.scalars(query).one()


def broken_links(session: Session) -> list[str]:
    """Every place where the log was altered, as one line each; empty when all chains hold.

    Found are: an edited event, an edited payload, a removed or reordered event, a cut end.
    """
    broken: list[str] = []
    submissions = {row.id: row for row in session.scalars(select(Submission))}
    heads = dict.fromkeys(submissions, (0, CHAIN_START))
    query = (
        select(Event, EventPayload)
        .outerjoin(EventPayload, EventPayload.event_id == Event.id)
        .order_by(Event.submission_id, Event.seq)
    )
    for event, payload in session.execute(query.execution_options(yield_per=500)):
        reference = submissions[event.submission_id].reference
        seq, previous = heads[event.submission_id]
        where = f"{reference} event {event.seq}"
        if event.seq != seq + 1:
            broken.append(f"{where}: event {seq + 1} is missing")
        if event.previous_digest != previous:
            broken.append(f"{where}: does not follow the event before it")
        if event.digest != event_digest(reference, event):
            broken.append(f"{where}: was altered")
        if payload is not None and salted_digest(payload.salt, payload.body) != event.payload_digest:
            broken.append(f"{where}: its content was altered")
        heads[event.submission_id] = (event.seq, event.digest)
    broken += [
        f"{submissions[key].reference}: ends at event {seq}, {submissions[key].last_seq} were written"
        for key, (seq, _) in heads.items()
        if seq != submissions[key].last_seq
    ]
    return broken
