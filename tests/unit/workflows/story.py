"""Plays a case the way the shell does: applies outcomes, keeps timers, lets time pass."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workflows.definition import WorkflowDefinition
from workflows.engine import (
    Case,
    Due,
    Facts,
    Notification,
    Outcome,
    PlannedTimer,
    Refusal,
    Review,
    Visit,
    begin,
    fall_due,
    fire,
)
from workflows.replay import applied, late

ROME = ZoneInfo("Europe/Rome")
REASON = "Lo spazio chiesto non è compatibile con le regole della sede."
PROTOCOL = {"protocollo_numero": "0012345", "protocollo_data": "2026-11-16"}


def rome(text: str) -> datetime:
    """An instant written as local time in Italy."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


def edition(start: str, end: str) -> dict[str, datetime]:
    """The dates of an edition, as a shell gives them: the list closes a day before the start."""
    return {"start": rome(start), "end": rome(end), "list_close": rome(start) - timedelta(hours=24)}


def review(reviewer: str, outcome: str | None = "Sì", *, score: int | None = 80, version: int = 1) -> Review:
    """A row that counts."""
    return Review(reviewer, valid=True, outcome=outcome, score=score, version=version)


TWO = (review("olt-1"), review("olt-2", score=70))


@dataclass
class Story:
    """One case, its pending timers and everything that was mailed."""

    definition: WorkflowDefinition
    case: Case
    now: datetime
    timers: tuple[PlannedTimer, ...] = ()
    mailed: list[Notification] = field(default_factory=list)
    seats_free: bool = True
    requirements: tuple[str, ...] = ()
    known: dict[str, Any] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    log: list[tuple[str, Facts] | Due] = field(default_factory=list)

    @classmethod
    def begun(cls, definition: WorkflowDefinition, at: datetime, **given: Any) -> Story:
        """A submission at `at`; `given` are further fields of the Case, `known` facts that hold throughout."""
        known = given.pop("known", {})
        case = Case(
            reference="CWK-26-0000AA",
            form=given.pop("form", "coworking-postazione"),
            call="prova",
            state=definition.initial,
            entered_at=at,
            submitted_at=at,
            visited=frozenset({definition.initial}),
            history=(Visit(definition.initial, at),),
            **{"law241": True, "term_days": 30, "age": 25, "city": "cinisello", **given},
        )
        outcome = begin(definition, case, at)
        first = outcome.to_state
        case = replace(case, state=first, visited=frozenset({first}), history=(Visit(first, at),))
        return cls(definition, case, at, outcome.timers, list(outcome.notify), known=dict(known), outcomes=[outcome])

    def facts(self, actor: str = "sistema", **given: Any) -> Facts:
        """Facts as a shell would give them, unless the test says otherwise."""
        usual = {
            "reviewers": 2,
            "seats_free": self.seats_free,
            "first_in_list": True,
            "target_open": True,
            "requirements": self.requirements,
        }
        return Facts(self.now, actor, **{**usual, **self.known, **given})

    def try_(
        self, event: str, actor: str = "sistema", inputs: dict[str, Any] | None = None, **given: Any
    ) -> Outcome | Refusal:
        """What firing would lead to."""
        return fire(self.definition, self.case, event, self.facts(actor, inputs=inputs or {}, **given))

    def fire(self, event: str, actor: str = "sistema", inputs: dict[str, Any] | None = None, **given: Any) -> Outcome:
        """Fire an event that must be accepted, and go on with `auto`."""
        facts = self.facts(actor, inputs=inputs or {}, **given)
        outcome = fire(self.definition, self.case, event, facts)
        assert isinstance(outcome, Outcome), outcome
        self.take(outcome, facts)
        if outcome.auto:
            self.fire("auto")
        return outcome

    def take(self, outcome: Outcome, facts: Facts | None = None) -> None:
        """Store an outcome, and the facts it came of."""
        self.outcomes.append(outcome)
        self.log.append((str(outcome.event), facts or self.facts()))
        self.case = applied(self.case, outcome, self.now)
        kept = () if outcome.cancel_timers else self.timers
        self.timers = (*(each for each in kept if each.anchor not in outcome.cancel_anchors), *outcome.timers)
        self.mailed += outcome.notify

    def refuse(self, event: str, actor: str = "sistema", inputs: dict[str, Any] | None = None, **given: Any) -> Refusal:
        """Fire an event that must be refused."""
        refusal = self.try_(event, actor, inputs, **given)
        assert isinstance(refusal, Refusal), refusal
        return refusal

    def until(self, instant: datetime) -> None:
        """Let time pass; whatever falls due is handled at its instant."""
        while due := sorted((each for each in self.timers if each.due_at <= instant), key=lambda each: each.due_at):
            timer = due[0]
            self.now = max(self.now, timer.due_at)
            self.timers = tuple(each for each in self.timers if each is not timer)
            if timer.kind == "transition":
                outcome = self.try_(timer.name)
                if isinstance(outcome, Outcome):
                    self.take(outcome)
                continue
            fallen = fall_due(self.case, timer)
            self.log.append(fallen)
            self.mailed += fallen.notify
            self.case = late(self.case, fallen)
        self.now = max(self.now, instant)

    def after(self, **span: float) -> None:
        """Let a span of time pass."""
        self.until(self.now + timedelta(**span))

    def due(self, name: str) -> datetime:
        """When the pending timer of this name is due, in local time."""
        return next(each.due_at for each in self.timers if each.name == name).astimezone(ROME)

    @property
    def state(self) -> str:
        return self.case.state

    def was_mailed(self, role: str, message: str) -> int:
        """How often this was mailed to this role."""
        return self.mailed.count(Notification(role, message))
