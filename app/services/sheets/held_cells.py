"""Cells in quarantine: what looks like an accident in a sheet is kept here until somebody accepts or undoes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.models import HeldCell, Quarantine
from integrations.sheets.outcome import Change, Held, Place

OPEN, ACCEPTED, RESTORED, MENDED = "open", "accepted", "restored", "mended"


def held_in(session: Session, workbook: str, tab: str) -> dict[Place, Held]:
    """The cells of a tab that are held now."""
    return {
        (cell.reference, cell.name): Held(cell.now, back=quarantine.state == RESTORED)
        for quarantine, cell in session.execute(_live(workbook, tab))
    }


def release(session: Session, workbook: str, tab: str, places: Collection[Place], now: datetime) -> None:
    """Forget cells that show something else by now; a quarantine without any left was mended by the partner."""
    for quarantine, cell in session.execute(_live(workbook, tab)).all() if places else ():
        if (cell.reference, cell.name) in places:
            cell.live = False
            session.flush()
            if quarantine.state == OPEN and not _left(session, quarantine):
                close(quarantine, MENDED, now)


def keep(session: Session, workbook: str, tab: str, suspects: Sequence[Change], now: datetime) -> Quarantine:
    """A new quarantine with these cells."""
    quarantine = Quarantine(workbook=workbook, tab=tab, found_at=now)
    session.add(quarantine)
    session.flush()
    session.add_all(
        HeldCell(quarantine_id=quarantine.id, reference=each.reference, name=each.column, was=each.was, now=each.now)
        for each in suspects
    )
    return quarantine


def close(quarantine: Quarantine, state: str, now: datetime) -> None:
    """Note how it ended."""
    quarantine.state = state
    quarantine.closed_at = now


def _live(workbook: str, tab: str) -> Select[Quarantine, HeldCell]:
    return (
        select(Quarantine, HeldCell)
        .join(HeldCell, HeldCell.quarantine_id == Quarantine.id)
        .where(Quarantine.workbook == workbook, Quarantine.tab == tab, HeldCell.live.is_(True))
        .order_by(HeldCell.id)
    )


def _left(session: Session, quarantine: Quarantine) -> int:
    query = select(func.count()).where(HeldCell.quarantine_id == quarantine.id, HeldCell.live.is_(True))
    return session.scalar(query) or 0
