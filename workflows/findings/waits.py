"""Cases that wait for nobody and nothing, and times that never come."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product

from forms.conditions import Condition, leaves, plain_condition
from forms.document import Path
from workflows.dates import Token, parse_token
from workflows.definition import EVERY_STATE, SYSTEM, Deadline, Problem, Reminder, Transition
from workflows.diagram import words_of
from workflows.exploration import Exploration, Situation
from workflows.findings.places import at, at_state, first_of_each
from workflows.judgement import three_valued
from workflows.telling import example
from workflows.timers import LEGAL_TERM

CERTAIN_EVENTS = frozenset({"auto", "submit", "call_closed", "ranking_expired", "retention"})
"""Events of the system that are sure to come, so that a state may wait for them."""

BY_SHEET = "sheet"
MAX_OPEN = 8
"""Beyond this many open leaves the guards of one state are taken to leave no gap: 2^8 readings are quick."""

MOST_HOLIDAYS = 4
"""Holidays that may fall into the working days of a deadline."""

HOURS_FROM_NINE = 15
"""From nine in the morning to midnight: a reminder may come by so much less than whole days."""


def waiting_for_nobody(exploration: Exploration) -> Iterator[Problem]:
    """Rule 5 of the engine: someone who can act and something that reminds them, or an event sure to come."""
    waiting: dict[Situation, bool] = {}
    for here in exploration.came:
        moving = [transition for transition, _ in exploration.moves(here)]
        if not moving or is_sure(exploration, here, [each for each in moving if comes_by_itself(each)]):
            continue
        person = any(set(each.actor) != {SYSTEM} or each.origin == BY_SHEET for each in moving)
        if not (person and exploration.limits(here.state)):
            waiting[here] = person
    for here in first_of_each(waiting):
        person = waiting[here]
        what = f"a case could stay in the state `{here.state}` for ever"
        fix = "add a transition by timer, or a reminder or deadline" if person else "add a transition someone can fire"
        end = "and nobody is ever reminded" if person else "and nobody can do anything"
        yield at_state(exploration, here.state), what + example(exploration, here, end + _idle(exploration, here)), fix


def _idle(exploration: Exploration, here: Situation) -> str:
    """Why what could come by itself need not."""
    leaving = (each for each in exploration.definition.leaving(here.state) if comes_by_itself(each) and each.to)
    unless = [f"`{each.event}` does nothing unless {words_of(each.guard)}" for each in leaving if each.guard]
    return f", since {' and '.join(unless)}" if unless else ""


def comes_by_itself(transition: Transition) -> bool:
    """Whether it waits for nobody."""
    return transition.event in CERTAIN_EVENTS or transition.timer is not None


def is_sure(exploration: Exploration, here: Situation, transitions: Collection[Transition]) -> bool:
    """Whether one of `transitions` is taken, whatever the world around is like."""
    guards = [each.guard for each in transitions if each.guard]
    if len(guards) < len(transitions):
        return True
    past = exploration.past(here)
    world = {_key(leaf): value for leaf, value in exploration.worlds[here.world].items()}
    asked = {_key(leaf) for guard in guards for leaf in leaves(guard) if past(leaf) is None}
    open_leaves = sorted(asked - set(world))

    def holds(guard: Condition, truth: dict[str, bool]) -> bool:
        return bool(three_valued(guard, lambda leaf: truth.get(_key(leaf), past(leaf))))

    return len(open_leaves) > MAX_OPEN or all(
        any(holds(guard, {**world, **dict(zip(open_leaves, values, strict=True))}) for guard in guards)
        for values in product((True, False), repeat=len(open_leaves))
    )


def _key(leaf: Condition) -> str:
    return str(plain_condition(leaf))


def never_due(exploration: Exploration) -> Iterator[Problem]:
    """Timers that can never fire: no guard of theirs ever holds, or the case is sure to have left the state before."""
    for state in exploration.definition.states:
        there = [each for each in exploration.came if each.state == state.id]
        timed = _timed(exploration, state.id) if there else {}
        for event, transitions in timed.items():
            if all(exploration.outlook(each, here) is False for each in transitions for here in there):
                what = f"`{event}` can never fire in the state `{state.id}`: its guard never holds there"
                yield (
                    at(exploration, transitions[0], "event"),
                    what + example(exploration, there[0]),
                    "correct its guard",
                )
        ends = [
            (_span(token)[1], event)
            for event, transitions in timed.items()
            if (token := _token(transitions[0])).anchor is None
            and all(is_sure(exploration, here, transitions) for here in there)
        ]
        for end, event in sorted(ends)[:1]:
            yield from _overtaken(exploration, there[0], end, event)


def _overtaken(exploration: Exploration, here: Situation, end: int, event: str) -> Iterator[Problem]:
    for path, token in _entries(exploration, here.state):
        if token.anchor is None and _span(token)[0] >= end:
            what = f"`{token.text}` in the state `{here.state}` can never fall due: `{event}` comes before it"
            yield (
                path,
                what + example(exploration, here, f"`{event}` comes and ends it"),
                "make it shorter, or remove it",
            )


def missing_dates(exploration: Exploration) -> Iterator[Problem]:
    """Times that count from a date which no case of the call has."""
    given = exploration.premises.anchors
    if given is None:
        return
    known = given | exploration.fixed | {None, LEGAL_TERM}
    told: set[Path] = set()
    for here in first_of_each(exploration.came):
        for path, token in _entries(exploration, here.state):
            if token.anchor not in known and path not in told:
                told.add(path)
                what = f"`{token.text}` counts from `{token.anchor}`, which the call does not give: nothing is armed"
                fix = f"give `{token.anchor}` in the call, or remove the timer"
                yield path, what + example(exploration, here, "and there it never comes"), fix


def _timed(exploration: Exploration, state: str) -> dict[str, list[Transition]]:
    """Events of the state that time fires, with the transitions of each that lead elsewhere."""
    timed: dict[str, list[Transition]] = {}
    for transition in exploration.definition.leaving(state):
        if transition.timer and transition.to:
            timed.setdefault(transition.event, []).append(transition)
    return timed


def _token(transition: Transition) -> Token:
    return parse_token(str(transition.timer))


def _entries(exploration: Exploration, state: str) -> Iterator[tuple[Path, Token]]:
    """Everything that falls due in the state, with its place in the file."""
    definition = exploration.definition
    for key, limits in (("reminders", definition.reminders), ("deadlines", definition.deadlines)):
        for index, entry in enumerate[Reminder | Deadline](limits):
            if entry.state in (state, EVERY_STATE):
                yield (key, index, "after"), parse_token(entry.after)
    for transition in definition.leaving(state):
        if transition.timer:
            yield at(exploration, transition, "due" if transition.due else "event"), _token(transition)


def _span(token: Token) -> tuple[int, int]:
    """The fewest and the most hours after which a time that counts from the entry of a state falls due."""
    if token.unit == "hours":
        return token.amount, token.amount + 1
    days = token.amount if token.unit == "days" else 7 * (token.amount // 5 + 1) + MOST_HOLIDAYS
    return 24 * token.amount - HOURS_FROM_NINE, 24 * (days + 1)
