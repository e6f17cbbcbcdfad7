"""Dates that an act fixes: the period of a desk, the time of an event.

Timers may count from these facts (`at:end`, `at:start-P5D`). A transition names one rule under `fixes:`; the engine
puts the new dates into its outcome and plans anew the timers that count from them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from workflows.case import Case, Facts
from workflows.dates import END_OF_DAY, at_local, local_date

RANKING_MONTHS = 12


@dataclass(frozen=True)
class AnchorRule:
    """How the dates that an act fixes are reckoned; `answers` are the fields of the form it needs."""

    reckon: Callable[[Case, Facts], Mapping[str, datetime]]
    fixes: frozenset[str]
    means: str
    answers: tuple[str, ...] = ()


def fixed_dates(name: str, case: Case, facts: Facts) -> Mapping[str, datetime]:
    """The dates that the rule fixes; none where the case lacks what it reckons with.

    The checker tells the author of a call when the form does not ask for it; a case is not stopped by it, since a
    timer that counts from a missing date is simply not armed (clarifications.md §2).
    """
    try:
        return ANCHOR_RULES[name].reckon(case, facts)
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _desk_request(case: Case, facts: Facts) -> Mapping[str, datetime]:
    start = max(date.fromisoformat(case.answers["inizio"]), local_date(facts.now))
    return {"start": at_local(start, time())}


def _desk_period(case: Case, facts: Facts) -> Mapping[str, datetime]:
    start = max(date.fromisoformat(case.answers["inizio"]), local_date(facts.now))
    end = add_months(start, int(case.answers["durata_mesi"]))
    return {"start": at_local(start, time()), "end": at_local(end, END_OF_DAY)}


def _desk_renewal(case: Case, _: Facts) -> Mapping[str, datetime]:
    end = add_months(local_date(case.anchors["end"]), int(case.answers["durata_mesi"]))
    return {"end": at_local(end, END_OF_DAY)}


def _moment_of(facts: Facts) -> datetime:
    hour = time.fromisoformat(facts.inputs["ora"].replace(".", ":"))
    return at_local(date.fromisoformat(facts.inputs["data"]), hour)


def _event_slot(_: Case, facts: Facts) -> Mapping[str, datetime]:
    start = _moment_of(facts)
    return {"start": start, "end": start + timedelta(hours=float(facts.inputs["ore"]))}


def _meeting(_: Case, facts: Facts) -> Mapping[str, datetime]:
    return {"meeting": _moment_of(facts)}


def _agreement(_: Case, facts: Facts) -> Mapping[str, datetime]:
    signed, last = (date.fromisoformat(facts.inputs[name]) for name in ("signed_on", "valido_fino"))
    return {"start": at_local(signed, time()), "end": at_local(last, END_OF_DAY)}


def _exchange(case: Case, _: Facts) -> Mapping[str, datetime]:
    first, last = (date.fromisoformat(case.answers[name]) for name in ("data_inizio", "data_fine"))
    return {"start": at_local(first, time()), "end": at_local(last, END_OF_DAY)}


def _ranking_validity(_: Case, facts: Facts) -> Mapping[str, datetime]:
    return {"list_end": at_local(add_months(local_date(facts.now), RANKING_MONTHS), END_OF_DAY)}


ANCHOR_RULES: Mapping[str, AnchorRule] = MappingProxyType(
    {
        "desk_request": AnchorRule(
            _desk_request, frozenset({"start"}), "`start` is the later of `inizio` and today", ("inizio",)
        ),
        "desk_period": AnchorRule(
            _desk_period,
            frozenset({"start", "end"}),
            "`start` is the later of `inizio` and today, `end` is `durata_mesi` later",
            ("inizio", "durata_mesi"),
        ),
        "desk_renewal": AnchorRule(
            _desk_renewal, frozenset({"end"}), "`end` moves on by `durata_mesi` again", ("durata_mesi",)
        ),
        "event_slot": AnchorRule(
            _event_slot, frozenset({"start", "end"}), "`data` and `ora` of the act, for `ore` hours"
        ),
        "meeting": AnchorRule(_meeting, frozenset({"meeting"}), "`meeting` is `data` and `ora` of the act"),
        "agreement_period": AnchorRule(
            _agreement, frozenset({"start", "end"}), "`start` is `signed_on` of the act, `end` the day `valido_fino`"
        ),
        "exchange_period": AnchorRule(
            _exchange,
            frozenset({"start", "end"}),
            "`start` and `end` are the days asked for (`data_inizio`, `data_fine`)",
            ("data_inizio", "data_fine"),
        ),
        "ranking_validity": AnchorRule(
            _ranking_validity, frozenset({"list_end"}), "`list_end` is twelve months from today"
        ),
    }
)
