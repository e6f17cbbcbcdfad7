"""Judges the guard of a transition: does it hold, could it hold with the right inputs, what stands in the way.

The condition language and its evaluator are `forms.conditions`; here guards become its named leaves, and a second,
three-valued reading answers what may be offered before the person has filled in anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forms.conditions import All, AnyOf, Condition, ConditionFacts, Named, Not, evaluate, names_of
from forms.model import Text
from workflows.case import Case, Facts
from workflows.guards import GUARDS, Guard, Moment
from workflows.refusals import CONDITION


def applies(condition: Condition | None, moment: Moment) -> bool:
    """Whether the guard holds; no guard always does."""
    if condition is None:
        return True
    return evaluate(condition, _case_facts(moment.case), _named(moment))


def guard_names(condition: Condition | None) -> frozenset[str]:
    """The guards that a condition uses."""
    return names_of(condition) if condition is not None else frozenset()


def possible(condition: Condition | None, moment: Moment | None, case: Case) -> bool:
    """Whether the guard could hold with some inputs; without a moment, also with some facts."""

    def leaf(part: Condition) -> bool | None:
        if isinstance(part, Named):
            return _known(GUARDS[part.name], part.parameter, moment, case)
        return evaluate(part, _case_facts(case))

    return condition is None or three_valued(condition, leaf) is not False


def failing(condition: Condition | None, moment: Moment) -> tuple[str | None, Text, tuple[str, ...]]:
    """Name, words and fields of the first leaf that keeps `condition` from holding."""
    if condition is None:
        return None, CONDITION, ()
    return _failing(condition, moment, wanted=True)


def _case_facts(case: Case) -> ConditionFacts:
    return ConditionFacts(answers=case.answers, age=case.age, form=case.form, law241=case.law241)


def _named(moment: Moment) -> dict[str, Callable[[Any], bool]]:
    return {name: _bound(guard, moment) for name, guard in GUARDS.items()}


def _bound(guard: Guard, moment: Moment) -> Callable[[Any], bool]:
    return lambda parameter: guard.holds(parameter, moment)


def three_valued(condition: Condition, leaf: Callable[[Condition], bool | None]) -> bool | None:
    """What a condition comes to when some of its leaves are open (None); None if the rest does not decide it."""
    match condition:
        case All(parts):
            values = [three_valued(part, leaf) for part in parts]
            return False if False in values else None if None in values else True
        case AnyOf(parts):
            values = [three_valued(part, leaf) for part in parts]
            return True if True in values else None if None in values else False
        case Not(part):
            value = three_valued(part, leaf)
            return None if value is None else not value
        case _:
            return leaf(condition)


def _known(guard: Guard, parameter: Any, moment: Moment | None, case: Case) -> bool | None:
    if moment is None:
        if guard.inputs or guard.needs or guard.timed:
            return None
        moment = Moment(case, Facts(case.entered_at))
    holds = guard.holds(parameter, moment)
    # what holds before anything is filled in (a stored register number) stays; the rest may still be filled in
    return None if guard.inputs and not holds else holds


def _failing(condition: Condition, moment: Moment, *, wanted: bool) -> tuple[str | None, Text, tuple[str, ...]]:
    """The first leaf to blame that `condition` is not `wanted`."""
    match condition:
        case Not(part):
            return _failing(part, moment, wanted=not wanted)
        case All(parts) | AnyOf(parts):
            blamed = next((part for part in parts if applies(part, moment) != wanted), parts[0])
            return _failing(blamed, moment, wanted=wanted)
        case Named(name, _):
            guard = GUARDS[name]
            text = guard.refusal if wanted else guard.negated or CONDITION
            return (name if wanted else f"not {name}"), text, guard.inputs if wanted else ()
        case _:
            return None, CONDITION, ()
