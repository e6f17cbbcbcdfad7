"""Counts under five are hidden, and so is what would give them away: checked against every reader who can add up."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.services.sheets.small_counts import LEAST, SMALL, WITHHELD, shown, shown_group


def test_four_is_hidden_and_five_is_not() -> None:
    assert [shown(count) for count in (0, 1, 4, 5, 120)] == [SMALL, SMALL, SMALL, 5, 120]


def test_where_few_applied_nothing_is_told_of_them() -> None:
    assert shown_group(4, {"a": 4, "b": 0}) == (SMALL, {"a": SMALL, "b": SMALL})


def test_one_small_cell_takes_the_smallest_open_one_with_it() -> None:
    assert shown_group(30, {"a": 3, "b": 20, "c": 7}) == (30, {"a": SMALL, "b": 20, "c": WITHHELD})


def test_two_small_cells_may_hide_each_other() -> None:
    assert shown_group(24, {"a": 3, "b": 20, "c": 1}) == (24, {"a": SMALL, "b": 20, "c": SMALL})


def test_two_small_cells_that_are_as_big_as_they_can_be_hide_nothing() -> None:
    assert shown_group(28, {"a": 4, "b": 20, "c": 4})[1]["b"] == WITHHELD


def test_where_nothing_else_helps_the_total_goes() -> None:
    assert shown_group(7, {"a": 4, "b": 0}) == (7, {"a": SMALL, "b": SMALL})
    assert shown_group(8, {"a": 4, "b": 4}) == (WITHHELD, {"a": SMALL, "b": SMALL})


@given(st.lists(st.integers(0, 12), min_size=2, max_size=4), st.integers(0, 6))
def test_no_small_cell_follows_from_the_others(counts: list[int], others: int) -> None:
    """A reader who knows how many there are beside the parts tries everything that fits what is shown."""
    total = sum(counts) + others
    shown_total, cells = shown_group(total, {str(number): count for number, count in enumerate(counts)})
    if not isinstance(shown_total, int):
        return
    may_be = [
        [cell] if isinstance(cell, int) else range(LEAST) if cell == SMALL else range(LEAST, total + 1)
        for cell in cells.values()
    ]
    fitting = [guess for guess in product(*may_be) if sum(guess) + others == total]
    for at, count in enumerate(counts):
        if 0 < count < LEAST and any(counts[other] for other in range(len(counts)) if cells[str(other)] == SMALL):
            assert len({guess[at] for guess in fitting}) > 1
