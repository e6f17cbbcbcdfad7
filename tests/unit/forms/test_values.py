from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import comuni
from forms.taxcodes import born_on, is_body_code, is_person_code, normal_code
from forms.values import clean_line, clean_text, parse_date, parse_number, write_date, write_euro, write_number


@pytest.mark.parametrize("typed", ["3/4/2001", "03/04/2001", "3.4.2001", "3-4-2001", "2001-04-03", " 3 / 4 / 2001 "])
def test_dates_are_typed_freely(typed: str) -> None:
    assert parse_date(typed) == date(2001, 4, 3)


@pytest.mark.parametrize("typed", ["", "3/4/01", "31/2/2001", "2001", "4/2001", "3/4/1066", "aprile", "３/4/2001"])
def test_what_is_no_date(typed: str) -> None:
    assert parse_date(typed) is None


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_written_dates_read_back(day: date) -> None:
    assert parse_date(write_date(day)) == parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.250,50", "1250.50"), ("2,5", "2.5"), ("3.200,00", "3200"), ("3200", "3200"), ("1.250", "1250"),
        ("3200.00", "3200"), ("2.5", "2.5"), ("€ 1.000", "1000"), ("12 000", "12000"), ("-3", "-3"), ("1,250", "1.25"),
    ],
)  # fmt: skip
def test_numbers_in_italian(typed: str, number: str) -> None:
    assert parse_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "1,250.00", "1.25.000", "dieci", "1e9", "NaN", "∞", "1" * 16, "²", "1,", ",5"])
def test_what_is_no_number(typed: str) -> None:
    assert parse_number(typed) is None


@given(st.decimals(-99999999, 99999999, places=2))
def test_written_numbers_read_back(number: Decimal) -> None:
    assert parse_number(write_number(number)) == number
    assert parse_number(write_euro(number)) == number


@given(st.text())
def test_cleaning_is_done_once_and_can_be_stored(typed: str) -> None:
    text, line = clean_text(typed), clean_line(typed)
    assert clean_text(text) == text
    assert clean_line(line) == line
    assert "\n" not in line
    text.encode()
    assert unicodedata.is_normalized("NFC", text)
    assert "\x00" not in text


@given(st.text(), st.text())
def test_parsers_never_raise(typed: str, other: str) -> None:
    parse_date(typed)
    parse_number(typed)
    comuni.find_comune(typed + other)
    is_person_code(normal_code(typed))
    is_body_code(normal_code(typed))


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("NVNCHR98B54C707U", True), ("DSMNCL09D03F052I", True), ("DSMNCL09D03F05NX", True),
        ("FNTJSO95P22Z131J", True), ("SWTLCJ08R60Z127L", True), (" dsm ncl 09d03 f052 i ", True),
        ("DSMNCL09D03F052X", False), ("ABCDEF12G34H567I", False), ("00000009993", True), ("", False),
    ],
)  # fmt: skip
def test_people_s_codes(code: str, *, valid: bool) -> None:
    assert is_person_code(normal_code(code)) is valid


@pytest.mark.parametrize(
    ("code", "valid"),
    [("00000009993", True), ("90000009994", True), ("12345678901", False), ("00000000000", False), ("1234", False)],
)
def test_bodies_codes(code: str, *, valid: bool) -> None:
    assert is_body_code(code) is valid


def test_a_code_tells_the_day_of_birth() -> None:
    assert born_on("DSMNCL09D03F052I", date(2009, 4, 3))
    assert born_on("DSMNCL09D03F05NX", date(2009, 4, 3))
    assert born_on("SWTLCJ08R60Z127L", date(2008, 10, 20))
    assert not born_on("DSMNCL09D03F052I", date(2009, 4, 4))
    assert born_on("00000009993", date(2009, 4, 4))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("cinisello balsamo", "Cinisello Balsamo"), ("FORLI'", "Forlì"), ("Borgo D’Ale", "Borgo d'Ale"),
        ("Matera (MT)", "Matera"), ("Bozen", "Bolzano"), ("bolzano/bozen", "Bolzano"), (" estero ", "Estero"),
        ("Reggio nell Emilia", "Reggio nell'Emilia"), ("Sant'Angelo Lodigiano", "Sant'Angelo Lodigiano"),
    ],
)  # fmt: skip
def test_comuni_in_their_official_writing(typed: str, name: str) -> None:
    assert comuni.find_comune(typed) == name


def test_unknown_places_are_not_guessed() -> None:
    assert comuni.find_comune("Macondo") is None
    assert comuni.find_comune("123") is None


def test_the_list_of_comuni_is_the_package_s() -> None:
    lines = comuni.official_lines(comuni.package_rows())
    assert lines == comuni._lines()  # noqa: SLF001 - renew with `python -m forms.comuni` when this fails
    assert len(comuni.comuni()) == len(lines) > 7800
