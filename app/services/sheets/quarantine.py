"""What is decided about quarantined cells: taken as they are, or put back (`hubout sheets quarantine`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import HubOutError
from app.models import HeldCell, Quarantine, SheetRow, Submission
from app.services.casework import reviews
from app.services.context import Context, ask_for
from app.services.sheets import held_cells, sheet_rows, sheet_tabs, syncing


def listed(context: Context, *, everything: bool = False) -> list[dict[str, Any]]:
    """The quarantines that wait for a decision, oldest first; with `everything` also those that ended."""
    query = select(Quarantine).order_by(Quarantine.id)
    if not everything:
        query = query.where(Quarantine.state == held_cells.OPEN)
    with context.read() as session:
        return [_record(session, quarantine) for quarantine in session.scalars(query)]


def _record(session: Session, quarantine: Quarantine) -> dict[str, Any]:
    cells = _cells(session, quarantine)
    return {
        "id": quarantine.id,
        "state": quarantine.state,
        "workbook": quarantine.workbook,
        "tab": quarantine.tab,
        "found_at": quarantine.found_at.isoformat(timespec="seconds"),
        "rows": len({cell.reference for cell in cells}),
        "cells": [
            {"reference": cell.reference, "column": cell.name, "was": cell.was, "now": cell.now, "held": cell.live}
            for cell in cells
        ],
    }


def accept(context: Context, number: int) -> int:
    """Take the partner's values as if they had been read now; how many.

    A case that was decided meanwhile takes none: the next sync puts its cells back and says so.

    Raises:
        HubOutError: there is none of this number, it was decided already, or no call has its tab any more.
    """
    now = context.clock.now()
    with context.write() as session:
        quarantine = _open(session, number)
        syncing.take_over(session, quarantine.workbook)
        tabs = sheet_tabs.work_tabs(context, quarantine.workbook)
        each = next((tab for tab in tabs if tab.tab.title == quarantine.tab), None)
        if each is None:
            raise HubOutError(
                f"no call has the tab «{quarantine.tab}» any more", f"`hubout sheets quarantine restore {number}`"
            )
        ours = sheet_rows.rows_of(session, context, each.calls, each.tab)
        taken: dict[str, dict[str, Any]] = {}
        for cell in [cell for cell in _cells(session, quarantine) if cell.live]:
            cell.live = False
            taken.setdefault(cell.reference, {})[cell.name] = cell.now
        ours = sheet_rows.rows_of(session, context, each.calls, each.tab, there=taken)
        for reference, values in sorted(taken.items()):
            submission = session.scalars(select(Submission).where(Submission.reference == reference)).one()
            if reference not in ours or ours[reference].final:
                continue
            row = _row(session, quarantine, submission)
            merged = {**(row.base or {}), **values}
            row.base = {name: value for name, value in merged.items() if value not in (None, "")}
            reviews.record(session, context, each.tab, each.layout, reference, row.base)
        held_cells.close(quarantine, held_cells.ACCEPTED, now)
        ask_for(session, "sync_sheet", quarantine.workbook)
        return sum(len(values) for values in taken.values())


def restore(context: Context, number: int) -> int:
    """Have the values from before put back into the sheet by the next sync; how many.

    Raises:
        HubOutError: there is none of this number, or it was decided already.
    """
    with context.write() as session:
        quarantine = _open(session, number)
        held_cells.close(quarantine, held_cells.RESTORED, context.clock.now())
        ask_for(session, "sync_sheet", quarantine.workbook)
        return sum(cell.live for cell in _cells(session, quarantine))


def _open(session: Session, number: int) -> Quarantine:
    quarantine = session.get(Quarantine, number, with_for_update=True)
    if quarantine is None:
        raise HubOutError(f"there is no quarantine {number}", "`hubout sheets quarantine list` lists them")
    if quarantine.state != held_cells.OPEN:
        raise HubOutError(f"quarantine {number} is over: {quarantine.state}", "`hubout sheets quarantine list --all`")
    return quarantine


def _cells(session: Session, quarantine: Quarantine) -> list[HeldCell]:
    query = select(HeldCell).where(HeldCell.quarantine_id == quarantine.id).order_by(HeldCell.id)
    return list(session.scalars(query))


def _row(session: Session, quarantine: Quarantine, submission: Submission) -> SheetRow:
    query = select(SheetRow).where(
        SheetRow.workbook == quarantine.workbook,
        SheetRow.tab == quarantine.tab,
        SheetRow.submission_id == submission.id,
    )
    return session.scalars(query).one()
