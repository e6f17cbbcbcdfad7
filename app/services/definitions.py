"""Definitions are versioned: a submission stays on the form and workflow it was made with (design.md §2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import CallLock, PinnedDefinition, Submission
from app.security import sha256_of
from app.services.context import Context
from forms.definition import FormDefinition
from workflows.definition import WorkflowDefinition

CALL = "call"


def pin(session: Session, call: Call, now: datetime) -> None:
    """Keep the form, workflow and call that a submission is about to be made on; what is there stays untouched."""
    for kind, name, definition in (
        ("form", call.form.form, call.form),
        ("workflow", call.workflow.workflow, call.workflow),
    ):
        if session.get(PinnedDefinition, definition.sha256) is None:
            body = definition.model_dump(mode="json", exclude_none=True, by_alias=True)
            session.add(PinnedDefinition(sha256=definition.sha256, kind=kind, name=name, body=body, published_at=now))
    kept = call.file.model_dump(mode="json", exclude_none=True, by_alias=True)
    sha256 = sha256_of([kept])
    if session.get(PinnedDefinition, sha256) is None:
        session.add(PinnedDefinition(sha256=sha256, kind=CALL, name=call.id, body=kept, published_at=now))
    if session.get(CallLock, call.id) is None:
        session.add(CallLock(call=call.id))
    session.flush()


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
