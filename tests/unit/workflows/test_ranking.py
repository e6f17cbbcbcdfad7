"""Means, order and who comes next in the ranking of a selection."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows.story import rome
from workflows.case import PanelScore, Standing
from workflows.ranking import Entry, entry, mean, next_waiting, ranked, standing

EARLY, LATE = rome("2026-11-16T09:30"), rome("2026-11-16T09:31")
CRITERIA = {"innovazione": 25, "team": 10}


@pytest.mark.parametrize(
    ("numbers", "hundredths"),
    [([], 0), ([60], 6000), ([59, 60, 60], 5967), ([80, 81], 8050), ([1, 1, 0], 67), ([1, 0, 0], 33)],
)
def test_the_mean_in_hundredths_half_up(numbers: list[int], hundredths: int) -> None:
    assert mean(numbers) == hundredths


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_a_mean_is_off_by_half_a_hundredth_at_most(numbers: list[int]) -> None:
    exact = Fraction(sum(numbers) * 100, len(numbers))
    assert Fraction(-1, 2) < mean(numbers) - exact <= Fraction(1, 2)


def test_a_line_has_the_means_of_total_and_innovation() -> None:
    rows = [PanelScore("a", {"innovazione": 20, "team": 5}), PanelScore("b", {"innovazione": 25, "team": 10})]
    assert entry("X", rows, CRITERIA, EARLY) == Entry("X", 3000, 2250, EARLY)
    assert entry("X", [], CRITERIA, EARLY).score == 0
    assert entry("X", [PanelScore("a", {"team": 5})], {"team": 10}, EARLY).tie_breaker == 0


def test_the_order() -> None:
    best = Entry("D", 9000, 100, LATE)
    innovative = Entry("C", 8000, 2000, LATE)
    early = Entry("B", 8000, 1000, EARLY)
    by_name = Entry("A", 8000, 1000, LATE)
    last = Entry("Z", 8000, 1000, LATE)
    assert ranked([last, by_name, early, innovative, best]) == (best, innovative, early, by_name, last)


RANKING = ranked([Entry(name, score, 0, EARLY) for name, score in (("A", 9000), ("B", 8000), ("C", 7000))])


def test_who_withdraws_leaves_the_place_to_the_next() -> None:
    assert standing(RANKING, "B") == Standing(8000, 2, 3)
    assert standing(RANKING, "B", gone={"A"}) == Standing(8000, 1, 2)
    assert standing(RANKING, "A", gone={"A"}) is None
    assert standing(RANKING, "X") is None


def test_the_next_of_those_who_wait() -> None:
    assert next_waiting(RANKING, {"C", "B"}) == "B"
    assert next_waiting(RANKING, set()) is None


entries = st.lists(
    st.builds(
        Entry,
        st.text("ABCDEF", min_size=1, max_size=3),
        st.integers(0, 10000),
        st.integers(0, 2500),
        st.sampled_from([EARLY, LATE]),
    ),
    unique_by=lambda each: each.reference,
    max_size=12,
)


@given(entries, st.randoms())
def test_the_order_does_not_depend_on_who_came_in_first(given_: list[Entry], random: object) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # Hypothesis gives a random.Random
    assert ranked(shuffled) == ranked(given_)


@given(entries)
def test_positions_are_one_to_n(given_: list[Entry]) -> None:
    ranking = ranked(given_)
    places = [standing(ranking, each.reference) for each in ranking]
    assert [each.position for each in places if each] == list(range(1, len(ranking) + 1))
