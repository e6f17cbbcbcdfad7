"""The matrix that the run prints at its end: who was simulated, what was done, what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.e2e.gateway.scene import Done

NAME = "gateway"
Record = Callable[[str, Any], None]


def note(record: Record, who: str, what: str, done: Done, expected: Done) -> None:
    """Keep one line of the matrix with the test's report, which reaches the end of the run from every worker."""
    record(NAME, [who, what, done.decisions, done.steps, expected.decisions, expected.steps])


def lines(properties: Iterable[tuple[str, Any]]) -> list[str]:
    """The matrix as text; nothing where no line was noted."""
    rows = [value for name, value in properties if name == NAME]
    if not rows:
        return []
    wide = max(len(what) for _, what, *_ in rows)
    head = f"{'':8} {'simulated':{wide}}  decisions  (expected)  small steps  (expected)"
    told = [
        f"{who:8} {what:{wide}}  {decisions:9}  {wanted:>10}  {steps:11}  {small:>10}"
        + ("" if (decisions, steps) == (wanted, small) else "  <-- not as expected")
        for who, what, decisions, steps, wanted, small in rows
    ]
    return [head, *told]
