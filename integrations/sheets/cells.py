"""One cell, both ways: our value to what the sheet holds, and what a partner typed to a value or a named problem.

Pure. Nothing is guessed: a text that is not clearly a value of its column is a problem that a person reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integrations.sheets.layout import CellValue, Column


@dataclass(frozen=True)
class Problem:
    """Why a cell, row or column of a sheet can't be taken as it is: a stable `code` and a sentence for people."""

    code: str
    text_it: str


def encode(column: Column, value: CellValue) -> CellValue:
    """Our `value` as the sheet holds it: ISO dates become serial numbers, blank text None.

    Never raises: a value that does not fit its column's kind is written as text.
    """
    raise NotImplementedError


def parse_cell(column: Column, cell: CellValue) -> CellValue | Problem:
    """What the partner's `cell` means in `column`: a value (dates as ISO text, None when blank) or a Problem.

    Codes: not_integer, not_number, too_small, too_big, not_an_option, not_a_date, not_a_bool.
    """
    raise NotImplementedError
