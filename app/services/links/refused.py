"""What is logged of an act that a link did not get to do; `transitions` logs what the engine refuses."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from forms.judging import FieldError
from workflows.definition import WorkflowDefinition
from workflows.undo import TAKEN_BACK

log = logging.getLogger(__name__)


def note(definition: WorkflowDefinition, reference: str, role: str, event: str, reason: str) -> None:
    """Log that `event` by `role` was refused. What was posted is somebody's text: only a known event is named."""
    known = event == TAKEN_BACK or any(each.event == event for each in definition.transitions)
    log.info("%s: %s by %s refused: %s", reference, f"`{event}`" if known else "no known event", role, reason)


def note_unknown() -> None:
    """Log that a link was pressed which leads to no case; nothing of the link is told."""
    log.info("an act by an unknown link refused")


def wrong(faults: Iterable[FieldError]) -> str:
    """The fields that something is wrong with, each with the code of it; nothing that was typed."""
    return "inputs (" + ", ".join(f"{each.field}: {each.message}" for each in faults) + ")"
