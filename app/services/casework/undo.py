"""Taking a decision back: what is kept so that it can be, and putting everything as it was.

While it can be, the mails of the decision wait in the outbox (`not_before`). Taken back, they are dropped, links and
timers of the step that was left live on with their own times, and seats go back where they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import ActionToken, Event, OutboxMessage, StoredFile, Submission, Timer
from app.services.casework import documents, places
from app.services.context import Context, ask_for, forget_file
from app.services.mail import outbox
from app.services.people import delegations
from workflows import refusals
from workflows.definition import WorkflowDefinition
from workflows.engine import Refusal
from workflows.undo import TAKEN_BACK, Decision

KEPT = "undo"
"""Where the case's own record keeps what a decision changed, until something else happens."""

COLUMNS = ("state", "entered_seq", "version", "protocol_number", "in_sheet", "open_dedupe_key")


def window(context: Context, definition: WorkflowDefinition) -> timedelta:
    """How long a decision can be taken back in this installation; nothing where it can't."""
    minutes = context.settings.undo_minutes
    return definition.undo_window if minutes is None else timedelta(minutes=minutes)


def snapshot(session: Session, submission: Submission) -> dict[str, Any]:
    """The case as it is before a decision, as JSON."""
    return {
        **{name: getattr(submission, name) for name in COLUMNS},
        "state_entered_at": submission.state_entered_at.isoformat(),
        "protocol_date": submission.protocol_date.isoformat() if submission.protocol_date else None,
        "record": {name: value for name, value in submission.record.items() if name != KEPT},
        "seats": places.held_by(session, submission),
        "reminders": outbox.waiting_reminders(session, submission.id),
    }


def remember(submission: Submission, before: Mapping[str, Any], seq: int, person: str, until: datetime) -> None:
    """Keep what it takes to take decision `seq` of this person back."""
    kept = {"seq": seq, "person": person, "until": until.isoformat(), "before": dict(before)}
    submission.record = {**submission.record, KEPT: kept}


def last_act(session: Session, submission: Submission) -> int:
    """The newest event of the case, but for the one by which a step that just opened went to a stand-in."""
    query = select(func.max(Event.seq)).where(Event.submission_id == submission.id, Event.event != delegations.STARTED)
    return session.scalar(query) or 0


def decision_of(submission: Submission) -> Decision | None:
    """The decision that may still be taken back; its time may be over."""
    kept = submission.record.get(KEPT)
    if not kept:
        return None
    until = datetime.fromisoformat(kept["until"])
    return Decision(kept["seq"], kept["person"], kept["before"]["state"], submission.state, until)


def put_back(context: Context, session: Session, call: Call, submission: Submission) -> Refusal | dict[str, int]:
    """Put the case as it was before its last decision; what to log of it, or why it can't be done."""
    kept = submission.record[KEPT]
    seq, before, now = int(kept["seq"]), kept["before"], context.clock.now()
    if before["open_dedupe_key"] and not submission.open_dedupe_key and _sent_again(session, before):
        return Refusal("no_transition", refusals.TOO_LATE_TO_TAKE_BACK)
    if not _seats_again(session, call, submission, before["seats"], now):
        return Refusal("guard", refusals.SEATS_GONE, "seats_free")
    _timers_again(session, submission, seq, before["entered_seq"], now)
    outbox.remind_again(session, submission.id, before.get("reminders", ()), now)
    _links_again(session, submission, seq, now)
    _forget_documents(session, submission, seq)
    for name in COLUMNS:
        setattr(submission, name, before[name])
    submission.record = before["record"]
    submission.state_entered_at = datetime.fromisoformat(before["state_entered_at"])
    submission.protocol_date = date.fromisoformat(before["protocol_date"]) if before["protocol_date"] else None
    return {"taken_back": seq, "mails_dropped": _drop_mails(session, submission, seq)}


def _sent_again(session: Session, before: Mapping[str, Any]) -> bool:
    """Whether the same application was sent once more while this one was closed."""
    return (
        session.scalar(select(Submission.id).where(Submission.open_dedupe_key == before["open_dedupe_key"])) is not None
    )


def _seats_again(session: Session, call: Call, submission: Submission, seats: Mapping[str, int], now: datetime) -> bool:
    """Give back what the decision took, take what it gave back; False where others have it by now."""
    if places.held_by(session, submission) == dict(seats):
        return True
    if seats and not places.has_room(session, call, submission, now):
        return False
    places.give_back(session, call, submission, now)
    places.hold(session, call, submission, seats)
    return True


def _timers_again(session: Session, submission: Submission, seq: int, stay: int, now: datetime) -> None:
    """Void what was planned for the state that is left again; what was planned before falls due when it would have."""
    mine = Timer.submission_id == submission.id
    at = select(Event.at).where(Event.submission_id == submission.id, Event.seq == seq).scalar_subquery()
    session.execute(update(Timer).where(mine, Timer.done_at.is_(None)).values(done_at=now, outcome="cancelled"))
    session.execute(
        update(Timer)
        .where(mine, Timer.entered_seq == stay, Timer.outcome == "cancelled", Timer.done_at == at)
        .values(done_at=None, outcome="")
    )
    ask_for(session, "fire_timers")


def _links_again(session: Session, submission: Submission, seq: int, now: datetime) -> None:
    """Shut the links that the decision opened, open those that it shut: the decider's own among them."""
    mine = ActionToken.submission_id == submission.id
    event = session.scalars(select(Event).where(Event.submission_id == submission.id, Event.seq == seq)).one()
    session.execute(
        update(ActionToken)
        .where(mine, ActionToken.entered_seq == seq, ActionToken.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=TAKEN_BACK)
    )
    session.execute(
        update(ActionToken)
        .where(mine, ActionToken.revoked_at == event.at, ActionToken.revoked_reason == event.event)
        .values(revoked_at=None, revoked_reason="")
    )
    session.execute(update(ActionToken).where(mine, ActionToken.used_seq == seq).values(used_seq=None))


def _forget_documents(session: Session, submission: Submission, seq: int) -> None:
    """Remove what was typeset for the decision: it never left the house."""
    made = select(StoredFile).where(
        StoredFile.submission_id == submission.id, StoredFile.seq == seq, StoredFile.field.in_(documents.TITLES)
    )
    for stored in session.scalars(made):
        forget_file(session, stored.key)
        session.delete(stored)


def _drop_mails(session: Session, submission: Submission, seq: int) -> int:
    """Forget the mails and calls of the decision, none of which was sent."""
    waiting = delete(OutboxMessage).where(
        OutboxMessage.submission_id == submission.id,
        OutboxMessage.channel != "sheet",
        or_(*(OutboxMessage.dedupe_key.startswith(f"{kind}/{submission.id}/{seq}/") for kind in ("mail", "webhook"))),
        OutboxMessage.delivered_at.is_(None),
    )
    return len(session.execute(waiting.returning(OutboxMessage.id)).all())
