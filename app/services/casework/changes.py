"""What has changed in the answers since somebody was last written to, as that reader may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ActionToken, Event, EventPayload, Submission
from app.services.views import AnswerShown, ChangeLine

Show = Callable[[Mapping[str, Any]], tuple[AnswerShown, ...]]


def changes_for(session: Session, submission: Submission, row: ActionToken, show: Show) -> tuple[ChangeLine, ...]:
    """The answers that differ from those that the reader was written about.

    That is when the link was made or, where nothing has changed since, when the same role got its link before.
    """
    for seen in (row.seen_seq, _seen_before(session, row)):
        then = _answers_at(session, submission, seen) if seen is not None else submission.answers
        if then != submission.answers:
            return _differences(show(then), show(submission.answers))
    return ()


def _seen_before(session: Session, row: ActionToken) -> int | None:
    query = select(ActionToken.seen_seq).where(
        ActionToken.submission_id == row.submission_id,
        ActionToken.purpose == row.purpose,
        ActionToken.role == row.role,
        ActionToken.id < row.id,
        ActionToken.seen_seq.is_not(None),
    )
    return session.scalars(query.order_by(ActionToken.id.desc())).first()


def _answers_at(session: Session, submission: Submission, seq: int) -> Mapping[str, Any]:
    """The answers as they were when event `seq` was the last: later corrections are taken back, newest first."""
    query = (
        select(EventPayload.body)
        .join(Event, Event.id == EventPayload.event_id)
        .where(Event.submission_id == submission.id, Event.seq > seq)
        .order_by(Event.seq.desc())
    )
    answers = dict(submission.answers)
    for body in session.scalars(query):
        answers.update(body.get("before", {}))
    return {name: value for name, value in answers.items() if value is not None}


def _differences(before: tuple[AnswerShown, ...], after: tuple[AnswerShown, ...]) -> tuple[ChangeLine, ...]:
    old = {(line.section, line.label): line.text for line in before}
    new = {(line.section, line.label): line.text for line in after}
    return tuple(
        ChangeLine(key[1], old.get(key, ""), new.get(key, ""))
        for key in dict.fromkeys((*new, *old))
        if old.get(key) != new.get(key)
    )
