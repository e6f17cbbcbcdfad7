"""The sum beside the points of a row: reckoned from what the tab holds, so that no sort or paste can break it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from integrations.sheets.cells import parse_cell
from integrations.sheets.columns import place
from integrations.sheets.copies import original
from integrations.sheets.rows import locate

if TYPE_CHECKING:
    from integrations.sheets.layout import TabLayout
    from integrations.sheets.outcome import Base, OurRow
    from integrations.sheets.snapshot import TabSnapshot


def with_totals(
    layout: TabLayout, base: Base, ours: Mapping[str, OurRow], theirs: TabSnapshot, total: str, points: Collection[str]
) -> dict[str, OurRow]:
    """`ours` with column `total`: the sum of the row's `points`, blank until all of them are whole numbers in range.

    Where a row was copied the points of the original count, as they do in the merge.
    """
    placement = place(layout, theirs)
    rows = locate(layout, theirs, placement, ours).rows
    parts = [column for column in layout.partner if column.id in points]
    totals = {}
    for reference, found in rows.items():
        at = original(layout, theirs, placement, ours[reference], base.get(reference, {}), found)
        given = [parse_cell(column, theirs.cell(at, placement.index[column.id])) for column in parts]
        numbers = [value for value in given if isinstance(value, int) and not isinstance(value, bool)]
        totals[reference] = sum(numbers) if len(numbers) == len(parts) else None
    return {
        reference: replace(row, cells={**row.cells, total: totals.get(reference)}) for reference, row in ours.items()
    }
