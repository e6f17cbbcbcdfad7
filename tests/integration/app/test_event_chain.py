"""Whoever alters the log of events is found out; whoever leaves it alone is not suspected."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.models import Event, EventPayload, Submission
from app.services.casework.eventlog import broken_links
from tests.integration.app import scenes
from tests.integration.app.people import desk
from tests.integration.app.town import Town


def broken(town: Town) -> list[str]:
    with town.context.read() as session:
        return broken_links(session)


def event_id(session: Session, seq: int) -> int:
    return session.scalars(select(Event.id).where(Event.seq == seq, Event.submission_id == 1)).one()


def edit_event(session: Session) -> None:
    session.execute(update(Event).where(Event.id == event_id(session, 3)).values(actor="coordinatore"))


def move_event_in_time(session: Session) -> None:
    earlier = session.scalars(select(Event.at).where(Event.seq == 1)).one().replace(year=2025)
    session.execute(update(Event).where(Event.id == event_id(session, 3)).values(at=earlier))


def edit_payload(session: Session) -> None:
    payload = session.get_one(EventPayload, event_id(session, 1))
    payload.body = {**payload.body, "answers": {"nome": "Un’altra"}}


def remove_event(session: Session) -> None:
    gone = event_id(session, 3)
    session.execute(delete(EventPayload).where(EventPayload.event_id == gone))
    session.execute(delete(Event).where(Event.id == gone))


def cut_the_end(session: Session) -> None:
    gone = event_id(session, 4)
    session.execute(delete(EventPayload).where(EventPayload.event_id == gone))
    session.execute(delete(Event).where(Event.id == gone))


def swap_events(session: Session) -> None:
    second, third = event_id(session, 2), event_id(session, 3)
    for row, seq in ((second, 99), (third, 2), (second, 3)):
        session.execute(update(Event).where(Event.id == row).values(seq=seq))


def give_to_another_case(session: Session) -> None:
    session.execute(update(Submission).values(reference="CWK-26-000000"))


TAMPERING = (
    edit_event,
    move_event_in_time,
    edit_payload,
    remove_event,
    cut_the_end,
    swap_events,
    give_to_another_case,
)


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda tamper: tamper.__name__)
def test_tampering_is_found(town: Town, tamper: Callable[[Session], None]) -> None:
    reference = scenes.checked_desk(town)
    assert town.events(reference) == ["submit", "email_confirmed", "auto", "register"]
    assert broken(town) == []
    with town.context.write() as session:
        tamper(session)
    lines = broken(town)
    assert lines != []
    assert all("CWK-26-" in line for line in lines)


def test_one_case_s_trouble_is_not_another_s(town: Town) -> None:
    scenes.checked_desk(town)
    other = town.confirmed(desk(email="altra@example.org"))
    with town.context.write() as session:
        edit_event(session)
    assert all(other not in line for line in broken(town))


def test_a_long_story_holds(town: Town) -> None:
    scenes.scheduled_idea(town)
    scenes.active_desk(town)
    town.at("2027-12-01T00:00")
    assert broken(town) == []
