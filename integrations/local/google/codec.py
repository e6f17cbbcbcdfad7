"""Spreadsheets as JSON documents: one for the spreadsheet, one for each tab, one for each block of a tab's rows.

A cell without style, note and rule is its bare value; styles and rules are written once a block and referred to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from integrations.local.google.cells import EMPTY, Cell, Entered, Formula
from integrations.local.google.wire import Json
from integrations.local.google.workbook import Area, Row, Sheet, Tag, Workbook

BLOCK = 500
"""Rows in a block: a write rewrites the blocks it touches, so an append costs the same in a long tab."""


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
    """The document of a tab, without its rows."""
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
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def encode_block(rows: Sequence[Row]) -> str:
    """The document of a block of rows."""
    styles, rules = _Pool(), _Pool()
    cells = [[_encode_cell(cell, styles, rules) for cell in row] for row in rows]
    document = {"styles": styles.items, "rules": rules.items, "rows": cells}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _encode_cell(cell: Cell, styles: _Pool, rules: _Pool) -> Any:
    if cell is EMPTY:
        return None
    entered = {"formula": cell.entered.text} if isinstance(cell.entered, Formula) else cell.entered
    if not cell.style and not cell.note and not cell.rule:
        return entered
    return [entered, styles.place(cell.style), cell.note, rules.place(cell.rule)]


def decode_sheet(text: str, blocks: Iterable[str]) -> Sheet:
    """The tab of a document and those of its blocks, in order."""
    document = json.loads(text)
    return Sheet(
        id=document["id"],
        title=document["title"],
        row_count=document["row_count"],
        column_count=document["column_count"],
        rows=[row for block in blocks for row in _decode_block(block)],
        extra=document["extra"],
        grid=document["grid"],
        merges=[Area(**area) for area in document["merges"]],
        sizes={name: dict(sizes) for name, sizes in document["sizes"].items()},
        groups={name: [(low, high) for low, high in spans] for name, spans in document["groups"].items()},
        protected=document["protected"],
        basic_filter=document["basic_filter"],
    )


def _decode_block(text: str) -> list[Row]:
    document = json.loads(text)
    return [_decode_row(row, document["styles"], document["rules"]) for row in document["rows"]]


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


def same_head(one: Sheet, other: Sheet) -> bool:
    """Whether a tab and its copy differ in their rows at most."""
    return {**vars(one), "rows": None} == {**vars(other), "rows": None}


def blocks_changed(sheet: Sheet, old: Sheet | None) -> dict[int, str]:
    """The documents of the blocks of a copy in which something was written, by number; rows compare by identity."""
    before = old.rows if old else []
    return {
        top // BLOCK: encode_block(sheet.rows[top : top + BLOCK])
        for top in range(0, len(sheet.rows), BLOCK)
        if not _same_rows(sheet.rows[top : top + BLOCK], before[top : top + BLOCK])
    }


def _same_rows(one: list[Row], other: list[Row]) -> bool:
    return len(one) == len(other) and all(left is right for left, right in zip(one, other, strict=True))
