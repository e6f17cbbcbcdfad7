"""Spreadsheets as JSON documents: one for the spreadsheet, one for each tab.

A cell without style, note and rule is its bare value; styles and rules are written once a tab and referred to.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from integrations.local.google.cells import EMPTY, Cell, Entered, Formula
from integrations.local.google.wire import Json
from integrations.local.google.workbook import Area, Row, Sheet, Tag, Workbook


class _Pool:
    """JSON fragments by first sight, each once."""

    def __init__(self) -> None:
        self.items: list[Json] = []
        self._by_identity: dict[int, int] = {}
        self._by_text: dict[str, int] = {}

    def place(self, item: Json | None) -> int | None:
        if not item:
            return None
        known = self._by_identity.get(id(item))
        if known is None:
            known = self._by_text.setdefault(json.dumps(item, sort_keys=True), len(self.items))
            if known == len(self.items):
                self.items.append(item)
            self._by_identity[id(item)] = known
        return known


def encode_sheet(sheet: Sheet) -> str:
    """The document of a tab."""
    styles, rules = _Pool(), _Pool()
    rows = [[_encode_cell(cell, styles, rules) for cell in row] for row in sheet.rows]
    document = {
        "id": sheet.id,
        "title": sheet.title,
        "row_count": sheet.row_count,
        "column_count": sheet.column_count,
        "extra": sheet.extra,
        "grid": sheet.grid,
        "merges": [asdict(area) for area in sheet.merges],
        "sizes": {name: list(sizes.items()) for name, sizes in sheet.sizes.items()},
        "groups": sheet.groups,
        "protected": sheet.protected,
        "basic_filter": sheet.basic_filter,
        "styles": styles.items,
        "rules": rules.items,
        "rows": rows,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _encode_cell(cell: Cell, styles: _Pool, rules: _Pool) -> Any:
    if cell is EMPTY:
        return None
    entered = {"formula": cell.entered.text} if isinstance(cell.entered, Formula) else cell.entered
    if not cell.style and not cell.note and not cell.rule:
        return entered
    return [entered, styles.place(cell.style), cell.note, rules.place(cell.rule)]


def decode_sheet(text: str) -> Sheet:
    """The tab of a document."""
    document = json.loads(text)
    styles, rules = document["styles"], document["rules"]
    return Sheet(
        id=document["id"],
        title=document["title"],
        row_count=document["row_count"],
        column_count=document["column_count"],
        rows=[_decode_row(row, styles, rules) for row in document["rows"]],
        extra=document["extra"],
        grid=document["grid"],
        merges=[Area(**area) for area in document["merges"]],
        sizes={name: dict(sizes) for name, sizes in document["sizes"].items()},
        groups={name: [(low, high) for low, high in spans] for name, spans in document["groups"].items()},
        protected=document["protected"],
        basic_filter=document["basic_filter"],
    )


def _decode_row(row: list[Any], styles: list[Json], rules: list[Json]) -> Row:
    return tuple(EMPTY if item is None else _decode_cell(item, styles, rules) for item in row)


def _decode_cell(item: Any, styles: list[Json], rules: list[Json]) -> Cell:
    if not isinstance(item, list):
        return Cell(_decode_entered(item))
    entered, style, note, rule = item
    return Cell(
        _decode_entered(entered),
        None if style is None else styles[style],
        note,
        None if rule is None else rules[rule],
    )


def _decode_entered(item: Any) -> Entered:
    if isinstance(item, dict):
        return Formula(item["formula"])
    entered: Entered = item
    return entered


def encode_book(workbook: Workbook) -> str:
    """The document of a spreadsheet, without its tabs but with their order."""
    document = {
        "title": workbook.title,
        "locale": workbook.locale,
        "time_zone": workbook.time_zone,
        "extra": workbook.extra,
        "tags": [asdict(tag) for tag in workbook.tags],
        "named": workbook.named,
        "order": [sheet.id for sheet in workbook.sheets],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def decode_book(file_id: str, text: str, sheets: list[Sheet]) -> Workbook:
    """The spreadsheet of a document and its tabs in any order."""
    document = json.loads(text)
    by_id = {sheet.id: sheet for sheet in sheets}
    return Workbook(
        id=file_id,
        title=document["title"],
        locale=document["locale"],
        time_zone=document["time_zone"],
        extra=document["extra"],
        sheets=[by_id[sheet_id] for sheet_id in document["order"]],
        tags=[Tag(**tag) for tag in document["tags"]],
        named=document["named"],
    )


def same_sheet(one: Sheet, other: Sheet) -> bool:
    """Whether nothing of a tab was written between an original and its copy: rows are compared by identity."""
    if len(one.rows) != len(other.rows):
        return False
    if any(left is not right for left, right in zip(one.rows, other.rows, strict=True)):
        return False
    return {**vars(one), "rows": None} == {**vars(other), "rows": None}
