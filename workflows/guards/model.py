"""What a guard is, what it is judged on, and how its parameter may be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from forms.model import Text
from workflows.case import Case, Facts
from workflows.dates import ANCHORS, Calendar, local_date, parse_token


@dataclass(frozen=True)
class Moment:
    """What a guard is judged on. `limit` is when the state's own timer falls due, if it has one."""

    case: Case
    facts: Facts
    limit: datetime | None = None

    @property
    def calendar(self) -> Calendar:
        """The working days of the case's city."""
        return Calendar(self.case.city)


@dataclass(frozen=True)
class Guard:
    """One entry of the registry.

    `refusal` is what a person reads when it does not hold, `negated` when `not:` stands before it and it does.
    """

    holds: Callable[[Any, Moment], bool]
    means: str
    refusal: Text
    negated: Text | None = None
    needs: frozenset[str] = frozenset()
    inputs: tuple[str, ...] = ()
    timed: bool = False
    parameter: Callable[[Any], str | None] | None = field(default=None)
    """Says how to write the parameter if what is given can't serve; None where the guard takes no parameter."""


def whole(value: Any) -> str | None:
    """A whole number above 0."""
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if good else "write a whole number above 0"


def span(value: Any) -> str | None:
    """A time token."""
    try:
        parse_token(value if isinstance(value, str) else "")
    except ValueError as error:
        return str(error).partition(" | ")[2]
    return None


def event_number(value: Any) -> str | None:
    """An event and a number."""
    good = isinstance(value, Mapping) and len(value) == 1 and all(whole(each) is None for each in value.values())
    return None if good else "write `count_lt: {reopen: 1}`"


def state_id(value: Any) -> str | None:
    """The id of a state."""
    return None if isinstance(value, str) and value else "write the id of a state"


def anchor(value: Any) -> str | None:
    """A date of the case."""
    return None if isinstance(value, str) and value in ANCHORS else f"write one of {', '.join(sorted(ANCHORS))}"


def one_of(*words: str) -> Callable[[Any], str | None]:
    """One of these words."""
    return lambda value: None if isinstance(value, str) and value in words else f"write {' or '.join(words)}"


def places(value: Any) -> str | None:
    """`places`, for those of the call, or a number."""
    return None if value == PLACES or whole(value) is None else f"write `{PLACES}` or a whole number above 0"


PLACES = "places"
"""Stands for the number of places that the call gives."""


def given_date(value: Any) -> date | None:
    """The day that a stored answer writes; None where it writes none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def not_future(value: Any, moment: Moment) -> bool:
    """Whether the answer is a day that has come."""
    day = given_date(value)
    return day is not None and day <= local_date(moment.facts.now)
