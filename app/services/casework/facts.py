"""The facts of the moment: only those that the guards of an event look at, each with its own small query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import SheetRow, Submission
from app.services.casework import invites, opinions, places, rankings
from app.services.casework.reviews import OPINION, reviews_of
from app.services.definitions import version_of
from app.services.sheets import seen
from workflows.case import Case, Facts
from workflows.dates import at_local
from workflows.definition import WorkflowDefinition
from workflows.engine import needs


@dataclass(frozen=True)
class Question:
    """Who wants to do what to which case."""

    session: Session
    call: Call
    submission: Submission
    now: datetime
    inputs: Mapping[str, Any]


def _slot_free(question: Question) -> bool:
    """Whether no other booked case, of whichever call, overlaps the slot asked for in the same place."""
    inputs = question.inputs
    if not all(inputs.get(name) for name in ("sede", "data", "ora", "ore")):
        return True
    places.lock_slots(question.session)
    start = at_local(date.fromisoformat(inputs["data"]), time.fromisoformat(inputs["ora"].replace(".", ":")))
    end = start + timedelta(hours=int(inputs["ore"]))
    others = question.session.scalars(
        select(Submission).where(
            Submission.state == "programmata",
            Submission.id != question.submission.id,
        ),
        execution_options={"populate_existing": True},
    )
    return not any(_overlaps(other, _plain(inputs["sede"]), start, end) for other in others)


def _overlaps(other: Submission, place: str, start: datetime, end: datetime) -> bool:
    booked = other.record.get("acts", {}).get("slot_booked", {})
    anchors = other.record.get("anchors", {})
    if _plain(booked.get("sede")) != place or "start" not in anchors:
        return False
    return datetime.fromisoformat(anchors["start"]) < end and start < datetime.fromisoformat(anchors["end"])


def _plain(place: object) -> str:
    """A place as it is compared: neither case nor spaces make it another one."""
    return " ".join(str(place or "").casefold().split())


def _target_open(question: Question) -> bool:
    target = question.session.scalars(
        select(Submission).where(Submission.reference == str(question.inputs.get("target", "")).strip().upper())
    ).one_or_none()
    if target is None or target.call != question.call.id or target.id == question.submission.id:
        return False
    return version_of(question.session, question.call, target).state(target.state).kind == "open"


def _opinion(question: Question) -> str | None:
    """What the Provincia's own tab says of the case, as last seen."""
    tab = next((tab for tab in question.call.tabs(question.submission.site) if tab.asks == "province"), None)
    if tab is None:
        return None
    base = question.session.scalars(
        select(SheetRow.base).where(
            SheetRow.workbook == tab.workbook,
            SheetRow.tab == tab.title,
            SheetRow.submission_id == question.submission.id,
        )
    ).one_or_none()
    return str((base or {}).get(OPINION) or "").strip() or None


LOOK_UPS: Mapping[str, Callable[[Question], Any]] = {
    "reviews": lambda q: reviews_of(q.session, q.call, q.submission),
    "reviewers": lambda q: len(q.call.people("revisore", q.submission.site)),
    "required_reviews": lambda q: q.call.file.reviews,
    "seats_free": lambda q: places.free(q.session, q.call, q.submission, q.now),
    "no_other_seat": lambda q: not places.holds_another(q.session, q.call, q.submission, q.now),
    "first_in_list": lambda q: places.first(q.session, q.call, q.submission, q.now),
    "slot_free": _slot_free,
    "target_open": _target_open,
    "opinion": _opinion,
    "invite": lambda q: invites.fact_of(q.session, q.submission),
    "listed_wants": lambda q: places.wanted_by_listed(q.session, q.call, q.submission),
    "requirements": lambda q: requirement_ids(q.call),
    "opinions": lambda q: opinions.opinions_of(q.session, q.submission),
    "panel": lambda q: rankings.scores_of(q.session, q.call, q.submission),
    "panel_members": lambda q: rankings.members_of(q.call, q.submission.site),
    "criteria": lambda q: q.call.criteria,
    "standing": lambda q: rankings.standing_of(q.session, q.call, q.submission),
    "places": lambda q: q.call.limit_of(q.submission.answers),
    "next_in_rank": lambda q: rankings.next_in_rank(q.session, q.submission),
    "states_beside": lambda q: rankings.states_beside(q.session, q.submission),
    "attendance": lambda q: seen.attendance(q.session, q.call, q.submission),
}
"""Field of `Facts` -> how it is looked up."""


def requirement_ids(call: Call) -> tuple[str, ...]:
    """The ids under which an officer ticks the call's requirements."""
    return tuple(f"r{number}" for number, _ in enumerate(call.file.requirements, 1))


def facts_of(
    question: Question,
    definition: WorkflowDefinition,
    case: Case,
    event: str | None,
    *,
    actor: str,
    person: str = "",
    holds: frozenset[str] = frozenset(),
) -> Facts:
    """The facts for `event` (None: for every event that may be offered now)."""
    wanted = needs(definition, case.state, event)
    looked_up = {name: LOOK_UPS[name](question) for name in wanted}
    return Facts(now=question.now, actor=actor, person=person or None, holds=holds, inputs=question.inputs, **looked_up)
