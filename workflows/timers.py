"""What time will do to a case that stays where it is, and the legal clock of its procedure.

Planned timers are data: the shell stores them as rows when a state is entered, voids them when it is left, and hands
each back to the engine when it is due.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from workflows.case import Visit
from workflows.dates import END_OF_DAY, MORNING, Calendar, at_local, due, local_date, parse_token
from workflows.definition import EVERY_STATE, Deadline, Legal, Reminder, State, WorkflowDefinition

LEGAL_TERM = "legal_term"
PREAVVISO = "preavviso"
OBSERVATIONS = "observations_received"


@dataclass(frozen=True)
class PlannedTimer:
    """Something due at an instant while the case stays in its state.

    Attributes:
        kind: `transition` fires the event `name`; `reminder` mails; `deadline` mails and may give power.
        name: unique within the state: the event, or `reminder:…`, `deadline:…`.
        due_at: in UTC.
        anchor: the fact it counts from, if not the entry of the state.
        roles: whom it mails; `message` what.
        escalate: role that gets the state's powers.
    """

    kind: Literal["transition", "reminder", "deadline"]
    name: str
    due_at: datetime
    anchor: str | None = None
    roles: tuple[str, ...] = ()
    message: str | None = None
    escalate: str | None = None

    @property
    def payload(self) -> dict[str, Any]:
        """What is to be stored beside kind, name and due date, as JSON."""
        return {
            "anchor": self.anchor,
            "roles": list(self.roles),
            "message": self.message,
            "escalate": self.escalate,
        }


def timers_for_state(
    definition: WorkflowDefinition,
    state: str,
    entered_at: datetime,
    anchors: Mapping[str, datetime],
    calendar: Calendar,
    *,
    silent_since: datetime | None = None,
) -> tuple[PlannedTimer, ...]:
    """The timers of a state entered at `entered_at`.

    A timer whose anchor the case lacks is not armed. A reminder whose time has gone by is left out, and so is the
    alert of the legal term: both were said in the state before, unless nothing was said of the term `silent_since`.
    """
    planned = [*_transitions(definition, state, entered_at, anchors, calendar)]
    for mail in _mails(definition, state, entered_at, anchors, calendar):
        legal = mail.anchor == LEGAL_TERM
        line = silent_since if legal and silent_since else entered_at
        if mail.due_at > line or not (legal or mail.kind == "reminder"):
            planned.append(mail)
    return tuple(planned)


def own_limit(
    definition: WorkflowDefinition,
    state: str,
    entered_at: datetime,
    anchors: Mapping[str, datetime],
    calendar: Calendar,
) -> datetime | None:
    """When the first of the state's own timers falls due; None where it has none."""
    return min((timer.due_at for timer in _transitions(definition, state, entered_at, anchors, calendar)), default=None)


def _transitions(
    definition: WorkflowDefinition,
    state: str,
    entered_at: datetime,
    anchors: Mapping[str, datetime],
    calendar: Calendar,
) -> Iterator[PlannedTimer]:
    seen: set[str] = set()
    for transition in definition.leaving(state):
        if transition.timer is None or transition.event in seen:
            continue
        seen.add(transition.event)
        token = parse_token(transition.timer)
        instant = due(token, entered_at, anchors, calendar, hour=END_OF_DAY)
        if instant is not None:
            yield PlannedTimer("transition", transition.event, instant, token.anchor)


def _mails(
    definition: WorkflowDefinition,
    state_id: str,
    entered_at: datetime,
    anchors: Mapping[str, datetime],
    calendar: Calendar,
) -> Iterator[PlannedTimer]:
    state = definition.state(state_id)
    for entry in definition.limits:
        if not _applies(entry, state):
            continue
        token = parse_token(entry.after)
        instant = due(token, entered_at, anchors, calendar, hour=MORNING)
        if instant is None:
            continue
        if isinstance(entry, Reminder):
            name = f"reminder:{entry.message}:{entry.after}"
            yield PlannedTimer("reminder", name, instant, token.anchor, entry.to, entry.message)
        else:
            then = entry.then
            roles = (then.escalate,) if then.escalate else then.alert
            name = f"deadline:{then.message}:{entry.after}"
            yield PlannedTimer("deadline", name, instant, token.anchor, roles, then.message, then.escalate)


def _applies(entry: Reminder | Deadline, state: State) -> bool:
    if entry.state == EVERY_STATE:
        # the legal term can be missed where its clock runs, and where it runs again after the days it may stand still
        watched = state.clock == "run" or (state.clock == "suspend" and parse_token(entry.after).anchor == LEGAL_TERM)
        return state.kind == "open" and watched
    return entry.state == state.id


@dataclass(frozen=True)
class LegalClock:
    """How the term of a procedure stands.

    Attributes:
        term: last instant of the last day; while the clock stands still, what it would be if it ran again now.
        used: days that counted so far.
        suspended: days that did not count so far.
        running: whether the clock runs at the moment asked for.
    """

    term: datetime
    used: int
    suspended: int
    running: bool


def legal_term(
    definition: WorkflowDefinition,
    history: Sequence[Visit],
    submitted_at: datetime,
    days: int,
    now: datetime,
) -> LegalClock:
    """The legal clock of a case (law 241/1990; clarifications.md §2).

    Days are counted from the day after `submitted_at`. A day does not count if the case began or spent it waiting
    in a state whose clock stands still; days of `suspend` states other than preavviso stop counting as such after
    `legal.suspend_days` in all. After preavviso the clock runs again ten days after the observations, or, with none,
    at the end of the ten days they could be sent in.
    """
    legal = definition.legal or Legal()
    still, in_limit = _standing_days(definition, history, legal, local_date(now))
    allowed = set(sorted(in_limit)[: legal.suspend_days]) | still
    today = local_date(now)
    term, counted = local_date(submitted_at), 0
    while counted < days:
        term += timedelta(days=1)
        counted += term not in allowed
    passed = [local_date(submitted_at) + timedelta(days=n + 1) for n in range((today - local_date(submitted_at)).days)]
    suspended = sum(day in allowed for day in passed)
    clock = definition.state(history[-1].state).clock if history else "run"
    exhausted = clock == "suspend" and history[-1].state != PREAVVISO and len(in_limit) > legal.suspend_days
    running = (clock in ("run", "retro") or exhausted) and today + timedelta(days=1) not in allowed
    return LegalClock(at_local(term, END_OF_DAY), len(passed) - suspended, suspended, running)


def _standing_days(
    definition: WorkflowDefinition, history: Sequence[Visit], legal: Legal, today: date
) -> tuple[set[date], set[date]]:
    """Days on which the clock stood still: without limit (consent, preavviso, after the decision), and with one."""
    still: set[date] = set()
    in_limit: set[date] = set()
    for index, visit in enumerate(history):
        clock = definition.state(visit.state).clock
        if clock in ("run", "retro"):
            continue
        following = history[index + 1] if index + 1 < len(history) else None
        entered, left = local_date(visit.entered_at), local_date(following.entered_at) if following else today
        if visit.state == PREAVVISO:
            still |= _days(entered, _resumes(visit, following, legal))
        elif clock == "suspend":
            in_limit |= _days(entered, left)
        else:
            still |= _days(entered, left)
    return still, in_limit - still


def _resumes(visit: Visit, following: Visit | None, legal: Legal) -> date:
    """The day after which the clock runs again once a preavviso was sent."""
    window = timedelta(days=legal.preavviso_days)
    if following is not None and following.event == OBSERVATIONS:
        return local_date(following.entered_at) + window
    return local_date(visit.entered_at) + window


def _days(after: date, until: date) -> set[date]:
    return {after + timedelta(days=n + 1) for n in range((until - after).days)}
