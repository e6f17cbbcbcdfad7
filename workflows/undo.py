"""Taking a decision back: for a while, whoever took it may say that it was a mistake.

The event log keeps both, the decision and the event that takes it back; what is reckoned from the log (how often, where
the case has been, the legal clock) leaves both out, as though the case had never moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from workflows import refusals
from workflows.definition import WorkflowDefinition
from workflows.effects import SheetUpsert
from workflows.engine import Outcome, Refusal

TAKEN_BACK = "taken_back"
"""The event by which a decision is taken back; no workflow file names it."""

OFFICE = frozenset({"istruttore", "coordinatore", "backup_coordinatore"})
"""Who decides for the office: their acts can be taken back."""


class Logged(Protocol):
    """One event of the log."""

    @property
    def event(self) -> str:
        """Its name."""

    @property
    def from_state(self) -> str | None:
        """Where the case was."""

    @property
    def to_state(self) -> str:
        """Where it led."""


Entry = TypeVar("Entry", bound=Logged)


@dataclass(frozen=True)
class Decision:
    """A decision that may still be taken back: event `seq` by this person, until this instant."""

    seq: int
    person: str
    from_state: str
    to_state: str
    until: datetime


def revocable(outcome: Outcome, role: str) -> bool:
    """Whether the act can be taken back: it moved this one case, and somebody of the office did it."""
    alone = outcome.transition is not None and outcome.transition.together is None
    return outcome.changed and outcome.event is not None and alone and role in OFFICE


def take_back(
    definition: WorkflowDefinition, decision: Decision | None, last_seq: int, person: str, now: datetime
) -> Outcome | Refusal:
    """The outcome of taking back what was decided last; `last_seq` is the newest event of the case.

    Refused to anybody else, once the time is over, and after anything else has happened to the case.
    """
    if decision is None or decision.seq != last_seq or now > decision.until:
        return Refusal("no_transition", refusals.TOO_LATE_TO_TAKE_BACK)
    if not person or person.casefold() != decision.person.casefold():
        return Refusal("not_your_turn", refusals.NOT_YOURS_TO_TAKE_BACK)
    return Outcome(
        event=TAKEN_BACK,
        transition=None,
        from_state=decision.to_state,
        to_state=definition.state(decision.from_state).id,
        effects=(SheetUpsert(),),
        cancel_timers=True,
    )


def standing(log: Sequence[Entry]) -> tuple[Entry, ...]:
    """The events of a case, in order, without the decisions that were taken back and the taking back itself."""
    kept: list[Entry] = []
    for entry in log:
        if entry.event != TAKEN_BACK:
            kept.append(entry)
            continue
        moved = [index for index, each in enumerate(kept) if each.from_state != each.to_state]
        del kept[moved[-1]]
    return tuple(kept)
