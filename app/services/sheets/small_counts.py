"""Which counts may be shown: cells under five are hidden, and what would give them away beside them. Pure.

Cells that make up a known total are one group. A hidden cell must not follow from the others: where it would, the
smallest cell that is still open is withheld too, in the end the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

LEAST: Final = 5
"""The smallest count that is shown."""

SMALL: Final = "<5"
WITHHELD: Final = "n.d."
"""Not small itself; it would tell a small one."""

Cell = int | str


def shown(count: int) -> Cell:
    """A count that belongs to no total."""
    return count if count >= LEAST else SMALL


def shown_group(total: int, parts: Mapping[str, int]) -> tuple[Cell, dict[str, Cell]]:
    """A total and its `parts` as they may be shown; what the parts leave of the total counts as known to the reader."""
    if total < LEAST:
        return SMALL, dict.fromkeys(parts, SMALL)
    small = [name for name, count in parts.items() if count < LEAST]
    withheld: list[str] = []
    rest = sorted((name for name in parts if name not in small), key=lambda name: (parts[name], name))
    hide_total = False
    while _told(total, parts, small, withheld):
        if rest:
            withheld.append(rest.pop(0))
        else:
            hide_total = True
            break
    cells: dict[str, Cell] = dict(parts)
    cells |= dict.fromkeys(small, SMALL) | dict.fromkeys(withheld, WITHHELD)
    return (WITHHELD if hide_total else total), cells


def _told(total: int, parts: Mapping[str, int], small: Sequence[str], withheld: Sequence[str]) -> bool:
    """Whether a small cell that is not nought has one possible value only.

    The reader knows what all hidden cells make together, that a small one is 0 to 4, and that a withheld one is 5 or
    more.
    """
    together = sum(parts[name] for name in (*small, *withheld))
    most_of_others = total if withheld else (LEAST - 1) * (len(small) - 1)
    least = max(0, together - most_of_others)
    most = min(LEAST - 1, together - LEAST * len(withheld))
    return least >= most and any(parts[name] for name in small)
