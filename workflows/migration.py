"""Moving a case to another version of its workflow: every state is named on both sides, and a move decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflows.case import Case, Visit
from workflows.definition import WorkflowDefinition
from workflows.engine import AUTO, Outcome, arming, sheet_events

MIGRATED = "migrated"
"""The event by which a case moves; no workflow file names it."""


@dataclass(frozen=True)
class Stays:
    """Why a case can't move, in a developer's words."""

    why: str


def migrated(
    old: WorkflowDefinition, new: WorkflowDefinition, case: Case, states: Mapping[str, str]
) -> Outcome | Stays:
    """The outcome of moving `case` from `old` to `new`; `states` says which state becomes which.

    A state that is not named stays what it is. Time goes on: what is due counts from when the state was entered.
    Reminders of the past are not sent again, and what a deadline gave is kept.
    """
    was = [visit.state for visit in case.history] or [case.state]
    lost = sorted({state for state in was if states.get(state, state) not in new.state_ids})
    if lost:
        return Stays(f"it was in `{lost[0]}`, which the new version lacks: say what becomes of it")
    to = states.get(case.state, case.state)
    before, after = old.state(case.state).kind, new.state(to).kind
    if before != after:
        return Stays(f"`{case.state}` is {before} and `{to}` is {after}: a move decides nothing")
    history = tuple(replace(visit, state=states.get(visit.state, visit.state)) for visit in case.history)
    moved = replace(case, state=to, history=history or (Visit(to, case.entered_at),))
    return Outcome(
        event=MIGRATED,
        transition=None,
        from_state=case.state,
        to_state=to,
        timers=arming(new, moved),
        auto=bool(new.leaving(to, AUTO)),
        try_rules=bool(sheet_events(new, to)),
    )
