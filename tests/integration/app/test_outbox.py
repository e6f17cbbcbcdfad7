"""Mails are rows before they are sent: they wait, are tried again, are given up, and never get lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.models import OutboxMessage
from app.services import listing
from app.services.mail import delivery, outbox
from tests.integration.app import scenes
from tests.integration.app.crowd import at_once, dying_at
from tests.integration.app.people import CHIARA, COORDINATOR, REVIEWER, desk
from tests.integration.app.town import Town

NOBODY, BUSY = "perm-fail@simulator.example.org", "temp-fail@simulator.example.org"
NO_ADDRESS = "anna.bianchi@["
"""What Python's `email` takes for an address and then fails on with an AttributeError."""


def test_while_mail_is_away_everything_else_goes_on(town: Town) -> None:
    town.post.close()
    reference = town.apply(desk())
    waiting = list(listing.letters(town.context))
    assert {letter["state"] for letter in waiting} == {"waiting"}
    assert all("Connection refused" in letter["last_error"] for letter in waiting)
    assert town.send(desk(email="altra@example.org")).status_code == 201
    town.post.open()
    town.later(seconds=10)
    assert len(town.mails(CHIARA, reference)) == 2
    assert list(listing.letters(town.context)) == []


def test_pauses_grow_to_an_hour_and_end_after_days(town: Town) -> None:
    reference = town.apply(desk(email=BUSY))
    letter = next(iter(listing.letters(town.context)))
    assert letter["attempts"] == 1
    assert letter["last_error"].startswith("451")
    for attempts, longest in ((2, 10), (3, 20), (12, 3600), (40, 3600)):
        with town.context.write() as session:
            session.execute(update(OutboxMessage).values(attempts=attempts - 1, next_try_at=town.clock.now()))
        town.work()
        pauses = [row["next_try_at"] - town.clock.now() for row in town.dump()["outbox"]]
        assert all(longest / 2 <= pause.total_seconds() <= longest for pause in pauses)
    with town.context.write() as session:
        last = outbox.MOST_ATTEMPTS - 1
        session.execute(update(OutboxMessage).values(attempts=last, next_try_at=town.clock.now()))
    town.work()
    assert {letter["state"] for letter in listing.letters(town.context, dead=True)} == {"dead"}
    assert "mail_non_consegnata" in town.asked(reference)


def test_an_address_that_never_works_is_given_up_and_told(town: Town) -> None:
    reference = town.apply(desk(email=NOBODY))
    dead = list(listing.letters(town.context, dead=True))
    assert {letter["message"] for letter in dead} == {"conferma_email", "ricevuta"}
    assert all(letter["attempts"] == 1 and letter["last_error"].startswith("550") for letter in dead)
    told = town.mails(COORDINATOR, reference)
    assert len(told) == 2
    town.later(hours=3)
    assert len(town.mails(COORDINATOR, reference)) == 2


def test_who_cannot_be_told_makes_no_endless_alert(town: Town) -> None:
    reference = town.apply(desk(email=NOBODY))
    with town.context.write() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.target == COORDINATOR)
            .values(target=NOBODY, delivered_at=None, next_try_at=town.clock.now())
        )
    town.work()
    assert town.asked(reference).count("mail_non_consegnata") == 2


def test_a_dead_letter_is_sent_when_asked_for(town: Town) -> None:
    reference = town.apply(desk(email=NOBODY))
    with town.context.write() as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.target == NOBODY).values(target=CHIARA))
    (first, *_) = listing.letters(town.context, dead=True)
    assert listing.retry(town.context, (first["id"],)) == 1
    town.work()
    assert len(town.mails(CHIARA, reference)) == 1
    assert len(list(listing.letters(town.context, dead=True))) == 1


def test_after_a_crash_between_sending_and_noting_the_same_mail_is_sent_again(town: Town) -> None:
    town.send(desk())
    with dying_at(outbox, "delivered"):
        delivery.send_due(town.context)
    (sent,) = town.post.messages()
    town.later(seconds=59)
    assert len(town.post.messages()) == 1
    town.later(seconds=1)
    assert [mail.message_id for mail in town.post.messages()].count(sent.message_id) == 2
    assert len(town.post.messages()) == 3
    assert list(listing.letters(town.context)) == []


def test_what_one_worker_has_in_hand_another_leaves_alone(town: Town) -> None:
    town.send(desk())
    with town.context.write() as session:
        assert len(outbox.claim(session, "mail", town.clock.now())) == 2
    other = town.worker()
    assert delivery.send_due(other) == 0
    town.clock.set(town.clock.now() + outbox.LEASE)
    assert delivery.send_due(other) == 2


def test_many_workers_send_each_mail_once(town: Town) -> None:
    for number in range(5):
        town.send(desk(email=f"persona{number}@example.org"))
    workers = [town.worker() for _ in range(3)]
    sent = at_once(*[lambda worker=worker: delivery.send_due(worker) for worker in workers])
    assert sum(sent) == 10
    ids = [mail.message_id for mail in town.post.messages()]
    assert len(ids) == len(set(ids)) == 10


def test_a_mail_that_cannot_be_written_holds_up_no_other(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.send(desk())
    with town.context.write() as session:
        broken = session.get_one(OutboxMessage, 1)
        broken.payload = {**broken.payload, "message": "mai_scritta"}
    town.work()
    assert len(town.post.messages()) == 1
    (waiting,) = listing.letters(town.context)
    assert waiting["last_error"] == "can't be written: KeyError"
    assert "outbox row 1 can't be written" in caplog.text


def test_a_mail_that_cannot_be_sent_holds_up_no_other(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.send(desk())
    (case,) = town.cases()
    with town.context.write() as session:
        session.get_one(OutboxMessage, 1).target = NO_ADDRESS
    town.work()
    assert len(town.post.messages()) == 1
    (waiting,) = listing.letters(town.context)
    assert (waiting["attempts"], waiting["last_error"]) == (1, "can't be sent: AttributeError")
    assert "outbox row 1 can't be sent" in caplog.text
    assert NO_ADDRESS not in caplog.text
    with town.context.write() as session:
        last = outbox.MOST_ATTEMPTS - 1
        session.execute(update(OutboxMessage).where(OutboxMessage.id == 1).values(attempts=last))
    town.later(minutes=1)
    assert {letter["state"] for letter in listing.letters(town.context, dead=True)} == {"dead"}
    assert "mail_non_consegnata" in town.asked(case.reference)


def test_reviewers_hear_of_it_when_their_sheet_is_there(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    assert town.mails(REVIEWER, reference) == []
    town.sync()
    town.later(minutes=5)
    (told,) = town.mails(REVIEWER, reference)
    assert told.links[0].startswith(f"{town.google.url}/sheets/")


def test_nothing_personal_lies_in_the_outbox(town: Town) -> None:
    reference = scenes.refused_once_desk(town)
    rows = [row for row in town.dump()["outbox"] if row["submission_id"] == town.row_of(reference)["id"]]
    payloads = " ".join(str(row["payload"]) for row in rows)
    for word in ("Chiara", "Esempio", "azione/", "stato/", "condivisi"):
        assert word not in payloads
    assert {frozenset(row["payload"]) for row in rows if row["channel"] == "mail"} == {
        frozenset({"message", "role", "token", "seq", "due"})
    }


def test_a_mail_of_the_thread_answers_the_case(town: Town) -> None:
    reference = scenes.offered_desk(town)
    threads = {dict(mail.headers)["References"] for mail in town.mails(CHIARA, reference)}
    assert len(threads) == 1
    moments = [mail.date for mail in town.mails(CHIARA, reference)]
    assert all(moment - town.clock.now() <= timedelta(0) for moment in moments)
