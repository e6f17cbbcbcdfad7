"""Which of several rows with one reference is the case's, and which are copies of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sheets import replies
from integrations.sheets.cells import encode, same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.sheets.columns import Placement
    from integrations.sheets.layout import TabLayout
    from integrations.sheets.outcome import BaseRow, OurRow
    from integrations.sheets.snapshot import TabSnapshot


def original(
    layout: TabLayout, theirs: TabSnapshot, placement: Placement, ours: OurRow, base: BaseRow, found: Sequence[int]
) -> int:
    """Of the rows `found`, one at least, the original, as far as it can be told.

    That is the one whose system cells are the case's, that was not called a copy before, and that is least changed
    since it was last seen.
    """
    check = layout.check
    left_out = {layout.reference, check} | placement.made
    system = [column for column in layout.system if column.id not in left_out]
    partner = [column.id for column in layout.partner if column.id not in placement.made]

    def unlikely(row: int) -> tuple[bool, bool, int]:
        strange = any(
            not same(cell, encode(column, ours.cells.get(column.id))) and not same(cell, base.get(column.id))
            for column, cell in ((column, theirs.cell(row, placement.index[column.id])) for column in system)
        )
        called = (
            check is not None
            and check not in placement.made
            and theirs.cell(row, placement.index[check]) == replies.COPIED
        )
        changed = sum(not same(theirs.cell(row, placement.index[id_]), base.get(id_)) for id_ in partner)
        return strange, called, changed

    return found[0] if len(found) == 1 else min(found, key=unlikely)
