"""Whatever is inserted, deleted or moved, metadata stays with its column and ranges with their cells."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from integrations.local.google.batch import apply_batch
from integrations.local.google.cells import Cell, Formula
from integrations.local.google.codec import (
    BLOCK,
    blocks_changed,
    decode_book,
    decode_sheet,
    encode_book,
    encode_sheet,
    same_head,
)
from integrations.local.google.kinds import Context
from integrations.local.google.wire import ApiError
from integrations.local.google.workbook import COLUMNS, ROWS, Sheet, Tag, Workbook

CONTEXT = Context("io", date(2026, 11, 16))
SIZE = 6


def labelled(dimension: str) -> Workbook:
    """A sheet whose rows or columns carry their number as value and as tag."""
    sheet = Sheet(0, "Sheet1", SIZE, SIZE)
    for index in range(SIZE):
        row, column = (index, 0) if dimension == ROWS else (0, index)
        sheet.put(row, column, [Cell(str(index))])
    tags = [Tag(index + 1, str(index), None, "DOCUMENT", 0, dimension, index) for index in range(SIZE)]
    return Workbook("id", "Libro", sheets=[sheet], tags=tags)


def value_at(workbook: Workbook, dimension: str, index: int) -> object:
    row, column = (index, 0) if dimension == ROWS else (0, index)
    return workbook.sheets[0].cell(row, column).entered


spans = st.tuples(st.integers(0, SIZE), st.integers(1, 3))
steps = st.lists(st.tuples(st.sampled_from(["insert", "delete", "move"]), spans, st.integers(0, SIZE)), max_size=6)


def request(dimension: str, step: tuple[str, tuple[int, int], int]) -> dict[str, Any]:
    name, (start, length), target = step
    where = {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": start + length}
    if name == "move":
        return {"moveDimension": {"source": where, "destinationIndex": target}}
    return {f"{name}Dimension": {"range": where}}


@given(st.sampled_from([ROWS, COLUMNS]), steps)
def test_metadata_stays_with_its_row_or_column(dimension: str, wanted: list[Any]) -> None:
    workbook = labelled(dimension)
    for step in wanted:
        draft = workbook.copy()
        try:
            apply_batch(draft, [request(dimension, step)], CONTEXT)
        except ApiError:
            continue
        workbook = draft
    seen = {tag.key: value_at(workbook, dimension, tag.index or 0) for tag in workbook.tags}
    assert seen == {key: key for key in seen}
    kept = {value_at(workbook, dimension, index) for index in range(workbook.sheets[0].count(dimension))} - {None}
    assert kept == set(seen)


def test_ranges_follow_their_cells() -> None:
    workbook = labelled(COLUMNS)
    where = {"sheetId": 0, "startColumnIndex": 1, "endColumnIndex": 3}
    make = [
        {"addNamedRange": {"namedRange": {"name": "Voti", "range": where}}},
        {"addProtectedRange": {"protectedRange": {"range": where, "warningOnly": True}}},
        {"mergeCells": {"range": where | {"startRowIndex": 2, "endRowIndex": 3}}},
        {"setBasicFilter": {"filter": {"range": {"sheetId": 0}}}},
        {"updateDimensionProperties": {
            "range": {"sheetId": 0, "dimension": COLUMNS, "startIndex": 1, "endIndex": 2},
            "properties": {"pixelSize": 40},
            "fields": "pixelSize",
        }},
    ]  # fmt: skip
    apply_batch(workbook, make, CONTEXT)
    apply_batch(workbook, [request(COLUMNS, ("insert", (1, 2), 0))], CONTEXT)
    sheet = workbook.sheets[0]
    assert (workbook.named[0]["range"]["startColumnIndex"], workbook.named[0]["range"]["endColumnIndex"]) == (3, 5)
    assert sheet.protected[0]["range"]["startColumnIndex"] == 3
    assert (sheet.merges[0].left, sheet.merges[0].right) == (3, 5)
    assert sheet.basic_filter is not None
    assert sheet.basic_filter["range"]["endColumnIndex"] == SIZE + 2
    assert sheet.sizes[COLUMNS] == {3: {"pixelSize": 40}}
    apply_batch(workbook, [request(COLUMNS, ("delete", (3, 2), 0))], CONTEXT)
    assert (workbook.named, sheet.protected, sheet.merges) == ([], [], [])


cells = st.builds(
    Cell,
    st.none() | st.text(max_size=5) | st.booleans() | st.integers(-99, 99) | st.just(Formula("=1+1")),
    st.none() | st.just({"textFormat": {"bold": True}}),
    st.just("") | st.just("nota"),
    st.none() | st.just({"condition": {"type": "BOOLEAN"}}),
)


@given(st.lists(st.lists(cells, max_size=SIZE), max_size=SIZE))
def test_a_document_gives_the_same_workbook_back(rows: list[list[Cell]]) -> None:
    workbook = labelled(COLUMNS)
    for row, content in enumerate(rows):
        workbook.sheets[0].put(row, 0, content)
    sheet = workbook.sheets[0]
    blocks = blocks_changed(sheet, None)
    kept = decode_sheet(encode_sheet(sheet), [blocks[number] for number in sorted(blocks)])
    assert decode_book("id", encode_book(workbook), [kept]) == workbook


def test_a_draft_leaves_the_original_as_it_was() -> None:
    workbook = labelled(ROWS)
    draft = workbook.copy()
    assert same_head(draft.sheets[0], workbook.sheets[0])
    assert not blocks_changed(draft.sheets[0], workbook.sheets[0])
    draft.sheets[0].put(0, 0, [Cell("altro")])
    assert workbook.sheets[0].cell(0, 0).entered == "0"
    assert list(blocks_changed(draft.sheets[0], workbook.sheets[0])) == [0]


def test_a_row_more_in_a_long_tab_rewrites_one_block() -> None:
    workbook = labelled(ROWS)
    sheet = workbook.sheets[0]
    sheet.resize(5 * BLOCK, SIZE)
    for row in range(3 * BLOCK - 1):
        sheet.put(row, 0, [Cell(row)])
    draft = workbook.copy().sheets[0]
    draft.put(3 * BLOCK - 1, 0, [Cell("una")])
    assert list(blocks_changed(draft, sheet)) == [2]
    draft.put(3 * BLOCK, 0, [Cell("due")])
    assert list(blocks_changed(draft, sheet)) == [2, 3]
