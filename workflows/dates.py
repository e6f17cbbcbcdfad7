"""Time tokens of a workflow file, working days, and the instant on which a token falls due.

Tokens (clarifications.md §2): ``PT48H`` · ``P10D`` · ``P5WD`` counted from the entry of the state, and
``at:start``, ``at:end-P30D``, ``at:start+P5WD`` counted from a fact of the case, its *anchor*. Everything is kept
in UTC and counted on the calendar of Europe/Rome, so a change of clock moves no deadline by an hour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from holidays import country_holidays

ROME = ZoneInfo("Europe/Rome")
MORNING = time(9)
END_OF_DAY = time(23, 59, 59)
QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""At night nobody is reminded of anything."""

ANCHORS = frozenset({"start", "end", "list_close", "list_end", "call_close", "legal_term", "meeting"})
"""Facts that a token may count from; who arms a timer brings those the case has."""

PATRON_SUBDIVISION: Mapping[str, str] = MappingProxyType({"cinisello": "MI", "matera": "MT"})
"""City of a call -> the province whose patron day the `holidays` package knows (MI 7 December, MT 2 July)."""

Unit = Literal["hours", "days", "working_days"]
_UNITS: Mapping[str, Unit] = MappingProxyType({"H": "hours", "D": "days", "WD": "working_days"})
_TOKEN = re.compile(
    r"^(?:at:(?P<anchor>[a-z_]+)(?:(?P<sign>[+-])(?=P))?)?(?:P(?:T(?P<hours>\d+)H|(?P<days>\d+)(?P<unit>D|WD)))?$"
)


_MINUTES = re.compile(r"^PT(\d{1,2})M$")
LONGEST_UNDO = timedelta(hours=1)
"""Nobody waits longer for the mail that tells them of a decision."""


@dataclass(frozen=True)
class Token:
    """A parsed time token; `anchor` None counts from the entry of the state, `unit` None is the anchor itself."""

    text: str
    anchor: str | None
    amount: int
    unit: Unit | None


@lru_cache(maxsize=256)
def parse_token(text: str) -> Token:
    """Read a time token.

    Raises:
        ValueError: not a token, or an unknown anchor ("what | fix").
    """
    found = _TOKEN.match(text)
    if not text or not found or bool(found["sign"]) != bool(found["anchor"] and (found["hours"] or found["days"])):
        raise ValueError(f"`{text}` is no time | write PT48H, P10D, P5WD, at:end, at:start-P5D or at:start+P5WD")
    anchor = found["anchor"]
    if anchor and anchor not in ANCHORS:
        raise ValueError(f"`{anchor}` is no known date | use one of {', '.join(sorted(ANCHORS))}")
    amount = int(found["hours"] or found["days"] or 0) * (-1 if found["sign"] == "-" else 1)
    unit = _UNITS["H"] if found["hours"] else _UNITS.get(found["unit"] or "")
    return Token(text, anchor, amount, unit)


def minutes_of(text: str) -> timedelta | None:
    """The span that `PT10M` writes, an hour at most; None for anything else."""
    found = _MINUTES.match(text)
    span = timedelta(minutes=int(found[1])) if found else None
    return span if span is not None and span <= LONGEST_UNDO else None


@dataclass(frozen=True)
class Calendar:
    """The working days of a city: Saturdays, Sundays, national holidays and the patron day are none."""

    city: str | None = None

    def is_working_day(self, day: date) -> bool:
        """Whether offices of the city work on `day`."""
        return day.weekday() < 5 and day not in _holidays(self.city, day.year)  # noqa: PLR2004 - 5 is Saturday

    def add(self, day: date, working_days: int) -> date:
        """The `working_days`-th working day after `day` (before it, if negative); `day` itself is not counted."""
        step = timedelta(days=1 if working_days > 0 else -1)
        left = abs(working_days)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day


@lru_cache(maxsize=64)
def _holidays(city: str | None, year: int) -> frozenset[date]:
    return frozenset(country_holidays("IT", subdiv=PATRON_SUBDIVISION.get(city or ""), years=year))


def local_date(instant: datetime) -> date:
    """The day of `instant` in Italy."""
    return instant.astimezone(ROME).date()


def at_local(day: date, hour: time) -> datetime:
    """The UTC instant of `hour` on `day` in Italy."""
    return datetime.combine(day, hour, ROME).astimezone(UTC)


def due(
    token: Token,
    entered_at: datetime,
    anchors: Mapping[str, datetime],
    calendar: Calendar,
    *,
    hour: time = END_OF_DAY,
) -> datetime | None:
    """When `token` falls due, in UTC; None if the case lacks its anchor.

    Hours are exact. Days and working days end at `hour` of the day they reach: END_OF_DAY for a timer that
    moves the case, MORNING for a reminder or a deadline.
    """
    base = anchors.get(token.anchor) if token.anchor else entered_at
    if base is None:
        return None
    if token.unit is None:
        return base.astimezone(UTC)
    if token.unit == "hours":
        return base.astimezone(UTC) + timedelta(hours=token.amount)
    day = local_date(base)
    if token.unit == "working_days":
        return at_local(calendar.add(day, token.amount), hour)
    return at_local(day + timedelta(days=token.amount), hour)


def after_quiet(instant: datetime) -> datetime:
    """`instant`, or where it falls into the quiet hours of Rome the morning that ends them; in UTC."""
    local = instant.astimezone(ROME)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return instant.astimezone(UTC)
    return at_local(local.date() + timedelta(days=local.time() >= QUIET_FROM), QUIET_UNTIL)


def is_open(until: datetime, now: datetime) -> bool:
    """Whether `now` is still within a limit; the last second counts whole."""
    return now.replace(microsecond=0) <= until
