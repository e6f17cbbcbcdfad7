"""Editions of a course: whether enough people signed up (`edizione.min_iscritti`, clarifications.md §7).

Five days before the start of an edition with fewer than its `min` places taken, the case officer is mailed one link,
behind which the edition can be cancelled for all. Nobody has to confirm one that takes place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.dates import local_day
from app.models import Submission, Timer
from app.services.context import Context, ask_for
from app.services.definitions import workflow_of
from app.services.mail import mailing
from app.services.sheets import edition_settings
from forms.definition import FormDefinition
from workflows.dates import at_local

KIND, NAME = "edition", "min_iscritti"
MESSAGE, TO = "pochi_iscritti", "istruttore"
BEFORE, HOUR = timedelta(days=5), time(9)

CANCELLED, CANCELLED_STATE = "edition_cancelled", "annullata"
"""The act that cancels an edition, and where it leads."""

CALLED_OFF = "edizione_da_annullare"
"""The mail with the link that cancels an edition which partners, and the officer, say does not take place."""

ASKED = "edition_asked"
"""Mark in the record of the case through which the officer was asked about its edition."""


def watch(session: Session, call: Call, submission: Submission, now: datetime) -> None:
    """Have the edition of a case that has just got its place looked at, five days before the start or now."""
    edition = call.edition_of(submission.answers)
    if edition is None or not edition.min or now >= edition.start or not _holds(call, submission):
        return
    due_at = max(now, at_local(local_day(edition.start) - BEFORE, HOUR))
    session.add(
        Timer(submission_id=submission.id, entered_seq=submission.entered_seq, kind=KIND, name=NAME, due_at=due_at)
    )
    session.flush()
    ask_for(session, "fire_timers")


def look(context: Context, session: Session, call: Call, submission: Submission, timer: Timer) -> str:
    """Ask the officer once whether an edition takes place that too few have signed up for."""
    edition, beside = call.edition_of(submission.answers), same_edition(session, call, submission)
    if edition is None or sum(_holds(call, case) for case in beside) >= edition.min:
        return "enough"
    if edition_settings.in_force(session, call.id).get((edition.id, edition_settings.GOES_ON)) == edition_settings.YES:
        return "confirmed"
    if any(case.record.get(ASKED) for case in beside):
        return "asked"
    submission.record = {**submission.record, ASKED: True}
    occasion = mailing.Occasion(submission.entered_seq, due=edition.start, mark=f"/{timer.id}")
    mailing.ask(context, session, submission, MESSAGE, [TO], occasion)
    return "fired"


def called_off(context: Context, session: Session, call: Call, edition: str, mark: str) -> bool:
    """Mail the officer the link that cancels an edition for all; False where no case is there to cancel."""
    for case in session.scalars(select(Submission).where(Submission.call == call.id).order_by(Submission.id)):
        chosen = call.edition_of(case.answers)
        if chosen and chosen.id == edition and workflow_of(session, context, case).leaving(case.state, CANCELLED):
            occasion = mailing.Occasion(case.entered_seq, due=chosen.start, mark=mark)
            mailing.ask(context, session, case, CALLED_OFF, [TO], occasion)
            return True
    return False


def form_now(context: Context, call: Call) -> FormDefinition:
    """The call's form without the editions that are over, called off or cancelled; whole where none would be left."""
    field = next((field for field in call.form.fields if field.options_from == "editions"), None)
    if field is None:
        return call.form
    now = context.clock.now()
    with context.read() as session:
        gone = _cancelled(session, call) | edition_settings.called_off(session, call.id)
    left = tuple(edition.id for edition in call.file.editions if edition.end > now and edition.id not in gone)
    return call.form.narrowed({field.id: left}) if left and len(left) < len(call.file.editions) else call.form


def _cancelled(session: Session, call: Call) -> frozenset[str]:
    """The editions that a person cancelled, as the cases of them remember."""
    query = select(Submission).where(Submission.call == call.id, Submission.state == CANCELLED_STATE)
    cases = (case for case in session.scalars(query) if CANCELLED in case.record.get("acts", {}))
    return frozenset(edition.id for case in cases if (edition := call.edition_of(case.answers)))


def same_edition(session: Session, call: Call, submission: Submission) -> Sequence[Submission]:
    """All cases of the edition that this one has chosen, this one among them."""
    edition = call.edition_of(submission.answers)
    cases = session.scalars(select(Submission).where(Submission.call == call.id).order_by(Submission.id))
    return [case for case in cases if call.edition_of(case.answers) == edition]


def signed_up(session: Session, call: Call, submission: Submission) -> int:
    """How many have a place in the edition."""
    return sum(_holds(call, case) for case in same_edition(session, call, submission))


def _holds(call: Call, submission: Submission) -> bool:
    return call.workflow.state(submission.state).kind == "success"
