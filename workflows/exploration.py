"""Every situation that a case of a workflow can come into, and the shortest way to each.

What a guard says of the case's own past (states it was in, how often an event was fired) is followed exactly; what it
says of people, places and time may be true or false, unless the call's premises settle it. Constants of a case, such
as the applicant being under age, are chosen once at the beginning: each choice is a world of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import product
from typing import TypeVar

from forms.conditions import AgeBelow, AnswerIs, Condition, ConditionFacts, FormIs, Law241, Named, evaluate, leaves
from workflows.anchors import ANCHOR_RULES
from workflows.case import Case, Facts
from workflows.dates import parse_token
from workflows.definition import APPLICANT_SIDE, SYSTEM, Deadline, Reminder, Transition, WorkflowDefinition
from workflows.engine import REGISTER, SUBMIT
from workflows.guards import GUARDS, Moment
from workflows.guards.acts import ROUNDS
from workflows.guards.reviews import QUORUM_EVENTS
from workflows.judgement import three_valued
from workflows.premises import OPEN, Premises

UNSETTLED = frozenset({"submitted_in_time", "members_age_ok", "wants_list"})
"""Guards that look at nothing but the case, yet at what its applicant answered: they may be true or false."""

MAX_CONSTANTS = 5
"""Constants of a case whose values are told apart; any beyond these may be true or false at each step."""

ONCE: Mapping[str, str] = {"preavviso_used": "preavviso", "suspension_not_used": "integrazione"}
"""Guards that ask whether a state was entered, and which."""

ALL_TOGETHER: Mapping[str, tuple[tuple[str, ...], str]] = {
    "rounds_lt": (ROUNDS, "ask_changes"),
    "reviewed": (QUORUM_EVENTS, "reviews_done"),
}
"""Guards that count events of a group, the group, and the event under which all of them are counted here."""

PARENT = "genitore"
UNDER_AGE = 18
_NEVER = datetime.min.replace(tzinfo=UTC)
World = Mapping[Condition, bool]


@dataclass(frozen=True)
class Situation:
    """Where a case is, with as much of its past as some guard asks for.

    Attributes:
        world: which of the exploration's worlds it is in; `minor` whether the applicant is under age there.
        authorised: a parent has consented.
        overdue: a deadline of the present state has escalated.
    """

    state: str
    world: int = 0
    minor: bool = False
    visited: frozenset[str] = frozenset()
    counts: tuple[tuple[str, int], ...] = ()
    authorised: bool = False
    overdue: bool = False

    @cached_property
    def case(self) -> Case:
        """The case as guards see it."""
        case = Case("", "", "", self.state, _NEVER, _NEVER)
        return replace(case, counts=dict(self.counts), visited=self.visited, overdue=self.overdue)


@dataclass(frozen=True)
class Step:
    """One thing that happens; without a transition a deadline (`deadline`) of the state falls due."""

    transition: Transition | None = None
    deadline: str = ""
    sure: bool = True
    """Whether its guard holds whatever the world around is like."""


@dataclass
class Exploration:
    """All situations of a workflow under some premises, each with the step that led there first."""

    definition: WorkflowDefinition
    premises: Premises = OPEN
    supposed: Mapping[str, bool] = field(default_factory=dict)
    """Guards that are taken for settled, beside those that the premises settle."""

    came: dict[Situation, tuple[Situation, Step] | None] = field(default_factory=dict)
    ahead: dict[Situation, tuple[tuple[Step, Situation], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = next(iter(self.definition.leaving(self.definition.initial, SUBMIT)), None)
        begin = str(first.to) if first else self.definition.initial
        seen = frozenset({begin}) & self._memories[begin].states
        roots = [Situation(begin, number, _is_minor(world), seen) for number, world in enumerate(self.worlds)]
        self.came = dict.fromkeys(roots)
        waiting = deque(roots)
        while waiting:
            here = waiting.popleft()
            following = ((step, self._after(here, step)) for step in self.steps(here))
            self.ahead[here] = tuple((step, there) for step, there in following if there != here)
            for step, there in self.ahead[here]:
                if there not in self.came:
                    self.came[there] = here, step
                    waiting.append(there)

    @cached_property
    def reached(self) -> frozenset[str]:
        """States that some case comes to."""
        return frozenset(each.state for each in self.came)

    def moves(self, here: Situation) -> list[tuple[Transition, Situation]]:
        """The transitions that can be taken now and lead to another state."""
        return [
            (step.transition, there)
            for step, there in self.ahead[here]
            if step.transition is not None and there.state != here.state
        ]

    def way_to(self, situation: Situation) -> list[tuple[Step, Situation]]:
        """The steps that lead to `situation`, each with where it leads."""
        way: list[tuple[Step, Situation]] = []
        while (before := self.came[situation]) is not None:
            way.append((before[1], situation))
            situation = before[0]
        return way[::-1]

    def begins(self, situation: Situation) -> Situation:
        """The situation in which the way to `situation` begins."""
        way = self.way_to(situation)
        before = self.came[way[0][1]] if way else None
        return before[0] if before else situation

    # --- one step ---------------------------------------------------------------------------------------------------

    def steps(self, here: Situation) -> Iterator[Step]:
        """What can happen next; of one event what is shadowed by a transition that surely holds is left out."""
        served: dict[str, set[str]] = {}
        for transition in self.definition.leaving(here.state):
            taken = served.setdefault(transition.event, set())
            outlook = self.outlook(transition, here)
            if outlook is False or set(transition.actor) <= taken or not self.can_happen(transition):
                continue
            if outlook:
                taken |= set(transition.actor)
            yield Step(transition, sure=outlook is True)
        if not here.overdue:
            late = [each for each in self.limits(here.state) if isinstance(each, Deadline) and each.then.escalate]
            yield from (Step(deadline=each.after) for each in late[:1])

    def outlook(self, transition: Transition, here: Situation) -> bool | None:
        """Whether the guard holds: surely (True), surely not (False), or as may be (None)."""
        if transition.guard is None:
            return True
        world, past = self.worlds[here.world], self.past(here)
        return three_valued(transition.guard, lambda leaf: world[leaf] if _constant(leaf, world) else past(leaf))

    def past(self, here: Situation) -> Callable[[Condition], bool | None]:
        """What the case's past, and what is settled of the world around it, say of a leaf of a guard."""
        known = self._settled_guards

        def leaf(condition: Condition) -> bool | None:
            if not isinstance(condition, Named):
                return None
            return known[condition.name] if condition.name in known else _past(condition, here)

        return leaf

    def can_happen(self, transition: Transition) -> bool:
        """Whether somebody is there to do it, or a date to wait for."""
        if transition.timer is not None:
            return self.premises.gives(parse_token(transition.timer).anchor, self.fixed)
        return any(map(self.premises.has, self.actors(transition)))

    def actors(self, transition: Transition) -> set[str]:
        """Who may do it, those among them to whom a deadline of its states or an act there may give the power."""
        own = set(transition.actor)
        if own <= APPLICANT_SIDE | {SYSTEM, REGISTER}:
            return own
        return own.union(*(self._powers[state] for state in transition.sources))

    @cached_property
    def _powers(self) -> Mapping[str, set[str]]:
        """State -> roles that may get the powers of its people."""
        powers = {}
        for state in self.definition.states:
            late = {each.then.escalate for each in self.limits(state.id) if isinstance(each, Deadline)}
            granted = {each.grants for each in self.definition.leaving(state.id)}
            powers[state.id] = {role for role in late | granted if role}
        return powers

    def limits(self, state: str) -> list[Reminder | Deadline]:
        """Reminders and deadlines of this very state that can fall due."""
        return [
            each
            for each in self.definition.limits
            if each.state == state and self.premises.gives(parse_token(each.after).anchor, self.fixed)
        ]

    def _after(self, here: Situation, step: Step) -> Situation:
        if step.transition is None:
            return replace(here, overdue=True)
        event, to = step.transition.event, step.transition.to or here.state
        memory = self._memories[to]
        counts = dict(here.counts)
        for name in _kept_as(event):
            counts[name] = counts.get(name, 0) + 1
        return Situation(
            state=to,
            world=here.world,
            minor=here.minor,
            visited=(here.visited | {to}) & memory.states,
            counts=tuple(
                sorted(
                    (name, min(number, memory.counts[name])) for name, number in counts.items() if name in memory.counts
                )
            ),
            authorised=here.minor and (here.authorised or event in self.consents),
            overdue=here.overdue and to == here.state,
        )

    # --- what is worth remembering ----------------------------------------------------------------------------------

    @cached_property
    def fixed(self) -> frozenset[str]:
        """Dates that some act fixes."""
        rules = [each.fixes for each in self.definition.transitions if each.fixes]
        return frozenset(name for rule in rules for name in ANCHOR_RULES[rule].fixes)

    @cached_property
    def _memories(self) -> Mapping[str, _Memory]:
        """State -> what guards of that state, or of any state that may follow, ask of the past."""
        own = {state.id: _Memory() for state in self.definition.states}
        after: dict[str, set[str]] = {state: {state} for state in own}
        for transition in self.definition.transitions:
            for source in transition.sources if transition.to else ():
                after[source].add(str(transition.to))
                own[source] = own[source].and_of(transition)
        ahead = {state: reachable(after, state) for state in own}
        return {state: sum((own[each] for each in sorted(ahead[state])), _Memory()) for state in own}

    @cached_property
    def consents(self) -> frozenset[str]:
        """Events by which a parent lets the case go on."""
        closing = {state.id for state in self.definition.states if state.kind in ("closed", "final")}
        return frozenset(
            each.event for each in self.definition.transitions if PARENT in each.actor and each.to not in closing
        )

    @cached_property
    def _settled_guards(self) -> Mapping[str, bool]:
        return {**self.premises.guards, **self.supposed}

    @cached_property
    def worlds(self) -> list[World]:
        """Every choice of the constants that guards ask for and the premises leave open."""
        moving = [each.guard for each in self.definition.transitions if each.guard and each.to]
        constants = (leaf for guard in moving for leaf in leaves(guard) if not isinstance(leaf, Named))
        asked: list[Condition] = list(dict.fromkeys(constants))
        settled = {leaf: value for leaf in asked if (value := self._settled(leaf)) is not None}
        told_apart = [leaf for leaf in asked if leaf not in settled][:MAX_CONSTANTS]
        choices = product((False, True), repeat=len(told_apart))
        worlds = [{**settled, **dict(zip(told_apart, values, strict=True))} for values in choices]
        return [world for world in worlds if _consistent(world)]

    def _settled(self, leaf: Condition) -> bool | None:
        """What the premises say of a constant of the case."""
        premises, answers = self.premises, dict(self.premises.answers)
        known = (
            (isinstance(leaf, FormIs) and premises.form is not None)
            or (isinstance(leaf, Law241) and premises.law241 is not None)
            or (isinstance(leaf, AgeBelow) and premises.asks_birth is False)
            or (isinstance(leaf, AnswerIs) and leaf.field in answers)
        )
        facts = ConditionFacts(answers, form=premises.form or "", law241=bool(premises.law241))
        return evaluate(leaf, facts) if known else None


@dataclass(frozen=True)
class _Memory:
    """What some guards ask of the past: states, and events with how far they are counted."""

    states: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: _Memory) -> _Memory:
        most = {name: max(self.counts.get(name, 0), number) for name, number in other.counts.items()}
        return _Memory(self.states | other.states, {**self.counts, **most})

    def and_of(self, transition: Transition) -> _Memory:
        """With what the guard of `transition` asks."""
        asked = self
        for leaf in leaves(transition.guard) if transition.guard else ():
            if not isinstance(leaf, Named):
                continue
            if leaf.name == "count_lt":
                asked += _Memory(counts=leaf.parameter)
            elif leaf.name in ALL_TOGETHER:
                asked += _Memory(counts={ALL_TOGETHER[leaf.name][1]: leaf.parameter or 1})
            elif leaf.name == "entered" or leaf.name in ONCE:
                asked += _Memory(frozenset({str(leaf.parameter or ONCE[leaf.name])}))
        return asked


def _kept_as(event: str) -> set[str]:
    """The names under which an event is counted: its own, and that of each group it belongs to."""
    return {event} | {name for group, name in ALL_TOGETHER.values() if event in group}


Place = TypeVar("Place", bound=Hashable)


def reachable(after: Mapping[Place, Collection[Place]], start: Place) -> set[Place]:
    """All that follows from `start`, itself among it."""
    found, ahead = {start}, [start]
    while ahead:
        new = set(after.get(ahead.pop(), ())) - found
        found |= new
        ahead.extend(new)
    return found


def _consistent(values: Mapping[Condition, bool]) -> bool:
    """One form at most, and under law 241 or not."""
    forms = sum(value for leaf, value in values.items() if isinstance(leaf, FormIs))
    law = {leaf.holds == value for leaf, value in values.items() if isinstance(leaf, Law241)}
    return forms <= 1 and len(law) <= 1


def _constant(leaf: Condition, world: Mapping[Condition, bool]) -> bool:
    # a named leaf may hold what has no hash
    return not isinstance(leaf, Named) and leaf in world


def _is_minor(world: World) -> bool:
    return any(isinstance(leaf, AgeBelow) and leaf.years == UNDER_AGE and value for leaf, value in world.items())


def _past(leaf: Named, here: Situation) -> bool | None:
    guard = GUARDS[leaf.name]
    if guard.inputs or guard.needs or guard.timed or leaf.name in UNSETTLED:
        return None
    return guard.holds(leaf.parameter, Moment(here.case, Facts(_NEVER)))
