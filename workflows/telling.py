"""What happened to a case, told in plain words: the counter-examples of the checker."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from forms.conditions import All, AnyOf, Condition, Not
from workflows.dates import parse_token
from workflows.definition import SYSTEM
from workflows.diagram import words_of
from workflows.exploration import Exploration, Situation, Step
from workflows.judgement import three_valued

EXAMPLE = "; for example: "
"""Stands between a fault and the shortest story that shows it."""

ROLE_WORDS: Mapping[str, str] = {
    "richiedente": "the applicant",
    "genitore": "the parent",
    "istruttore": "the case officer",
    "revisore": "a reviewer",
    "commissione": "the panel",
    "coordinatore": "the coordinator",
    "backup_coordinatore": "the deputy",
    "scuola": "the school",
    "protocollo": "the register office",
    "provincia": "the Province",
    "cedente": "the giving city",
    "riusante": "the receiving city",
    "cabina_di_regia": "the two coordinators",
}


def headline(what: str) -> str:
    """The fault without its story, which may be told in many ways."""
    return what.partition(EXAMPLE)[0]


def example(exploration: Exploration, situation: Situation, end: str = "") -> str:
    """The shortest story that leads to `situation`, to be put after a fault; `end` is what comes of it."""
    here = exploration.begins(situation)
    sender = " by somebody under 18" if here.minor else ""
    parts = [f"the form is sent{sender} (`{here.state}`)"]
    for step, there in exploration.way_to(situation):
        where = f" (`{there.state}`)" if there.state != here.state else ""
        parts.append(f"{happening(exploration, here, step)}{where}")
        here = there
    return EXAMPLE + ", ".join([*parts, *([end] if end else [])])


def happening(exploration: Exploration, here: Situation, step: Step) -> str:
    """One step in words, with what has to be so for it."""
    if step.transition is None:
        return f"the deadline of {step.deadline} falls due"
    transition = step.transition
    condition = transition.guard and _open_part(transition.guard, exploration.past(here))
    if_so = f" if {words_of(condition)}" if condition else ""
    if transition.timer:
        token = parse_token(transition.timer)
        return f"{token.text.removeprefix('at:')} {'comes' if token.anchor else 'go by'}{if_so}"
    if set(transition.actor) == {SYSTEM}:
        return f"`{transition.event}` follows{if_so}"
    who = next((role for role in transition.actor if exploration.premises.has(role)), transition.actor[0])
    return f"{ROLE_WORDS[who]} does `{transition.event}`{if_so}"


def _open_part(condition: Condition, leaf: Callable[[Condition], bool | None]) -> Condition | None:
    """The part of a condition that the case's past leaves open; None if nothing is."""
    if three_valued(condition, leaf) is not None:
        return None
    match condition:
        case All(parts) | AnyOf(parts):
            rest = tuple(part for each in parts if (part := _open_part(each, leaf)) is not None)
            return rest[0] if len(rest) == 1 else type(condition)(rest)
        case Not(part):
            inner = _open_part(part, leaf)
            return inner and Not(inner)
        case _:
            return condition
