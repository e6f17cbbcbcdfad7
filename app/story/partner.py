"""A partner at work in the shared sheet: reads the tab, types outcome and score, through the Sheets API."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import requests

from integrations.sheets.freshness import heading_name

PATIENCE = 30
"""Seconds the sheet may take."""


class Partner:
    """One partner with an identity of their own, in one tab."""

    def __init__(self, sheets_url: str, spreadsheet: str, tab: str, who: str) -> None:
        self._values = f"{sheets_url}/v4/spreadsheets/{spreadsheet}/values"
        self._tab = tab.replace("'", "''")
        self._headers = {"Authorization": f"Bearer partner-{who}"}

    def rows(self) -> list[dict[str, object]]:
        """The tab's rows by column id."""
        address = f"{self._values}/{quote(self._range('A1:ZZ1000'))}?valueRenderOption=UNFORMATTED_VALUE"
        answer = requests.get(address, headers=self._headers, timeout=PATIENCE)
        answer.raise_for_status()
        header, *rows = answer.json().get("values", [[]])
        names = [heading_name(cell) for cell in header]
        return [dict(zip(names, row, strict=False)) for row in rows]

    def type_in(self, reference: str, cells: Mapping[str, str]) -> None:
        """Type `cells` (column id -> what is typed) into the row of `reference`, or of that key.

        Raises:
            LookupError: the row or a column is not there.
        """
        rows = self.rows()
        keys = [row.get("codice", row.get("chiave")) for row in rows]
        number = keys.index(reference) + 2 if reference in keys else None
        if number is None:
            raise LookupError(f"{reference} has no row in «{self._tab}»")
        header = self._header()
        data = [
            {"range": self._range(f"{_letter(header.index(column))}{number}"), "values": [[typed]]}
            for column, typed in cells.items()
        ]
        body = {"valueInputOption": "USER_ENTERED", "data": data}
        address = f"{self._values}:batchUpdate"
        requests.post(address, json=body, headers=self._headers, timeout=PATIENCE).raise_for_status()

    def _header(self) -> list[str]:
        answer = requests.get(f"{self._values}/{quote(self._range('A1:ZZ1'))}", headers=self._headers, timeout=PATIENCE)
        answer.raise_for_status()
        header: list[str] = answer.json()["values"][0]
        return header

    def _range(self, cells: str) -> str:
        return f"'{self._tab}'!{cells}"


def _letter(index: int) -> str:
    """The sheet's name of a column, from 0: A, B, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
