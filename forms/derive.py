"""Values made from answers: ages and age bands, and what makes two applications the same one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

_BANDS: Final = ((17, "under_18"), (24, "18_24"), (30, "25_30"), (35, "31_35"))
WINDOW: Final = "finestra"
"""The `dedupe` key that stands for the call."""


def age_on(birth: date, day: date) -> int:
    """Whole years on `day` of somebody born on `birth`; who was born on 29 February turns on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def fascia_eta(birth: date, day: date) -> str:
    """The age band on `day`: under_18, 18_24, 25_30, 31_35 or over_35 (clarifications.md §8)."""
    age = age_on(birth, day)
    return next((band for last, band in _BANDS if age <= last), "over_35")


def _band_of_stored(value: Any, day: date) -> str:
    return fascia_eta(date.fromisoformat(value), day)


DERIVED: Final[Mapping[str, tuple[str, Callable[[Any, date], str]]]] = {
    "fascia_eta": ("date", _band_of_stored),
}
"""What a sheet may show instead of an answer: name -> (type of the field, function of stored value and day)."""


def dedupe_values(keys: Sequence[str], answers: Mapping[str, Any], call: str) -> tuple[str, ...]:
    """The values that make two applications one and the same, in the order of a form's `dedupe` keys.

    `x_norm` is the answer of field x without capitals, accents and needless blanks; `finestra` is the call.
    """
    return tuple(_dedupe_value(key, answers, call) for key in keys)


def _dedupe_value(key: str, answers: Mapping[str, Any], call: str) -> str:
    if key == WINDOW:
        return call
    if key.endswith("_norm"):
        text = unicodedata.normalize("NFKD", str(answers.get(key.removesuffix("_norm"), "")))
        plain = "".join(char for char in text if not unicodedata.combining(char))
        return " ".join(plain.casefold().replace("’", "'").split())
    return str(answers.get(key, ""))
