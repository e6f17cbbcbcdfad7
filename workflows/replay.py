"""What would have been: the log of a case played again through a workflow, perhaps another one.

People do what they did, when they did it; what follows by itself (time, rules, `auto`) follows from the workflow that
is tried. Of the world around only what is told is known: where an act was open because of it, it is taken to be so
again (`seats_then`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from forms.conditions import All, Condition, Named, Not
from workflows.case import Case, Facts, Visit
from workflows.definition import SYSTEM, WorkflowDefinition
from workflows.engine import AUTO, Due, Outcome, PlannedTimer, Refusal, begin, fall_due, fire, sheet_events
from workflows.premises import SEAT_GUARDS


@dataclass(frozen=True)
class Past:
    """One act of the log, or something from outside that happened to the case."""

    event: str
    actor: str
    at: datetime
    inputs: Mapping[str, Any] = field(default_factory=dict)
    seats: bool = True


@dataclass(frozen=True)
class Ending:
    """Where a case came to, since when, and the first act that was not open any more, if there was one."""

    state: str
    since: datetime
    refused: str = ""


Known = Callable[[Case, Past], Facts]
"""What was known of the world around when something happened to the case."""


def applied(case: Case, outcome: Outcome, now: datetime) -> Case:
    """The case after an outcome, as the shell stores it."""
    event = outcome.event or ""
    case = replace(
        case,
        counts={**case.counts, event: case.counts.get(event, 0) + 1} if event else case.counts,
        anchors={**case.anchors, **outcome.anchors},
        version=case.version + outcome.new_version,
        abstained=case.abstained | ({outcome.abstained} if outcome.abstained else set()),
    )
    if not outcome.changed:
        return replace(case, escalated=case.escalated | outcome.grants)
    return replace(
        case,
        state=outcome.to_state,
        entered_at=now,
        visited=case.visited | {outcome.to_state},
        history=(*case.history, Visit(outcome.to_state, now, event)),
        escalated=outcome.grants,
        overdue=False,
    )


def late(case: Case, fallen: Due) -> Case:
    """The case after a reminder or deadline fell due."""
    overdue = case.overdue or fallen.overdue
    return replace(case, escalated=case.escalated | fallen.grants, overdue=overdue)


def replay(
    definition: WorkflowDefinition,
    sent: Case,
    past: Sequence[Past],
    known: Known,
    looks: Sequence[datetime],
    until: datetime,
) -> Ending:
    """Where the case would have come to by `until`.

    `sent` is the case as it was before anything happened, `past` what people did and what came from outside, oldest
    first, `looks` the instants at which something was written that rules may follow from.
    """
    play = _Play(definition, known, sent)
    play.take(begin(definition, sent, sent.submitted_at), sent.submitted_at)
    acts, written = list(past), sorted(looks)
    while True:
        coming = sorted(play.timers, key=lambda timer: timer.due_at)[:1]
        ahead = [timer.due_at for timer in coming] + [act.at for act in acts[:1]] + written[:1]
        now = min(ahead, default=None)
        if now is None or now > until:
            return Ending(play.case.state, play.case.entered_at, play.refused)
        if coming and coming[0].due_at == now:
            play.fall_due(coming[0])
        elif acts and acts[0].at == now:
            play.act(acts.pop(0))
        else:
            play.rules(written.pop(0))


@dataclass
class _Play:
    """The case while it is played."""

    definition: WorkflowDefinition
    known: Known
    case: Case
    timers: tuple[PlannedTimer, ...] = ()
    refused: str = ""

    def take(self, outcome: Outcome, now: datetime) -> None:
        self.case = applied(self.case, outcome, now)
        kept = () if outcome.cancel_timers else self.timers
        self.timers = (*(timer for timer in kept if timer.anchor not in outcome.cancel_anchors), *outcome.timers)
        if outcome.auto:
            self.system(AUTO, now)
        self.rules(now)

    def system(self, event: str, now: datetime) -> bool:
        what = Past(event, SYSTEM, now)
        outcome = fire(self.definition, self.case, event, self.known(self.case, what))
        if isinstance(outcome, Outcome):
            self.take(outcome, now)
        return isinstance(outcome, Outcome)

    def act(self, what: Past) -> None:
        outcome = fire(self.definition, self.case, what.event, self.known(self.case, what))
        if isinstance(outcome, Refusal):
            self.refused = self.refused or what.event
            return
        if what.inputs.get("protocollo_numero"):
            self.case = replace(self.case, protocol=True)
        self.take(outcome, what.at)

    def rules(self, now: datetime) -> None:
        for event in sheet_events(self.definition, self.case.state):
            if self.system(event, now):
                return

    def fall_due(self, timer: PlannedTimer) -> None:
        self.timers = tuple(each for each in self.timers if each is not timer)
        if timer.kind == "transition":
            self.system(timer.name, timer.due_at)
            return
        self.case = late(self.case, fall_due(self.case, timer))
        if timer.kind == "deadline":
            self.rules(timer.due_at)


def seats_then(definition: WorkflowDefinition, from_state: str | None, event: str, to_state: str) -> bool:
    """Whether there was room when `event` led from one state to the other: the guard of the way it took says so."""
    ways = definition.leaving(from_state or "", event)
    guards = [each.guard for each in ways if each.guard and (each.to or from_state) == to_state]
    return not any(_denies_seats(guard) for guard in guards)


def _denies_seats(guard: Condition) -> bool:
    match guard:
        case All(parts):
            return any(map(_denies_seats, parts))
        case Not(Named(name)):
            return name in SEAT_GUARDS
        case _:
            return False
