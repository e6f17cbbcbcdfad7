"""Italian tax codes: codice fiscale of people and bodies, partita IVA (domain.md §6.7).

Only form and check character are looked at: the place of birth would need 24 MB of municipality data.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from codicefiscale.codicefiscale import encode_cin

_DIGIT: Final = "[0-9LMNPQRSTUV]"  # where two people would share a code, letters stand for digits (omocodia)
_PERSON: Final = re.compile(rf"[A-Z]{{6}}({_DIGIT}{{2}})([ABCDEHLMPRST])({_DIGIT}{{2}})[A-Z]{_DIGIT}{{3}}[A-Z]")
_OMOCODE: Final = str.maketrans("LMNPQRSTUV", "0123456789")
_MONTHS: Final = "ABCDEHLMPRST"
_BODY: Final = re.compile(r"[0-9]{11}")
_WOMEN_ADD: Final = 40
_LAST_DAY: Final = 31
_LUHN_NINE: Final = 9


def normal_code(typed: str) -> str:
    """`typed` in capitals, without blanks, points and hyphens."""
    return re.sub(r"[\s.\-]", "", typed).upper()


def is_body_code(code: str) -> bool:
    """Whether `code` is a partita IVA, or a codice fiscale of a body: 11 digits, the last one checks."""
    return bool(_BODY.fullmatch(code)) and int(code) > 0 and _luhn(code) % 10 == 0


def _luhn(digits: str) -> int:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - _LUHN_NINE if value > _LUHN_NINE else value
    return total


def is_person_code(code: str) -> bool:
    """Whether `code` is a person's codice fiscale: 16 characters, omocodes too, or 11 digits for a while."""
    match = _PERSON.fullmatch(code)
    if match is None:
        return is_body_code(code)
    day = int(match[3].translate(_OMOCODE))
    if day not in range(1, _LAST_DAY + 1) and day - _WOMEN_ADD not in range(1, _LAST_DAY + 1):
        return False
    return encode_cin(code) == code[-1]


def born_on(code: str, birth_date: date) -> bool:
    """Whether a valid person's `code` may be of somebody born on `birth_date`; true where it tells nothing."""
    match = _PERSON.fullmatch(code)
    if match is None:
        return True
    year, day = int(match[1].translate(_OMOCODE)), int(match[3].translate(_OMOCODE)) % _WOMEN_ADD
    month = _MONTHS.index(match[2]) + 1
    return (year, month, day) == (birth_date.year % 100, birth_date.month, birth_date.day)
