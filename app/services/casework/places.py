"""Places: capacity keys, what is free of them, and the order of the waiting list. Call under `lock`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import CallLock, Event, Seat, Submission, Timer
from app.models import Review as ReviewRow
from app.services.casework.reviews import as_review

LISTED = "lista_attesa"
WHOLE_DAY: Mapping[str, tuple[str, ...]] = {"giornata": ("mattina", "pomeriggio")}
"""Answers that take more than one key: the whole day is both halves (clarifications.md §4, `seats_free`)."""


def lock(session: Session, call: Call) -> None:
    """Hold the places of `call` until the transaction ends; taken before any submission's own lock."""
    session.scalars(select(CallLock).where(CallLock.call == call.id).with_for_update()).one()


def keys_of(call: Call, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Every capacity key that a request takes, as `cb-cofo/lun/mattina`."""
    if call.workflow.capacity is None:
        return ()
    parts = [_values(answers.get(name)) for name in call.workflow.capacity.key]
    return tuple("/".join(combination) for combination in product(*parts))


def _values(answer: Any) -> tuple[str, ...]:
    given = answer if isinstance(answer, list) else [answer]
    return tuple(part for value in given for part in WHOLE_DAY.get(str(value), (str(value),)))


def number_of(answers: Mapping[str, Any]) -> int:
    """How many places of each key the request takes."""
    return int(answers.get("posti") or 1)


def free(session: Session, call: Call, submission: Submission) -> bool | None:
    """Whether every key of the request has room; None where the call has no capacity."""
    answers = submission.answers
    limit = submission.record.get("invite", {}).get("places") or call.limit_of(answers)
    keys = keys_of(call, answers)
    if limit is None or not keys:
        return None
    taken = dict(
        session.execute(
            select(Seat.key, func.sum(Seat.places)).where(Seat.call == call.id, Seat.key.in_(keys)).group_by(Seat.key)
        ).all()
    )
    return all(taken.get(key, 0) + number_of(answers) <= limit for key in keys)


def holds_another(session: Session, call: Call, submission: Submission) -> bool:
    """Whether the same person (e-mail and birth date) holds a seat of this call through another case."""
    others = session.scalars(
        select(Submission)
        .where(Submission.id.in_(select(Seat.submission_id).where(Seat.call == call.id)))
        .where(Submission.id != submission.id)
    )
    return any(_person(other) == _person(submission) for other in others)


def _person(submission: Submission) -> tuple[Any, Any]:
    return (str(submission.answers.get("email", "")).casefold(), submission.answers.get("data_nascita"))


def take(session: Session, call: Call, submission: Submission) -> None:
    """Reserve the case's places; a repeat changes nothing."""
    if session.scalar(select(func.count()).where(Seat.submission_id == submission.id)):
        return
    for key in keys_of(call, submission.answers):
        session.add(Seat(submission_id=submission.id, call=call.id, key=key, places=number_of(submission.answers)))
    session.flush()


def give_back(session: Session, call: Call, submission: Submission, now: datetime) -> bool:
    """Release the case's places and have the waiting list looked at `now` (or later); True where there were some."""
    released = session.execute(delete(Seat).where(Seat.submission_id == submission.id).returning(Seat.id)).all()
    if not released:
        return False
    for listed in waiting_list(session, call, submission):
        session.add(
            Timer(
                submission_id=listed.id,
                entered_seq=listed.entered_seq,
                kind="system",
                name="seat_freed",
                due_at=now,
            )
        )
    session.flush()
    return True


def waiting_list(session: Session, call: Call, submission: Submission) -> Sequence[Submission]:
    """The list that is the case's own, in the order of the workflow: by score and confirmation, or by entry.

    It is that of its site; where nobody is passed over (`strict`), that of its edition or class.
    """
    query = select(Submission).where(
        Submission.call == call.id, Submission.state == LISTED, Submission.site == submission.site
    )
    listed = session.scalars(query).all()
    if call.workflow.capacity and call.workflow.capacity.policy == "strict":
        own = keys_of(call, submission.answers)
        listed = [case for case in listed if keys_of(call, case.answers) == own]
    return _ordered(session, call, listed)


def waiting_lists(session: Session, call: Call) -> Sequence[Sequence[Submission]]:
    """Every waiting list of the call, each in its order."""
    query = select(Submission).where(Submission.call == call.id, Submission.state == LISTED)
    strict = call.workflow.capacity is not None and call.workflow.capacity.policy == "strict"
    lists: dict[tuple[str, tuple[str, ...]], list[Submission]] = {}
    for case in session.scalars(query):
        lists.setdefault((case.site, keys_of(call, case.answers) if strict else ()), []).append(case)
    return [_ordered(session, call, listed) for _, listed in sorted(lists.items())]


def taken(session: Session, calls: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many places of each (call, key) are held."""
    query = select(Seat.call, Seat.key, func.sum(Seat.places)).where(Seat.call.in_(list(calls)))
    return {(call, key): int(held) for call, key, held in session.execute(query.group_by(Seat.call, Seat.key))}


def _ordered(session: Session, call: Call, listed: Sequence[Submission]) -> Sequence[Submission]:
    if call.workflow.capacity and call.workflow.capacity.order == "score":
        means = _means(session, call, listed)
        return sorted(listed, key=lambda case: (-means[case.id], case.confirmed_at or case.submitted_at, case.id))
    numbers = _entry_numbers(session, listed)
    return sorted(listed, key=lambda case: (case.state_entered_at, numbers.get(case.id, 0), case.id))


def _entry_numbers(session: Session, listed: Sequence[Submission]) -> dict[int, int]:
    """Of each case the running number of the event by which it came onto the list: who came first in one instant.

    Numbers grow in the order of these events, since each is written under the lock of the call's places.
    """
    query = select(Event.submission_id, Event.id, Event.seq).where(
        Event.submission_id.in_([case.id for case in listed]), Event.to_state == LISTED
    )
    entries = {(case, seq): number for case, number, seq in session.execute(query)}
    return {case.id: entries.get((case.id, case.entered_seq), 0) for case in listed}


def _means(session: Session, call: Call, listed: Iterable[Submission]) -> dict[int, int]:
    """Mean score in hundredths, half up, of each case; 0 without valid reviews."""
    by_id = {case.id: case for case in listed}
    scores: dict[int, list[int]] = {key: [] for key in by_id}
    for row in session.scalars(select(ReviewRow).where(ReviewRow.submission_id.in_(by_id))):
        review = as_review(call, row)
        if row.version == by_id[row.submission_id].version and review.valid and review.score is not None:
            scores[row.submission_id].append(review.score)
    return {key: (sum(each) * 200 + len(each)) // (2 * len(each)) if each else 0 for key, each in scores.items()}


def first(session: Session, call: Call, submission: Submission) -> bool:
    """Whether `submission` is the next of its list: the first, or with `best_fit` the first whose request fits."""
    for listed in waiting_list(session, call, submission):
        fits = free(session, call, listed) is not False
        if fits or (call.workflow.capacity and call.workflow.capacity.policy == "strict"):
            return listed.id == submission.id
    return False


def position(session: Session, call: Call, submission: Submission) -> int | None:
    """Place in the waiting list from 1; None where the case is not on it."""
    if submission.state != LISTED:
        return None
    ids = [listed.id for listed in waiting_list(session, call, submission)]
    return ids.index(submission.id) + 1


def wanted_by_listed(session: Session, call: Call, submission: Submission) -> bool:
    """Whether somebody on the list wants a key that this case holds."""
    own = set(keys_of(call, submission.answers))
    listed = waiting_list(session, call, submission)
    return any(own & set(keys_of(call, other.answers)) for other in listed if other.id != submission.id)
