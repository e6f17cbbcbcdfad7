"""Every fact that a guard looks at can be looked up."""

from __future__ import annotations

from app.services.casework.facts import LOOK_UPS
from workflows.guards import GUARDS


def test_each_fact_that_a_guard_needs_is_looked_up() -> None:
    assert {fact for guard in GUARDS.values() for fact in guard.needs} <= set(LOOK_UPS)
