"""What is at stake is confirmed with a code that only the mail has: typed by a person, guessed by nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.models import ActionToken
from app.security import CODE_LENGTH, CROCKFORD, make_code, same_code
from app.services.links.tokens import MOST_TRIES
from tests.integration.app import scenes
from tests.integration.app.people import CHIARA, COORDINATOR, DEPUTY, OFFICER, REASON
from tests.integration.app.town import Town

WRONG = "ZZZZ"


def test_a_decision_without_its_code_changes_nothing(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    assert door.code
    assert door.code not in page.text
    before = town.dump()
    for typed in ("", "   "):
        answer = door.send(page, "approve", conferma_codice=typed)
        assert answer.status_code == 422
        assert 'href="#conferma_codice"' in answer.text
    assert town.dump() == before
    assert (
        door.send(page, "approve", conferma_codice=f" {door.code[:2].lower()} {door.code[2:].lower()} ").status_code
        == 303
    )
    assert town.events(reference)[-1] == "approve"


def test_what_was_typed_stays_when_the_code_is_wrong(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    answer = door.send(door.open(), "refuse", motivazione=REASON, conferma_codice=WRONG)
    assert answer.status_code == 422
    assert REASON in answer.text
    assert 'value="refuse" checked' in answer.text
    assert "Il codice non è questo" in answer.text


def test_a_code_takes_few_guesses_and_another_one_comes_by_mail_only(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    for number in range(MOST_TRIES):
        wrong = door.send(page, "approve", conferma_codice=WRONG)
        assert wrong.status_code == 422, number
    assert "questo non vale più" in wrong.text
    assert door.send(page, "approve").status_code == 422, "the right code counts no more"
    assert town.state(reference) == "decisione"
    mails = len(town.mails(COORDINATOR, reference))
    again = door.post("/email", page)
    assert again.status_code == 200
    assert "c•••o@comune-cinisello.example.org" in again.text
    town.work()
    fresh = town.door(COORDINATOR, reference)
    assert len(town.mails(COORDINATOR, reference)) == mails + 1
    assert (fresh.address, fresh.code == door.code) == (door.address, False)
    assert fresh.code not in again.text
    assert door.send(page, "approve").status_code == 422
    assert door.send(page, "approve", conferma_codice=fresh.code).status_code == 303


def test_an_hour_has_one_such_mail_and_no_more_guesses(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    mails = len(town.mails(COORDINATOR, reference))
    for _ in range(3):
        for _ in range(MOST_TRIES):
            door.send(page, "approve", conferma_codice=WRONG)
        door.post("/email", page)
        town.work()
    assert len(town.mails(COORDINATOR, reference)) == mails + 1
    fresh = town.door(COORDINATOR, reference)
    assert fresh.choose("approve").status_code == 422
    town.later(hours=1)
    door.post("/email", page)
    town.work()
    assert town.door(COORDINATOR, reference).choose("approve").status_code == 303


def test_an_applicant_s_own_page_asks_for_it_too(town: Town) -> None:
    reference = scenes.checked_desk(town)
    door = town.own_page(reference)
    page = door.open()
    assert door.send(page, "withdraw", conferma_codice="").status_code == 422
    assert town.state(reference) == "verifica"
    assert door.post("/codice", page).status_code == 200
    town.work()
    assert door.send(page, "withdraw", conferma_codice=town.own_page(reference).code).status_code == 303
    assert town.state(reference) == "ritirata"


def test_taking_a_decision_back_asks_for_it_too(town: Town) -> None:
    town.context = replace(town.context, settings=replace(town.context.settings, undo_minutes=10))
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    door.choose("approve")
    done = door.open()
    assert 'name="conferma_codice"' in done.text
    refused = door.send(done, "taken_back", conferma_codice="")
    assert refused.status_code == 422
    assert town.state(reference) == "posto_offerto"
    assert door.send(done, "taken_back").status_code == 303
    assert town.state(reference) == "decisione"


def test_small_steps_ask_for_none(town: Town) -> None:
    reference = scenes.new_desk(town)
    door = town.door(CHIARA, reference)
    assert door.code == ""
    assert "conferma_codice" not in door.open().text
    assert door.choose("email_confirmed").status_code == 303
    town.work()
    town.choose("protocollo@comune-cinisello.example.org", reference, "register", **scenes.ENTRY)
    officer = town.door(OFFICER, reference)
    admitted = officer.choose("admissible", requisiti=["r1", "r2"], conferma_codice="")
    assert admitted.status_code == 303


def test_what_fills_in_everything_is_stopped_at_small_steps(town: Town) -> None:
    reference = scenes.new_desk(town)
    door = town.door(CHIARA, reference)
    answer = door.choose("email_confirmed", come_ci_conosci="qualcosa")
    assert answer.status_code == 422
    assert town.state(reference) == "da_confermare"


def test_the_code_lies_nowhere(town: Town) -> None:
    reference = scenes.desk_without_coordinator(town)
    door = town.door(DEPUTY, reference)
    rows = [row for row in town.dump()["action_tokens"] if row["role"] == "backup_coordinatore"]
    assert door.code
    assert not any(door.code in str(value) for row in rows for value in row.values() if isinstance(value, str))
    assert not any(door.code in str(row["payload"]) for row in town.dump()["outbox"])


def test_codes_are_four_clear_characters_and_read_kindly() -> None:
    codes = {make_code(b"k" * 32, row, b"n" * 16, turn) for row in range(40) for turn in range(5)}
    assert len(codes) > 190
    assert all(re.fullmatch(f"[{CROCKFORD}]{{{CODE_LENGTH}}}", code) for code in codes)
    assert same_code("o1l-i", "0111")
    assert not same_code("", "0111")
    assert not same_code("0112", "0111")


@pytest.mark.parametrize("column", ["code", "token"])
def test_no_column_could_hold_it(column: str) -> None:
    assert column not in ActionToken.__table__.columns
