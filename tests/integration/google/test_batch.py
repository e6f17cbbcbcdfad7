"""batchUpdate: all or nothing, metadata, typed cells, rows and columns."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.local.google import Behaviour
from tests.integration.google.running import Google, Start

TAB = 7
ROW = {"sheetId": TAB, "dimension": "ROWS"}
COLUMN = {"sheetId": TAB, "dimension": "COLUMNS"}


def typed(*values: object) -> dict[str, Any]:
    kinds = {str: "stringValue", bool: "boolValue", int: "numberValue", float: "numberValue"}
    return {"values": [{"userEnteredValue": {kinds[type(value)]: value}} for value in values]}


def filled(google: Google, *rows: tuple[object, ...], **properties: str) -> str:
    data = {"rowData": [typed(*row) for row in rows]}
    return google.create({"properties": {"title": "Cofò", "sheetId": TAB}, "data": [data]}, **properties)


def tag(key: str, where: dict[str, Any], **more: object) -> dict[str, Any]:
    message = {"metadataKey": key, "visibility": "DOCUMENT", "location": where, **more}
    return {"createDeveloperMetadata": {"developerMetadata": message}}


def column_tag(key: str, index: int) -> dict[str, Any]:
    return tag(key, {"dimensionRange": COLUMN | {"startIndex": index, "endIndex": index + 1}})


def columns_of(google: Google, file: str) -> dict[str, int]:
    mask = "sheets.data.columnMetadata.developerMetadata"
    data = google.api("GET", f"/v4/spreadsheets/{file}", fields=mask).json()["sheets"][0]["data"][0]
    return {
        item["metadataKey"]: index
        for index, column in enumerate(data["columnMetadata"])
        for item in column.get("developerMetadata", [])
    }


def test_a_batch_with_one_fault_changes_nothing(google: Google) -> None:
    file = filled(google, ("codice",))
    before = google.api("GET", f"/drive/v3/files/{file}", fields="version,modifiedTime").json()
    answer = google.batch(
        file,
        {"appendCells": {"sheetId": TAB, "rows": [typed("CW-1")], "fields": "userEnteredValue"}},
        {"addSheet": {"properties": {"title": "Altra"}}},
        {"deleteSheet": {"sheetId": 999}},
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "Invalid requests[2].deleteSheet: No sheet with id: 999"
    assert google.values(file, "A:A") == [["codice"]]
    assert google.api("GET", f"/drive/v3/files/{file}", fields="version,modifiedTime").json() == before


def test_a_used_metadata_id_refuses_the_whole_repeat(google: Google) -> None:
    file = filled(google, ("codice",))
    once = (
        tag("hubout.op", {"spreadsheet": True}, metadataId=42),
        {"appendCells": {"sheetId": TAB, "rows": [typed("CW-1")], "fields": "userEnteredValue"}},
    )
    assert google.batch(file, *once).status_code == 200
    again = google.batch(file, *once)
    assert again.status_code == 400
    assert again.json()["error"]["message"].startswith("Invalid requests[0].createDeveloperMetadata: ")
    assert google.values(file, "A:A") == [["codice"], ["CW-1"]]
    found = google.api("GET", f"/v4/spreadsheets/{file}/developerMetadata/42").json()
    assert (found["metadataKey"], found["location"]["locationType"]) == ("hubout.op", "SPREADSHEET")


def test_typed_cells_are_parsed_by_nobody(google: Google) -> None:
    file = filled(google, ("codice",), locale="it_IT")
    entered = ["=1+1", "8,5", "0042", 8.5, True]
    rows = [typed(*entered)]
    assert google.batch(file, {"appendCells": {"sheetId": TAB, "rows": rows, "fields": "userEnteredValue"}}).json() == {
        "spreadsheetId": file,
        "replies": [{}],
    }
    assert google.values(file, "A2:E2", valueRenderOption="UNFORMATTED_VALUE") == [entered]
    assert google.values(file, "A2:E2") == [["=1+1", "8,5", "0042", "8,5", "VERO"]]


def test_append_goes_below_a_stray_note_and_makes_the_grid_longer(google: Google) -> None:
    file = filled(google, ("codice",))
    grid = {"properties": {"sheetId": TAB, "gridProperties": {"rowCount": 3}}, "fields": "gridProperties.rowCount"}
    note = {
        "start": {"sheetId": TAB, "rowIndex": 2, "columnIndex": 4},
        "rows": [{"values": [{"note": "qui"}]}],
        "fields": "note",
    }
    append = {"sheetId": TAB, "rows": [typed("CW-1")], "fields": "userEnteredValue"}
    answer = google.batch(
        file,
        {"updateSheetProperties": grid},
        {"updateCells": note},
        {"appendCells": append},
        includeSpreadsheetInResponse=True,
        responseRanges=["Cofò!A:A"],
        responseIncludeGridData=True,
    ).json()["updatedSpreadsheet"]["sheets"][0]
    assert answer["properties"]["gridProperties"]["rowCount"] == 4
    assert [row.get("values", [{}])[0].get("formattedValue") for row in answer["data"][0]["rowData"]] == [
        "codice",
        None,
        None,
        "CW-1",
    ]


def test_column_metadata_stays_with_its_column(google: Google) -> None:
    file = filled(google, ("codice", "stato", "punteggio"), ("CW-1", "nuova", 8))
    tags = [column_tag(name, index) for index, name in enumerate(("codice", "stato", "punteggio"))]
    assert google.batch(file, *tags).status_code == 200
    insert = {"insertDimension": {"range": COLUMN | {"startIndex": 1, "endIndex": 3}}}
    assert google.batch(file, insert).status_code == 200
    assert columns_of(google, file) == {"codice": 0, "stato": 3, "punteggio": 4}
    move = {"moveDimension": {"source": COLUMN | {"startIndex": 4, "endIndex": 5}, "destinationIndex": 0}}
    assert google.batch(file, move).status_code == 200
    assert columns_of(google, file) == {"punteggio": 0, "codice": 1, "stato": 4}
    assert google.values(file, "A1:E1") == [["punteggio", "codice", "", "", "stato"]]
    delete = {"deleteDimension": {"range": COLUMN | {"startIndex": 1, "endIndex": 4}}}
    assert google.batch(file, delete).status_code == 200
    assert columns_of(google, file) == {"punteggio": 0, "stato": 1}


def test_values_are_written_where_a_column_is_now(google: Google) -> None:
    file = filled(google, ("codice", "stato"), ("CW-1", "nuova"), ("CW-2", "nuova"))
    insert = {"insertDimension": {"range": COLUMN | {"startIndex": 0, "endIndex": 1}}}
    assert google.batch(file, column_tag("stato", 1), insert).status_code == 200
    wanted = {"developerMetadataLookup": {"metadataKey": "stato"}}
    body = {
        "valueInputOption": "RAW",
        "data": [{"dataFilter": wanted, "majorDimension": "COLUMNS", "values": [[None, "ammessa", None]]}],
    }
    answer = google.api("POST", f"/v4/spreadsheets/{file}/values:batchUpdateByDataFilter", body).json()
    assert answer["totalUpdatedCells"] == 1
    assert google.values(file, "A1:C3") == [["", "codice", "stato"], ["", "CW-1", "ammessa"], ["", "CW-2", "nuova"]]
    body = {"dataFilters": [wanted], "majorDimension": "COLUMNS"}
    found = google.api("POST", f"/v4/spreadsheets/{file}/values:batchGetByDataFilter", body).json()
    assert found["valueRanges"][0]["valueRange"]["values"] == [["stato", "ammessa", "nuova"]]


@pytest.mark.parametrize("moves", [False, True])
def test_a_sort_moves_contents_and_never_columns(start: Start, *, moves: bool) -> None:
    google = start(behaviour=Behaviour(sort_moves_row_tags=moves))
    rows = [("codice", "voto"), ("CW-1", 7), ("CW-2", "assente"), ("CW-3", 9.5), ("CW-4", 7)]
    file = filled(google, *rows)
    here = {"dimensionRange": ROW | {"startIndex": 3, "endIndex": 4}}
    assert google.batch(file, column_tag("voto", 1), tag("riga", here)).status_code == 200
    where = {"sheetId": TAB, "startRowIndex": 1}
    down = {"range": where, "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}]}
    assert google.batch(file, {"sortRange": down}).status_code == 200
    assert google.values(file, "A2:A") == [["CW-2"], ["CW-3"], ["CW-1"], ["CW-4"]]
    assert columns_of(google, file) == {"voto": 1}
    search = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "riga"}}]}
    found = google.api("POST", f"/v4/spreadsheets/{file}/developerMetadata:search", search).json()
    span = found["matchedDeveloperMetadata"][0]["developerMetadata"]["location"]["dimensionRange"]
    assert span["startIndex"] == (2 if moves else 3)


def test_a_range_that_rows_do_not_cover_is_cleared(google: Google) -> None:
    file = filled(google, ("a", "b"), ("c", "d"))
    where = {"sheetId": TAB, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    assert google.batch(file, {"updateCells": {"range": where, "rows": [typed("x")], "fields": "userEnteredValue"}}).ok
    assert google.values(file, "A1:B2") == [["x"]]


def test_what_the_server_does_not_know_is_refused_by_name(google: Google) -> None:
    file = filled(google, ("codice",))
    chart = google.batch(file, {"addChart": {}})
    assert (chart.status_code, "addChart" in chart.json()["error"]["message"]) == (400, True)
    misspelt = google.batch(file, {"addSheets": {}}).json()["error"]
    assert "Unknown name \"addSheets\" at 'requests[0]'" in misspelt["message"]
    field = google.batch(file, {"deleteSheet": {"sheet": 1}}).json()["error"]
    assert 'Unknown name "sheet"' in field["message"]
    assert google.batch(file).json()["error"]["message"] == "Must specify at least one request."
    mask = google.api("GET", f"/v4/spreadsheets/{file}", fields="sheets.properties.titel")
    assert mask.json()["error"]["message"] == "Invalid field selection titel"
    query = google.api("GET", f"/v4/spreadsheets/{file}", includeGridDatas="true")
    assert "Cannot bind query parameter" in query.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"requests": "tutto"},
        {"requests": ["tutto"]},
        {"requests": [{"updateCells": {"start": {}, "rows": ["riga"], "fields": "note"}}]},
        {"requests": [{"appendCells": {"sheetId": TAB, "rows": [{"values": [5]}], "fields": "userEnteredValue"}}]},
        {"requests": [{"sortRange": {"range": {"sheetId": TAB}, "sortSpecs": ["giù"]}}]},
        {"requests": [{"appendCells": {"sheetId": "sette", "rows": [], "fields": "note"}}]},
    ],
)
def test_a_message_of_the_wrong_shape_is_a_400_and_changes_nothing(google: Google, body: dict[str, Any]) -> None:
    file = filled(google, ("codice",))
    answer = google.api("POST", f"/v4/spreadsheets/{file}:batchUpdate", body)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert google.values(file, "A:A") == [["codice"]]


def test_a_duplicate_carries_values_protection_and_metadata(google: Google) -> None:
    file = filled(google, ("codice",), ("CW-1",))
    protect = {"protectedRange": {"range": {"sheetId": TAB, "endRowIndex": 1}, "warningOnly": True}}
    copy = {"duplicateSheet": {"sourceSheetId": TAB, "newSheetName": "Copia", "newSheetId": 8}}
    assert google.batch(file, column_tag("codice", 0), {"addProtectedRange": protect}, copy).ok
    sheets = google.api("GET", f"/v4/spreadsheets/{file}", includeGridData="true").json()["sheets"]
    twin = next(sheet for sheet in sheets if sheet["properties"]["sheetId"] == 8)
    assert twin["protectedRanges"][0]["range"] == {"sheetId": 8, "endRowIndex": 1}
    assert twin["data"][0]["columnMetadata"][0]["developerMetadata"][0]["metadataKey"] == "codice"
    assert google.values(file, "Copia!A:A") == [["codice"], ["CW-1"]]
