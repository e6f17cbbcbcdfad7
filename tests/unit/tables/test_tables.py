"""Tables as files: what office suites read back, and that no text becomes a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree as ET

import pytest

from integrations.tables import Table, as_csv, as_ods, as_xlsx, csv_files

TEXTS = ("=1+1", "+39 333", "-1 posto", "@ciao", "\tx", "\rx", "<b> & «uno»", "due\nrighe", "nullo \x00\x0b fine")
TABLE = Table(
    "Domande – olt-1",
    ("codice", "testo", "numero", "giorno", "quando", "sì"),
    (
        *(
            ("CWK-26-A", text, 8.5, date(2026, 11, 16), datetime.fromisoformat("2026-11-16T09:30"), True)
            for text in TEXTS
        ),
        ("CWK-26-B", None, 12, None, None, False),
    ),
)


def test_csv_opens_in_an_italian_office_suite_and_runs_nothing() -> None:
    text = as_csv(TABLE).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert heading == list(TABLE.headings)
    assert [row[1] for row in rows[:6]] == [f"'{each}" for each in TEXTS[:6]]
    assert rows[6] == ["CWK-26-A", TEXTS[6], "8,5", "16/11/2026", "16/11/2026 09:30", "VERO"]
    assert rows[-1] == ["CWK-26-B", "", "12", "", "", "FALSO"]


def test_csv_files_are_one_a_tab() -> None:
    twins = [TABLE, Table("Domande – olt-1", (), ()), Table("a/b:c", (), ())]
    with zipfile.ZipFile(io.BytesIO(csv_files(twins))) as archive:
        assert archive.namelist() == ["Domande – olt-1.csv", "Domande – olt-1 (2).csv", "a b c.csv"]


def test_ods_is_typed_and_well_formed() -> None:
    with zipfile.ZipFile(io.BytesIO(as_ods([TABLE]))) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        content = ET.fromstring(archive.read("content.xml"))  # noqa: S314 - made here
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    rows = content.findall(f".//{table}table-row")
    cells = rows[1].findall(f"{table}table-cell")
    assert [cell.get(f"{office}value-type") for cell in cells] == [
        "string", "string", "float", "date", "date", "boolean",
    ]  # fmt: skip
    assert "".join(cells[1].itertext()) == "=1+1"
    assert cells[4].get(f"{office}date-value") == "2026-11-16T09:30:00"
    assert f"{table}formula" not in {name for cell in content.iter() for name in cell.attrib}
    assert ["".join(line.itertext()) for line in rows[8].findall(f"{table}table-cell")[1]] == ["due", "righe"]


def test_xlsx_has_texts_and_no_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx([TABLE]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        strings = archive.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in strings


@pytest.mark.parametrize("make", [as_ods, as_xlsx, csv_files])
def test_the_same_rows_make_the_same_file(make: object) -> None:
    assert callable(make)
    assert make([TABLE]) == make([TABLE])
