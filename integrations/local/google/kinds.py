"""What the kinds of batchUpdate requests share: their context, their registration and update masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from secrets import randbelow

from integrations.local.google.masks import Mask, parse_mask
from integrations.local.google.wire import Json, bad_request
from integrations.local.google.workbook import Workbook


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What only real Google could answer; tests should pass both ways.

    `formattedValue` of booleans in an Italian sheet is another such question; the project never asks for it.

    Attributes:
        sort_moves_row_tags: row metadata follows a row that sortRange moves.
        rules_are_data: appendCells counts a cell that holds only a validation rule as data.
        names_reused_tag: the 400 on a metadataId in use says so; else it is as bare as any invalid argument.
        tags_limited_by_tab: the 30,000 characters of metadata count for each tab; else for the spreadsheet.
        people_sort_protected: a person may sort rows over cells that are protected from them.
        says_when_again: a 429 carries Retry-After.
    """

    sort_moves_row_tags: bool = False
    rules_are_data: bool = False
    names_reused_tag: bool = True
    tags_limited_by_tab: bool = False
    people_sort_protected: bool = False
    says_when_again: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, when, and how the open questions are answered."""

    identity: str
    today: date
    behaviour: Behaviour = field(default_factory=Behaviour)


Apply = Callable[[Workbook, Json, Context], Json | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: what it does and the fields of its message."""

    apply: Apply
    fields: frozenset[str]


def kinds(**known: tuple[Apply, str]) -> Mapping[str, Kind]:
    """Kinds by name; the fields of each message are written in one string."""
    return {name: Kind(apply, frozenset(names.split())) for name, (apply, names) in known.items()}


def update_mask(body: Json, known: frozenset[str]) -> Mask:
    """The `fields` of an update request; it must name at least one field, and only known ones."""
    text = body.get("fields")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    mask = parse_mask(text)
    for name in mask.children:
        if name not in known and name != "*":
            raise bad_request(f"Invalid field: {name}")
    return mask


def merged(old: Json, new: Json, mask: Mask) -> Json:
    """`old` with the masked fields of `new`; a masked field that `new` does not have is taken away."""
    if mask.everything:
        return dict(new)
    kept = dict(old)
    for name, sub in mask.children.items():
        value, before = new.get(name), kept.get(name)
        if not sub.everything and isinstance(before or {}, dict):
            value = merged(before or {}, value or {}, sub) or None
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return kept


def fresh_id(taken: set[int]) -> int:
    """A positive 31-bit id that is not taken."""
    while True:
        number = randbelow(2**31 - 1) + 1
        if number not in taken:
            return number
