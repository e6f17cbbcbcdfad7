"""What the sheet answers to people, in the column of each tab that is kept for it. Pure.

Every line begins with what it is: to be mended, put back, waiting for the office, or not read at all. Lines to be
mended and waiting stand as long as their reason; a line that says what was put back stands until the row is edited
again or somebody clears it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sheets.cells import blank, brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from integrations.sheets.cells import Problem
    from integrations.sheets.layout import CellValue

TO_MEND = "Da correggere"
PUT_BACK = "Ripristinato"
WAITING = "In sospeso"
UNREAD = "Riga non letta"

COPIED = f"{UNREAD}: è una copia, vale l'altra riga con lo stesso codice."
UNKNOWN = f"{UNREAD}: il codice non è di questo foglio."
NAMELESS = f"{UNREAD}: manca il codice."
STRAY = frozenset({COPIED, UNKNOWN, NAMELESS})
"""What stands beside rows that are no case's."""

_SOME = 3  # more system cells than this are told in one line


def to_mend(column: str, problem: Problem) -> str:
    """The value can't be taken as it is."""
    return f"{TO_MEND} – {column}: {problem.text_it}"


def waiting(column: str, was: CellValue) -> str:
    """The value is in quarantine."""
    counts = "resta vuota" if blank(was) else f"vale «{brief(was)}»"
    return f"{WAITING} – {column}: molte celle cambiate insieme; finché l'ufficio non conferma {counts}."


def too_late(column: str, typed: CellValue) -> str:
    """The row is final, what was typed is taken out again."""
    return f"{PUT_BACK} – {column}: decisione già presa, {_gone(typed)}."


def sent_back(column: str, typed: CellValue) -> str:
    """The office has the value from before put back."""
    return f"{PUT_BACK} – {column}: l'ufficio ha rimesso il valore di prima, {_gone(typed)}."


def ours(changed: Mapping[str, CellValue]) -> list[str]:
    """These system cells (column id -> what was typed) hold their own value again."""
    if len(changed) > _SOME:
        return [f"{PUT_BACK} – {len(changed)} celle di questa riga: le scrive il sistema."]
    return [f"{PUT_BACK} – {column}: la scrive il sistema, {_gone(typed)}." for column, typed in changed.items()]


def _gone(typed: CellValue) -> str:
    return "la cella non resta vuota" if blank(typed) else f"«{brief(typed)}» non vale"


def reply(
    standing: Iterable[str], new: Sequence[str], last: CellValue, shown: CellValue, *, edited: bool
) -> str | None:
    """The row's whole answer; None where there is nothing to say.

    Args:
        standing: lines whose reason stands in the row now.
        new: lines about what this cycle puts back.
        last: the answer as it was last seen.
        shown: the answer as it stands now; cleared by hand it has been read.
        edited: the row was edited since: what was put back before is no news any more.
    """
    kept = [] if edited or (blank(shown) and not blank(last)) else _lines_put_back(last)
    told = {_about(line) for line in new}
    lines = [*standing, *new, *(line for line in kept if _about(line) not in told)]
    return "\n".join(lines) or None


def _lines_put_back(answer: CellValue) -> list[str]:
    return [line for line in str(answer or "").split("\n") if line.startswith(PUT_BACK)]


def _about(line: str) -> str:
    return line.partition(":")[0]
