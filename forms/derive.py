"""Values made from answers: ages and age bands, and what makes two applications the same one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class DeriveFacts:
    """What values are derived from beside the answer: the day on which ages count, the school of each invite code."""

    aged_on: date
    schools: Mapping[str, str] = field(default_factory=dict)


def _band_of_stored(value: Any, facts: DeriveFacts) -> str:
    return fascia_eta(date.fromisoformat(value), facts.aged_on)


def _team_size(value: Any, _facts: DeriveFacts) -> int:
    return len(value) + 1  # the rows are the others, who applies is of the team too


def _school_of_code(value: Any, facts: DeriveFacts) -> str:
    return facts.schools.get(value, "")


DERIVED: Final[Mapping[str, tuple[str, Callable[[Any, DeriveFacts], str | int]]]] = {
    "fascia_eta": ("date", _band_of_stored),
    "numero_membri": ("repeat", _team_size),
    "codice_scuola": ("text", _school_of_code),
}
"""What a sheet may show instead of an answer: name -> (type of the field, function of stored value and facts)."""


def dedupe_values(keys: Sequence[str], answers: Mapping[str, Any], call: str) -> tuple[str, ...]:
    """The values that make two applications one and the same, in the order of a form's `dedupe` keys.

    `x_norm` is the answer of field x without capitals, accents and needless blanks; `finestra` is the call; of
    `x|y` the first that has an answer counts.
    """
    return tuple(
        next((value for part in key.split("|") if (value := _dedupe_value(part, answers, call))), "") for key in keys
    )


def _dedupe_value(key: str, answers: Mapping[str, Any], call: str) -> str:
    if key == WINDOW:
        return call
    if key.endswith("_norm"):
        text = unicodedata.normalize("NFKD", str(answers.get(key.removesuffix("_norm"), "")))
        plain = "".join(char for char in text if not unicodedata.combining(char))
        return " ".join(plain.casefold().replace("’", "'").split())
    return str(answers.get(key, ""))
