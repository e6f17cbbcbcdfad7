"""Definitions are versioned: a submission stays on the form and workflow it was made with (design.md §2)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models import CallLock, PinnedDefinition, Submission
from app.services.context import Context
from forms.definition import FormDefinition
from workflows.definition import WorkflowDefinition


def publish(context: Context) -> None:
    """Store every form and workflow in force, and a lock row for every call; what is there stays untouched."""
    now = context.clock.now()
    with context.write() as session:
        for call in context.catalogue.calls.values():
            for kind, definition in (("form", call.form), ("workflow", call.workflow)):
                if session.get(PinnedDefinition, definition.sha256) is None:
                    name = call.form.form if kind == "form" else call.workflow.workflow
                    body = definition.model_dump(mode="json", exclude_none=True, by_alias=True)
                    session.add(
                        PinnedDefinition(sha256=definition.sha256, kind=kind, name=name, body=body, published_at=now)
                    )
                    session.flush()
            if session.get(CallLock, call.id) is None:
                session.add(CallLock(call=call.id))


def form_of(session: Session, context: Context, submission: Submission) -> FormDefinition:
    """The form that `submission` was made with."""
    form = context.catalogue.calls[submission.call].form
    if form.sha256 == submission.form_sha256:
        return form
    return FormDefinition.model_validate(session.get_one(PinnedDefinition, submission.form_sha256).body)


def workflow_of(session: Session, context: Context, submission: Submission) -> WorkflowDefinition:
    """The workflow that `submission` runs on."""
    workflow = context.catalogue.calls[submission.call].workflow
    if workflow.sha256 == submission.workflow_sha256:
        return workflow
    return WorkflowDefinition.model_validate(session.get_one(PinnedDefinition, submission.workflow_sha256).body)
