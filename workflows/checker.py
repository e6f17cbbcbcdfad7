"""Finds what is wrong with a workflow before a case runs into it (`hubout check`).

`definition.load_workflow` refuses what can't be read or names a state that isn't there. Here is what needs the whole
picture: what exploring every situation brings to light (`workflows.findings`), alone and with what a call brings
(`Premises`), people who are never told, guards that clash, and names that nothing answers to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from forms.document import Path
from workflows import references
from workflows.definition import (
    APPLICANT_SIDE,
    SYSTEM,
    Problem,
    State,
    Transition,
    WorkflowDefinition,
)
from workflows.exclusion import overlaps
from workflows.exploration import Exploration
from workflows.findings import findings
from workflows.findings.waits import BY_SHEET, CERTAIN_EVENTS
from workflows.premises import OPEN, Premises

DESK = frozenset({"istruttore"})
"""Who has a list of all cases: a reminder when the time has come is enough."""


def check(
    definition: WorkflowDefinition,
    premises: Premises = OPEN,
    *,
    sub_forms: Collection[str] | None = None,
    messages: Collection[str] | None = None,
    fields: Collection[str] | None = None,
) -> list[Problem]:
    """All faults as (path, what, how to fix it), in file order; what exploring found ends with its example.

    What is None is not checked: `sub_forms` and `messages` known by id, `fields` of the form.
    """
    problems = [
        *findings(Exploration(definition, premises)),
        *_never_told(definition),
        *_final_states(definition),
        *_stays_by_name(definition),
        *overlaps(definition),
        *references.unknown_sub_forms(definition, sub_forms),
        *references.unknown_messages(definition, messages),
        *references.missing_fields(definition, fields),
        *references.unknown_in_guards(definition),
    ]
    return sorted(problems, key=lambda problem: [str(part).zfill(6) for part in problem[0]])


def _state_path(definition: WorkflowDefinition, state: State) -> Path:
    return ("states", definition.states.index(state))


def _transition_path(definition: WorkflowDefinition, transition: Transition, key: str = "event") -> Path:
    index = next(place for place, each in enumerate(definition.transitions) if each is transition)
    return ("transitions", index, key)


def _final_states(definition: WorkflowDefinition) -> Iterator[Problem]:
    for transition in definition.transitions:
        for place, source in enumerate(transition.sources):
            if definition.state(source).kind == "final":
                path = (*_transition_path(definition, transition, "from"), place)
                yield path, f"the final state `{source}` is left again", "a final state has no transitions"


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
