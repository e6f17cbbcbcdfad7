"""Places: capacity keys, what is free of them, and the order of the waiting list. Call under `lock`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import CallLock, Event, Seat, Submission, Timer
from app.models import Review as ReviewRow
from app.services.casework.reviews import as_review
from app.services.context import ask_for

LISTED, SEAT_FREED = "lista_attesa", "seat_freed"
SLOTS = 241_1990
"""Number of the PostgreSQL advisory lock for bookings; nothing else in the database uses one."""

WHOLE_DAY: Mapping[str, tuple[str, ...]] = {"giornata": ("mattina", "pomeriggio")}
"""Answers that take more than one key: the whole day is both halves (clarifications.md §4, `seats_free`)."""


def lock(session: Session, call: Call) -> None:
    """Hold the places of `call` until the transaction ends; taken before any submission's own lock."""
    session.scalars(select(CallLock).where(CallLock.call == call.id).with_for_update()).one()


def lock_slots(session: Session) -> None:
    """Hold the calendar of every call until the transaction ends; taken after the lock of a submission.

    Bookings of two calls can meet in one place, and each holds the lock of its own call only. On SQLite there is one
    writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(SLOTS)))


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


def free(session: Session, call: Call, submission: Submission, now: datetime) -> bool | None:
    """Whether every key of the request has room that nobody on the list waits for; None where there is no capacity.

    Of those on the list themselves `first` says whose turn it is.
    """
    if not _limited(call, submission):
        return None
    taken = _taken(session, call, submission, now)
    if submission.state != LISTED:
        list(_called(session, call, submission, taken, now))
    return _fits(call, submission, taken)


def has_room(session: Session, call: Call, submission: Submission, now: datetime) -> bool:
    """Whether nobody else holds what the request needs; who waits for it is not asked."""
    return not _limited(call, submission) or _fits(call, submission, _taken(session, call, submission, now))


def _limit(call: Call, submission: Submission) -> int | None:
    limit: int | None = submission.record.get("invite", {}).get("places") or call.limit_of(submission.answers)
    return limit


def _limited(call: Call, submission: Submission) -> bool:
    return _limit(call, submission) is not None and bool(keys_of(call, submission.answers))


def _taken(session: Session, call: Call, submission: Submission, now: datetime) -> Counter[str]:
    """How many places of each key others than `submission` hold."""
    query = select(Seat.key, func.sum(Seat.places)).where(
        Seat.call == call.id, Seat.submission_id != submission.id, _held(now)
    )
    return Counter({key: int(places) for key, places in session.execute(query.group_by(Seat.key))})


def _held(now: datetime) -> ColumnElement[bool]:
    """A seat counts until the decision that freed it can no longer be taken back."""
    return or_(Seat.free_from.is_(None), Seat.free_from > now)


def _fits(call: Call, submission: Submission, taken: Counter[str]) -> bool:
    limit, number = _limit(call, submission), number_of(submission.answers)
    return limit is None or all(taken[key] + number <= limit for key in keys_of(call, submission.answers))


def _called(
    session: Session, call: Call, submission: Submission, taken: Counter[str], now: datetime
) -> Iterator[Submission]:
    """Those of the case's list who can have a place now, in order; each one's places are added to `taken`.

    Who holds another seat of the call is passed over: it would be refused them. Where nobody else is (`strict`), who
    does not fit keeps back all who come later, so that for these nothing is free.
    """
    strict, kept_back = _strict(call), False
    holders = _holders(session, call, now)
    for listed in waiting_list(session, call, submission):
        if holders.get(_person(listed), set()) - {listed.id}:
            continue
        fits = _fits(call, listed, taken) and not kept_back
        if fits or strict:
            taken.update(dict.fromkeys(keys_of(call, listed.answers), number_of(listed.answers)))
        if fits:
            yield listed
        kept_back = kept_back or (strict and not fits)


def _strict(call: Call) -> bool:
    return call.workflow.capacity is not None and call.workflow.capacity.policy == "strict"


def holds_another(session: Session, call: Call, submission: Submission, now: datetime) -> bool:
    """Whether the same person (e-mail and birth date) holds a seat of this call through another case."""
    return bool(_holders(session, call, now).get(_person(submission), set()) - {submission.id})


def _holders(session: Session, call: Call, now: datetime) -> dict[tuple[Any, Any], set[int]]:
    """Each person who holds a seat of the call, with the cases through which they do."""
    query = select(Submission).where(
        Submission.id.in_(select(Seat.submission_id).where(Seat.call == call.id, _held(now)))
    )
    holders: dict[tuple[Any, Any], set[int]] = {}
    for case in session.scalars(query):
        holders.setdefault(_person(case), set()).add(case.id)
    return holders


def _person(submission: Submission) -> tuple[Any, Any]:
    return (str(submission.answers.get("email", "")).casefold(), submission.answers.get("data_nascita"))


def held_by(session: Session, submission: Submission) -> dict[str, int]:
    """How many places of each key the case holds."""
    own = select(Seat).where(Seat.submission_id == submission.id, Seat.free_from.is_(None))
    return {seat.key: seat.places for seat in session.scalars(own)}


def take(session: Session, call: Call, submission: Submission) -> None:
    """Reserve the case's places; a repeat changes nothing."""
    if not held_by(session, submission):
        number = number_of(submission.answers)
        hold(session, call, submission, dict.fromkeys(keys_of(call, submission.answers), number))


def hold(session: Session, call: Call, submission: Submission, seats: Mapping[str, int]) -> None:
    """Have the case hold exactly these places, by key."""
    session.execute(delete(Seat).where(Seat.submission_id == submission.id))
    for key, number in seats.items():
        session.add(Seat(submission_id=submission.id, call=call.id, key=key, places=number))
    session.flush()


def give_back(
    session: Session, call: Call, submission: Submission, now: datetime, until: datetime | None = None
) -> None:
    """Release the case's places and have the waiting list looked at: now or, until when it may be undone, then."""
    own = session.scalars(select(Seat).where(Seat.submission_id == submission.id, Seat.free_from.is_(None))).all()
    for seat in own:
        seat.free_from = until or now
    session.flush()
    session.execute(delete(Seat).where(Seat.call == call.id, Seat.free_from <= now))
    session.flush()
    if own:
        others = session.scalars(select(Submission).where(Submission.call == call.id, Submission.state == LISTED))
        theirs = [case for case in others if _person(case) == _person(submission)]
        _look_at(session, [*waiting_list(session, call, submission), *theirs], until or now)


def watch(session: Session, call: Call, submission: Submission, left: str | None, now: datetime) -> None:
    """Have the list looked at that a case has come onto, or has left for another state than a place.

    Who comes onto it while a freed place is still held back is looked at when it is free.
    """
    if LISTED not in (left, submission.state) or not _limited(call, submission):
        return
    taken = Counter({key: number for (_, key), number in taken_in(session, [call.id], now).items()})
    _look_at(session, list(_called(session, call, submission, taken, now)), now)
    if submission.state == LISTED:
        wanted = Seat.key.in_(keys_of(call, submission.answers))
        later = select(Seat.free_from).where(Seat.call == call.id, wanted, Seat.free_from > now).distinct()
        for due_at in session.scalars(later):
            if due_at is not None:
                _look_at(session, [submission], due_at)


def _look_at(session: Session, cases: Sequence[Submission], due_at: datetime) -> None:
    """Have each of these cases on a list tried at `due_at`; a case that isn't next is refused, and stays."""
    for case in {case.id: case for case in cases}.values():
        session.add(
            Timer(
                submission_id=case.id,
                entered_seq=case.entered_seq,
                kind="system",
                name=SEAT_FREED,
                due_at=due_at,
            )
        )
        ask_for(session, "fire_timers")
    session.flush()


def waiting_list(session: Session, call: Call, submission: Submission) -> Sequence[Submission]:
    """The list that is the case's own, in the order of the workflow: by score and confirmation, or by entry.

    It is that of its site; where nobody is passed over (`strict`), that of its edition or class.
    """
    query = select(Submission).where(
        Submission.call == call.id, Submission.state == LISTED, Submission.site == submission.site
    )
    listed = session.scalars(query).all()
    if _strict(call):
        own = keys_of(call, submission.answers)
        listed = [case for case in listed if keys_of(call, case.answers) == own]
    return _ordered(session, call, listed)


def waiting_lists(session: Session, call: Call) -> Sequence[Sequence[Submission]]:
    """Every waiting list of the call, each in its order."""
    query = select(Submission).where(Submission.call == call.id, Submission.state == LISTED)
    strict = _strict(call)
    lists: dict[tuple[str, tuple[str, ...]], list[Submission]] = {}
    for case in session.scalars(query):
        lists.setdefault((case.site, keys_of(call, case.answers) if strict else ()), []).append(case)
    return [_ordered(session, call, listed) for _, listed in sorted(lists.items())]


def taken_in(session: Session, calls: Iterable[str], now: datetime) -> dict[tuple[str, str], int]:
    """How many places of each (call, key) are held."""
    query = select(Seat.call, Seat.key, func.sum(Seat.places)).where(Seat.call.in_(list(calls)), _held(now))
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


def first(session: Session, call: Call, submission: Submission, now: datetime) -> bool:
    """Whether it is the turn of `submission`: the request fits beside those of all who come before it."""
    called = _called(session, call, submission, _taken(session, call, submission, now), now)
    return any(listed.id == submission.id for listed in called)


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
