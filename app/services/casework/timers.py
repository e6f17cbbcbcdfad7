"""Timers that are due: transitions by time, reminders, deadlines, and what the system does by itself.

Each timer is handled in a transaction of its own, under the submission's lock; late or twice is harmless, since a
timer of a state that was left is void and one that is done is skipped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import Submission, Timer
from app.services.casework import cases, editions, together, transitions
from app.services.casework.reviews import SHEET_RULE, reviews_of
from app.services.context import Context
from app.services.definitions import workflow_of
from app.services.mail import mailing
from app.services.people import delegations
from workflows.dates import after_quiet
from workflows.definition import SYSTEM
from workflows.engine import PlannedTimer, fall_due, needs, sheet_events
from workflows.timers import LEGAL_TERM

log = logging.getLogger(__name__)

BATCH = 100

COMES_BACK = "torna_a_te"
"""The mail that says that nobody stands in any more."""

NOBODY, DECIDES = "nessuno_valuta", "coordinatore"
"""The mail that says that nobody is left to review, and whom it goes to."""


def fire_due(context: Context) -> int:
    """Handle every timer that is due, oldest first; how many were handled."""
    handled = 0
    failed: list[int] = []
    while due := _due(context, failed):
        for timer_id, submission_id in due:
            try:
                handled += _handle(context, timer_id, submission_id)
            except Exception:
                # a case that nobody foresaw must not hold up the others: its timer stays due for the next time
                log.exception("timer %s of submission %s failed", timer_id, submission_id)
                failed.append(timer_id)
        if len(due) < BATCH:
            break
    return handled


def _due(context: Context, failed: Sequence[int]) -> list[tuple[int, int]]:
    query = (
        select(Timer.id, Timer.submission_id)
        .where(Timer.done_at.is_(None), Timer.due_at <= context.clock.now(), Timer.id.not_in(failed))
        .order_by(Timer.due_at, Timer.id)
        .limit(BATCH)
    )
    with context.read() as session:
        return list(session.execute(query))


def _handle(context: Context, timer_id: int, submission_id: int) -> bool:
    with context.write() as session:
        call, submission = transitions.lock(session, context, submission_id)
        timer = session.get(Timer, timer_id, populate_existing=True)
        if timer is None or timer.done_at is not None:
            return False
        timer.done_at = context.clock.now()
        # a sheet may be read while the case changes its state, and what it says is for the new one, too
        if timer.entered_seq != submission.entered_seq and timer.name != SHEET_RULE:
            timer.outcome = "stale"
            return True
        try:
            timer.outcome = KINDS[timer.kind](context, session, call, submission, timer)
        except transitions.Refused as refused:
            # the timer stays done: what it wanted is not open to the case, and asking again would not help
            timer.outcome = "refused"
            log.info("%s: %s refused: %s", submission.reference, timer.name, refused.refusal.code)
        return True


def _transition(context: Context, session: Session, call: Call, submission: Submission, timer: Timer) -> str:
    fell_due = timer.due_at if timer.kind == "transition" else None
    transitions.fire(context, session, call, submission, transitions.Act(timer.name, fell_due=fell_due))
    return "fired"


def _mail(context: Context, session: Session, call: Call, submission: Submission, timer: Timer) -> str:
    """A reminder or a deadline: mail the people, hand on the powers, and try the sheet rules again."""
    limit = _limit(session, submission, "transition")
    if timer.kind == "reminder" and limit is not None and limit <= context.clock.now():
        return "too late"  # the house was away: the state ends now, and its own mail says so
    case = cases.case_of(session, context, submission)
    planned = PlannedTimer(
        kind="deadline" if timer.kind == "deadline" else "reminder",
        name=timer.name,
        due_at=timer.due_at,
        anchor=timer.payload.get("anchor"),
        roles=tuple(timer.payload.get("roles", ())),
        message=timer.payload.get("message"),
        escalate=timer.payload.get("escalate"),
    )
    due = fall_due(case, planned)
    if due.overdue:
        record = dict(submission.record)
        record["overdue"] = True
        record["escalated"] = sorted({*record.get("escalated", []), *due.grants})
        submission.record = record
    until = limit or _limit(session, submission, "deadline")
    now = context.clock.now()
    morning = after_quiet(now)
    # what the law sets waits for no morning, and nothing waits until its state is over
    quiet = morning > now and (limit is None or morning < limit) and planned.anchor != LEGAL_TERM
    occasion = mailing.Occasion(
        submission.entered_seq,
        due=until,
        mark=f"/{timer.id}",
        not_before=morning if quiet else None,
        stay=submission.entered_seq,
    )
    for notification in due.notify:
        mailing.ask(context, session, submission, notification.message, [notification.role], occasion)
    if due.overdue:
        _try_sheet_rules(context, session, call, submission, timer)
    return "fired"


def _limit(session: Session, submission: Submission, kind: str) -> datetime | None:
    """Until when the state still waits (`transition`), or by when people should have acted (`deadline`)."""
    query = select(Timer).where(Timer.submission_id == submission.id, Timer.done_at.is_(None), Timer.kind == kind)
    own = [timer.due_at for timer in session.scalars(query) if kind == "transition" or not timer.payload.get("anchor")]
    return min(own, default=None)


def _system(context: Context, session: Session, call: Call, submission: Submission, timer: Timer) -> str:
    if timer.name == SHEET_RULE:
        return _try_sheet_rules(context, session, call, submission, timer)
    if timer.name == delegations.ENDED:
        return _come_back(context, session, submission, timer)
    return _transition(context, session, call, submission, timer)


def _come_back(context: Context, session: Session, submission: Submission, timer: Timer) -> str:
    """The interval in which somebody stood in is over: the step is its own person's again, and they are told."""
    role = str(timer.payload["role"])
    if delegations.come_back(context, session, submission, role):
        due = _limit(session, submission, "transition") or _limit(session, submission, "deadline")
        occasion = mailing.Occasion(submission.last_seq, due=due)
        mailing.ask(context, session, submission, COMES_BACK, [role], occasion)
    return "fired"


def _try_sheet_rules(context: Context, session: Session, call: Call, submission: Submission, timer: Timer) -> str:
    """Fire the first of the state's sheet events whose guard holds; an edit is a fact, it never names a state."""
    definition = workflow_of(session, context, submission)
    inputs = {name: value for name, value in timer.payload.items() if name == "parere" and value}
    for event in sheet_events(definition, submission.state):
        try:
            transitions.fire(context, session, call, submission, transitions.Act(event, SYSTEM, inputs=inputs))
        except transitions.Refused:
            continue
        return "fired"
    _ask_substitutes(context, session, submission)
    _escalate_unreviewed(context, session, call, submission)
    return "waits"


def _ask_substitutes(context: Context, session: Session, submission: Submission) -> None:
    """Ask whoever takes the place of a member of the panel in conflict; who was asked in this state is not again."""
    occasion = mailing.Occasion(submission.entered_seq, due=_limit(session, submission, "deadline"))
    for notify in workflow_of(session, context, submission).state(submission.state).notify:
        if notify.role == mailing.PANEL:
            mailing.ask(context, session, submission, notify.message, [notify.role], occasion)


def _escalate_unreviewed(context: Context, session: Session, call: Call, submission: Submission) -> None:
    """Where every reviewer abstained or is in conflict, no deadline is waited for: the coordinator goes on with it."""
    definition, record = workflow_of(session, context, submission), submission.record
    if record.get("overdue") or "reviews" not in needs(definition, submission.state):
        return
    out = [review for review in reviews_of(session, call, submission) if review.conflict or review.abstained]
    if len(out) < len(call.people(mailing.REVIEWER, submission.site)):
        return
    granted = sorted({*record.get("escalated", []), DECIDES})
    submission.record = {**record, "overdue": True, "escalated": granted}
    mailing.ask(context, session, submission, NOBODY, [DECIDES], mailing.Occasion(submission.entered_seq))


def _together(context: Context, session: Session, call: Call, submission: Submission, timer: Timer) -> str:
    """Do here what somebody did on another case of the group; what stands in the way is kept for them to read."""
    asked = together.asked_by(session, timer)
    act = transitions.Act(timer.name, asked.role, asked.person, inputs=asked.inputs, follows=True)
    try:
        transitions.fire(context, session, call, submission, act)
    except transitions.Refused as refused:
        timer.payload = {**timer.payload, "why": {lang: refused.refusal.text.in_(lang) for lang in ("it", "en")}}
        raise
    return "fired"


Kind = Callable[[Context, Session, Call, Submission, Timer], str]

KINDS: Mapping[str, Kind] = {
    "transition": _transition,
    "reminder": _mail,
    "deadline": _mail,
    "system": _system,
    together.KIND: _together,
    editions.KIND: editions.look,
}
"""What is done when a timer of each kind is due; the answer is noted on the row."""
