"""Moving the open cases of a call to another version of its workflow: first to be looked at, then done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.errors import HubOutError
from app.models import PinnedDefinition, Submission
from app.services import definitions
from app.services.casework import cases, transitions
from app.services.context import Context
from workflows.definition import WorkflowDefinition
from workflows.migration import Stays, migrated

CURRENT = "current"
"""The version that new submissions of the call are made on."""


def target_of(context: Context, call: Call, version: str) -> WorkflowDefinition:
    """The version that `version` names: `current`, or the beginning of its fingerprint.

    Raises:
        HubOutError: there is none, or more than one.
    """
    if version == CURRENT or call.workflow.sha256.startswith(version):
        return call.workflow
    query = select(PinnedDefinition.sha256).where(
        PinnedDefinition.kind == "workflow",
        PinnedDefinition.name == call.workflow.workflow,
        PinnedDefinition.sha256.startswith(version, autoescape=True),
    )
    with context.read() as session:
        found = session.scalars(query).all()
        if len(found) == 1:
            return definitions.published(session, found[0])
    what = f"{len(found)} versions of `{call.workflow.workflow}` begin with `{version}`"
    raise HubOutError(what, f"write `{CURRENT}`, or more of the fingerprint that the report shows")


def migrate(
    context: Context, call: Call, to: WorkflowDefinition, states: Mapping[str, str], *, dry_run: bool
) -> Iterator[dict[str, Any]]:
    """What becomes of each open case that runs on another version, one record each; moved unless `dry_run`.

    Each case moves in a transaction of its own; one that can't stays on its version, and its record says why.

    Raises:
        HubOutError: `states` names a state that the new version lacks.
    """
    for new in states.values():
        if new not in to.state_ids:
            known = ", ".join(state.id for state in to.states)
            raise HubOutError(f"the new version has no state `{new}`", f"map to one of {known}")
    query = select(Submission.id).where(Submission.call == call.id, Submission.workflow_sha256 != to.sha256)
    with context.read() as session:
        found = session.scalars(query.order_by(Submission.id)).all()
    for submission_id in found:
        with context.write() as session:
            _, submission = transitions.lock(session, context, submission_id)
            workflow = definitions.workflow_of(session, context, submission)
            if workflow.state(submission.state).kind not in ("closed", "final"):
                yield _moved(context, session, submission, to, states, dry_run=dry_run)


def _moved(
    context: Context,
    session: Session,
    submission: Submission,
    to: WorkflowDefinition,
    states: Mapping[str, str],
    *,
    dry_run: bool,
) -> dict[str, Any]:
    record = {"reference": submission.reference, "from": submission.state, "version": submission.workflow_sha256[:12]}
    if dry_run:
        old = definitions.workflow_of(session, context, submission)
        outcome = migrated(old, to, cases.case_of(session, context, submission), states)
    else:
        definitions.keep(session, "workflow", to.workflow, to, context.clock.now())
        outcome = transitions.migrate(context, session, submission, to, states)
    if isinstance(outcome, Stays):
        return {**record, "to": None, "note": outcome.why}
    now = context.clock.now()
    late = [timer.name for timer in outcome.timers if timer.kind == "transition" and timer.due_at <= now]
    note = f"{', '.join(late)} is due at once" if late else ""
    return {**record, "to": outcome.to_state, "note": note}
