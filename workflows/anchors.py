"""Dates that an act fixes: the period of a desk, the time of an event.

Timers may count from these facts (`at:end`, `at:start-P5D`). A transition names one rule under `fixes:`; the engine
puts the new dates into its outcome and plans anew the timers that count from them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from workflows.case import Case, Facts
from workflows.dates import END_OF_DAY, at_local, local_date

Rule = Callable[[Case, Facts], Mapping[str, datetime]]


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def desk_request(case: Case, _: Facts) -> Mapping[str, datetime]:
    """A desk that was accepted: it starts on the day asked for (`inizio`)."""
    return {"start": at_local(date.fromisoformat(case.answers["inizio"]), time())}


def desk_period(case: Case, facts: Facts) -> Mapping[str, datetime]:
    """A desk that was handed over: from the later of `inizio` and today, for `durata_mesi`."""
    start = max(date.fromisoformat(case.answers["inizio"]), local_date(facts.now))
    end = add_months(start, int(case.answers["durata_mesi"]))
    return {"start": at_local(start, time()), "end": at_local(end, END_OF_DAY)}


def desk_renewal(case: Case, _: Facts) -> Mapping[str, datetime]:
    """A desk that was renewed: as many months more as were asked for at first."""
    end = add_months(local_date(case.anchors["end"]), int(case.answers["durata_mesi"]))
    return {"end": at_local(end, END_OF_DAY)}


def event_slot(_: Case, facts: Facts) -> Mapping[str, datetime]:
    """An event that was booked: `data` and `ora` of the act, for `ore` hours."""
    start = at_local(date.fromisoformat(facts.inputs["data"]), time.fromisoformat(facts.inputs["ora"]))
    return {"start": start, "end": start + timedelta(hours=int(facts.inputs["ore"]))}


ANCHOR_RULES: Mapping[str, tuple[Rule, frozenset[str]]] = MappingProxyType(
    {
        "desk_request": (desk_request, frozenset({"start"})),
        "desk_period": (desk_period, frozenset({"start", "end"})),
        "desk_renewal": (desk_renewal, frozenset({"end"})),
        "event_slot": (event_slot, frozenset({"start", "end"})),
    }
)
"""Rule -> how it reckons, and the anchors it fixes."""
