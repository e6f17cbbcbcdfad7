"""Where the columns of a layout are in a tab that people may have rearranged. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.sheets.cells import blank, folded
from integrations.sheets.freshness import heading_id
from integrations.sheets.plan import PlacedColumn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.sheets.layout import TabLayout
    from integrations.sheets.snapshot import TabSnapshot


@dataclass(frozen=True)
class Placement:
    """Column id -> index from 0, for every column of the layout.

    Attributes:
        setup: columns to set up: those found by heading only (to be tagged) and those to be made.
        made: ids of the columns that are not there and will be made at the right end.
        width: columns that the tab uses, the new ones among them.
    """

    index: Mapping[str, int]
    setup: tuple[PlacedColumn, ...]
    made: frozenset[str]
    width: int


def place(layout: TabLayout, tab: TabSnapshot) -> Placement:
    """Find each column: by metadata, else by heading, else it is to be made after the last column in use.

    Of two columns with the same tag or heading the leftmost counts: a copied column carries its original's.
    """
    wanted = {column.id for column in layout.columns}
    index: dict[str, int] = {}
    tagged = {at: id_ for at, id_ in sorted((tab.columns or {}).items()) if at >= 0}
    for at, id_ in tagged.items():
        if id_ in wanted:
            index.setdefault(id_, at)
    by_heading = _headings(layout, tab, taken=set(tagged))
    found = [
        PlacedColumn(column, by_heading[column.id], heading=False)
        for column in layout.columns
        if column.id not in index and column.id in by_heading
    ]
    index |= {placed.column.id: placed.index for placed in found}
    width = max([_used(tab), *(at + 1 for at in tagged)], default=0)
    made = [
        PlacedColumn(column, width + offset, heading=True)
        for offset, column in enumerate(column for column in layout.columns if column.id not in index)
    ]
    index |= {placed.column.id: placed.index for placed in made}
    return Placement(index, (*found, *made), frozenset(new.column.id for new in made), width + len(made))


def _headings(layout: TabLayout, tab: TabSnapshot, taken: set[int]) -> dict[str, int]:
    ids = {folded(column.id): column.id for column in layout.columns}
    headings: dict[str, int] = {}
    for at, cell in enumerate(tab.rows[0] if tab.rows else ()):
        id_ = ids.get(heading_id(cell))
        if id_ is not None and at not in taken:
            headings.setdefault(id_, at)
    return headings


def _used(tab: TabSnapshot) -> int:
    return max((at + 1 for row in tab.rows for at, cell in enumerate(row) if not blank(cell)), default=0)
