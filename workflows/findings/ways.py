"""States that no case reaches, or never leaves for an end."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

from workflows.definition import Problem, State
from workflows.diagram import words_of
from workflows.engine import SUBMIT
from workflows.exploration import Exploration, Situation, Step, reachable
from workflows.findings.places import at_state, first_of_each
from workflows.telling import example


def unreachable(exploration: Exploration) -> Iterator[Problem]:
    """States that no case ever reaches."""
    definition = exploration.definition
    for state in definition.states:
        if state.id in exploration.reached or exploration.definition.leaving(state.id, SUBMIT):
            continue
        what = f"no case ever reaches the state `{state.id}`{_why_not(exploration, state)}"
        yield at_state(exploration, state.id), what, "add a transition `to` it, or remove it"


def _why_not(exploration: Exploration, state: State) -> str:
    leading = [each for each in exploration.definition.transitions if each.to == state.id]
    for transition in leading:
        for source in transition.sources:
            if source in exploration.reached:
                guard = f", and never if {words_of(transition.guard)}" if transition.guard else ""
                return f": only `{transition.event}` of `{source}` leads there{guard}"
    sources = dict.fromkeys(source for each in leading for source in each.sources)
    from_where = " and ".join(f"`{each}`" for each in sources)
    return f": only {from_where} would lead there, where no case comes either" if sources else ": nothing leads there"


def dead_ends(exploration: Exploration) -> Iterator[Problem]:
    """Situations from which no way leads to an end."""
    ends = [state.id for state in exploration.definition.states if state.kind == "final"]
    if not ends:
        yield ("states",), "no state is final", "give the last state `kind: final`"
        return
    before: dict[Situation, set[Situation]] = {}
    for here, steps in exploration.ahead.items():
        for _, there in steps:
            before.setdefault(there, set()).add(here)
    good: set[Situation] = set()
    for last in (each for each in exploration.came if each.state in ends):
        good |= reachable(before, last) if last not in good else set()
    dead = [each for each in exploration.came if each not in good]
    stuck = [each for each in dead if all(there.state == each.state for _, there in exploration.ahead[each])]
    for here in first_of_each(stuck or dead[:1]):
        what = f"from the state `{here.state}` no way leads to an end"
        end = "and there it stays" if stuck else "and it goes round for ever"
        yield at_state(exploration, here.state), what + example(exploration, here, end), "add a way that leads out"


def endless_rounds(exploration: Exploration) -> Iterator[Problem]:
    """Rounds that a case could make again and again, since no guard on the way counts them."""
    going = set(exploration.came)
    while (start := _on_a_round(exploration, going)) is not None:
        round_ = _round(exploration, start, going)
        circle = {each.state for _, each in round_}
        going -= {each for each in going if each.state in circle}
        names = [state.id for state in exploration.definition.states if state.id in circle]
        events = ", ".join(f"`{step.transition.event}`" for step, _ in round_ if step.transition)
        what = f"a case could go round for ever through {', '.join(names)}"
        story = example(exploration, start, f"then {events} again and again")
        fix = "put `count_lt: {<event>: n}` or another guard that holds once on one transition of the circle"
        yield at_state(exploration, names[0]), what + story, fix


def _on_a_round(exploration: Exploration, going: Collection[Situation]) -> Situation | None:
    """A situation from which a way through `going` leads back to it; None where there is no such way."""
    done: set[Situation] = set()
    for root in exploration.came:
        path = {root}
        todo = [(root, iter(exploration.ahead[root]))] if root in going and root not in done else []
        while todo:
            here, following = todo[-1]
            there = next((each for _, each in following if each in going and each not in done), None)
            if there is None:
                done.add(here)
                path.discard(here)
                todo.pop()
            elif there in path:
                return there
            else:
                path.add(there)
                todo.append((there, iter(exploration.ahead[there])))
    return None


def _round(exploration: Exploration, start: Situation, going: Collection[Situation]) -> list[tuple[Step, Situation]]:
    """The shortest way from `start` back to it."""
    came: dict[Situation, tuple[Situation, Step]] = {}
    waiting = deque([start])
    while start not in came:
        here = waiting.popleft()
        for step, there in exploration.ahead[here]:
            if there in going and there not in came:
                came[there] = here, step
                waiting.append(there)
    way, here = [(came[start][1], start)], came[start][0]
    while here != start:
        way.append((came[here][1], here))
        here = came[here][0]
    return way[::-1]
