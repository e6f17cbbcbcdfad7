"""Whether two guards can hold together, found by trying all truth values of their leaves.

For one state, event and actor the guards must exclude each other (clarifications.md §1); where they do not, the first
in file order wins, which is seldom what its author meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from forms.conditions import All, AnyOf, Condition, Law241, Not, leaves, plain_condition
from workflows.definition import Problem, WorkflowDefinition

MAX_LEAVES = 10
"""Beyond this many different leaves two guards are not compared: 2^10 readings are quick, 2^20 are not."""


def overlaps(definition: WorkflowDefinition) -> Iterator[Problem]:
    """Pairs of transitions whose guards do not exclude each other; the path is that of the second."""
    for (_, first), (index, second) in combinations(enumerate(definition.transitions), 2):
        if first.event != second.event or not set(first.actor) & set(second.actor):
            continue
        shared = [source for source in first.sources if source in second.sources]
        if shared and _can_both_hold(first.guard, second.guard):
            what = f"two transitions of `{shared[0]}` for `{first.event}` can hold together; the first one wins"
            fix = "make the guards exclude each other with `not:`"
            yield ("transitions", index, "event"), what, fix


def _can_both_hold(first: Condition | None, second: Condition | None) -> bool:
    both = [condition for condition in (first, second) if condition is not None]
    keys = sorted({_leaf_key(leaf) for condition in both for leaf in leaves(condition)})
    if len(keys) > MAX_LEAVES:
        return False
    for values in product((True, False), repeat=len(keys)):
        truth = dict(zip(keys, values, strict=True))
        if all(_holds(condition, truth) for condition in both):
            return True
    return False


def _leaf_key(leaf: Condition) -> str:
    if isinstance(leaf, Law241):
        return "law241"
    return str(plain_condition(leaf))


def _holds(condition: Condition, truth: Mapping[str, bool]) -> bool:
    match condition:
        case All(parts):
            return all(_holds(part, truth) for part in parts)
        case AnyOf(parts):
            return any(_holds(part, truth) for part in parts)
        case Not(part):
            return not _holds(part, truth)
        case Law241(wanted):
            return truth["law241"] == wanted
        case _:
            return truth[_leaf_key(condition)]
