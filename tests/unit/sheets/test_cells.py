from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sheets.cells import Problem, encode, parse_cell, same, shown
from integrations.sheets.layout import CellValue, Column, Kind

KINDS: tuple[Kind, ...] = ("text", "integer", "decimal", "percent", "date", "datetime", "bool")
SCORE = Column("punteggio_0_100", "partner", "integer", min=0, max=100)
OUTCOME = Column("esito_proposto", "partner", "choice", options=("Sì", "Sì con modifiche", "No", "Mi astengo"))

cells = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())


def code(column: Column, cell: CellValue) -> str:
    read = parse_cell(column, cell)
    assert isinstance(read, Problem), read
    assert read.text_it
    return read.code


@pytest.mark.parametrize(("cell", "value"), [(82, 82), (82.0, 82), ("82", 82), (" 82 ", 82), (0, 0), ("+7", 7)])
def test_a_whole_number_is_taken_however_it_was_typed(cell: CellValue, value: int) -> None:
    read = parse_cell(SCORE, cell)
    assert read == value
    assert type(read) is int


@pytest.mark.parametrize("cell", ["8,5", "8.5", 8.5, "otto", "82/100", "1.000", "٣", True, "9" * 5000])
def test_what_is_no_whole_number_is_a_problem_and_never_rounded(cell: CellValue) -> None:
    assert code(SCORE, cell) == "not_integer"


def test_a_number_out_of_range_says_the_limit() -> None:
    assert code(SCORE, -1) == "too_small"
    read = parse_cell(SCORE, 120)
    assert read == Problem("too_big", "120 è troppo grande: il massimo è 100.")


@pytest.mark.parametrize("cell", [None, "", "   ", "\n"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_cell_is_no_value_in_any_column(kind: Kind, cell: CellValue) -> None:
    assert parse_cell(Column("x", "partner", kind), cell) is None


@pytest.mark.parametrize("cell", ["Sì", " Sì ", "sì", "SÌ", "Si\u0300"])
def test_a_choice_forgives_blanks_case_and_the_way_accents_are_made(cell: str) -> None:
    assert parse_cell(OUTCOME, cell) == "Sì"


@pytest.mark.parametrize("cell", ["Si", "forse", "Sì con", 1, True])
def test_a_choice_takes_nothing_else(cell: CellValue) -> None:
    assert code(OUTCOME, cell) == "not_an_option"


def test_a_choice_of_digits_takes_the_number_that_google_makes_of_it() -> None:
    assert parse_cell(Column("gruppo", "partner", "choice", options=("1", "2")), 2) == "2"


@pytest.mark.parametrize(
    ("cell", "value"),
    [(46342, "2026-11-16"), (46342.75, "2026-11-16"), ("16/11/2026", "2026-11-16"), ("2026-11-16", "2026-11-16")],
)
def test_a_date_is_a_serial_number_or_a_date_written_out(cell: CellValue, value: str) -> None:
    assert parse_cell(Column("valutato_il", "partner", "date"), cell) == value


@pytest.mark.parametrize("cell", ["ieri", "31/02/2026", "11/2026", -4, 0, 1e12, True, float("inf")])
def test_what_is_no_date_is_a_problem(cell: CellValue) -> None:
    assert code(Column("valutato_il", "partner", "date"), cell) in {"not_a_date", "not_number"}


def test_a_decimal_takes_either_mark_but_not_a_text_that_may_be_thousands() -> None:
    column = Column("costo", "partner", "decimal")
    assert parse_cell(column, "8,5") == 8.5
    assert parse_cell(column, "8.5") == 8.5
    assert code(column, "1.234") == "not_number"


def test_a_percentage_is_a_fraction() -> None:
    column = Column("quota", "partner", "percent", min=0, max=1)
    assert parse_cell(column, 0.45) == 0.45
    assert parse_cell(column, "45 %") == 0.45
    assert code(column, "145%") == "too_big"
    assert code(column, "quasi%") == "not_number"


def test_a_checkbox_is_true_or_false_and_no_yes() -> None:
    column = Column("presente", "partner", "bool")
    assert parse_cell(column, cell=True) is True
    assert parse_cell(column, "FALSO") is False
    assert code(column, "sì") == "not_a_bool"
    assert code(column, 1) == "not_a_bool"


def test_text_stays_as_it_was_typed() -> None:
    column = Column("note", "partner")
    assert parse_cell(column, " =SOMMA(A1) ") == " =SOMMA(A1) "
    assert parse_cell(column, 12.5) == "12,5"


def test_our_dates_become_local_serial_numbers() -> None:
    assert encode(Column("scadenza", kind="date"), "2026-11-16") == 46342
    assert encode(Column("ricevuta_il", kind="datetime"), "2026-11-16T08:00:00+00:00") == 46342.375
    assert encode(Column("ricevuta_il", kind="datetime"), "2026-07-16T06:00:00Z") == 46219 + 8 / 24


def test_what_does_not_fit_its_column_is_written_as_text() -> None:
    assert encode(Column("scadenza", kind="date"), "presto") == "presto"
    assert encode(Column("scadenza", kind="date"), "0001-01-01T00:00:00+14:00") == "0001-01-01T00:00:00+14:00"


def test_a_text_is_cut_at_googles_limit_and_its_line_ends_are_the_sheets() -> None:
    assert encode(Column("idea"), "a\r\nb\rc") == "a\nb\nc"
    written = encode(Column("idea"), "x" * 60_000)
    assert isinstance(written, str)
    assert len(written) == 50_000


def test_cells_are_compared_by_what_they_show() -> None:
    assert same(82, 82.0)
    assert same(None, "")
    assert same(46342.375, 46342.375000000004)
    assert not same(1, other=True)
    assert not same("82", 82)
    assert not same(10**400, 1.5)


@given(kind=st.sampled_from(KINDS), cell=cells)
def test_every_cell_is_a_value_or_a_problem(kind: Kind, cell: CellValue) -> None:
    read = parse_cell(Column("x", "partner", kind), cell)
    assert read is None or isinstance(read, str | int | float | bool | Problem)


@given(kind=st.sampled_from(KINDS), value=cells)
def test_every_value_of_ours_can_be_written(kind: Kind, value: CellValue) -> None:
    once = encode(Column("x", kind=kind), value)
    assert once != ""
    assert same(once, encode(Column("x", kind=kind), value)) or shown(value) == "nan"


@given(st.dates())
def test_a_date_comes_back_as_it_went(day: object) -> None:
    text = str(day)
    written = encode(Column("x", kind="date"), text)
    if not isinstance(written, str):  # before 1900 it is text
        assert written is not None
        assert written <= 0 or parse_cell(Column("x", kind="date"), written) == text
