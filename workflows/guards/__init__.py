"""The closed vocabulary of guards: what must hold for a transition to be taken (clarifications.md §4).

Guards are the named leaves of the one condition language (`forms.conditions`); `all`, `any`, `not`, `field`, `form`,
`age_lt` and `law241` come from there. A guard is a function of its parameter and of a `Moment`; it reads no clock
and no table. `needs` names the fields of `Facts` it looks at, `inputs` the answers of the act; a `timed` one looks at
the time of the moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forms.conditions import Condition, Named, leaves, parse_condition
from workflows.guards.acts import ACTS
from workflows.guards.model import Guard, Moment
from workflows.guards.places import RANKING, SEATS
from workflows.guards.reviews import REVIEWS

__all__ = ["GUARDS", "Guard", "Moment", "parse_guard"]

GUARDS: Mapping[str, Guard] = MappingProxyType({**SEATS, **ACTS, **REVIEWS, **RANKING})


def parse_guard(raw: object) -> Condition:
    """The condition that plain data writes, with guards as its named leaves.

    Raises:
        ValueError: "what | fix" in an author's words.
    """
    condition = parse_condition(raw, named=GUARDS)
    for leaf in leaves(condition):
        if isinstance(leaf, Named):
            _check_parameter(leaf)
    return condition


def _check_parameter(leaf: Named) -> None:
    parameter = GUARDS[leaf.name].parameter
    if parameter is None:
        if leaf.parameter is not None:
            raise ValueError(f"the guard `{leaf.name}` takes no value | write only `{leaf.name}`")
        return
    fix = parameter(leaf.parameter)
    if fix is not None:
        raise ValueError(f"the guard `{leaf.name}` can't use `{leaf.parameter}` | {fix}")
