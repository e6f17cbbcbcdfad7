"""The registry of validators: what a form file may ask of an answer (docs/forms.md lists them for authors).

A validator gets a Python value (text, date, int, Decimal, tuple, rows, upload facts), never an empty one,
and gives back the value to go on with, or raises `Problem`. Those that say how a kind of answer is written
(`is_format`) stand in `forms.formats` and run first.
Codes and their placeholders are those of the messages people read (`ui.errors`, in `CODES`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from forms import (
    formats,  # noqa: F401 - fills the registry
    taxcodes,
)
from forms.derive import age_on
from forms.model import BIRTH_DATE
from forms.validation import (
    CODES,
    VALIDATORS,
    WORDINGS,
    Count,
    Domain,
    ItemsEq,
    Number,
    Pattern,
    Problem,
    Situation,
    Span,
    Validator,
    Years,
    prepared,
    register,
)
from forms.values import parse_date

__all__ = ["CODES", "VALIDATORS", "WORDINGS", "ItemsEq", "Problem", "Situation", "Span", "Validator", "prepared"]

LINES: Final = frozenset({"text", "textarea"})
NUMBERS: Final = frozenset({"integer", "decimal", "euro"})
LISTS: Final = frozenset({"checkboxes", "field_list", "repeat"})
_NAME_SIGNS: Final = " '’-."
_MEGABYTE: Final = 1_000_000


# ---- text


@register("person_name", "text", "person_name")
def _person_name(value: str, _parameter: None, _situation: Situation) -> str:
    letters = [char for char in value if unicodedata.category(char)[0] in "LM"]
    if not letters or any(char not in _NAME_SIGNS and char not in letters for char in value):
        raise Problem("name")
    return value


@register("min_len", LINES, "min_len: 100", Count)
def _min_len(value: str, least: int, _situation: Situation) -> str:
    if len(value) < least:
        raise Problem("too_short", n=least)
    return value


@register("max_len", LINES, "max_len: 1500", Count)
def _max_len(value: str, most: int, _situation: Situation) -> str:
    if len(value) > most:
        raise Problem("too_long", n=len(value) - most)  # the message says how many to take away
    return value


@register("regex", "text", "regex: ^[0-9]{1,7}$", Pattern)
def _regex(value: str, pattern: re.Pattern[str], _situation: Situation) -> str:
    if not pattern.fullmatch(value):
        raise Problem("format")
    return value


@register("differs_from", "text email tel date", "differs_from: email", str)
def _differs_from(value: str | date, field: str, situation: Situation) -> str | date:
    # A day is stored as str() writes it.
    if str(value).casefold() == str(situation.answers.get(field, "")).casefold():
        raise Problem("must_differ", "other_date" if isinstance(value, date) else "")
    return value


@register("domain", "email", "domain: polimi.it", Domain)
def _domain(value: str, domain: str, _situation: Situation) -> str:
    host = value.rpartition("@")[2]
    if host != domain and not host.endswith(f".{domain}"):
        raise Problem("email", "domain", domain=domain)
    return value


# ---- numbers (and, for `max`, the length of a line)


@register("min", NUMBERS, "min: 1", Number)
def _min(value: int | Decimal, least: Decimal, _situation: Situation) -> int | Decimal:
    if value < least:
        raise Problem("min", n=_plain(least))
    return value


@register("max", NUMBERS | LINES | {"email", "url"}, "max: 80", Number)
def _max(value: int | Decimal | str, most: Decimal, _situation: Situation) -> int | Decimal | str:
    if isinstance(value, str):
        return str(_max_len(value, int(most), _situation))
    if value > most:
        raise Problem("max", n=_plain(most))
    return value


@register("le_capacity", "integer", "le_capacity: sede", str)
def _le_capacity(value: int, field: str, situation: Situation) -> int:
    places = situation.answers.get(field, ())
    named = [places] if isinstance(places, str) else places
    # Who asks for several places brings the same people to each: the smallest one counts.
    most = min((situation.capacities[place] for place in named if place in situation.capacities), default=value)
    if value > most:
        raise Problem("max", "capacity", n=most)
    return value


def _plain(number: Decimal) -> int | str:
    return int(number) if number == int(number) else f"{number}".replace(".", ",")


# ---- dates and ages


@register("not_future", "date", "not_future")
def _not_future(value: date, _parameter: None, situation: Situation) -> date:
    if value > situation.today:
        raise Problem("future")
    return value


@register("not_past", "date", "not_past")
def _not_past(value: date, _parameter: None, situation: Situation) -> date:
    if value < situation.today:
        raise Problem("past")
    return value


@register("min_days", "date", "min_days: 15", Count)
def _min_days(value: date, days: int, situation: Situation) -> date:
    if value < situation.today + timedelta(days):
        raise Problem("too_soon", n=days)
    return value


@register("within_days", "date", "within_days: 90", Count)
def _within_days(value: date, days: int, situation: Situation) -> date:
    if value > situation.today + timedelta(days):
        raise Problem("too_far", n=days)
    return value


@register("after", "date", "after: inizio", str)
def _after(value: date, field: str, situation: Situation) -> date:
    start = _stored_day(field, situation)
    if start is not None and value <= start:
        raise Problem("order")
    return value


@register("max_span_days", "date", "max_span_days: {field: inizio, days: 365}", Span)
def _max_span_days(value: date, span: Span, situation: Situation) -> date:
    start = _stored_day(span.field, situation)
    if start is not None and value > start + timedelta(span.days):
        raise Problem("too_far", "span", n=span.days)
    return value


def _stored_day(field: str, situation: Situation) -> date | None:
    stored = situation.answers.get(field)
    return parse_date(stored) if isinstance(stored, str) else None


@register("age_range", "date", "age_range: [18, 35]", Years, default=())
def _age_range(value: date, bounds: tuple[int, ...], situation: Situation) -> date:
    least, most = bounds or situation.age or (0, 150)
    if not least <= age_on(value, situation.aged_on) <= most:
        raise Problem("age", min=least, max=most)
    return value


@register("each_age", "repeat", "each_age: [18, 35]", Years)
def _each_age(
    rows: tuple[Mapping[str, Any], ...], bounds: tuple[int, int], situation: Situation
) -> tuple[Mapping[str, Any], ...]:
    for row in rows:
        if BIRTH_DATE not in row:
            continue
        age = age_on(date.fromisoformat(row[BIRTH_DATE]), situation.aged_on)
        if not bounds[0] <= age <= bounds[1]:
            raise Problem("member_age")
    return rows


@register("cf_matches_birthdate", "codice_fiscale", "cf_matches_birthdate", warns=True)
def _cf_matches_birthdate(value: str, _parameter: None, situation: Situation) -> str:
    if situation.birth_date is not None and not taxcodes.born_on(value, situation.birth_date):
        raise Problem("cf_birth_warn")
    return value


# ---- lists


@register("min_items", LISTS, "min_items: 1", Count)
def _min_items(value: tuple[Any, ...], least: int, _situation: Situation) -> tuple[Any, ...]:
    if len(value) < least:
        raise Problem("min_items", n=least)
    return value


@register("max_items", LISTS, "max_items: 8", Count)
def _max_items(value: tuple[Any, ...], most: int, _situation: Situation) -> tuple[Any, ...]:
    if len(value) > most:
        raise Problem("max", n=most)
    return value


@register("exclusive", "checkboxes", "exclusive: nessuna", str)
def _exclusive(value: tuple[str, ...], alone: str, _situation: Situation) -> tuple[str, ...]:
    if alone in value and len(value) > 1:
        raise Problem("exclusive")
    return value


@register("items_eq", "repeat", "items_eq: {field: posti, minus: 1}", ItemsEq)
def _items_eq(value: tuple[Any, ...], wanted: ItemsEq, situation: Situation) -> tuple[Any, ...]:
    number = situation.answers.get(wanted.field)
    if isinstance(number, int) and len(value) != max(number - wanted.minus, 0):
        raise Problem("items_count", n=max(number - wanted.minus, 0))
    return value


# ---- ticks and files


@register("must_be_true", "checkbox", "must_be_true")
def _must_be_true(value: bool, _parameter: None, _situation: Situation) -> bool:  # noqa: FBT001 - a registry's signature
    if not value:
        raise Problem("must_be_true")
    return value


@register("pdf", "file", "pdf")
def _pdf(value: Mapping[str, Any], _parameter: None, _situation: Situation) -> Mapping[str, Any]:
    if value["content_type"] != "application/pdf":
        raise Problem("file_type")
    return value


@register("max_mb", "file", "max_mb: 5", Count)
def _max_mb(value: Mapping[str, Any], most: int, _situation: Situation) -> Mapping[str, Any]:
    if value["size"] > most * _MEGABYTE:
        raise Problem("file_size", n=most)
    return value


@register("max_pages", "file", "max_pages: 10", Count)
def _max_pages(value: Mapping[str, Any], most: int, _situation: Situation) -> Mapping[str, Any]:
    if value.get("pages", 0) > most:  # where nobody could count them, whoever reads the file judges
        raise Problem("file_size", "file_pages", n=most)
    return value
