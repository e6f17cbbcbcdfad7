"""The public calendar: booked activities whose proposers allow it, without their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.models import Submission
from app.services.context import Context

BOOKED = "programmata"
ALLOWED = "si"


@dataclass(frozen=True)
class Activity:
    """One booked activity: title and place in the proposer's words, start and end in UTC, when it was last changed."""

    reference: str
    title: str
    place: str
    starts: datetime
    ends: datetime
    changed: datetime


def activities(context: Context) -> tuple[Activity, ...]:
    """What is booked and may be published, the next first; what is over is left out."""
    with context.read() as session:
        booked = session.scalars(select(Submission).where(Submission.state == BOOKED)).all()
    shown = [_activity(case) for case in booked if case.record.get("in_calendar") and _may_be_shown(case)]
    coming = [activity for activity in shown if activity.ends >= context.clock.now()]
    return tuple(sorted(coming, key=lambda activity: (activity.starts, activity.title)))


def _may_be_shown(case: Submission) -> bool:
    return case.answers.get("pubblicabile", ALLOWED) == ALLOWED and "start" in case.record.get("anchors", {})


def _activity(case: Submission) -> Activity:
    anchors = case.record["anchors"]
    slot = case.record.get("acts", {}).get("slot_booked", {})
    return Activity(
        reference=case.reference,
        title=str(case.answers.get("titolo", "")),
        place=str(slot.get("sede") or case.answers.get("luogo", "")),
        starts=datetime.fromisoformat(anchors["start"]),
        ends=datetime.fromisoformat(anchors["end"]),
        changed=case.updated_at,
    )
