from __future__ import annotations

from integrations.sheets.snapshot import parse_spreadsheet


def test_what_google_leaves_out_is_zero_or_nothing() -> None:
    snapshot = parse_spreadsheet(
        {
            "spreadsheetId": "abc",
            "sheets": [
                {"properties": {"title": "Foglio1"}},
                {"properties": {"sheetId": 5, "title": "Grafico", "sheetType": "OBJECT"}},
            ],
        }
    )
    (tab,) = snapshot.tabs
    assert (tab.sheet_id, tab.key, tab.rows, tab.columns) == (0, None, (), {})
    assert snapshot.markers == {}
    assert tab.cell(0, 0) is None


def test_cells_are_typed_and_rows_end_with_their_last_cell() -> None:
    cells = [
        {"effectiveValue": {"stringValue": "=1+1"}},
        {"effectiveValue": {"numberValue": 82}},
        {"effectiveValue": {"numberValue": 8.5}},
        {"effectiveValue": {"boolValue": False}},
        {"effectiveValue": {"errorValue": {"type": "N_A", "message": "…"}}},
        {},
        {"effectiveValue": {"stringValue": ""}},
    ]
    body = {"sheets": [{"properties": {}, "data": [{"rowData": [{"values": cells}, {}, {"values": [{}]}]}]}]}
    (tab,) = parse_spreadsheet(body).tabs
    assert tab.rows == (("=1+1", 82, 8.5, False, "#N/A"),)


def test_a_column_tag_says_its_own_place() -> None:
    def tag(id_: str, place: int | None) -> dict[str, object]:
        entry: dict[str, object] = {"metadataKey": "hubout.col", "metadataValue": id_}
        if place is not None:
            span = {"dimension": "COLUMNS", "endIndex": place + 1} | ({"startIndex": place} if place else {})
            entry["location"] = {"dimensionRange": span}
        return {"developerMetadata": [{"metadataKey": "another", "metadataValue": "x"}, entry]}

    metadata = [tag("codice", 0), tag("stato", 4), {}, tag("sede", None)]
    body = {"sheets": [{"properties": {}, "data": [{"columnMetadata": metadata}]}]}
    (tab,) = parse_spreadsheet(body).tabs
    assert tab.columns == {0: "codice", 4: "stato", 3: "sede"}


def test_markers_carry_the_time_of_their_operation() -> None:
    entries = [
        {"metadataId": 7, "metadataKey": "hubout.op", "metadataValue": "1794816000"},
        {"metadataId": 8, "metadataKey": "hubout.op", "metadataValue": "?"},
        {"metadataId": 9, "metadataKey": "someone's", "metadataValue": "1"},
    ]
    assert parse_spreadsheet({"developerMetadata": entries}).markers == {7: 1794816000, 8: 0}
