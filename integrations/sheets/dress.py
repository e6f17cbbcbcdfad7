"""How a column looks and what it lets people enter: colours, formats, dropdowns, the warning on ours. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrations.sheets.cells import shown
from integrations.sheets.layout import CHECK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.sheets.layout import Column, Kind, Owner
    from integrations.sheets.plan import PlacedColumn

_CELLS: Mapping[Owner, Mapping[str, float]] = {
    "system": {"red": 0.95, "green": 0.95, "blue": 0.95},
    "partner": {"red": 1.0, "green": 0.97, "blue": 0.8},
}
_HEADINGS: Mapping[Owner, Mapping[str, float]] = {
    "system": {"red": 0.85, "green": 0.85, "blue": 0.85},
    "partner": {"red": 1.0, "green": 0.9, "blue": 0.5},
}
# Text and choices are TEXT, so that what a partner types (8/10, =A1) stays as it was typed.
_FORMATS: Mapping[Kind, Mapping[str, str]] = {
    "text": {"type": "TEXT", "pattern": "@"},
    "choice": {"type": "TEXT", "pattern": "@"},
    "integer": {"type": "NUMBER", "pattern": "0"},
    "decimal": {"type": "NUMBER", "pattern": "#,##0.00"},
    "percent": {"type": "PERCENT", "pattern": "0%"},
    "date": {"type": "DATE", "pattern": "dd/MM/yyyy"},
    "datetime": {"type": "DATE_TIME", "pattern": "dd/MM/yyyy HH:mm"},
}
_WIDTHS: Mapping[Kind, int] = {"text": 180, "choice": 140, "datetime": 130}  # pixels
_WIDTH = 110
_CHECK_WIDTH = 320  # pixels: whole sentences


def dressed(sheet_id: int, placed: PlacedColumn) -> list[dict[str, Any]]:
    """The requests that give a whole column its look, for all rows of the grid as it is then."""
    column = placed.column
    cells = _range(sheet_id, placed.index, first_row=1)
    number_format = _FORMATS.get(column.kind)
    look: dict[str, Any] = {
        "backgroundColorStyle": {"rgbColor": dict(_CELLS[column.owner])},
        "wrapStrategy": "WRAP" if column.owner == "partner" or column.id == CHECK else "CLIP",
    }
    if number_format is not None:
        look["numberFormat"] = dict(number_format)
    dimension = column_range(sheet_id, placed.index)
    width = {"pixelSize": _CHECK_WIDTH if column.id == CHECK else _WIDTHS.get(column.kind, _WIDTH)}
    requests: list[dict[str, Any]] = [
        _repeat(cells, look),
        {"updateDimensionProperties": {"range": dimension, "properties": width, "fields": "pixelSize"}},
    ]
    if placed.heading:
        requests.append(headed(sheet_id, placed))
    return requests


def headed(sheet_id: int, placed: PlacedColumn) -> dict[str, Any]:
    """The request that gives the heading of a column its look."""
    heading = _range(sheet_id, placed.index, first_row=0) | {"endRowIndex": 1}
    colour = {"backgroundColorStyle": {"rgbColor": dict(_HEADINGS[placed.column.owner])}}
    return _repeat(heading, colour | {"textFormat": {"bold": True}})


def ruled(sheet_id: int, columns: Sequence[PlacedColumn], used: int | None) -> list[dict[str, Any]]:
    """The rules of the partner's columns, for the `used` rows below the heading; None: for blank ones too.

    Not for blank rows unless it is known that appendCells does not take a cell that only has a rule for data: the
    documents leave that open (questions.py).
    """
    if used is not None and used <= 1:
        return []
    rules = [(placed.index, _rule(placed.column)) for placed in columns if placed.column.owner == "partner"]
    end = {} if used is None else {"endRowIndex": used}
    return [
        {"setDataValidation": {"range": _range(sheet_id, index, first_row=1) | end, "rule": rule}}
        for index, rule in rules
        if rule is not None
    ]


def column_range(sheet_id: int, column: int) -> dict[str, Any]:
    """One whole column, as metadata and dimension requests name it."""
    return {"sheetId": sheet_id, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}


def protected(sheet_id: int, first: int, end: int, *, locked: bool) -> dict[str, Any]:
    """A warning on the system columns `first` to before `end`: partners must go on sorting the rows.

    In a summary a lock: nobody but us writes there, and whoever wants another order makes a filter view.
    """
    columns = {"sheetId": sheet_id, "startColumnIndex": first, "endColumnIndex": end}
    description = "Colonne scritte dal sistema: le modifiche vengono annullate"
    protection = {"range": columns, "description": description, "warningOnly": not locked}
    return {"addProtectedRange": {"protectedRange": protection}}


def _repeat(cells: dict[str, int], look: Mapping[str, Any]) -> dict[str, Any]:
    fields = f"userEnteredFormat({','.join(look)})"
    return {"repeatCell": {"range": cells, "cell": {"userEnteredFormat": dict(look)}, "fields": fields}}


def _range(sheet_id: int, column: int, *, first_row: int) -> dict[str, int]:
    return {
        "sheetId": sheet_id,
        "startRowIndex": first_row,
        "startColumnIndex": column,
        "endColumnIndex": column + 1,
    }


def _rule(column: Column) -> dict[str, Any] | None:
    """What Google lets people type; pastes and API writes pass it by, so `parse_cell` judges again."""
    if column.kind == "choice":
        rule = _condition("ONE_OF_LIST", *column.options) | {"showCustomUi": True}
        return rule | {"inputMessage": "Scegliere una voce dell'elenco."}
    if column.kind == "bool":
        return _condition("BOOLEAN")
    if column.kind == "date":
        return _condition("DATE_IS_VALID") | {"inputMessage": "Una data, per esempio 16/11/2026."}
    if column.kind in ("integer", "decimal", "percent"):
        return _number_rule(column)
    return None


def _number_rule(column: Column) -> dict[str, Any] | None:
    low, high = column.min, column.max
    if low is not None and high is not None:
        message = f"Un numero da {shown(low)} a {shown(high)}."
        return _condition("NUMBER_BETWEEN", shown(low), shown(high)) | {"inputMessage": message}
    if low is not None:
        return _condition("NUMBER_GREATER_THAN_EQ", shown(low)) | {"inputMessage": f"Almeno {shown(low)}."}
    if high is not None:
        return _condition("NUMBER_LESS_THAN_EQ", shown(high)) | {"inputMessage": f"Al massimo {shown(high)}."}
    return None


def _condition(kind: str, *values: str) -> dict[str, Any]:
    condition: dict[str, Any] = {"type": kind}
    if values:
        condition["values"] = [{"userEnteredValue": value} for value in values]
    return {"condition": condition, "strict": True}
