"""How numbers, dates and booleans read in a locale (it_IT and en_US are known; others read as en_US).

Serial numbers are days since 1899-12-30, the fraction is the time of day, without a zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.local.google.wire import Json, Scalar

EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
TEMPORAL = frozenset({"DATE", "TIME", "DATE_TIME"})


@dataclass(frozen=True, slots=True)
class Marks:
    """What a locale writes: decimal and thousands mark, the words of booleans, the order of a date."""

    decimal: str
    thousands: str
    true: str
    false: str
    day_first: bool
    patterns: dict[str, str]


_ENGLISH = Marks(
    ".", ",", "TRUE", "FALSE", day_first=False,
    patterns={"DATE": "m/d/yyyy", "TIME": "h:mm:ss am/pm", "DATE_TIME": "m/d/yyyy h:mm:ss"},
)  # fmt: skip
_ITALIAN = Marks(
    ",", ".", "VERO", "FALSO", day_first=True,
    patterns={"DATE": "dd/mm/yyyy", "TIME": "hh:mm:ss", "DATE_TIME": "dd/mm/yyyy hh:mm:ss"},
)  # fmt: skip

_MONTHS = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")
_TOKEN = re.compile(r'yyyy|yy|mmm|mm|m|dd|d|hh|h|ss|s|am/pm|"[^"]*"|\\.|.', re.IGNORECASE)
_NUMBER = re.compile(r"[#0,.]+")


def marks(locale: str) -> Marks:
    """The marks of a locale such as `it_IT`."""
    return _ITALIAN if locale.lower().startswith("it") else _ENGLISH


def shown(value: Scalar, number_format: Json | None, locale: str) -> str:
    """The formatted text of a value under a cell's numberFormat."""
    known = marks(locale)
    if isinstance(value, bool):
        return known.true if value else known.false
    if isinstance(value, str):
        return value
    kind = str((number_format or {}).get("type", ""))
    pattern = str((number_format or {}).get("pattern", ""))
    if kind in TEMPORAL:
        return temporal(value, pattern or known.patterns[kind])
    if kind == "PERCENT":
        return _patterned(value * 100, (pattern or "0.00%").replace("%", ""), known) + "%"
    if kind == "TEXT" or not pattern or not _NUMBER.search(pattern):
        return plain(value, known)
    return _NUMBER.sub(lambda match: _patterned(value, match.group(), known), pattern, count=1).replace('"', "")


def plain(value: float, known: Marks) -> str:
    """A number without a pattern: fifteen significant digits, no thousands mark."""
    text = str(value) if isinstance(value, int) else format(value, ".15g")
    return text.replace(".", known.decimal)


def _patterned(value: float, pattern: str, known: Marks) -> str:
    whole, _, fraction = pattern.partition(".")
    text = f"{value:{',' if ',' in whole else ''}.{len(fraction)}f}"
    optional = len(fraction) - len(fraction.rstrip("#"))
    for _ in range(optional):
        text = text.removesuffix("0")
    text = text.removesuffix(".") if fraction else text
    return text.translate({ord(","): known.thousands, ord("."): known.decimal})


def moment(serial: float) -> datetime:
    """The wall-clock moment of a serial number, to the second."""
    return EPOCH + timedelta(seconds=round(serial * 86_400))


def serial_of(when: datetime) -> float:
    """The serial number of a wall-clock moment (its zone is not looked at)."""
    return (when.replace(tzinfo=UTC) - EPOCH) / timedelta(days=1)


def temporal(serial: float, pattern: str) -> str:
    """A serial number under a date pattern; `m` after hours or before seconds means minutes."""
    when = moment(serial)
    tokens = _TOKEN.findall(pattern)
    half = any(token.lower() == "am/pm" for token in tokens)
    words, previous = [], ""
    for place, token in enumerate(tokens):
        name = token.lower()
        if name in ("m", "mm") and (previous.startswith("h") or _next_unit(tokens[place + 1 :]).startswith("s")):
            words.append(f"{when.minute:0{len(name)}d}")
        else:
            words.append(_piece(when, name, token, half=half))
        previous = name if name[0].isalpha() else previous
    return "".join(words)


def _next_unit(tokens: list[str]) -> str:
    return next((token.lower() for token in tokens if token[0].isalpha()), "")


def _piece(when: datetime, name: str, token: str, *, half: bool) -> str:
    if name in ("yyyy", "yy"):
        return f"{when.year:04d}"[-len(name) :]
    if name == "mmm":
        return _MONTHS[when.month - 1]
    if name == "am/pm":
        return "AM" if when.hour < 12 else "PM"  # noqa: PLR2004 - noon
    parts = {"m": when.month, "d": when.day, "s": when.second, "h": (when.hour - 1) % 12 + 1 if half else when.hour}
    if name[0] in parts and set(name) == {name[0]}:
        return f"{parts[name[0]]:0{len(name)}d}"
    return token.strip('"').removeprefix("\\")
