"""What a tab of ours looks like: its columns, who writes them, what they hold. Pure data.

A system column is written by us and restored when somebody changes it; a partner column is written by the partner
and read by us. A column of the tab that no layout names is free: never read into a case, never touched.
Identity does not hang on place or heading: a row is found by the value of its reference column, a column by the
developer metadata `hubout.col` (domain.md §5, reference google-sheets.md §9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

CellValue: TypeAlias = str | int | float | bool | None
"""One cell as JSON: None is blank. Dates are ISO text on our side and serial numbers in the sheet."""

Owner: TypeAlias = Literal["system", "partner"]
Kind: TypeAlias = Literal["text", "integer", "decimal", "percent", "date", "datetime", "bool", "choice"]

REFERENCE = "codice"
CHECK = "controllo"
LOCALE = "it_IT"
TIME_ZONE = "Europe/Rome"


@dataclass(frozen=True)
class Column:
    """One column of a tab.

    Attributes:
        id: written by hand in the call file; stands in the header row and in the column's metadata.
        owner: who writes its cells.
        kind: what a cell holds; `percent` is a fraction (0.45), `datetime` local time of Europe/Rome.
        options: the exact texts of a `choice`, in the order of the dropdown.
        min: smallest number taken (integer, decimal, percent), inclusive.
        max: largest number taken, inclusive.
    """

    id: str
    owner: Owner = "system"
    kind: Kind = "text"
    options: tuple[str, ...] = ()
    min: int | float | None = None
    max: int | float | None = None

    def __post_init__(self) -> None:
        if self.kind == "choice" and not self.options:
            raise ValueError(f"column {self.id}: a choice needs options")
        if self.options and self.kind != "choice":
            raise ValueError(f"column {self.id}: only a choice has options")


@dataclass(frozen=True)
class TabLayout:
    """One tab: `key` is its identity for us (metadata `hubout.tab`), `title` the name people see when it is made.

    Attributes:
        key: unique within the spreadsheet and stable for ever, as `olt-1` or `domande`.
        title: tab name at creation; people may rename the tab afterwards.
        columns: from left to right as the tab is made; people may move them afterwards.
        reference: id of the system column whose value names the row.
        check: id of the system column in which the sheet answers people (replies.py); None where it has none.
        locked: nobody but us writes in it: a summary without a partner's columns.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    reference: str = REFERENCE
    check: str | None = None
    locked: bool = False

    def __post_init__(self) -> None:
        ids = [column.id for column in self.columns]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ValueError(f"tab {self.key}: columns given twice: {', '.join(twice)}")
        if not any(column.id == self.reference and column.owner == "system" for column in self.columns):
            raise ValueError(f"tab {self.key}: no system column {self.reference}")
        if self.check is not None and not any(column.id == self.check for column in self.columns):
            raise ValueError(f"tab {self.key}: no column {self.check}")

    @property
    def system(self) -> tuple[Column, ...]:
        """The columns we write, the reference among them."""
        return tuple(column for column in self.columns if column.owner == "system")

    @property
    def partner(self) -> tuple[Column, ...]:
        """The columns the partner writes."""
        return tuple(column for column in self.columns if column.owner == "partner")


LEFT = (
    Column(REFERENCE),
    Column("ricevuta_il", kind="datetime"),
    Column("stato"),
    Column("prossimo_passo"),
    Column("scadenza", kind="date"),
)
"""System columns that open every tab of cases (domain.md §5)."""

RIGHT = (
    Column("aggiornato_il", kind="datetime"),
    Column("versione", kind="integer"),
    Column("link_scheda"),
)
"""System columns that follow the content columns."""


def case_tab(key: str, title: str, content: Sequence[Column], partner: Sequence[Column]) -> TabLayout:
    """The usual tab of cases: LEFT, the call's content columns, RIGHT, the partner's columns, and our answers to them.

    Raises:
        ValueError: an id stands twice, for instance a content column named like a system one.
    """
    return TabLayout(key, title, (*LEFT, *content, *RIGHT, *partner, Column(CHECK)), check=CHECK)
