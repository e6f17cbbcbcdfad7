"""Reads what people type and writes it as they expect: text, dates and numbers in Italian writing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from decimal import Decimal
from typing import Final

# Control characters never belong to an answer (PostgreSQL refuses NUL); lone surrogates can't be encoded.
_UNWANTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?: ?[/.-] ?| )(\d{1,2})(?: ?[/.-] ?| )(\d{4})", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME: Final = re.compile(r"(?:ore |h ?)?(\d{1,2})(?:[:.,](\d{2}))?", re.ASCII)
_YEARS: Final = range(1900, 2101)
_GROUPED: Final = re.compile(r"([+-]?\d{1,3}(?:[. ’']\d{3})+)(?:,(\d+))?", re.ASCII)
_PLAIN: Final = re.compile(r"([+-]?\d+)(?:[.,](\d+))?", re.ASCII)
_MOST_DIGITS: Final = 15


def clean_text(typed: str) -> str:
    """`typed` in NFC, trimmed, with plain line ends and no control characters."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text)).strip()


def clean_line(typed: str) -> str:
    """`typed` as one line: as `clean_text`, and each run of blanks is one space."""
    return " ".join(clean_text(typed).split())


def parse_date(typed: str) -> date | None:
    """The day that `typed` names (3/4/2001, 3.4.2001, 3-4-2001, 2001-04-03), or None."""
    text = clean_line(typed)
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def write_date(day: date) -> str:
    """`day` as Italians write it: 03/04/2001."""
    return f"{day:%d/%m/%Y}"


def parse_time(typed: str) -> time | None:
    """The time of day that `typed` names (15:30, 15.30, 9, ore 15), or None."""
    match = _TIME.fullmatch(clean_line(typed).casefold())
    try:
        return time(int(match[1]), int(match[2] or 0)) if match else None
    except ValueError:
        return None


def parse_number(typed: str) -> Decimal | None:
    """The number that `typed` writes in Italian (1.250,50 and 2,5; 3200.00 too), or None.

    A point followed by exactly three digits parts thousands: 1.250 is one thousand two hundred and fifty.
    """
    text = clean_line(typed).removeprefix("€").removesuffix("€").strip()
    match = _GROUPED.fullmatch(text) or _PLAIN.fullmatch(text)
    if match is None:
        return None
    whole, decimals = re.sub(r"[. ’']", "", match[1]), match[2] or ""
    if len(whole) + len(decimals) > _MOST_DIGITS:
        return None
    return Decimal(f"{whole}.{decimals or '0'}")


def write_number(number: Decimal | int) -> str:
    """`number` in Italian without needless zeros: 2,5 and 1.250."""
    if number == int(number):
        return f"{int(number):,}".replace(",", ".")
    return f"{number:,f}".translate({ord(","): ".", ord("."): ","})


def write_euro(amount: Decimal) -> str:
    """`amount` as Italians write money: 1.234,50 €, with a no-break space."""
    return f"{amount:,.2f}".translate({ord(","): ".", ord("."): ","}) + "\u00a0€"
