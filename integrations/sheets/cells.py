"""One cell, both ways: our value to what the sheet holds, and what a partner typed to a value or a named problem.

Pure. Nothing is guessed: a text that is not clearly a value of its column is a problem that a person reads.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeGuard
from zoneinfo import ZoneInfo

from integrations.sheets.layout import TIME_ZONE, CellValue

if TYPE_CHECKING:
    from integrations.sheets.layout import Column, Kind

LONGEST_TEXT = 50_000  # characters, Google's limit of a cell
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - serial numbers count local days, without a zone
_LAST_SERIAL = 2_958_465  # 31/12/9999
_ZONE = ZoneInfo(TIME_ZONE)
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}[.,][0-9]{3}")  # 1.234 is a thousand to some and a fraction to others
_ITALIAN_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_TRUTHS = {"true": True, "vero": True, "false": False, "falso": False}


@dataclass(frozen=True)
class Problem:
    """Why a cell, row or column of a sheet can't be taken as it is: a stable `code` and a sentence for people."""

    code: str
    text_it: str


def blank(cell: CellValue) -> bool:
    """Nothing to see: no value, or white space only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def same(one: CellValue, other: CellValue) -> bool:
    """The two cells show the same: blank is blank, 82 is 82.0 (but not "82"), TRUE is not 1."""
    if one in (None, "") or other in (None, ""):
        return one in (None, "") and other in (None, "")
    if _numeric(one) and _numeric(other):
        return one == other or _close(one, other)
    return type(one) is type(other) and one == other


def _close(one: float, other: float) -> bool:
    """Equal but for the last bits, which a time of day may lose on its way through the sheet."""
    try:
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9) or (math.isnan(one) and math.isnan(other))
    except OverflowError:  # an int beyond any float
        return False


def shown(cell: CellValue) -> str:
    """`cell` as an Italian reader would see it, for messages and for text columns."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "VERO" if cell else "FALSO"
    if isinstance(cell, float):
        return (f"{cell:.0f}" if cell.is_integer() else repr(cell)).replace(".", ",")
    return str(cell)


# --- ours to the sheet ------------------------------------------------------------------------------------------


def encode(column: Column, value: CellValue) -> CellValue:
    """Our `value` as the sheet holds it: ISO dates become serial numbers, blank text None.

    Never raises: a value that does not fit its column's kind is written as text.
    """
    if value is None or value == "":
        return None
    if column.kind in ("date", "datetime") and isinstance(value, str):
        moment = _local(value)
        if moment is not None:
            return _serial(moment, whole=column.kind == "date")
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_TEXT]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _local(text: str) -> datetime | None:
    """An ISO date or date-time as wall time of Rome; None where it is neither."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return moment if moment >= _EPOCH else None
    try:
        moment = moment.astimezone(_ZONE).replace(tzinfo=None)
    except OverflowError:
        return None
    return moment if moment >= _EPOCH else None


def _serial(moment: datetime, *, whole: bool) -> CellValue:
    span = moment - _EPOCH
    return span.days if whole else span.days + span.seconds / 86_400


# --- the sheet to ours ------------------------------------------------------------------------------------------


def parse_cell(column: Column, cell: CellValue) -> CellValue | Problem:
    """What the partner's `cell` means in `column`: a value (dates as ISO text, None when blank) or a Problem.

    Codes: not_integer, not_number, too_small, too_big, not_an_option, not_a_date, not_a_bool.
    """
    if blank(cell):
        return None
    if isinstance(cell, float) and not math.isfinite(cell):
        return Problem("not_number", "Il valore non è un numero utilizzabile.")
    return _READERS[column.kind](column, cell)


def _numeric(cell: CellValue) -> TypeGuard[int | float]:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _text(_column: Column, cell: CellValue) -> CellValue | Problem:
    return shown(cell)


def _integer(column: Column, cell: CellValue) -> CellValue | Problem:
    if isinstance(cell, str) and _INTEGER.fullmatch(cell.strip()):
        cell = int(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if not isinstance(cell, int) or isinstance(cell, bool):
        return Problem("not_integer", f"«{brief(cell)}» non è un numero intero: scrivere solo cifre, per esempio 8.")
    return _within(column, cell)


def _decimal(column: Column, cell: CellValue) -> CellValue | Problem:
    number = _number(cell)
    return _no_number(cell) if number is None else _within(column, number)


def _percent(column: Column, cell: CellValue) -> CellValue | Problem:
    if isinstance(cell, str) and cell.strip().endswith("%"):
        number = _number(cell.strip()[:-1])
        return _no_number(cell) if number is None else _within(column, number / 100)
    return _decimal(column, cell)


def _number(cell: CellValue) -> int | float | None:
    """A number, or a text that is one with either decimal mark; None for all else."""
    if isinstance(cell, str):
        text = cell.strip()
        if _NUMBER.fullmatch(text) and not _THOUSANDS.fullmatch(text):
            return float(text.replace(",", "."))
    return cell if _numeric(cell) else None


def _no_number(cell: CellValue) -> Problem:
    return Problem("not_number", f"«{brief(cell)}» non è un numero: scrivere per esempio 8,5.")


def _within(column: Column, number: float) -> CellValue | Problem:
    if column.min is not None and number < column.min:
        return Problem("too_small", f"{brief(number)} è troppo piccolo: il minimo è {shown(column.min)}.")
    if column.max is not None and number > column.max:
        return Problem("too_big", f"{brief(number)} è troppo grande: il massimo è {shown(column.max)}.")
    return number


def _choice(column: Column, cell: CellValue) -> CellValue | Problem:
    wanted = folded(shown(cell))
    for option in column.options:
        if folded(option) == wanted:
            return option
    return Problem("not_an_option", f"«{brief(cell)}» non è tra le scelte: {', '.join(column.options)}.")


def _bool(_column: Column, cell: CellValue) -> CellValue | Problem:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, str) and cell.strip().casefold() in _TRUTHS:
        return _TRUTHS[cell.strip().casefold()]
    return Problem("not_a_bool", f"«{brief(cell)}»: qui va solo la spunta (VERO o FALSO).")


def _date(_column: Column, cell: CellValue) -> CellValue | Problem:
    moment = _moment(cell)
    return _no_date(cell) if moment is None else moment.date().isoformat()


def _datetime(_column: Column, cell: CellValue) -> CellValue | Problem:
    moment = _moment(cell)
    return _no_date(cell) if moment is None else moment.isoformat(timespec="minutes")


def _no_date(cell: CellValue) -> Problem:
    return Problem("not_a_date", f"«{brief(cell)}» non è una data: scrivere giorno/mese/anno, per esempio 16/11/2026.")


def _moment(cell: CellValue) -> datetime | None:
    """A serial number or a text written day/month/year or ISO, as wall time; None where it is neither."""
    if _numeric(cell):
        return _EPOCH + timedelta(seconds=round(cell * 86_400)) if 1 <= cell <= _LAST_SERIAL else None
    if not isinstance(cell, str):
        return None
    match = _ITALIAN_DATE.fullmatch(cell.strip())
    if match is None:
        return _local(cell.strip())
    day, month, year = (int(part) for part in match.groups())
    try:
        return datetime.combine(date(year, month, day), datetime.min.time())
    except ValueError:
        return None


def folded(text: str) -> str:
    """Spelling without the differences a keyboard makes: blanks around, case, composed or decomposed accents."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def brief(cell: CellValue) -> str:
    """`cell` as an Italian reader would see it, not longer than to recognise it; in one line."""
    text = " ".join(shown(cell).split())
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - long enough to recognise the cell


_READERS: Mapping[Kind, Callable[[Column, CellValue], CellValue | Problem]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "percent": _percent,
    "bool": _bool,
    "choice": _choice,
    "date": _date,
    "datetime": _datetime,
}
