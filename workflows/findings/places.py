"""Where in its file a fault is told, and once for each state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forms.document import Path
from workflows.definition import Transition
from workflows.exploration import Exploration, Situation


def first_of_each(situations: Iterable[Situation]) -> Iterator[Situation]:
    """The first situation of each state."""
    seen: set[str] = set()
    for here in situations:
        if here.state not in seen:
            seen.add(here.state)
            yield here


def at_state(exploration: Exploration, state: str) -> Path:
    """Where the state stands in the file."""
    return ("states", [each.id for each in exploration.definition.states].index(state))


def at(exploration: Exploration, transition: Transition, key: str) -> Path:
    """Where a key of the transition stands in the file."""
    index = next(place for place, each in enumerate(exploration.definition.transitions) if each is transition)
    return ("transitions", index, key)
