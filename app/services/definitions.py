"""Definitions are versioned: a submission stays on the form and workflow it was made with (design.md §2)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import CallLock, PinnedDefinition, Submission
from app.security import sha256_of
from app.services.context import Context
from forms.definition import FormDefinition
from workflows.definition import WorkflowDefinition, kept_workflow

CALL = "call"
RENAMED = "renamed"
"""Key in a submission's record: states of former versions of its workflow -> what became of them."""


def pin(session: Session, call: Call, now: datetime) -> None:
    """Keep the form, workflow and call that a submission is about to be made on; what is there stays untouched."""
    for kind, name, definition in (
        ("form", call.form.form, call.form),
        ("workflow", call.workflow.workflow, call.workflow),
    ):
        keep(session, kind, name, definition, now)
    kept = call.file.model_dump(mode="json", exclude_none=True, by_alias=True)
    sha256 = sha256_of([kept])
    if session.get(PinnedDefinition, sha256) is None:
        session.add(PinnedDefinition(sha256=sha256, kind=CALL, name=call.id, body=kept, published_at=now))
    if session.get(CallLock, call.id) is None:
        session.add(CallLock(call=call.id))
    session.flush()


def keep(
    session: Session, kind: str, name: str, definition: FormDefinition | WorkflowDefinition, now: datetime
) -> None:
    """Publish a form or workflow: from now on it is found by its fingerprint, and never changes."""
    if session.get(PinnedDefinition, definition.sha256) is None:
        body = definition.model_dump(mode="json", exclude_none=True, by_alias=True)
        session.add(PinnedDefinition(sha256=definition.sha256, kind=kind, name=name, body=body, published_at=now))


def form_of(session: Session, context: Context, submission: Submission) -> FormDefinition:
    """The form that `submission` was made with."""
    form = context.catalogue.calls[submission.call].form
    if form.sha256 == submission.form_sha256:
        return form
    return FormDefinition.model_validate(session.get_one(PinnedDefinition, submission.form_sha256).body)


def workflow_of(session: Session, context: Context, submission: Submission) -> WorkflowDefinition:
    """The workflow that `submission` runs on; states it was in under another version keep their names."""
    return version_of(session, context.catalogue.calls[submission.call], submission)


def version_of(session: Session, call: Call, submission: Submission) -> WorkflowDefinition:
    """`workflow_of`, where the call is at hand."""
    workflow = call.workflow
    if workflow.sha256 != submission.workflow_sha256:
        workflow = published(session, submission.workflow_sha256)
    renamed = submission.record.get(RENAMED)
    return workflow.with_former(renamed) if renamed else workflow


def published(session: Session, sha256: str) -> WorkflowDefinition:
    """A version that some submission was made on or moved to."""
    return kept_workflow(session.get_one(PinnedDefinition, sha256).body)
