"""Pictures of the workflows: all of it for staff and docs, what may be known of a call for its public page."""

from __future__ import annotations

from app.catalogue.calls import Call
from app.catalogue.premises import premises_of
from workflows.definition import WorkflowDefinition
from workflows.exploration import Exploration
from workflows.picture import Sketch, public_sketch, sketch

_seen: dict[tuple[str, str, str], Sketch] = {}


def whole(workflow: WorkflowDefinition, language: str) -> Sketch:
    """Every state and event of the workflow, as staff read them."""
    return sketch(Exploration(workflow), language)


def of_call(call: Call, language: str) -> Sketch:
    """What may happen to an application of the call, in the words meant for applicants; drawn once a process.

    Where the sites differ (one city asks the Provincia), the one at which most may happen is shown.
    """
    key = (call.id, call.workflow.sha256, language)
    if key not in _seen:
        explored = [Exploration(call.workflow, premises) for premises in premises_of(call)]
        _seen[key] = public_sketch(max(explored, key=lambda each: len(each.reached)), language)
    return _seen[key]
