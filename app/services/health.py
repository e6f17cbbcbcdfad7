"""What a watcher asks: can this process serve, and how much work waits."""

from __future__ import annotations

from typing import NamedTuple

from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import queues
from app.models import OutboxMessage, Submission, Timer
from app.services.context import Context


class Figure(NamedTuple):
    """One measurement: its name, what it means, its values by label (`channel="mail"`; "" without one)."""

    name: str
    meaning: str
    values: dict[str, int]


def can_serve(context: Context) -> bool:
    """Whether pages and submissions work: they need the database, and nothing else."""
    try:
        with context.read() as session:
            session.execute(select(1))
    except SQLAlchemyError:
        return False
    return True


def workers_hear(context: Context) -> bool:
    """Whether Redis answers and the clock beats; without them work is late, not lost."""
    try:
        return queues.last_beat(context.redis) is not None
    except RedisError:
        return False


def figures(context: Context) -> list[Figure]:
    """How many cases there are by state, and what waits: outbox messages by channel, due timers, dead letters."""
    now = context.clock.now()
    waits = (OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None))
    count = func.count()
    with context.read() as session:
        states = session.execute(select(Submission.state, count).group_by(Submission.state)).all()
        pending = session.execute(
            select(OutboxMessage.channel, count).where(*waits).group_by(OutboxMessage.channel)
        ).all()
        dead = session.scalar(select(count).where(OutboxMessage.dead_at.is_not(None))) or 0
        due = session.scalar(select(count).where(Timer.done_at.is_(None), Timer.due_at <= now)) or 0
    return [
        Figure("hubout_submissions", "Submissions by state", {f'state="{state}"': number for state, number in states}),
        Figure(
            "hubout_outbox_pending",
            "Outbox messages not yet delivered",
            {f'channel="{channel}"': number for channel, number in pending},
        ),
        Figure("hubout_outbox_dead", "Outbox messages given up", {"": dead}),
        Figure("hubout_timers_due", "Timers that are due and not yet fired", {"": due}),
        Figure("hubout_clock_beats", "1 while the clock process beats", {"": int(workers_hear(context))}),
    ]
