"""How fresh a tab is, told in the heading of its answers: «controllo – aggiornato alle 10:32 del 16/11, …». Pure.

It costs no call of its own: it goes with every write, and alone only where what stands there is older than AGE. So a
heading that is older than a quarter of an hour says by itself that something is wrong.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from integrations.sheets.cells import folded, shown
from integrations.sheets.layout import TIME_ZONE
from integrations.sheets.plan import CellWrite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integrations.sheets.layout import CellValue
    from integrations.sheets.plan import TabWrite

AGE = timedelta(minutes=10)
"""How old a tab's heading may grow while nobody changes anything."""

_MARK = " – aggiornato "
_ZONE = ZoneInfo(TIME_ZONE)


def heading_name(cell: CellValue) -> str:
    """What a heading names: the text before the freshness."""
    return shown(cell).partition(_MARK)[0]


def heading_id(cell: CellValue) -> str:
    """What a heading names, folded."""
    return folded(heading_name(cell))


def heading(column: str, now: datetime, *, more: bool, held: int) -> str:
    """The heading that tells when the tab was read and written, and what still waits."""
    local = now.astimezone(_ZONE)
    waits = ["altre righe in arrivo"] if more else []
    if held:
        waits.append(f"{held} {'cella' if held == 1 else 'celle'} in sospeso")
    return f"{column}{_MARK}alle {local:%H:%M} del {local:%d/%m}, {' e '.join(waits) or 'nulla in attesa'}"


def told(write: TabWrite, now: datetime, *, more: bool, held: int, always: bool) -> TabWrite:
    """`write` with the heading brought up to date, where it is ours and too old (or `always`, in a batch that goes)."""
    check, at = write.layout.check, write.check_at
    if check is None or at is None or write.insert_heading:
        return write
    fresh = heading(check, now, more=more, held=held)
    enough = [fresh] if always else _recent(check, now, more=more, held=held)
    if write.check_heading in enough:
        return write
    return replace(write, cells=(*write.cells, CellWrite(0, at, fresh)))


def tell(writes: Sequence[TabWrite], now: datetime, *, more: Sequence[bool], held: Sequence[int]) -> list[TabWrite]:
    """The writes of one batch, each with its heading; where nothing else is to be written only those too old."""
    facts = list(zip(writes, more, held, strict=True))
    stale = [told(write, now, more=waits, held=cells, always=False) for write, waits, cells in facts]
    if all(write.empty for write in stale):
        return list(writes)
    return [told(write, now, more=waits, held=cells, always=True) for write, waits, cells in facts]


def _recent(column: str, now: datetime, *, more: bool, held: int) -> list[str]:
    minutes = int(AGE.total_seconds() // 60)
    return [heading(column, now - timedelta(minutes=ago), more=more, held=held) for ago in range(minutes)]
