"""The registry of validators: what a form file may ask of an answer (docs/forms.md lists them for authors).

A validator gets a Python value (text, date, int, Decimal, tuple, rows, upload facts), never an empty one,
and gives back the value to go on with, or raises `Problem`. Validators that say how a kind of answer is
written (`is_format`) run first and may change the value: a phone number becomes E.164.
Codes and their placeholders are those of the messages people read (`ui.errors`, in `CODES`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from forms import taxcodes
from forms.comuni import find_comune
from forms.derive import age_on
from forms.model import BIRTH_DATE
from forms.validation import (
    CODES,
    VALIDATORS,
    Count,
    ItemsEq,
    Number,
    Pattern,
    Problem,
    Region,
    Situation,
    Validator,
    Years,
    prepared,
    register,
)
from forms.values import parse_date, parse_number

__all__ = ["CODES", "VALIDATORS", "ItemsEq", "Problem", "Situation", "Validator", "prepared"]

LINES: Final = frozenset({"text", "textarea"})
NUMBERS: Final = frozenset({"integer", "euro"})
LISTS: Final = frozenset({"checkboxes", "field_list", "repeat"})
_NAME_SIGNS: Final = " '’-."
_MEGABYTE: Final = 1_000_000


# ---- how answers are written: these may change the value


@register("date_it", "date", "date_it", is_format=True)
def _date_it(value: str, _parameter: None, _situation: Situation) -> date:
    day = parse_date(value)
    if day is None:
        raise Problem("date")
    return day


@register("decimal_it", "euro", "decimal_it", is_format=True)
def _decimal_it(value: str, _parameter: None, _situation: Situation) -> Decimal:
    number = parse_number(value)
    if number is None or number != round(number, 2):
        raise Problem("number")
    return number


@register("integer_it", "integer", "integer_it", is_format=True)
def _integer_it(value: str, _parameter: None, _situation: Situation) -> int:
    number = parse_number(value)
    if number is None or number != int(number):
        raise Problem("number")
    return int(number)


@register("email", "email", "email", is_format=True)
def _email(value: str, _parameter: None, _situation: Situation) -> str:
    try:
        # Deliverability is shown by the confirmation link; a DNS look-up would be I/O.
        return validate_email(value, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise Problem("email") from None


@register("phone", "tel", "phone: IT", Region, default="IT", is_format=True)
def _phone(value: str, region: str, _situation: Situation) -> str:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        raise Problem("phone") from None
    if not phonenumbers.is_valid_number(number):
        raise Problem("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@register("comune_or_estero", "comune", "comune_or_estero", is_format=True)
def _comune_or_estero(value: str, _parameter: None, _situation: Situation) -> str:
    comune = find_comune(value)
    if comune is None:
        raise Problem("format")
    return comune


@register("piva_luhn", "partita_iva", "piva_luhn", is_format=True)
def _piva_luhn(value: str, _parameter: None, _situation: Situation) -> str:
    code = taxcodes.normal_code(value).removeprefix("IT")
    if not taxcodes.is_body_code(code):
        raise Problem("piva")
    return code


@register("codice_fiscale", "codice_fiscale", "codice_fiscale", is_format=True)
@register("cf_ente_or_cf", "codice_fiscale_ente", "cf_ente_or_cf", is_format=True)
def _codice_fiscale(value: str, _parameter: None, _situation: Situation) -> str:
    code = taxcodes.normal_code(value)
    if not taxcodes.is_person_code(code):
        raise Problem("cf")
    return code


@register("url_https", "url", "url_https", is_format=True)
def _url_https(value: str, _parameter: None, _situation: Situation) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        raise Problem("format") from None
    if parts.scheme != "https" or "." not in host or parts.username or " " in value:
        raise Problem("format")
    return value


@register("application_code", "text", "application_code", is_format=True)
def _application_code(value: str, _parameter: None, _situation: Situation) -> str:
    # The form alone (clarifications.md §8): an unknown code is a note for the officer, not an error.
    code = value.upper()
    if not re.fullmatch(r"[A-Z]{3}-\d{2}-[0-9A-HJKMNP-TV-Z]{6}", code, re.ASCII):
        raise Problem("format")
    return code


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


@register("differs_from", "text email tel", "differs_from: email", str)
def _differs_from(value: str, field: str, situation: Situation) -> str:
    if value.casefold() == str(situation.answers.get(field, "")).casefold():
        raise Problem("must_differ")
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
