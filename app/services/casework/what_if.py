"""What if a call had run on another workflow: the logs of its cases played again, nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import Event, EventPayload, Submission
from app.models import Review as ReviewRow
from app.services import definitions
from app.services.casework import cases, invites, opinions, rankings, reviews
from app.services.casework.facts import requirement_ids
from app.services.context import Context
from forms.conditions import Named, leaves, names_of
from workflows.case import Case, Facts, Opinion, Review
from workflows.definition import SYSTEM, WorkflowDefinition
from workflows.engine import AUTO, SUBMIT
from workflows.guards.places import AGREEMENT_IN_FORCE
from workflows.replay import Ending, Past, replay, seats_then
from workflows.undo import standing

WRITTEN = "x"
FROM_CELLS = frozenset({"opinion_in_sheet", "attendance_recorded"})
"""Guards on cells of which only the event that they led to is kept."""


@dataclass(frozen=True)
class World:
    """What is still known of the world around one case."""

    acts: Sequence[Past]
    reviews: Sequence[tuple[datetime, Review]]
    facts: Facts
    quorum: int | None

    def play(self, definition: WorkflowDefinition, sent: Case) -> Ending:
        """Where `sent` comes to on `definition` by now."""
        looks = [at for at, _ in self.reviews]
        return replay(definition, replace(sent, state=definition.initial), self.acts, self.known, looks, self.facts.now)

    def known(self, case: Case, what: Past) -> Facts:
        """The facts of that moment; of what nobody wrote down the best is supposed."""
        given = {review.reviewer: review for at, review in self.reviews if at <= what.at}
        said = [act for act in self.acts if act.event == opinions.GIVEN and case.entered_at <= act.at <= what.at]
        told = {act.actor: str(act.inputs.get("parere", "")) for act in said}
        logged = any(what is act for act in self.acts)
        return replace(
            self.facts,
            opinion=WRITTEN if logged else None,
            attendance=int(logged),
            now=what.at,
            actor=what.actor,
            inputs=what.inputs,
            reviews=tuple(given.values()),
            required_reviews=self.quorum,
            seats_free=what.seats,
            opinions=tuple(Opinion(role, value) for role, value in told.items()),
        )


def what_if(context: Context, call: Call, other: WorkflowDefinition) -> Iterator[dict[str, Any]]:
    """Each case of `call`: where it came to on its own workflow and would have on `other`, both played again."""
    with context.read() as session:
        for submission in session.scalars(select(Submission).where(Submission.call == call.id).order_by(Submission.id)):
            log = _log(session, submission)
            if not log or any(row.body is None for row in log):
                yield {"reference": submission.reference, "erased": True, "differs": False}
                continue
            own = definitions.workflow_of(session, context, submission)
            world = _world(session, context, call, submission, own, log)
            sent = _sent(session, context, call, submission)
            # a number of reviews that the changed file names goes before the call's own
            tried = world if _quorum(other) == _quorum(own) else replace(world, quorum=None)
            yield _compared(submission, world.play(own, sent), tried.play(other, sent))


def _compared(submission: Submission, was: Ending, would: Ending) -> dict[str, Any]:
    notes = [f"`{would.refused}` would not have been open"] if would.refused and not was.refused else []
    if was.state != submission.state:
        notes.append(f"it is in `{submission.state}`: what is still known does not tell all of its story")
    return {
        "reference": submission.reference,
        "erased": False,
        "was": was.state,
        "was_since": was.since.isoformat(),
        "would_be": would.state,
        "would_be_since": would.since.isoformat(),
        "differs": (was.state, was.since) != (would.state, would.since),
        "note": "; ".join(notes),
    }


def _log(session: Session, submission: Submission) -> Sequence[Row[Any]]:
    query = (
        select(Event.event, Event.actor, Event.at, Event.from_state, Event.to_state, EventPayload.body)
        .outerjoin(EventPayload, EventPayload.event_id == Event.id)
        .where(Event.submission_id == submission.id)
        .order_by(Event.seq)
    )
    return standing(session.execute(query).all())


def _quorum(definition: WorkflowDefinition) -> list[Any]:
    """The numbers of reviews that the workflow itself asks for."""
    guards = (leaf for each in definition.transitions if each.guard for leaf in leaves(each.guard))
    return [leaf.parameter for leaf in guards if isinstance(leaf, Named) and leaf.name == "min_reviews"]


def _world(
    session: Session,
    context: Context,
    call: Call,
    submission: Submission,
    own: WorkflowDefinition,
    log: Sequence[Row[Any]],
) -> World:
    # what follows by itself is left out: it follows from the workflow that is tried
    outside = {
        each.event
        for each in own.transitions
        if not each.timer and (each.origin == "link" or (each.guard and names_of(each.guard) & FROM_CELLS))
    } - {AUTO}
    # a part handed to somebody, an address corrected and the like happened beside the workflow
    named = {each.event for each in own.transitions} - {SUBMIT}
    acts = [
        Past(row.event, row.actor, row.at, row.body.get("inputs", {}), _had_room(own, row))
        for row in log
        if row.event in named and (row.actor != SYSTEM or row.event in outside)
    ]
    written = [
        (row.updated_at, reviews.as_review(call, row))
        for row in session.scalars(select(ReviewRow).where(ReviewRow.submission_id == submission.id))
    ]
    facts = _facts(session, call, submission, context.clock.now())
    return World(acts, written, facts, call.file.reviews)


def _had_room(own: WorkflowDefinition, row: Row[Any]) -> bool:
    return seats_then(own, row.from_state, row.event, row.to_state)


def _sent(session: Session, context: Context, call: Call, submission: Submission) -> Case:
    """The case as it was before anything happened to it."""
    case = cases.case_of(session, context, submission)
    anchors = {"list_end": case.anchors["list_end"], **call.dates(submission.answers)}
    kept = ("reference", "form", "call", "submitted_at", "answers", "law241", "term_days", "age", "city")
    known = {name: getattr(case, name) for name in kept}
    return Case(state="", entered_at=case.submitted_at, anchors=anchors, **known)


def _facts(session: Session, call: Call, submission: Submission, now: datetime) -> Facts:
    """What is known of the case's surroundings now, and taken to have been so then."""
    invite = invites.fact_of(session, submission)
    return Facts(
        now,
        reviewers=len(call.people("revisore", submission.site)),
        first_in_list=True,
        target_open=True,
        requirements=requirement_ids(call),
        panel=rankings.scores_of(session, call, submission),
        panel_members=rankings.members_of(call, submission.site),
        criteria=call.criteria,
        standing=rankings.standing_of(session, call, submission),
        places=call.limit_of(submission.answers),
        next_in_rank=True,
        invite=replace(invite, agreement=AGREEMENT_IN_FORCE) if invite else None,
    )
