"""The ranking of a selection: blind scores become means, means an order, and the order decides who comes next.

Scores are whole points; means are kept in hundredths, half up (clarifications.md §4). The shell freezes the ranking
when the panel closes and asks here what it says of a case. Each programme (`percorso`) is a ranking of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.case import PanelScore, Standing

HUNDREDTHS = 100
PANEL = 3
"""Members whose scores count; who comes after them is the substitute."""

FEWEST = 2
"""Members who are enough where nobody can take the place of one in conflict, with the coordinator's reason."""

TIE_BREAKER = "innovazione"
"""Criterion that decides between equal scores."""


@dataclass(frozen=True)
class Entry:
    """One case of a ranking; `score` and `tie_breaker` are means in hundredths."""

    reference: str
    score: int
    tie_breaker: int
    confirmed_at: datetime


def mean(numbers: Sequence[int]) -> int:
    """The mean in hundredths, half up; 0 of nothing."""
    return (sum(numbers) * 2 * HUNDREDTHS + len(numbers)) // (2 * len(numbers)) if numbers else 0


def sitting(scores: Sequence[PanelScore], members: Sequence[str]) -> tuple[str, ...]:
    """Who scores the case: the three members, the substitute in the place of one who is in conflict."""
    out = {score.member for score in scores if score.conflict}
    panel = [member for member in members[:PANEL] if member not in out]
    substitutes = [member for member in members[PANEL:] if member not in out]
    return (*panel, *substitutes[: PANEL - len(panel)])


def complete(
    scores: Sequence[PanelScore], members: Sequence[str], criteria: Mapping[str, int]
) -> tuple[PanelScore, ...]:
    """The rows that count: of those who sit, with points in range for every criterion."""
    seats = sitting(scores, members)
    rows = {score.member: score for score in scores if score.member in seats}
    return tuple(row for row in rows.values() if _is_complete(row, criteria))


def _is_complete(row: PanelScore, criteria: Mapping[str, int]) -> bool:
    return bool(criteria) and all(0 <= row.points.get(name, -1) <= most for name, most in criteria.items())


def entry(reference: str, rows: Sequence[PanelScore], criteria: Mapping[str, int], confirmed_at: datetime) -> Entry:
    """The line of a case whose complete `rows` are given."""
    totals = [sum(row.points[name] for name in criteria) for row in rows]
    return Entry(reference, mean(totals), mean([row.points.get(TIE_BREAKER, 0) for row in rows]), confirmed_at)


def ranked(entries: Collection[Entry]) -> tuple[Entry, ...]:
    """The best first: by score, then innovation, then who confirmed first, then reference."""
    return tuple(sorted(entries, key=lambda each: (-each.score, -each.tie_breaker, each.confirmed_at, each.reference)))


def standing(ranking: Sequence[Entry], reference: str, gone: Collection[str] = ()) -> Standing | None:
    """What the frozen ranking says of a case; those who withdrew (`gone`) leave their place to the next."""
    left = [each for each in ranking if each.reference not in gone]
    for position, each in enumerate(left, 1):
        if each.reference == reference:
            return Standing(each.score, position, len(left))
    return None


def next_waiting(ranking: Sequence[Entry], waiting: Collection[str]) -> str | None:
    """The reference of the first in the ranking among those who wait for a place."""
    return next((each.reference for each in ranking if each.reference in waiting), None)
