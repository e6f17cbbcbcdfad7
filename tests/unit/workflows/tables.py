"""Tables of transitions: the way to a state, the act, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.unit.workflows.story import Story
from workflows.definition import Transition, WorkflowDefinition
from workflows.effects import Effect, Mail
from workflows.engine import AUTO, Outcome


@dataclass(frozen=True)
class Step:
    """One event on the way; `wait` is time that passes before it. Without an event only time passes."""

    event: str
    actor: str = "sistema"
    inputs: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    wait: timedelta = timedelta()

    def play(self, story: Story) -> Outcome:
        """Take the step; it must be accepted."""
        story.until(story.now + self.wait)
        if not self.event:
            return story.outcomes[-1]
        return story.fire(self.event, self.actor, dict(self.inputs), **self.facts)


@dataclass(frozen=True)
class Row:
    """After `way`, `step` leads to `to` with `effects`: `mail:m->role` for a mail, else the name."""

    way: tuple[Step, ...]
    step: Step
    to: str
    effects: str = ""
    case: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{len(self.way)}-{self.step.event}-{self.step.actor}-{self.to}"


@dataclass(frozen=True)
class Table:
    """Everything that a workflow's cases begin with, and its rows."""

    begins: datetime
    case: Mapping[str, Any]
    rows: tuple[Row, ...]
    known: Mapping[str, Any] = field(default_factory=dict)

    def story(self, definition: WorkflowDefinition, row: Row) -> Story:
        """A story at the end of the row's way."""
        story = Story.begun(definition, self.begins, known=self.known, **{**self.case, **row.case})
        for step in row.way:
            step.play(story)
        return story

    def play(self, definition: WorkflowDefinition, row: Row) -> Outcome:
        """The outcome of the row's act; what time fires is waited for."""
        story = self.story(definition, row)
        if any(each.timer for each in definition.leaving(story.state, row.step.event)):
            story.known |= row.step.facts
            story.until(story.due(row.step.event))
            return next(each for each in reversed(story.outcomes) if each.event == row.step.event)
        return row.step.play(story)


def told(effects: Iterable[Effect]) -> str:
    """Effects in words, in order."""
    words = []
    for effect in effects:
        to = f"->{effect.to}" if isinstance(effect, Mail) and effect.to else ""
        words.append(f"mail:{effect.message}{to}" if isinstance(effect, Mail) else effect.name)
    return " ".join(words)


def taken(definition: WorkflowDefinition, table: Table) -> list[tuple[str, Transition]]:
    """Every transition that the rows of the table take, on their ways too, with the state it was taken from."""
    found: list[tuple[str, Transition]] = []
    for row in table.rows:
        story = table.story(definition, row)
        outcomes = [*story.outcomes, table.play(definition, row)]
        found += [(str(each.from_state), each.transition) for each in outcomes if each.transition]
    return found


def missing(definition: WorkflowDefinition, table: Table) -> list[tuple[int, str, str | None]]:
    """Transitions that no row takes."""
    reached = {id(each) for _, each in taken(definition, table)}
    return [
        (index, each.event, each.to) for index, each in enumerate(definition.transitions) if id(each) not in reached
    ]


def missing_ways(definition: WorkflowDefinition, table: Table) -> list[tuple[str, str, str]]:
    """State, event and actor of each way that no row takes; a state that `auto` leaves at once is passed only."""
    reached = {(state, id(each)) for state, each in taken(definition, table)}
    passed = {state for each in definition.transitions if each.event == AUTO for state in each.sources}
    return [
        (state, each.event, " ".join(each.actor))
        for each in definition.transitions
        for state in each.sources
        if (state, id(each)) not in reached and (each.event == AUTO or state not in passed)
    ]
