"""Questions that only the Google one talks to can answer (google-sheets.md §8), asked in tabs of their own.

Each is a few calls; the tabs are deleted at the end, whatever came of it. Two are not asked: sorting over protected
cells takes a second person's identity, and a 429 can't be had without using up everybody's quota.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from integrations.sheets.errors import Refused

if TYPE_CHECKING:
    from integrations.sheets.gateway import GoogleClient

ROOT = "https://sheets.googleapis.com/v4/spreadsheets"
YES, NO = "yes", "no"

SORT_MOVES_TAGS: Final = "row metadata follows a sort"
REUSED: Final = "words of the 400 on a metadataId in use"
LIMIT: Final = "the 30,000 characters of metadata count for each tab"
BOOLEANS: Final = "formattedValue of TRUE"
RULES: Final = "appendCells counts a cell with only a rule as data"
FALSES: Final = "appendCells counts FALSE as data"

_TABS = (2_001_000_101, 2_001_000_102)
_NAMES = ("hubout doctor 1", "hubout doctor 2")

Json: TypeAlias = dict[str, Any]


def ask(client: GoogleClient, spreadsheet_id: str) -> dict[str, str]:
    """The answers, by question; the spreadsheet is afterwards as it was.

    Raises:
        SheetsError: Google is away, or refuses what every project may do.
    """
    sheet = _Scratch(client, spreadsheet_id)
    sheet.clear()
    sheet.batch(*({"addSheet": {"properties": {"sheetId": id_, "title": name}}} for id_, name in _named()))
    try:
        return {question: look(sheet) for question, look in _LOOKS.items()}
    finally:
        sheet.clear()


def _named() -> tuple[tuple[int, str], ...]:
    return tuple(zip(_TABS, _NAMES, strict=True))


class _Scratch:
    """The tabs in which it is tried."""

    def __init__(self, client: GoogleClient, spreadsheet_id: str) -> None:
        self._client = client
        self._address = f"{ROOT}/{spreadsheet_id}"
        self._number = int.from_bytes(hashlib.sha256(spreadsheet_id.encode()).digest()[:3]) + 1_000_000_000

    def batch(self, *requests: Json) -> None:
        self._client.request("post", f"{self._address}:batchUpdate", json={"requests": list(requests)})

    def get(self, fields: str) -> Json:
        body: Json = self._client.request("get", self._address, params={"fields": fields}).json()
        return body

    def clear(self) -> None:
        """Delete our tabs, also those of a run that died."""
        there = {each["properties"].get("sheetId", 0) for each in self.get("sheets.properties.sheetId")["sheets"]}
        if gone := [id_ for id_ in _TABS if id_ in there]:
            self.batch(*({"deleteSheet": {"sheetId": id_}} for id_ in gone))

    def write(self, column: int, *values: Json) -> None:
        start = {"sheetId": _TABS[0], "rowIndex": 0, "columnIndex": column}
        rows = [{"values": [{"userEnteredValue": value}]} for value in values]
        self.batch({"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}})

    def tag(self, name: str, value: str, location: Json, number: int = 0) -> Json:
        made: Json = {"metadataKey": f"hubout.doctor.{name}", "metadataValue": value, "location": location}
        made |= {"visibility": "DOCUMENT"} | ({"metadataId": self._number + number} if number else {})
        return {"createDeveloperMetadata": {"developerMetadata": made}}

    def untag(self, name: str) -> Json:
        lookup = {"metadataKey": f"hubout.doctor.{name}"}
        return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}

    def appended_at(self, text: str) -> int:
        """Append a row and say where it landed, from 0."""
        row = {"values": [{"userEnteredValue": {"stringValue": text}}]}
        self.batch({"appendCells": {"sheetId": _TABS[1], "rows": [row], "fields": "userEnteredValue"}})
        for sheet in self.get("sheets(properties.sheetId,data.rowData.values.effectiveValue)")["sheets"]:
            if sheet["properties"].get("sheetId") == _TABS[1]:
                for at, each in enumerate(sheet["data"][0].get("rowData", ())):
                    if any(
                        cell.get("effectiveValue", {}).get("stringValue") == text for cell in each.get("values", ())
                    ):
                        return at
        return -1


def _sort(sheet: _Scratch) -> str:
    sheet.write(0, {"numberValue": 3}, {"numberValue": 1}, {"numberValue": 2})
    row = {"sheetId": _TABS[0], "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    cells = {"sheetId": _TABS[0], "startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}
    by = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    sheet.batch(sheet.tag("row", "3", {"dimensionRange": row}), {"sortRange": {"range": cells, "sortSpecs": by}})
    tabs = sheet.get("sheets(properties.sheetId,data.rowMetadata.developerMetadata(metadataKey,location))")["sheets"]
    rows = next(tab for tab in tabs if tab["properties"].get("sheetId") == _TABS[0])["data"][0].get("rowMetadata", ())
    places = [tag["location"]["dimensionRange"].get("startIndex", 0) for row in rows for tag in _tags(row)]
    sheet.batch(sheet.untag("row"))
    return YES if places == [2] else NO if places == [0] else f"it is at {places}"


def _tags(row: Mapping[str, Any]) -> list[Json]:
    return list(row.get("developerMetadata", ()))


def _reused(sheet: _Scratch) -> str:
    tag = sheet.tag("twice", "x", {"sheetId": _TABS[0]}, number=1)
    sheet.batch(tag)
    try:
        sheet.batch(tag)
    except Refused as error:
        return str(error)
    finally:
        sheet.batch(sheet.untag("twice"))
    return "it is taken twice"


def _limit(sheet: _Scratch) -> str:
    long = "x" * 20_000
    try:
        sheet.batch(*(sheet.tag("long", long, {"sheetId": id_}) for id_ in _TABS))
    except Refused:
        return NO
    sheet.batch(sheet.untag("long"))
    return YES


def _booleans(sheet: _Scratch) -> str:
    sheet.write(2, {"boolValue": True})
    body = sheet.get("properties.locale,sheets(properties.sheetId,data.rowData.values.formattedValue)")
    tab = next(tab for tab in body["sheets"] if tab["properties"].get("sheetId") == _TABS[0])
    shown = tab["data"][0]["rowData"][0]["values"][2].get("formattedValue", "")
    return f"{shown} in {body['properties'].get('locale', '')}"


def _rules(sheet: _Scratch) -> str:
    cells = {"sheetId": _TABS[1], "startRowIndex": 0, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 1}
    rule = {"condition": {"type": "BOOLEAN"}, "strict": True}
    sheet.batch({"setDataValidation": {"range": cells, "rule": rule}})
    return YES if sheet.appended_at("after rules") >= 5 else NO  # noqa: PLR2004 - the rows with a rule


def _falses(sheet: _Scratch) -> str:
    start = {"sheetId": _TABS[1], "rowIndex": 10, "columnIndex": 0}
    rows = [{"values": [{"userEnteredValue": {"boolValue": False}}]}] * 5
    sheet.batch({"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}})
    return YES if sheet.appended_at("after FALSE") >= 15 else NO  # noqa: PLR2004 - the row after the last FALSE


_LOOKS: Mapping[str, Callable[[_Scratch], str]] = {
    SORT_MOVES_TAGS: _sort,
    REUSED: _reused,
    LIMIT: _limit,
    BOOLEANS: _booleans,
    RULES: _rules,
    FALSES: _falses,
}

QUESTIONS = tuple(_LOOKS)
"""Every question, in the order in which they are asked."""
