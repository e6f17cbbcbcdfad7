"""One cell: what was entered, its style, note and validation; what it is worth and how it reads.

Cells are immutable: a spreadsheet is copied before a write by copying lists of references to them.
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from integrations.local.google.formats import shown
from integrations.local.google.wire import Json, Scalar, bad_request, colour, number


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it was typed, with its leading `=`."""

    text: str


@dataclass(frozen=True, slots=True)
class CellError:
    """What a formula is worth that cannot be computed."""

    kind: str
    message: str


Entered: TypeAlias = Scalar | Formula | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. `style` is Google's userEnteredFormat, `rule` its dataValidation; both are never changed in place."""

    entered: Entered = None
    style: Json | None = None
    note: str = ""
    rule: Json | None = None

    @property
    def blank(self) -> bool:
        """Nothing at all is in this cell."""
        return self.entered is None and not self.style and not self.note and not self.rule


EMPTY = Cell()

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def worth(entered: Entered) -> Scalar | CellError | None:
    """The effective value: a formula is computed where it is plain arithmetic, else it is #NAME?."""
    return _computed(entered.text) if isinstance(entered, Formula) else entered


@functools.lru_cache(maxsize=1024)
def _computed(text: str) -> Scalar | CellError:
    try:
        return number(_term(ast.parse(text[1:].strip(), mode="eval").body))
    except ZeroDivisionError:
        return CellError("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero.")
    except (SyntaxError, ValueError, OverflowError, RecursionError):
        return CellError("NAME", "The local server computes arithmetic only.")


def _term(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_term(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        return _ARITHMETIC[type(node.op)](_term(node.left), _term(node.right))
    raise ValueError("not arithmetic")


def formatted(cell: Cell, locale: str) -> str:
    """The text a person sees in the cell."""
    value = worth(cell.entered)
    if value is None:
        return ""
    if isinstance(value, CellError):
        return {"DIVIDE_BY_ZERO": "#DIV/0!"}.get(value.kind, "#NAME?")
    return shown(value, (cell.style or {}).get("numberFormat"), locale)


def extended_value(value: Entered | CellError) -> Json:
    """Google's ExtendedValue."""
    if isinstance(value, Formula):
        return {"formulaValue": value.text}
    if isinstance(value, CellError):
        return {"errorValue": {"type": value.kind, "message": value.message}}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    return {} if value is None else {"numberValue": number(value)}


def from_extended(value: Json | None) -> Entered:
    """What a typed write puts in a cell. Nothing is parsed; an empty string is an empty cell."""
    if not value:
        return None
    if len(value) != 1:
        raise bad_request("Only one of the values of userEnteredValue may be set.")
    kind, content = next(iter(value.items()))
    if kind == "stringValue" and isinstance(content, str):
        return content or None
    if kind == "boolValue" and isinstance(content, bool):
        return content
    if kind == "numberValue" and isinstance(content, int | float) and not isinstance(content, bool):
        return number(content)
    if kind == "formulaValue" and isinstance(content, str) and content.startswith("="):
        return Formula(content)
    raise bad_request(f"Invalid value at '{kind}', {content!r}")


def with_entered(cell: Cell, entered: Entered) -> Cell:
    """The same cell with another content; text longer than Google takes is refused."""
    if isinstance(entered, str) and len(entered) > 50_000:  # noqa: PLR2004 - Google's limit, named in the message
        raise bad_request("Your input contains more than the maximum of 50000 characters in a single cell.")
    return replace(cell, entered=entered)


def clean_style(style: Json) -> Json:
    """A userEnteredFormat as Google keeps it: colours quantised, each colour with its …Style twin."""
    kept = dict(style)
    _twin(kept, "backgroundColor")
    text = kept.get("textFormat")
    if isinstance(text, dict):
        kept["textFormat"] = dict(text)
        _twin(kept["textFormat"], "foregroundColor")
    return {name: value for name, value in kept.items() if value is not None}


def _twin(style: Json, name: str) -> None:
    paired = (style.get(f"{name}Style") or {}).get("rgbColor", style.get(name))
    if paired is not None:
        style[name] = colour(paired)
        style[f"{name}Style"] = {"rgbColor": colour(paired)}
