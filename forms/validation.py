"""The machinery of validators: problems and their codes, the registry, the parameters that files may give."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from forms.document import Strict
from forms.model import Check

CODES: Final[Mapping[str, frozenset[str]]] = {
    code: frozenset(placeholders.split())
    for code, placeholders in {
        "required": "", "name": "", "email": "", "must_differ": "", "phone": "", "date": "", "future": "",
        "past": "", "too_soon": "n", "too_far": "n", "order": "", "age": "min max", "member_age": "", "cf": "",
        "cf_birth_warn": "", "piva": "", "too_short": "n", "too_long": "n", "number": "", "min": "n", "max": "n",
        "choice": "", "min_items": "n", "items_count": "n", "file_type": "", "file_size": "n",
        "must_be_true": "", "invite_code": "", "exclusive": "", "format": "",
    }.items()
}  # fmt: skip
"""Every error code that judging a form may give, with the placeholders of its message."""


WORDINGS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "other_date": ("must_differ", frozenset()),
    "span": ("too_far", frozenset({"n"})),
    "capacity": ("max", frozenset({"n"})),
    "domain": ("email", frozenset({"domain"})),
    "file_pages": ("file_size", frozenset({"n"})),
}
"""Messages that say more closely what a code means: key under `ui.errors` -> its code and its placeholders."""


class Problem(Exception):  # noqa: N818 - an answer's problem, not a program's error
    """What is wrong with an answer: a key of `CODES` and the values of its placeholders.

    `wording` is a key of `WORDINGS` where the code's own message would mislead.
    """

    def __init__(self, code: str, wording: str = "", **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.wording = wording
        self.params: Mapping[str, int | str] = params


@dataclass(frozen=True)
class Situation:
    """What a validator may know beside the value.

    `today` is the local day (Europe/Rome), `aged_on` the day on which ages count, `answers` the stored
    answers of the whole form, `age` the age range in years of the form or of the edition chosen;
    `invite_codes` and `capacities` are told in `forms.judging.JudgeContext`.
    """

    today: date
    aged_on: date
    answers: Mapping[str, Any]
    age: tuple[int, int] | None = None
    birth_date: date | None = None
    invite_codes: Collection[str] = frozenset()
    capacities: Mapping[str, int] = attribute(default_factory=dict)


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


def register(
    name: str, types: frozenset[str] | str, example: str, parameter: Any = None, **more: Any
) -> Callable[[Function], Function]:
    """Adds a function to the registry; `types` are the field types it may judge."""
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


class ItemsEq(Strict):
    """As many rows as the number in `field`, less `minus`."""

    field: str
    minus: int = 0


class Span(Strict):
    """At most `days` after the day in `field`."""

    field: str
    days: Annotated[int, Field(ge=1, strict=True)]


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
Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Region = Annotated[str, Field(pattern="^[A-Z]{2}$")]
