"""Which links ask for a code that only their mail has: those through which much is at stake (docs/adr/0010)."""

from __future__ import annotations

from app.models import ActionToken
from workflows.definition import APPLICANT_SIDE, SYSTEM, Transition, WorkflowDefinition


def prints_code(definition: WorkflowDefinition, state: str, row: ActionToken) -> bool:
    """Whether the mail of this link has to print its code: something may be chosen there that asks for it.

    A link of one step is for what leaves its state; staff may get each other's powers there, applicants never.
    """
    within = definition.leaving(state) if row.entered_seq is not None else definition.transitions
    return any(each.high_stakes and _theirs(each, row.role) for each in within)


def _theirs(transition: Transition, role: str) -> bool:
    if role in transition.actor:
        return True
    people = {*transition.actor} - {SYSTEM}
    return role not in APPLICANT_SIDE and bool(people - APPLICANT_SIDE)
