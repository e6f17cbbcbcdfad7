"""The rows of a repeated group among what was typed: which there are, one more, one less, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from forms.model import FieldDefinition


def row_numbers(typed: Mapping[str, object], name: str) -> list[int]:
    """The numbers of the rows of the repeated group `name` that the browser sent, in order."""
    pattern = re.compile(rf"{re.escape(name)}-([0-9]{{1,6}})-")
    found = {int(match[1]) for key in typed if (match := pattern.match(key))}
    return sorted(found)


def with_row(typed: MultiDict[str, str], field: FieldDefinition) -> MultiDict[str, str]:
    """`typed` with one more, empty, row of the repeated group `field`."""
    number = max(row_numbers(typed, field.id), default=-1) + 1
    longer = MultiDict(typed)
    for inner in field.item:
        longer.setdefault(f"{field.id}-{number}-{inner.id}", "")
    return longer


def without_row(typed: MultiDict[str, str], row: str) -> MultiDict[str, str]:
    """`typed` without the inputs of `row` (`team-1`)."""
    return MultiDict([(key, value) for key, value in typed.items(multi=True) if not key.startswith(f"{row}-")])
