"""Data validation as a person meets it: which choices a cell offers, and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from integrations.local.google.cells import Cell, Entered, formatted
from integrations.local.google.entry import typed
from integrations.local.google.formats import shown
from integrations.local.google.ranges import resolve
from integrations.local.google.wire import ApiError, Json, Scalar
from integrations.local.google.workbook import Workbook

_NUMBERS: Mapping[str, tuple[Callable[[float, list[float]], bool], str]] = {
    "NUMBER_BETWEEN": (lambda value, bounds: bounds[0] <= value <= bounds[1], "un numero fra {0} e {1}"),
    "NUMBER_NOT_BETWEEN": (lambda value, bounds: not bounds[0] <= value <= bounds[1], "un numero non fra {0} e {1}"),
    "NUMBER_GREATER": (lambda value, bounds: value > bounds[0], "un numero maggiore di {0}"),
    "NUMBER_GREATER_THAN_EQ": (lambda value, bounds: value >= bounds[0], "un numero non minore di {0}"),
    "NUMBER_LESS": (lambda value, bounds: value < bounds[0], "un numero minore di {0}"),
    "NUMBER_LESS_THAN_EQ": (lambda value, bounds: value <= bounds[0], "un numero non maggiore di {0}"),
    "NUMBER_EQ": (lambda value, bounds: value == bounds[0], "il numero {0}"),
    "NUMBER_NOT_EQ": (lambda value, bounds: value != bounds[0], "un numero diverso da {0}"),
}


def kind_of(cell: Cell) -> str:
    """The condition type of a cell's rule, empty without a rule."""
    return str(((cell.rule or {}).get("condition") or {}).get("type", ""))


def choices(workbook: Workbook, cell: Cell) -> list[str] | None:
    """The texts of a dropdown, in order; None when the cell has none."""
    kind, values = kind_of(cell), _values(cell.rule)
    if kind == "ONE_OF_LIST":
        return values
    if kind != "ONE_OF_RANGE" or not values:
        return None
    try:
        place = resolve(workbook, values[0].removeprefix("="))
    except ApiError:
        return []
    return [formatted(found, workbook.locale) for _, _, found in place.sheet.filled(place.area)]


def check_words(cell: Cell) -> tuple[Scalar, Scalar]:
    """What a checkbox stores when it is checked and when it is not."""
    values = _values(cell.rule)
    return (values[0], values[1] if len(values) > 1 else "") if values else (True, False)


def _values(rule: Json | None) -> list[str]:
    condition = (rule or {}).get("condition") or {}
    return [str(value.get("userEnteredValue", "")) for value in condition.get("values") or []]


def problem(workbook: Workbook, cell: Cell, text: str, entered: Entered, today: date) -> str | None:
    """Why a strict rule rejects what was typed, in Italian; None when it does not, or when the cell is emptied."""
    if entered is None or not (cell.rule or {}).get("strict"):
        return None
    listed = choices(workbook, cell)
    if listed is not None:
        return None if text.strip() in listed else "Scegli una voce dell’elenco: " + ", ".join(listed)
    if kind_of(cell) == "DATE_IS_VALID" and isinstance(entered, str | bool):
        return "Serve una data, per esempio 16/11/2026"
    found = _NUMBERS.get(kind_of(cell))
    if found is None:
        return None
    test, words = found
    bounds = [_bound(value, workbook.locale, today) for value in _values(cell.rule)]
    is_number = isinstance(entered, int | float) and not isinstance(entered, bool)
    if is_number and isinstance(entered, int | float) and test(entered, bounds):
        return None
    return "Serve " + words.format(*(shown(bound, None, workbook.locale) for bound in bounds))


def _bound(text: str, locale: str, today: date) -> float:
    value, _ = typed(text, locale, today)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    # A condition may have been written with the mark of another locale.
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return 0
