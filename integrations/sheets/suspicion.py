"""Which changes of one cycle look like an accident: a column emptied, a part sorted, a block pasted one row off. Pure.

What people type goes from blank to something, or from one value to another. An accident takes away many values at
once, or leaves the values and changes the rows they stand in. Only changes of one cycle are looked at together: a
paste, a sort and a clearing are one act in the sheet. What is suspected is asked back, never refused: too much
suspicion costs a question, too little the wrong person's score.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from integrations.sheets.cells import blank

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

    from integrations.sheets.layout import CellValue
    from integrations.sheets.outcome import Base, Change, Place

FEW = 5
"""So many values may be taken away or moved in one cycle whatever the size of the tab (google-sheets.md §9) …"""

SHARE = 0.2
"""… or this share of what is filled in."""

CYCLE = 3
"""Values of one column that only changed places are an accident from this number on; two may be a correction."""

ROWS = 2
"""Rows that got the whole content of other rows are an accident from this number on."""

_Row: TypeAlias = "tuple[Hashable, ...]"


def suspects(changes: Sequence[Change], base: Base, columns: Sequence[str], torn: Collection[str]) -> frozenset[Place]:
    """The cells whose change is to be asked back.

    Args:
        changes: every partner cell that differs from its base.
        base: the rows as last seen.
        columns: ids of the partner columns.
        torn: references whose system cells do not fit them any more: what else changed there came from elsewhere.
    """
    held = {change.place for change in changes if change.reference in torn}
    by_column: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_column[change.column].append(change)
    lost = {column: _lost(found) for column, found in by_column.items()}
    filled = {column: sum(not blank(row.get(column)) for row in base.values()) for column in columns}
    whole_tab = len({change.reference for change in changes}) > 1 and _many(sum(lost.values()), sum(filled.values()))
    for column, found in by_column.items():
        if (lost[column] and whole_tab) or _many(lost[column], filled.get(column, 0)) or _permuted(found):
            held |= {change.place for change in found}
    return frozenset(held | _shifted(changes, base, columns))


def _many(lost: int, filled: int) -> bool:
    return lost > max(FEW, SHARE * filled)


def _lost(changes: Sequence[Change]) -> int:
    """Values of one column that were taken away, or that stand in another row now."""
    cleared = sum(blank(change.now) for change in changes if not blank(change.was))
    was, now = _values(change.was for change in changes), _values(change.now for change in changes)
    return cleared + (was & now).total()


def _permuted(changes: Sequence[Change]) -> bool:
    """The values are the same ones, in other rows."""
    was = _values(change.was for change in changes)
    return len(changes) >= CYCLE and was.total() >= CYCLE and was == _values(change.now for change in changes)


def _shifted(changes: Sequence[Change], base: Base, columns: Sequence[str]) -> set[Place]:
    """The changes of rows that hold the whole content of other rows, where several had been filled in."""
    rows: dict[str, dict[str, CellValue]] = {}
    for change in changes:
        rows.setdefault(change.reference, dict(base.get(change.reference, {})))[change.column] = change.now
    changed = Counter(change.reference for change in changes)
    sources: Mapping[_Row, str] = {_row(row, columns): reference for reference, row in base.items()}
    moved = {
        reference: source
        for reference, row in rows.items()
        if changed[reference] >= ROWS and (source := sources.get(_row(row, columns))) not in (None, reference)
    }
    over = {source for reference, source in moved.items() if any(_row(base.get(reference, {}), columns))}
    return {change.place for change in changes if change.reference in moved} if len(over) >= ROWS else set()


def _row(row: Mapping[str, CellValue], columns: Sequence[str]) -> _Row:
    return tuple(None if blank(row.get(column)) else _key(row.get(column)) for column in columns)


def _values(cells: Iterable[CellValue]) -> Counter[Hashable]:
    return Counter(_key(cell) for cell in cells if not blank(cell))


def _key(cell: CellValue) -> Hashable:
    """Equal where `cells.same` says so, but for the last bits of a time of day."""
    return (isinstance(cell, bool), cell)
