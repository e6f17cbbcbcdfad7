"""What `hubout check` lets a workflow ask for is what the shell does."""

from __future__ import annotations

from app.services.casework.effects import HANDLERS
from app.services.context import CARRIED_OUT


def test_each_effect_that_a_call_may_use_has_a_handler() -> None:
    assert frozenset(HANDLERS) == CARRIED_OUT
