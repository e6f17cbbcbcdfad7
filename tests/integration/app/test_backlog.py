"""After an outage: the backlog leaves, each mail once, whoever sends it and whoever dies meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.services import listing
from app.services.mail import delivery, outbox
from tests.bench.mails import fill
from tests.integration.app.crowd import at_once, dying_at
from tests.integration.app.people import desk
from tests.integration.app.town import Town

MAILS = 1_000
"""On each database; `make bench` sends ten thousand."""


@pytest.fixture(autouse=True)
def few_applications(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.mails.APPLICATIONS", 10)


def arrived(town: Town) -> list[str]:
    return [mail.message_id for mail in town.post.messages()]


def test_the_backlog_of_an_outage_arrives_and_nothing_twice(town: Town) -> None:
    town.post.close()
    fill(town.context, MAILS, desk())
    for _ in range(5):
        assert delivery.send_due(town.context) == 0
    rows = list(listing.letters(town.context))
    assert sum(row["attempts"] for row in rows) == 5  # who can't reach the server does not ask for each mail
    town.post.open()
    town.clock.set(town.clock.now() + outbox.LONGEST_RETRY)
    workers = [town.worker() for _ in range(3)]
    sent = at_once(*[lambda worker=worker: delivery.send_due(worker) for worker in workers])
    assert sum(sent) == MAILS
    assert len(arrived(town)) == len(set(arrived(town))) == MAILS
    assert list(listing.letters(town.context)) == []


def test_a_worker_that_dies_leaves_at_most_its_last_mail_twice(town: Town) -> None:
    fill(town.context, 60, desk())
    with dying_at(outbox, "delivered"):
        delivery.send_due(town.context)
    assert len(arrived(town)) == 1
    town.clock.set(town.clock.now() + outbox.LEASE)
    delivery.send_due(town.context)
    assert len(arrived(town)) == 61
    assert len(set(arrived(town))) == 60


def test_a_domain_gets_what_it_takes_in_a_minute_and_others_go_on(town: Town) -> None:
    paced = replace(town.context, settings=replace(town.context.settings, mails_per_domain=25))
    fill(town.context, 60, desk())
    with town.context.write() as session:
        rows = outbox.claim(session, "mail", town.clock.now(), limit=60)
        outbox.give_back(session, [row.id for row in rows])
        for row in rows[-5:]:
            row.target = row.target.replace("example.org", "altrove.example.org")
    minute = []
    for _ in range(3):
        minute.append(delivery.send_due(paced))
        assert delivery.send_due(paced) == 0
        assert {letter["attempts"] for letter in listing.letters(town.context)} <= {0}
        town.clock.set(town.clock.now() + outbox.LEASE)
    assert minute == [30, 25, 5]
    paced.transport.close()
