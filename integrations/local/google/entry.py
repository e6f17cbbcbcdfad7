"""What a person types: USER_ENTERED text becomes text, number, date, boolean or formula by the sheet's locale.

The rules that Google's recorded answers show: `2020-01-01` is a date, `2,000,000.01` a number, `0042` is 42,
`=4/2` a formula. In an Italian sheet `8,5` is a number and `8.5` stays text (how Google reads it is not known
here: a date or text).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from integrations.local.google.cells import Entered, Formula
from integrations.local.google.formats import Marks, marks, serial_of
from integrations.local.google.wire import Json, Scalar, number

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_TRUE = frozenset({"TRUE", "VERO"})
_FALSE = frozenset({"FALSE", "FALSO"})


def typed(text: Scalar, locale: str, today: date, style: Json | None = None) -> tuple[Entered, Json | None]:
    """What is stored for a typed text, and the number format that the text itself suggests (or None).

    Args:
        text: what was typed; numbers and booleans pass as they are.
        locale: the spreadsheet's, such as `it_IT`: decides marks and the order of dates.
        today: gives the year of a date typed without one.
        style: the cell's userEnteredFormat: a cell formatted as TEXT takes everything as text.
    """
    if not isinstance(text, str):
        return (text if isinstance(text, bool) else number(text)), None
    if text == "":
        return None, None
    if ((style or {}).get("numberFormat") or {}).get("type") == "TEXT":
        return text, None
    if text.startswith("'"):
        return text[1:] or None, None
    if text.startswith("=") and len(text) > 1:
        return Formula(text), None
    return _parsed(text.strip(), marks(locale), today) or (text, None)


def _parsed(text: str, known: Marks, today: date) -> tuple[Entered, Json | None] | None:
    if text.upper() in _TRUE | _FALSE and (known.day_first or text.upper() in ("TRUE", "FALSE")):
        return text.upper() in _TRUE, None
    amount = _number(text, known)
    if amount is not None:
        return amount
    return _moment(text, known, today)


def _number(text: str, known: Marks) -> tuple[Entered, Json | None] | None:
    percent = text.endswith("%")
    body = text.removesuffix("%").strip()
    point, comma = re.escape(known.decimal), re.escape(known.thousands)
    found = re.fullmatch(rf"([-+]?)(\d{{1,3}}(?:{comma}\d{{3}})+|\d*)(?:({point})(\d*))?", body)
    if not found or not (found.group(2) or found.group(4)):
        return None
    whole = found.group(2).replace(known.thousands, "")
    value = float(f"{found.group(1)}{whole or 0}.{found.group(4) or 0}")
    if percent:
        digits = len(found.group(4) or "")
        return number(value / 100), {"type": "PERCENT", "pattern": "0" + ("." + "0" * digits if digits else "") + "%"}
    if known.thousands in found.group(2):
        return number(value), {"type": "NUMBER", "pattern": "#,##0" + (".00" if found.group(3) else "")}
    return number(value), None


def _moment(text: str, known: Marks, today: date) -> tuple[Entered, Json | None] | None:
    head, _, tail = text.partition("T" if "T" in text else " ")
    day, clock = _day(head, known, today), _clock(tail or head)
    if day and not tail:
        return number(serial_of(day[0])), {"type": "DATE", "pattern": day[1]}
    if day and clock is not None:
        return serial_of(day[0]) + clock, {"type": "DATE_TIME", "pattern": day[1] + " hh:mm:ss"}
    if not day and clock is not None and not tail:
        return clock, {"type": "TIME", "pattern": "hh:mm:ss" if head.count(":") > 1 else "hh:mm"}
    return None


def _day(text: str, known: Marks, today: date) -> tuple[datetime, str] | None:
    found = _ISO.fullmatch(text)
    if found:
        year, month, day = (int(part) for part in found.groups())
        pattern = "yyyy-mm-dd"
    else:
        found = _SLASHED.fullmatch(text)
        if not found:
            return None
        first, second = int(found.group(1)), int(found.group(2))
        day, month = (first, second) if known.day_first else (second, first)
        year = _year(found.group(3), today)
        pattern = ("d/m" if known.day_first else "m/d") + ("/yyyy" if found.group(3) else "")
    try:
        return datetime(year, month, day, tzinfo=UTC), pattern
    except ValueError:
        return None


def _year(text: str | None, today: date) -> int:
    if not text:
        return today.year
    return int(text) if len(text) > 2 else 2000 + int(text)  # noqa: PLR2004 - a year of two digits


def _clock(text: str) -> float | None:
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    parts = [int(part or 0) for part in found.groups()]
    if any(part >= limit for part, limit in zip(parts, (24, 60, 60), strict=True)):
        return None
    return sum(part / unit for part, unit in zip(parts, (24, 1440, 86_400), strict=True))
