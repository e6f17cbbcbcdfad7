"""A log played again: on its own workflow it ends where it ended, on another one where that one leads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.workflows.conftest import DESK, library
from tests.unit.workflows.story import PROTOCOL, REASON, Story, rome
from workflows.case import Case, Facts, Review
from workflows.definition import WorkflowDefinition, kept_workflow
from workflows.engine import Outcome
from workflows.migration import Stays, migrated
from workflows.replay import Ending, Past, replay, seats_then

SENT = rome("2026-11-16T09:30")
DECISION = {**PROTOCOL, "motivazione": REASON}


def sent(**given_: Any) -> Case:
    usual = {"form": "coworking-postazione", "answers": DESK, "law241": True, "term_days": 30, "age": 25}
    case = {"reference": "X", "call": "c", "state": "da_confermare", "entered_at": SENT, "submitted_at": SENT}
    return Case(**{**case, **usual, "city": "cinisello", **given_})


def day(number: int, hour: int = 12) -> datetime:
    return SENT.replace(hour=hour) + timedelta(days=number)


def act(event: str, actor: str, number: int, **inputs: Any) -> Past:
    return Past(event, actor, day(number), inputs)


WAY = (act("email_confirmed", "richiedente", 0), act("admissible", "istruttore", 1, requisiti=[]))
REVIEWS = ((day(2), Review("a", valid=True, outcome="Sì", score=80)), (day(4), Review("b", valid=True, outcome="Sì")))


def played(definition: WorkflowDefinition, acts: Sequence[Past], until: datetime, reviews: Any = REVIEWS) -> Ending:
    def known(_: Case, what: Past) -> Facts:
        given_ = tuple(review for at, review in reviews if at <= what.at)
        return Facts(what.at, what.actor, inputs=what.inputs, reviews=given_, reviewers=2, seats_free=what.seats)

    return replay(definition, sent(), acts, known, [at for at, _ in reviews], until)


def edited(definition: WorkflowDefinition, **changes: str) -> WorkflowDefinition:
    text = definition.model_dump_json(exclude_none=True, by_alias=True)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return kept_workflow(json.loads(text))


def test_a_log_ends_where_it_ended(ammissione: WorkflowDefinition) -> None:
    acts = [*WAY, act("approve", "coordinatore", 5, **DECISION), act("accept", "richiedente", 6)]
    assert played(ammissione, acts, day(7)) == Ending("assegnata", day(6))
    assert played(ammissione, acts[:3], day(5)) == Ending("posto_offerto", day(5))
    assert played(ammissione, acts[:3], day(60)).state == "decaduta"


def test_a_smaller_quorum_decides_sooner(ammissione: WorkflowDefinition) -> None:
    assert played(ammissione, WAY, day(5)) == Ending("decisione", day(4))
    one = edited(ammissione, **{'"min_reviews":2': '"min_reviews":1'})
    assert played(one, WAY, day(5)) == Ending("decisione", day(2))


def test_a_shorter_time_refuses_who_came_later(ammissione: WorkflowDefinition) -> None:
    slow = [act("email_confirmed", "richiedente", 2), act("admissible", "istruttore", 3, requisiti=[])]
    assert played(ammissione, slow, day(3)) == Ending("valutazione", day(3))
    hurried = edited(ammissione, **{"timer:PT72H": "timer:PT24H"})
    assert played(hurried, slow, day(3)) == Ending("scaduta", SENT + timedelta(hours=24), "email_confirmed")


def test_a_deadline_hands_on_powers_and_lets_one_review_do(ammissione: WorkflowDefinition) -> None:
    late = played(ammissione, WAY, day(40), REVIEWS[:1])
    assert late.state == "decisione"
    assert late.since == rome("2026-11-27T09:00")


def test_a_number_given_once_stays(ammissione: WorkflowDefinition) -> None:
    register = act("register", "protocollo", 0, **PROTOCOL)
    acts = [WAY[0], register, WAY[1], act("approve", "coordinatore", 5), act("reopen", "coordinatore", 6)]
    assert played(ammissione, acts, day(5)).state == "posto_offerto"
    assert played(ammissione, acts, day(6)).refused == "reopen"


def test_whether_there_was_room_is_read_off_the_way_taken(ammissione: WorkflowDefinition) -> None:
    assert seats_then(ammissione, "decisione", "approve", "posto_offerto")
    assert not seats_then(ammissione, "decisione", "approve", "lista_attesa")
    assert seats_then(ammissione, None, "submit", "da_confermare")
    assert seats_then(library("doppia-approvazione"), "pareri", "opinion", "pareri")


# --- moving to another version ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "why"),
    [
        ({}, "it was in `valutazione`, which the new version lacks: say what becomes of it"),
        ({"valutazione": "attiva"}, "`valutazione` is open and `attiva` is success: a move decides nothing"),
    ],
)
def test_who_cant_move(ammissione: WorkflowDefinition, states: dict[str, str], why: str) -> None:
    new = edited(ammissione, **{'"valutazione"': '"lettura"'})
    story = Story.begun(ammissione, SENT, answers=DESK)
    story.fire("email_confirmed", "richiedente")
    story.fire("admissible", "istruttore", {"requisiti": []})
    assert migrated(ammissione, new, story.case, states) == Stays(why)


def test_who_moves_takes_their_time_along(ammissione: WorkflowDefinition) -> None:
    new = edited(ammissione, **{'"valutazione"': '"lettura"', '"P10D","then":{"escalate"': '"P3D","then":{"escalate"'})
    story = Story.begun(ammissione, SENT, answers=DESK)
    story.fire("email_confirmed", "richiedente")
    story.fire("admissible", "istruttore", {"requisiti": []})
    outcome = migrated(ammissione, new, story.case, {"valutazione": "lettura"})
    assert isinstance(outcome, Outcome)
    assert (outcome.from_state, outcome.to_state, outcome.try_rules) == ("valutazione", "lettura", True)
    due = {timer.name: timer.due_at for timer in outcome.timers}
    assert due["deadline:sollecito:P3D"] == rome("2026-11-19T09:00")


def test_a_case_without_a_history_moves_too(ammissione: WorkflowDefinition) -> None:
    outcome = migrated(ammissione, edited(ammissione, **{"timer:PT72H": "timer:PT24H"}), sent(), {})
    assert isinstance(outcome, Outcome)
    assert [timer.name for timer in outcome.timers if timer.kind == "transition"] == ["timer:PT24H"]
