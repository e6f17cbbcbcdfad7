"""What looks like an accident, and what never does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from integrations.sheets.cells import same
from integrations.sheets.layout import CellValue
from integrations.sheets.outcome import Change, Place
from integrations.sheets.suspicion import suspects

COLUMNS = ("esito", "punteggio", "note")
Rows = dict[str, dict[str, CellValue]]

scores = st.lists(st.integers(0, 100), min_size=7, max_size=12, unique=True)


def table(points: Sequence[int]) -> Rows:
    """Rows with a score each, and the same outcome."""
    return {f"R{number}": {"esito": "Sì", "punteggio": each} for number, each in enumerate(points)}


def changes(before: Rows, after: Mapping[str, Mapping[str, CellValue]]) -> list[Change]:
    cells = [(reference, column) for reference in after for column in COLUMNS]
    pairs = [(place, before.get(place[0], {}).get(place[1]), after[place[0]].get(place[1])) for place in cells]
    return [Change(*place, was, now) for place, was, now in pairs if not same(was, now)]


def suspected(before: Rows, after: Mapping[str, Mapping[str, CellValue]], *torn: str) -> frozenset[Place]:
    found = changes(before, after)
    held = suspects(found, before, COLUMNS, torn)
    assert held <= {change.place for change in found}
    assert suspects(found[::-1], before, COLUMNS, torn) == held
    return held


# --- never ----------------------------------------------------------------------------------------------------------


@given(points=scores, said=st.lists(st.sampled_from(["Sì", "No", "bene"]), min_size=12, max_size=12))
def test_filling_in_blank_cells_is_no_accident(points: list[int], said: list[str]) -> None:
    before = table(points)
    after = {reference: {**row, "note": note} for (reference, row), note in zip(before.items(), said, strict=False)}
    assert suspected(before, after) == frozenset()


@given(points=scores)
def test_the_same_value_for_all_is_no_accident(points: list[int]) -> None:
    before = table(points)
    assert suspected(before, {reference: {**row, "esito": "No"} for reference, row in before.items()}) == frozenset()


@given(points=scores, row=st.integers(0, 6), cells=st.dictionaries(st.sampled_from(COLUMNS), st.integers(0, 100)))
def test_one_row_is_edited_or_cleared_at_will(points: list[int], row: int, cells: dict[str, int]) -> None:
    before = table(points)
    assert suspected(before, {f"R{row}": {}}) == frozenset()
    assert suspected(before, {f"R{row}": {**before[f"R{row}"], **cells}}) == frozenset()


@given(points=scores)
def test_two_values_may_change_places(points: list[int]) -> None:
    before = table(points)
    after = {"R0": before["R1"], "R1": before["R0"]}
    assert suspected(before, after) == frozenset()


# --- always ---------------------------------------------------------------------------------------------------------


@given(points=scores)
def test_an_emptied_column_is_an_accident(points: list[int]) -> None:
    before = table(points)
    after = {reference: {**row, "punteggio": None} for reference, row in before.items()}
    assert suspected(before, after) == {(reference, "punteggio") for reference in before}


@given(points=scores)
def test_a_column_sorted_by_itself_is_an_accident(points: list[int]) -> None:
    before = table(points)
    order = sorted(points)
    after = {
        reference: {**row, "punteggio": each} for (reference, row), each in zip(before.items(), order, strict=True)
    }
    found = changes(before, after)
    moved = {change.place for change in found}
    assert suspected(before, after) == (moved if len(moved) >= 3 else frozenset())


@given(points=scores, length=st.integers(3, 6))
def test_a_block_pasted_one_row_off_is_an_accident(points: list[int], length: int) -> None:
    """Outcome, score and note of some rows, copied and pasted from the second of them on."""
    before = {
        reference: {**row, "note": f"nota {number}"} for number, (reference, row) in enumerate(table(points).items())
    }
    after = {f"R{number + 1}": before[f"R{number}"] for number in range(length)}
    assert suspected(before, after) == {change.place for change in changes(before, after)}


@given(points=scores, typed=st.integers(0, 100))
def test_what_changes_in_a_row_with_another_s_system_cells_is_an_accident(points: list[int], typed: int) -> None:
    before = table(points)
    after = {"R0": {**before["R0"], "punteggio": typed}}
    assert suspected(before, after, "R0") == {change.place for change in changes(before, after)}


def test_what_others_type_meanwhile_is_not_held() -> None:
    before = table(range(10, 20))
    after = {reference: {**row, "punteggio": None} for reference, row in before.items()}
    after["R3"]["note"] = "bene"
    assert ("R3", "note") not in suspected(before, after)
