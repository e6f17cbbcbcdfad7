"""Finds what is wrong with a workflow before a case runs into it (`hubout check`).

`definition.load_workflow` refuses what can't be read or names a state that isn't there. Here is what needs the whole
picture: states nobody reaches or leaves, cycles without a bound, people who are never told, quorums that can't be
reached, and the sub-forms, messages, roles and dates of the call at hand where these are given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from forms.conditions import All, AnyOf, Condition, Named, Not
from forms.document import Path
from workflows import references
from workflows.definition import (
    APPLICANT_SIDE,
    EVERY_STATE,
    SYSTEM,
    Problem,
    State,
    Transition,
    WorkflowDefinition,
)
from workflows.exclusion import overlaps

CERTAIN_EVENTS = frozenset({"auto", "submit", "call_closed", "ranking_expired", "retention"})
"""Events of the system that are sure to come, so that a state may wait for them."""

BY_SHEET = "sheet"

DESK = frozenset({"istruttore"})
"""Who has a list of all cases: a reminder when the time has come is enough."""


def check(
    definition: WorkflowDefinition,
    sub_forms: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    *,
    messages: Collection[str] | None = None,
    fields: Collection[str] | None = None,
    anchors: Collection[str] | None = None,
    reviewers: int | None = None,
) -> list[Problem]:
    """All faults as (path, what, how to fix it), in file order.

    What is None is not checked: `sub_forms` known by id, `roles` that have a person in the call, `messages` known by
    id, `fields` of the form, `anchors` that the call gives, how many `reviewers` it has.
    """
    problems = [
        *_unreachable(definition),
        *_dead_ends(definition),
        *_waiting_for_nobody(definition),
        *_endless_cycles(definition),
        *_never_told(definition),
        *_final_states(definition),
        *_stays_by_name(definition),
        *overlaps(definition),
        *references.unknown_sub_forms(definition, sub_forms),
        *references.unknown_messages(definition, messages),
        *references.missing_roles(definition, roles),
        *references.missing_fields(definition, fields),
        *references.missing_anchors(definition, anchors),
        *references.impossible_quorum(definition, reviewers),
        *references.unknown_in_guards(definition),
    ]
    return sorted(problems, key=lambda problem: [str(part).zfill(6) for part in problem[0]])


def _state_path(definition: WorkflowDefinition, state: State) -> Path:
    return ("states", definition.states.index(state))


def _transition_path(definition: WorkflowDefinition, transition: Transition, key: str = "event") -> Path:
    index = next(place for place, each in enumerate(definition.transitions) if each is transition)
    return ("transitions", index, key)


def _moves(definition: WorkflowDefinition) -> Iterator[tuple[str, str, Transition]]:
    for transition in definition.transitions:
        for source in transition.sources:
            if transition.to not in (None, source):
                yield source, str(transition.to), transition


def _reachable(edges: Mapping[str, set[str]], start: str) -> set[str]:
    found, ahead = {start}, [start]
    while ahead:
        new = edges.get(ahead.pop(), set()) - found
        found |= new
        ahead.extend(new)
    return found


def _edges(definition: WorkflowDefinition, *, back: bool = False) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {}
    for source, target, _ in _moves(definition):
        start, end = (target, source) if back else (source, target)
        edges.setdefault(start, set()).add(end)
    return edges


def _unreachable(definition: WorkflowDefinition) -> Iterator[Problem]:
    reached = _reachable(_edges(definition), definition.initial)
    for state in definition.states:
        if state.id not in reached:
            what = f"no case ever reaches the state `{state.id}`"
            yield _state_path(definition, state), what, "add a transition `to` it, or remove it"


def _dead_ends(definition: WorkflowDefinition) -> Iterator[Problem]:
    ends = [state.id for state in definition.states if state.kind == "final"]
    if not ends:
        yield ("states",), "no state is final", "give the last state `kind: final`"
        return
    back = _edges(definition, back=True)
    leading = set().union(*(_reachable(back, end) for end in ends))
    for state in definition.states:
        if state.id not in leading:
            what = f"from the state `{state.id}` no way leads to an end"
            yield _state_path(definition, state), what, "add a transition that leads out of it"


def _final_states(definition: WorkflowDefinition) -> Iterator[Problem]:
    for transition in definition.transitions:
        for place, source in enumerate(transition.sources):
            if definition.state(source).kind == "final":
                path = (*_transition_path(definition, transition, "from"), place)
                yield path, f"the final state `{source}` is left again", "a final state has no transitions"


def _waiting_for_nobody(definition: WorkflowDefinition) -> Iterator[Problem]:
    """Rule 5 of the engine: someone who can act and something that reminds them, or an event sure to come."""
    limited = {each.state for each in definition.limits} - {EVERY_STATE}
    for state in definition.states:
        if state.kind == "final":
            continue
        leaving = [each for each in definition.leaving(state.id) if each.to not in (None, state.id)]
        certain = any(_is_certain(each) for each in leaving)
        person = any(set(each.actor) != {SYSTEM} or each.origin == BY_SHEET for each in leaving)
        if certain or (person and state.id in limited):
            continue
        what = f"a case could stay in the state `{state.id}` for ever"
        fix = "add a transition by timer, or a reminder or deadline" if person else "add a transition someone can fire"
        yield _state_path(definition, state), what, fix


def _is_certain(transition: Transition) -> bool:
    if transition.event in CERTAIN_EVENTS:
        return True
    return transition.timer is not None


def _bounded(transition: Transition) -> bool:
    """Whether the guard says that the transition is taken only so many times."""
    if transition.guard is None:
        return False
    return any(_bounds(leaf, negated=negated) for leaf, negated in _required(transition.guard))


def _required(condition: Condition, *, negated: bool = False) -> Iterator[tuple[Condition, bool]]:
    """The leaves that must hold (or not hold) wherever `condition` does."""
    match condition:
        case All(parts) if not negated:
            for part in parts:
                yield from _required(part)
        case AnyOf(parts) if negated:
            for part in parts:
                yield from _required(part, negated=True)
        case Not(part):
            yield from _required(part, negated=not negated)
        case All() | AnyOf():
            return
        case _:
            yield condition, negated


def _bounds(leaf: Condition, *, negated: bool) -> bool:
    if not isinstance(leaf, Named):
        return False
    if negated:
        return leaf.name in ("preavviso_used", "entered", "reviewed")
    return leaf.name in ("count_lt", "rounds_lt", "suspension_not_used")


def _endless_cycles(definition: WorkflowDefinition) -> Iterator[Problem]:
    free: dict[str, set[str]] = {}
    for source, target, transition in _moves(definition):
        if not _bounded(transition):
            free.setdefault(source, set()).add(target)
    told: set[str] = set()
    for state in definition.states:
        onward = {found for target in free.get(state.id, set()) for found in _reachable(free, target)}
        if state.id in onward and state.id not in told:
            circle = {each for each in onward if state.id in _reachable(free, each)}
            told |= circle
            names = ", ".join(each.id for each in definition.states if each.id in circle)
            fix = "put `count_lt: {<event>: n}` or another guard that holds once on one transition of the circle"
            yield _state_path(definition, state), f"a case could go round for ever through {names}", fix


def _never_told(definition: WorkflowDefinition) -> Iterator[Problem]:
    """A state that waits for a person mails somebody when it is entered (clarifications.md §7).

    Whoever works at the desk may be mailed later, by a reminder or deadline. A case waits neither for what ends many
    at once (an edition is cancelled) nor for somebody to record what applicant or parent may do themselves.
    """
    for state in definition.states:
        if state.kind not in ("open", "success") or state.notify or state.id == definition.initial:
            continue
        leaving = [each for each in definition.leaving(state.id) if each.to and not _ends_many(definition, each)]
        if any(each.event in CERTAIN_EVENTS for each in leaving):
            continue
        reminded = DESK & _reminded(definition, state)
        by_applicant = {each.event for each in leaving if APPLICANT_SIDE & set(each.actor)}
        acts = [each for each in leaving if each.event not in by_applicant]
        waits_for = {role for each in acts for role in each.actor} - APPLICANT_SIDE - {SYSTEM} - reminded
        if waits_for or (not reminded and any(each.origin == BY_SHEET for each in leaving)):
            who = ", ".join(sorted(waits_for)) or "the reviewers"
            what = f"nobody is told that the state `{state.id}` waits for {who}"
            yield _state_path(definition, state), what, "add `notify: [{role: …, message: …}]`"


def _ends_many(definition: WorkflowDefinition, transition: Transition) -> bool:
    return transition.together is not None and definition.state(str(transition.to)).kind == "closed"


def _reminded(definition: WorkflowDefinition, state: State) -> set[str]:
    """Roles that are mailed while a case stays in the state."""
    reminders = {role for each in definition.reminders if each.state == state.id for role in each.to}
    limits = [each.then for each in definition.deadlines if each.state == state.id]
    return reminders | {role for then in limits for role in (*then.alert, then.escalate) if role}


def _stays_by_name(definition: WorkflowDefinition) -> Iterator[Problem]:
    for transition in definition.transitions:
        if transition.to is not None and transition.to in transition.sources:
            what = f"`{transition.event}` leads from `{transition.to}` to itself"
            fix = "write `to: null` for a fact that is only recorded, or take the state out of `from`"
            yield _transition_path(definition, transition, "to"), what, fix
