"""A workbook that begins in a partner's own spreadsheet, and one that ends: the requests of both. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.sheets.batch import Request, free_number, free_title, tab_tag, update_cells
from integrations.sheets.cells import blank, shown
from integrations.sheets.columns import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.sheets.layout import TabLayout
    from integrations.sheets.snapshot import SheetSnapshot, TabSnapshot

RETIRED = "Spostato"


@dataclass(frozen=True)
class TabChange:
    """What connecting will do to one tab, by the ids and headings that people see.

    Attributes:
        title: the tab's name, there or to be made.
        theirs: the partner's own name of the tab; None where it is to be made.
        found: columns that are there already, by tag or heading.
        filled: those of `found` that we write and that hold something of the partner's.
        made: columns to be added at the right end.
        free: headings of columns that stay the partner's own.
        rows: rows of the partner's below the heading.
    """

    title: str
    theirs: str | None
    found: tuple[str, ...]
    filled: tuple[str, ...]
    made: tuple[str, ...]
    free: tuple[str, ...]
    rows: int


def tab_changes(snapshot: SheetSnapshot, layouts: Sequence[TabLayout]) -> tuple[TabChange, ...]:
    """What the first sync will do to the tabs of a spreadsheet that is about to be connected."""
    return tuple(_tab_change(snapshot.tab(layout), layout) for layout in layouts)


def _tab_change(tab: TabSnapshot | None, layout: TabLayout) -> TabChange:
    ids = tuple(column.id for column in layout.columns)
    if tab is None:
        return TabChange(layout.title, None, (), (), ids, (), 0)
    placement = place(layout, tab)
    ours = set(placement.index.values())
    headings = tab.rows[0] if tab.rows else ()
    free = tuple(shown(cell) for at, cell in enumerate(headings) if at not in ours and not blank(cell))
    found = tuple(id_ for id_ in ids if id_ not in placement.made)
    filled = tuple(
        column.id
        for column in layout.system
        if column.id in found
        and any(not blank(tab.cell(row, placement.index[column.id])) for row in range(1, len(tab.rows)))
    )
    made = tuple(id_ for id_ in ids if id_ in placement.made)
    return TabChange(layout.title, tab.title, found, filled, made, free, max(len(tab.rows) - 1, 0))


def claim_requests(sheet_id: int, layout: TabLayout) -> list[Request]:
    """Tag a tab as that of `layout`; all else comes with the first write."""
    return [tab_tag(sheet_id, layout.key)]


def retire_requests(snapshot: SheetSnapshot, notice: Sequence[str]) -> list[Request]:
    """Lock every tab, and put one that says where the rows are now before them."""
    description = "Foglio sostituito: si legge soltanto"
    locks: list[Request] = [
        {
            "addProtectedRange": {
                "protectedRange": {"range": {"sheetId": tab.sheet_id}, "description": description, "warningOnly": False}
            }
        }
        for tab in snapshot.tabs
    ]
    number = free_number(f"{RETIRED}/{snapshot.spreadsheet_id}", {tab.sheet_id for tab in snapshot.tabs})
    title = free_title(RETIRED, {tab.title.casefold() for tab in snapshot.tabs})
    grid = {"rowCount": max(len(notice), 1), "columnCount": 1}
    made = {"sheetId": number, "title": title, "index": 0, "gridProperties": grid}
    return [*locks, {"addSheet": {"properties": made}}, update_cells(number, 0, 0, [[line] for line in notice])]
