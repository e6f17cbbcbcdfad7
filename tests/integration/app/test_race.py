"""Two hundred approvers at fifty cases in the same moments: one outcome for each case, one vote, one mail."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import cycle

import pytest
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import Review, Submission
from app.services.casework import transitions
from app.services.casework.transitions import Act
from app.services.context import Context
from app.services.links import actions, tokens
from tests.integration.app.people import DESKS, IDEAS, MATERA_COORDINATOR, MATERA_OFFICER, REASON, desk, idea
from tests.integration.app.scenes import ENTRY
from tests.integration.app.town import Town

ANSWERS = {"approve": {}, "refuse": {"motivazione": REASON}, "ask_more": {"motivazione": REASON}}
"""What approvers choose, in turn, and write."""

HANDS = 8
"""Processes that serve them, each with connections of its own."""


@dataclass(frozen=True)
class Approver:
    """Somebody with a link of their own to one of the cases, and the code of its mail."""

    case: int
    token: str
    code: str
    event: str


@pytest.mark.parametrize(("cases", "each"), [pytest.param(50, 4, id="200-approvers-50-cases")])
def test_of_all_who_press_one_decides(town: Town, cases: int, each: int) -> None:
    if town.context.database.on_sqlite:  # one writer at a time by nature: a few show it
        cases = 5
    approvers = [approver for number in range(cases) for approver in _approvers(town, _case(town, number), each)]
    houses = cycle([town.worker() for _ in range(HANDS)])
    with ThreadPoolExecutor(HANDS) as hands:
        presses = [hands.submit(_press, next(houses), approver) for approver in approvers]
        decided = [approver for approver, press in zip(approvers, presses, strict=True) if press.result(timeout=120)]
    town.work()
    assert Counter(approver.case for approver in decided) == Counter(range(1, cases + 1))
    rows = town.dump()
    votes = Counter(row["submission_id"] for row in rows["events"] if row["event"] in ANSWERS)
    assert votes == Counter(range(1, cases + 1))
    used = {(row["submission_id"], row["person"]) for row in rows["action_tokens"] if row["used_seq"] is not None}
    assert len([person for _, person in used if person.startswith("approva")]) == cases
    lost = [row for row in rows["action_tokens"] if row["person"].startswith("approva") and row["used_seq"] is None]
    assert len(lost) == cases * (each - 1)
    assert all(row["revoked_at"] and row["revoked_reason"] in ANSWERS for row in lost)
    told = Counter(
        row["submission_id"]
        for row in rows["outbox"]
        if row["payload"].get("message") in ("offerta", "preavviso", "integrazione", "lista_attesa")
    )
    assert told == Counter(range(1, cases + 1))


def test_two_calls_book_one_place_once(town: Town) -> None:
    """Who books for the second call waits until the first booking is written, and is refused then."""
    call = town.context.catalogue.calls[IDEAS]
    town = town.with_call(replace(call, file=call.file.model_copy(update={"call": "idee-due"})))
    first = _idea(town, IDEAS, "Un titolo come tanti")
    second = _idea(town, "idee-due", "Un altro titolo ancora")
    other = town.worker()
    with ThreadPoolExecutor(1) as hands:
        with town.context.write() as session:
            _book(town.context, session, first)
            late = hands.submit(_book_alone, other, second)
            assert not wait([late], timeout=1).done
        assert not late.result(timeout=60)
    assert (town.state(first), town.state(second)) == ("programmata", "approvata")


def _idea(town: Town, call: str, title: str) -> str:
    """An idea of Matera that needs a date."""
    reference = town.confirmed(idea(email=f"{call}@example.org", titolo=title), call)
    town.choose(MATERA_OFFICER, reference, "admissible")
    town.review(reference)
    town.choose("pareri@provincia-matera.example.org", reference, "opinion_given", parere="favorevole")
    town.choose(MATERA_COORDINATOR, reference, "approve", **ENTRY)
    return reference


def _book_alone(context: Context, reference: str) -> bool:
    try:
        with context.write() as session:
            _book(context, session, reference)
    except transitions.Refused:
        return False
    return True


def _book(context: Context, session: Session, reference: str) -> None:
    slot = {"data": "2026-11-28", "ora": "15:00", "ore": "3", "sede": "Piazza"}
    case = session.query(Submission).filter_by(reference=reference).one()
    call, case = transitions.lock(session, context, case.id)
    transitions.fire(context, session, call, case, Act("slot_booked", "istruttore", inputs=slot))


def _press(context: Context, approver: Approver) -> bool:
    typed = {"conferma_codice": approver.code, **ANSWERS[approver.event]}
    return actions.act(context, approver.token, approver.event, MultiDict(typed)).decided


def _case(town: Town, number: int) -> str:
    """A desk whose reviews are in: the coordinator's turn."""
    answer = town.send(desk(email=f"persona{number}@example.org"), DESKS)
    assert answer.status_code == 201, answer.text
    reference = str(answer.get_json()["reference"])
    _fire(town, reference, Act("email_confirmed", "richiedente"))
    _fire(town, reference, Act("auto"))
    _fire(town, reference, Act("register", "protocollo", inputs=ENTRY | {"protocollo_data": "2026-11-16"}))
    _fire(town, reference, Act("admissible", "istruttore", inputs={"requisiti": ["r1", "r2"]}))
    with town.context.write() as session:
        case = session.query(Submission).filter_by(reference=reference).one()
        for tab in town.context.catalogue.calls[DESKS].tabs(case.site):
            if tab.reviewer:
                said = {"outcome": "Sì", "score": 80, "updated_at": town.clock.now()}
                session.add(Review(submission_id=case.id, reviewer=tab.reviewer.name, version=1, **said))
    _fire(town, reference, Act("reviews_done"))
    return reference


def _fire(town: Town, reference: str, act: Act) -> None:
    with town.context.write() as session:
        case = session.query(Submission).filter_by(reference=reference).one()
        call, case = transitions.lock(session, town.context, case.id)
        transitions.fire(town.context, session, call, case, act)


def _approvers(town: Town, reference: str, each: int) -> list[Approver]:
    """People with the coordinator's part in the case, each with a link of their own."""
    keys, events = town.context.settings.secret_keys, list(ANSWERS)
    found = []
    with town.context.write() as session:
        case = session.query(Submission).filter_by(reference=reference).one()
        for number in range(each):
            holder = tokens.Holder("coordinatore", f"approva{number}-{case.id}@example.org")
            row = tokens.ensure(session, keys, case, holder, "action", now=town.clock.now())
            event = events[(number + case.id) % len(events)]
            found.append(Approver(case.id, tokens.text_of(row, keys), tokens.code_of(row, keys), event))
    return found
