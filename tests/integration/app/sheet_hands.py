"""What people's hands do to one tab, through the API of the local Google: blocks, rows, columns, tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.test import Client

from integrations.local.google.app import LocalGoogle
from integrations.sheets import replies
from integrations.sheets.batch import cell_data
from integrations.sheets.layout import CHECK, REFERENCE, CellValue
from integrations.sheets.snapshot import MASK, SheetSnapshot, TabSnapshot, parse_spreadsheet

Request = dict[str, Any]


@dataclass
class Hands:
    """A person at one tab (by its key), in a spreadsheet that may change under their hands."""

    google: LocalGoogle
    spreadsheet: str
    key: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = Client(self.google).open(path, method=method, json=body, headers={"Authorization": "Bearer persona"})
        assert answer.status_code in (200, 204), answer.text
        return answer.json if answer.data else None

    def do(self, **request: Any) -> None:
        self.call("POST", f"/v4/spreadsheets/{self.spreadsheet}:batchUpdate", {"requests": [request]})

    def snapshot(self) -> SheetSnapshot:
        return parse_spreadsheet(self.call("GET", f"/v4/spreadsheets/{self.spreadsheet}?fields={MASK}"))

    def tab(self) -> TabSnapshot:
        return next(tab for tab in self.snapshot().tabs if tab.key == self.key)

    # --- reading ----------------------------------------------------------------------------------------------------

    @staticmethod
    def places(tab: TabSnapshot) -> dict[str, int]:
        """Column id -> index; of a copied column the leftmost."""
        places: dict[str, int] = {}
        for at, id_ in sorted((tab.columns or {}).items()):
            places.setdefault(id_, at)
        return places

    def rows(self, tab: TabSnapshot) -> dict[str, list[int]]:
        """Reference -> its rows, those that are called a copy last."""
        places = self.places(tab)
        found: dict[str, list[int]] = {}
        for row in range(1, len(tab.rows)):
            reference = tab.cell(row, places[REFERENCE])
            if isinstance(reference, str) and reference != REFERENCE:
                found.setdefault(reference, []).append(row)
        check = places.get(CHECK, -1)
        return {
            each: sorted(rows, key=lambda row: tab.cell(row, check) == replies.COPIED) for each, rows in found.items()
        }

    # --- writing ----------------------------------------------------------------------------------------------------

    def put(self, tab: TabSnapshot, row: int, column: int, block: list[list[CellValue]]) -> None:
        start = {"sheetId": tab.sheet_id, "rowIndex": row, "columnIndex": column}
        rows = [{"values": [cell_data(value) for value in values]} for values in block]
        self.do(updateCells={"start": start, "rows": rows, "fields": "userEnteredValue"})

    def sort(self, tab: TabSnapshot, column: int, first: int = 0, last: int | None = None) -> None:
        """Sort the columns from `first` on, of all rows or the first `last` ones, by `column`."""
        end = len(tab.rows) if last is None else min(1 + last, len(tab.rows))
        if end < 3:
            return
        part = {"sheetId": tab.sheet_id, "startRowIndex": 1, "endRowIndex": end, "startColumnIndex": first}
        order = [{"dimensionIndex": column, "sortOrder": "DESCENDING"}]
        self.do(sortRange={"range": part, "sortSpecs": order})

    def insert(self, tab: TabSnapshot, dimension: str, at: int) -> None:
        place = {"sheetId": tab.sheet_id, "dimension": dimension, "startIndex": at, "endIndex": at + 1}
        self.do(insertDimension={"range": place, "inheritFromBefore": False})

    def delete(self, tab: TabSnapshot, dimension: str, at: int) -> None:
        place = {"sheetId": tab.sheet_id, "dimension": dimension, "startIndex": at, "endIndex": at + 1}
        self.do(deleteDimension={"range": place})

    def move(self, tab: TabSnapshot, dimension: str, at: int, to: int) -> None:
        place = {"sheetId": tab.sheet_id, "dimension": dimension, "startIndex": at, "endIndex": at + 1}
        self.do(moveDimension={"source": place, "destinationIndex": to})

    def rename(self, tab: TabSnapshot, title: str) -> None:
        self.do(updateSheetProperties={"properties": {"sheetId": tab.sheet_id, "title": title}, "fields": "title"})

    def delete_tab(self, tab: TabSnapshot) -> None:
        self.do(deleteSheet={"sheetId": tab.sheet_id})
