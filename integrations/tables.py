"""Tables as files that any office suite opens: CSV, ODS (ISO/IEC 26300) and XLSX. Pure: bytes in, bytes out.

No text of an applicant ever becomes a formula: in ODS and XLSX cells are typed, in CSV a text that begins with
= + - @ TAB or CR gets an apostrophe before it (OWASP, «CSV Injection»).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

Cell: TypeAlias = str | int | float | bool | date | datetime | None
"""What a table's cell holds; a datetime is wall time."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no XML file may hold."""

_TITLE = re.compile(r"[\[\]:*?/\\']")
_LONGEST_TITLE = 31  # characters, Excel's limit of a tab's name
_WIDEST, _NARROWEST = 50, 8  # characters of a column


@dataclass(frozen=True)
class Table:
    """One tab: its name, its headings, its rows."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def as_csv(table: Table) -> bytes:
    """One table as Italian office suites open it by themselves: semicolons, decimal commas, UTF-8 with its mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([_harmless(heading) for heading in table.headings])
    writer.writerows([[_in_csv(cell) for cell in row] for row in table.rows])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _in_csv(cell: Cell) -> str:
    return _harmless(cell) if isinstance(cell, str) else shown(cell)


def shown(cell: Cell) -> str:
    """A cell as Italians read it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "VERO" if cell else "FALSO"
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return str(cell)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_files(tables: Sequence[Table]) -> bytes:
    """Several tables as a ZIP of CSV files, each under its title."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for title, table in zip(_titles(tables), tables, strict=True):
            archive.writestr(zipfile.ZipInfo(f"{title}.csv"), as_csv(table), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook for Excel, the headings frozen."""
    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        book.set_properties({"created": datetime(1980, 1, 1)})  # noqa: DTZ001 - a fixed one: the same rows, the same file
        heading = book.add_format({"bold": True, "bg_color": "#D9D9D9"})
        day, moment = (book.add_format({"num_format": each}) for each in ("dd/mm/yyyy", "dd/mm/yyyy hh:mm"))
        for title, table in zip(_titles(tables), tables, strict=True):
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 1)
            for at, text in enumerate(table.headings):
                sheet.write_string(0, at, text, heading)
                sheet.set_column(at, at, _width(table, at))
            for number, row in enumerate(table.rows, 1):
                for at, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, at, _UNFIT.sub("", cell))
                    elif isinstance(cell, date):
                        sheet.write_datetime(number, at, cell, moment if isinstance(cell, datetime) else day)
                    elif cell is not None:
                        sheet.write(number, at, cell)
    return buffer.getvalue()


def _width(table: Table, at: int) -> int:
    texts = [len(str(row[at])) for row in table.rows[:200] if row[at] is not None]
    return max(_NARROWEST, min(_WIDEST, max([len(table.headings[at]), *texts]) + 2))


# --- OpenDocument ---------------------------------------------------------------------------------------------------

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<office:document-content xmlns:office="{_OASIS}:office:1.0" xmlns:table="{_OASIS}:table:1.0"'
    f' xmlns:text="{_OASIS}:text:1.0" xmlns:style="{_OASIS}:style:1.0" xmlns:number="{_OASIS}:datastyle:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3">'
    "<office:automatic-styles>"
    '<number:date-style style:name="N1"><number:day number:style="long"/><number:text>/</number:text>'
    '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
    "</number:date-style>"
    '<number:date-style style:name="N2"><number:day number:style="long"/><number:text>/</number:text>'
    '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/></number:date-style>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="moment" style:family="table-cell" style:data-style-name="N2"/>'
    '<style:style style:name="heading" style:family="table-cell">'
    '<style:table-cell-properties fo:background-color="#d9d9d9"/><style:text-properties fo:font-weight="bold"/>'
    "</style:style></office:automatic-styles><office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"


def as_ods(tables: Sequence[Table]) -> bytes:
    """A workbook for LibreOffice and all others that read OpenDocument."""
    parts = [_HEAD]
    for title, table in zip(_titles(tables), tables, strict=True):
        parts.append(f"<table:table table:name={quoteattr(title)}><table:table-header-rows><table:table-row>")
        parts += [_text(heading, ' table:style-name="heading"') for heading in table.headings]
        parts.append("</table:table-row></table:table-header-rows>")
        for row in table.rows:
            parts += ["<table:table-row>", *map(_in_ods, row), "</table:table-row>"]
        parts.append("</table:table>")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        # the standard wants this one first, and as it is, so that the kind of file is seen from outside
        archive.writestr(zipfile.ZipInfo("mimetype"), _MIME, zipfile.ZIP_STORED)
        archive.writestr(zipfile.ZipInfo("META-INF/manifest.xml"), _MANIFEST, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("content.xml"), "".join([*parts, _TAIL]), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _in_ods(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"/>'
    if isinstance(cell, datetime):
        return _dated(cell.isoformat(timespec="minutes") + ":00", "moment")
    if isinstance(cell, date):
        return _dated(cell.isoformat(), "day")
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    return _text(cell)


def _dated(value: str, style: str) -> str:
    attributes = f'table:style-name="{style}" office:value-type="date" office:date-value="{value}"'
    return f"<table:table-cell {attributes}/>"


def _text(text: str, more: str = "") -> str:
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in _UNFIT.sub("", text).split("\n"))
    return f'<table:table-cell{more} office:value-type="string">{lines}</table:table-cell>'


def _titles(tables: Sequence[Table]) -> list[str]:
    """The titles as every office suite takes them: short, without signs that name cells, no two the same."""
    titles: list[str] = []
    for table in tables:
        plain = _TITLE.sub(" ", table.title).strip() or "Tabella"
        title, count = plain[:_LONGEST_TITLE], 1
        while title.casefold() in {each.casefold() for each in titles}:
            count += 1
            title = f"{plain[: _LONGEST_TITLE - 4]} ({count})"
        titles.append(title)
    return titles


FORMATS: Mapping[str, tuple[str, str, Callable[[Sequence[Table]], bytes]]] = {
    "csv": ("zip", "application/zip", csv_files),
    "ods": ("ods", _MIME, as_ods),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
"""Format -> the file's ending, its media type, and how it is made."""
