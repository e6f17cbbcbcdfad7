"""The merge of a summary tab: all of its rows are ours, so those that are over leave the tab. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from integrations.sheets.columns import place
from integrations.sheets.reconcile import reconcile
from integrations.sheets.rows import locate

if TYPE_CHECKING:
    from integrations.sheets.layout import TabLayout
    from integrations.sheets.outcome import Base, Held, OurRow, Place, Reconciled
    from integrations.sheets.snapshot import TabSnapshot


def refresh(
    layout: TabLayout,
    base: Base,
    ours: Mapping[str, OurRow],
    theirs: TabSnapshot,
    held: Mapping[Place, Held] | None = None,
) -> Reconciled:
    """As `reconcile`, and rows of `base` that are not in `ours` any more are deleted from the tab.

    A row that we never wrote is left alone: somebody may keep a note there. What is to be deleted stays in
    `seen_base`, so that a crash before the write forgets nothing.
    """
    merged = reconcile(layout, base, ours, theirs, held=held)
    over = {key for key in base if key not in ours}
    if not over or merged.write.insert_heading or layout.reference in place(layout, theirs).made:
        return merged
    unknown = locate(layout, theirs, place(layout, theirs), ours).unknown
    gone = tuple(row for row, text in unknown if text in over)
    left = merged.write.used - len(gone)
    # Google refuses to delete every row below the frozen heading, so one blank row at least stays
    spare = max(2 - (theirs.row_count + merged.write.add_rows - len(gone)), 0)
    return replace(
        merged,
        write=replace(merged.write, deleted=gone, used=left, add_rows=merged.write.add_rows + spare),
        findings=tuple(each for each in merged.findings if (each.row or 0) - 1 not in gone),
        seen_base={**{key: base[key] for key in over}, **merged.seen_base},
    )
