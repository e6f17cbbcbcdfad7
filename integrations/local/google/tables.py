"""The table that values.append looks for: a block of filled cells that touch, corners included."""

from __future__ import annotations

from integrations.local.google.workbook import Area, Sheet


def last_table(sheet: Sheet, area: Area) -> Area | None:
    """The last table that shares a filled cell with the area, whole; None when the area is empty."""
    filled = {(row, column) for row, column, cell in sheet.filled(sheet.whole) if cell.entered is not None}
    inside = [place for place in filled if area.top <= place[0] < area.bottom and area.left <= place[1] < area.right]
    found: Area | None = None
    for place in sorted(inside):
        if place in filled:
            block = _block(filled, place)
            if found is None or (block.bottom, block.right) > (found.bottom, found.right):
                found = block
    return found


def _block(filled: set[tuple[int, int]], start: tuple[int, int]) -> Area:
    """Take the cells that touch `start`, directly or through others, out of `filled`; their bounding box."""
    filled.discard(start)
    waiting = [start]
    top, left = bottom, right = start
    while waiting:
        row, column = waiting.pop()
        top, bottom = min(top, row), max(bottom, row)
        left, right = min(left, column), max(right, column)
        for near_row in (row - 1, row, row + 1):
            for near_column in (column - 1, column, column + 1):
                near = (near_row, near_column)
                if near in filled:
                    filled.discard(near)
                    waiting.append(near)
    return Area(top, bottom + 1, left, right + 1)
