"""The registry of validators: what a form file may ask of an answer (docs/forms.md lists them for authors).

A validator gets a Python value (text, date, int, Decimal, tuple, rows, upload facts), never an empty one,
and gives back the value to go on with, or raises `Problem`. Validators that say how a kind of answer is
written (`is_format`) run first and may change the value: a phone number becomes E.164.
Codes and their placeholders are those of the messages people read (`ui.errors`, in `CODES`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from forms import taxcodes
from forms.comuni import find_comune
from forms.derive import age_on
from forms.document import Strict
from forms.model import BIRTH_DATE, Check
from forms.values import parse_date, parse_number

CODES: Final[Mapping[str, frozenset[str]]] = {
    code: frozenset(placeholders.split())
    for code, placeholders in {
        "required": "", "name": "", "email": "", "must_differ": "", "phone": "", "date": "", "future": "",
        "past": "", "too_soon": "n", "too_far": "n", "age": "min max", "member_age": "", "cf": "",
        "cf_birth_warn": "", "piva": "", "too_short": "n", "too_long": "n", "number": "", "min": "n", "max": "n",
        "choice": "", "min_items": "n", "items_count": "n", "file_type": "", "file_size": "n",
        "must_be_true": "", "exclusive": "", "format": "",
    }.items()
}  # fmt: skip
"""Every error code that judging a form may give, with the placeholders of its message."""

LINES: Final = frozenset({"text", "textarea"})
NUMBERS: Final = frozenset({"integer", "euro"})
LISTS: Final = frozenset({"checkboxes", "field_list", "repeat"})
_NAME_SIGNS: Final = " '’-."
_MEGABYTE: Final = 1_000_000


class Problem(Exception):  # noqa: N818 - an answer's problem, not a program's error
    """What is wrong with an answer: a key of `CODES` and the values of its placeholders."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, int | str] = params


@dataclass(frozen=True)
class Situation:
    """What a validator may know beside the value.

    `today` is the local day (Europe/Rome), `aged_on` the day on which ages count, `answers` the stored
    answers of the whole form, `age` the form's age range in years.
    """

    today: date
    aged_on: date
    answers: Mapping[str, Any]
    age: tuple[int, int] | None = None
    birth_date: date | None = None


Function = Callable[[Any, Any, Situation], Any]


@dataclass(frozen=True)
class Validator:
    """An entry of the registry; `example` shows an author how it is written."""

    name: str
    function: Function
    types: frozenset[str]
    example: str
    parameter: TypeAdapter[Any] | None = None
    default: Any = None
    is_format: bool = False
    warns: bool = False

    def parse(self, raw: Any) -> Any:
        """The parameter that a file writes as `raw` (None when it writes none).

        Raises:
            ValueError: "what | fix" in an author's words.
        """
        if raw is None and (self.parameter is None or self.default is not None):
            return self.default
        if self.parameter is None:
            raise ValueError(f"`{self.name}` takes no value | write `- {self.example}`")
        try:
            return self.parameter.validate_python(tuple(raw) if isinstance(raw, list) else raw)
        except ValidationError as error:
            written = "nothing" if raw is None else f"`{raw}`"
            raise ValueError(f"`{self.name}` can't take {written} | write `- {self.example}`") from error


VALIDATORS: Final[dict[str, Validator]] = {}


def _register(
    name: str, types: frozenset[str] | str, example: str, parameter: Any = None, **more: Any
) -> Callable[[Function], Function]:
    adapter = None if parameter is None else TypeAdapter(parameter)
    kinds = frozenset(types.split()) if isinstance(types, str) else types

    def add(function: Function) -> Function:
        VALIDATORS[name] = Validator(name, function, kinds, example, adapter, **more)
        return function

    return add


def prepared(check: Check) -> tuple[Validator, Any]:
    """The validator that `check` names, and its parameter.

    Raises:
        ValueError: the parameter doesn't fit; KeyError: no such validator.
    """
    validator = VALIDATORS[check.name]
    return validator, validator.parse(check.parameter)


# ---- parameters


class ItemsEq(Strict):
    """As many rows as the number in `field`, less `minus`."""

    field: str
    minus: int = 0


def _ordered(bounds: tuple[int, int]) -> tuple[int, int]:
    if bounds[0] > bounds[1]:
        raise ValueError("the first is the smaller one")
    return bounds


def _number(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - for pydantic
    return Decimal(str(raw))


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError("no regular expression") from error


Count = Annotated[int, Field(ge=0, strict=True)]
Years = Annotated[tuple[Count, Count], AfterValidator(_ordered)]
Number = Annotated[Any, AfterValidator(_number)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Region = Annotated[str, Field(pattern="^[A-Z]{2}$")]


# ---- how answers are written: these may change the value


@_register("date_it", "date", "date_it", is_format=True)
def _date_it(value: str, _parameter: None, _situation: Situation) -> date:
    day = parse_date(value)
    if day is None:
        raise Problem("date")
    return day


@_register("decimal_it", "euro", "decimal_it", is_format=True)
def _decimal_it(value: str, _parameter: None, _situation: Situation) -> Decimal:
    number = parse_number(value)
    if number is None or number != round(number, 2):
        raise Problem("number")
    return number


@_register("integer_it", "integer", "integer_it", is_format=True)
def _integer_it(value: str, _parameter: None, _situation: Situation) -> int:
    number = parse_number(value)
    if number is None or number != int(number):
        raise Problem("number")
    return int(number)


@_register("email", "email", "email", is_format=True)
def _email(value: str, _parameter: None, _situation: Situation) -> str:
    try:
        # Deliverability is shown by the confirmation link; a DNS look-up would be I/O.
        return validate_email(value, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise Problem("email") from None


@_register("phone", "tel", "phone: IT", Region, default="IT", is_format=True)
def _phone(value: str, region: str, _situation: Situation) -> str:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        raise Problem("phone") from None
    if not phonenumbers.is_valid_number(number):
        raise Problem("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@_register("comune_or_estero", "comune", "comune_or_estero", is_format=True)
def _comune_or_estero(value: str, _parameter: None, _situation: Situation) -> str:
    comune = find_comune(value)
    if comune is None:
        raise Problem("format")
    return comune


@_register("piva_luhn", "partita_iva", "piva_luhn", is_format=True)
def _piva_luhn(value: str, _parameter: None, _situation: Situation) -> str:
    code = taxcodes.normal_code(value).removeprefix("IT")
    if not taxcodes.is_body_code(code):
        raise Problem("piva")
    return code


@_register("codice_fiscale", "codice_fiscale", "codice_fiscale", is_format=True)
@_register("cf_ente_or_cf", "codice_fiscale_ente", "cf_ente_or_cf", is_format=True)
def _codice_fiscale(value: str, _parameter: None, _situation: Situation) -> str:
    code = taxcodes.normal_code(value)
    if not taxcodes.is_person_code(code):
        raise Problem("cf")
    return code


@_register("url_https", "url", "url_https", is_format=True)
def _url_https(value: str, _parameter: None, _situation: Situation) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        raise Problem("format") from None
    if parts.scheme != "https" or "." not in host or parts.username or " " in value:
        raise Problem("format")
    return value


@_register("application_code", "text", "application_code", is_format=True)
def _application_code(value: str, _parameter: None, _situation: Situation) -> str:
    # The form alone (clarifications.md §8): an unknown code is a note for the officer, not an error.
    code = value.upper()
    if not re.fullmatch(r"[A-Z]{3}-\d{2}-[0-9A-HJKMNP-TV-Z]{6}", code, re.ASCII):
        raise Problem("format")
    return code


# ---- text


@_register("person_name", "text", "person_name")
def _person_name(value: str, _parameter: None, _situation: Situation) -> str:
    letters = [char for char in value if unicodedata.category(char)[0] in "LM"]
    if not letters or any(char not in _NAME_SIGNS and char not in letters for char in value):
        raise Problem("name")
    return value


@_register("min_len", LINES, "min_len: 100", Count)
def _min_len(value: str, least: int, _situation: Situation) -> str:
    if len(value) < least:
        raise Problem("too_short", n=least)
    return value


@_register("max_len", LINES, "max_len: 1500", Count)
def _max_len(value: str, most: int, _situation: Situation) -> str:
    if len(value) > most:
        raise Problem("too_long", n=len(value) - most)  # the message says how many to take away
    return value


@_register("regex", "text", "regex: ^[0-9]{1,7}$", Pattern)
def _regex(value: str, pattern: re.Pattern[str], _situation: Situation) -> str:
    if not pattern.fullmatch(value):
        raise Problem("format")
    return value


@_register("differs_from", "text email tel", "differs_from: email", str)
def _differs_from(value: str, field: str, situation: Situation) -> str:
    if value.casefold() == str(situation.answers.get(field, "")).casefold():
        raise Problem("must_differ")
    return value


# ---- numbers (and, for `max`, the length of a line)


@_register("min", NUMBERS, "min: 1", Number)
def _min(value: int | Decimal, least: Decimal, _situation: Situation) -> int | Decimal:
    if value < least:
        raise Problem("min", n=_plain(least))
    return value


@_register("max", NUMBERS | LINES | {"email", "url"}, "max: 80", Number)
def _max(value: int | Decimal | str, most: Decimal, _situation: Situation) -> int | Decimal | str:
    if isinstance(value, str):
        return str(_max_len(value, int(most), _situation))
    if value > most:
        raise Problem("max", n=_plain(most))
    return value


def _plain(number: Decimal) -> int | str:
    return int(number) if number == int(number) else f"{number}".replace(".", ",")


# ---- dates and ages


@_register("not_future", "date", "not_future")
def _not_future(value: date, _parameter: None, situation: Situation) -> date:
    if value > situation.today:
        raise Problem("future")
    return value


@_register("not_past", "date", "not_past")
def _not_past(value: date, _parameter: None, situation: Situation) -> date:
    if value < situation.today:
        raise Problem("past")
    return value


@_register("min_days", "date", "min_days: 15", Count)
def _min_days(value: date, days: int, situation: Situation) -> date:
    if value < situation.today + timedelta(days):
        raise Problem("too_soon", n=days)
    return value


@_register("within_days", "date", "within_days: 90", Count)
def _within_days(value: date, days: int, situation: Situation) -> date:
    if value > situation.today + timedelta(days):
        raise Problem("too_far", n=days)
    return value


@_register("age_range", "date", "age_range: [18, 35]", Years, default=())
def _age_range(value: date, bounds: tuple[int, ...], situation: Situation) -> date:
    least, most = bounds or situation.age or (0, 150)
    if not least <= age_on(value, situation.aged_on) <= most:
        raise Problem("age", min=least, max=most)
    return value


@_register("each_age", "repeat", "each_age: [18, 35]", Years)
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


@_register("cf_matches_birthdate", "codice_fiscale", "cf_matches_birthdate", warns=True)
def _cf_matches_birthdate(value: str, _parameter: None, situation: Situation) -> str:
    if situation.birth_date is not None and not taxcodes.born_on(value, situation.birth_date):
        raise Problem("cf_birth_warn")
    return value


# ---- lists


@_register("min_items", LISTS, "min_items: 1", Count)
def _min_items(value: tuple[Any, ...], least: int, _situation: Situation) -> tuple[Any, ...]:
    if len(value) < least:
        raise Problem("min_items", n=least)
    return value


@_register("max_items", LISTS, "max_items: 8", Count)
def _max_items(value: tuple[Any, ...], most: int, _situation: Situation) -> tuple[Any, ...]:
    if len(value) > most:
        raise Problem("max", n=most)
    return value


@_register("exclusive", "checkboxes", "exclusive: nessuna", str)
def _exclusive(value: tuple[str, ...], alone: str, _situation: Situation) -> tuple[str, ...]:
    if alone in value and len(value) > 1:
        raise Problem("exclusive")
    return value


@_register("items_eq", "repeat", "items_eq: {field: posti, minus: 1}", ItemsEq)
def _items_eq(value: tuple[Any, ...], wanted: ItemsEq, situation: Situation) -> tuple[Any, ...]:
    number = situation.answers.get(wanted.field)
    if isinstance(number, int) and len(value) != max(number - wanted.minus, 0):
        raise Problem("items_count", n=max(number - wanted.minus, 0))
    return value


# ---- ticks and files


@_register("must_be_true", "checkbox", "must_be_true")
def _must_be_true(value: bool, _parameter: None, _situation: Situation) -> bool:  # noqa: FBT001 - a registry's signature
    if not value:
        raise Problem("must_be_true")
    return value


@_register("pdf", "file", "pdf")
def _pdf(value: Mapping[str, Any], _parameter: None, _situation: Situation) -> Mapping[str, Any]:
    if value["content_type"] != "application/pdf":
        raise Problem("file_type")
    return value


@_register("max_mb", "file", "max_mb: 5", Count)
def _max_mb(value: Mapping[str, Any], most: int, _situation: Situation) -> Mapping[str, Any]:
    if value["size"] > most * _MEGABYTE:
        raise Problem("file_size", n=most)
    return value
