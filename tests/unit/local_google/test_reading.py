"""Ranges, masks, what a person types and how it reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from integrations.local.google.entry import typed
from integrations.local.google.formats import shown
from integrations.local.google.masks import parse_mask
from integrations.local.google.ranges import column_index, letters, resolve
from integrations.local.google.wire import ApiError, camel, colour
from integrations.local.google.workbook import Sheet, Workbook

TODAY = date(2026, 11, 16)
BOOK = Workbook(
    "id",
    "Libro",
    sheets=[Sheet(0, "Sheet1"), Sheet(1, "D3", 4, 4), Sheet(2, "con l'apice"), Sheet(3, "a!b")],
    named=[{"namedRangeId": "1", "name": "Voti", "range": {"sheetId": 1, "startColumnIndex": 1, "endColumnIndex": 2}}],
)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Sheet1", "Sheet1!A1:Z1000"),
        ("sheet1!A1:C", "Sheet1!A1:C1000"),
        ("A2:2", "Sheet1!A2:Z2"),
        ("D4:A1", "Sheet1!A1:D4"),
        ("D3", "Sheet1!D3"),
        ("'D3'", "'D3'!A1:D4"),
        ("'D3'!B2:Z99", "'D3'!B2:D4"),
        ("'con l''apice'!A1", "'con l''apice'!A1"),
        ("a!b!A1", "'a!b'!A1"),
        ("R2C3", "Sheet1!C2"),
        ("R1C1:R2C2", "Sheet1!A1:B2"),
        ("Voti", "'D3'!B1:B4"),
        ("$A$1:$B$2", "Sheet1!A1:B2"),
    ],
)
def test_a_range_is_found_and_written_as_google_writes_it(text: str, label: str) -> None:
    assert resolve(BOOK, text).label == label


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nessuno", "Unable to parse range: Nessuno"),
        ("Sheet1!A 1", "Unable to parse range: Sheet1!A 1"),
        ("D3!A9", "exceeds grid limits. Max rows: 4, max columns: 4"),
    ],
)
def test_a_range_that_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(ApiError, match=words):
        resolve(BOOK, text)


def test_column_letters_count_like_a_sheet() -> None:
    assert [letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert [column_index(letters(index)) for index in range(800)] == list(range(800))


@pytest.mark.parametrize(
    ("text", "locale", "value", "read"),
    [
        ("8,5", "it_IT", 8.5, "8,5"),
        ("8.5", "it_IT", "8.5", "8.5"),
        ("8.5", "en_US", 8.5, "8.5"),
        ("1.234,50", "it_IT", 1234.5, "1.234,50"),
        ("2,000,000.01", "en_US", 2_000_000.01, "2,000,000.01"),
        ("0042", "it_IT", 42, "42"),
        ("-3", "it_IT", -3, "-3"),
        ("75%", "it_IT", 0.75, "75%"),
        ("2020-01-01", "it_IT", 43831, "2020-01-01"),
        ("16/11/2026", "it_IT", 46342, "16/11/2026"),
        ("11/16/2026", "en_US", 46342, "11/16/2026"),
        ("1/2", "it_IT", 46054, "1/2"),
        ("31/02/2026", "it_IT", "31/02/2026", "31/02/2026"),
        ("16/11/2026 09:30", "it_IT", 46342.395833333336, "16/11/2026 09:30:00"),
        ("12:00", "it_IT", 0.5, "12:00"),
        ("vero", "it_IT", True, "VERO"),
        ("vero", "en_US", "vero", "vero"),
        ("'007", "it_IT", "007", "007"),
        ("CW-1", "it_IT", "CW-1", "CW-1"),
        ("-", "it_IT", "-", "-"),
        (",", "it_IT", ",", ","),
    ],
)
def test_what_is_typed_follows_the_locale(text: str, locale: str, value: object, read: str) -> None:
    entered, number_format = typed(text, locale, TODAY)
    assert entered == value
    assert isinstance(entered, str | int | float)
    assert shown(entered, number_format, locale) == read


def test_a_text_cell_takes_everything_as_text() -> None:
    assert typed("8/10", "it_IT", TODAY, {"numberFormat": {"type": "TEXT", "pattern": "@"}}) == ("8/10", None)


@pytest.mark.parametrize(
    ("value", "number_format", "read"),
    [
        (8.5, {"type": "NUMBER", "pattern": "#,##0.00"}, "8,50"),
        (1234567.891, {"type": "NUMBER", "pattern": "#,##0.##"}, "1.234.567,89"),
        (3, {"type": "NUMBER", "pattern": "0"}, "3"),
        (12.5, {"type": "CURRENCY", "pattern": '"€" #,##0.00'}, "€ 12,50"),
        (0.125, {"type": "PERCENT"}, "12,50%"),
        (46342.75, {"type": "DATE_TIME", "pattern": "dd/MM/yyyy HH:mm"}, "16/11/2026 18:00"),
        (46342, {"type": "DATE"}, "16/11/2026"),
        (46342, {"type": "DATE", "pattern": "d mmm yy"}, "16 nov 26"),
        (0.1 + 0.2, None, "0,3"),
    ],
)
def test_numbers_read_by_pattern(value: float, number_format: dict[str, str] | None, read: str) -> None:
    assert shown(value, number_format, "it_IT") == read


@pytest.mark.parametrize("text", ["sheets(properties(title,sheetId),data)", "sheets.properties.title,sheets/data"])
def test_a_mask_keeps_list_items_and_drops_the_rest(text: str) -> None:
    value: dict[str, Any] = {"spreadsheetId": "x", "sheets": [{"properties": {"title": "a"}, "merges": []}, {}]}
    assert parse_mask(text).apply(value) == {"sheets": [{"properties": {"title": "a"}}, {}]}


@pytest.mark.parametrize("text", ["a(b", "a,,b", "a)b", "(a)", "a.", "à"])
def test_a_mask_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="Invalid field selection"):
        parse_mask(text)


def test_colours_have_eight_bits_and_names_two_spellings() -> None:
    assert colour({"red": 1.0, "green": 0.0, "blue": 0.5}) == {"red": 1, "blue": 0.49803922}
    assert camel({"sheet_id": 1, "grid_properties": [{"row_count": 2}]}) == {
        "sheetId": 1,
        "gridProperties": [{"rowCount": 2}],
    }
