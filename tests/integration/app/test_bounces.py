"""Mails that come back: the address is marked, the coordinator told, the step handed to the deputy, nothing forged."""

from __future__ import annotations

import pytest

from app.services import listing
from app.services.mail import bounces
from integrations.local.smtp import BOUNCES, StoredMessage, report_of
from tests.integration.app import scenes
from tests.integration.app.people import CHIARA, COORDINATOR, DEPUTY, OFFICER, desk
from tests.integration.app.town import Town

SENDER = "hubout@example.org"


def come_back(town: Town, mail: StoredMessage) -> str:
    """The server of `mail` reports that its address does not exist; what the command answers."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in mail.headers)
    said = bounces.take(town.context, report_of(headers.encode(), SENDER, mail.to))
    town.work()
    return said


def reports(town: Town) -> list[bytes]:
    """The reports that lie in the sink's mailbox, as they came."""
    folder = town.context.settings.home / "mail" / "new"
    return [(folder / mail.key).read_bytes() for mail in town.post.messages() if mail.to == SENDER]


def test_a_mail_that_comes_back_is_told_and_the_address_left_alone(town: Town) -> None:
    reference = town.apply(desk(email=BOUNCES))
    assert not list(listing.letters(town.context))
    first, second = reports(town)
    assert bounces.take(town.context, first).endswith("returned: 5.1.1 550 5.1.1 no such mailbox")
    town.work()
    (told,) = town.mails(COORDINATOR, reference)
    assert "b•••e@simulator.example.org" in told.text
    assert bounces.take(town.context, first).endswith("known already")
    bounces.take(town.context, second)
    town.later(hours=25)  # the reminder to confirm
    assert len(reports(town)) == 2
    dead = list(listing.letters(town.context, dead=True))
    assert [letter["message"] for letter in dead].count("conferma_email") == 2
    assert all("5.1.1" in letter["last_error"] for letter in dead)


def test_an_address_is_tried_again_when_somebody_asks_for_it(town: Town) -> None:
    town.apply(desk(email=BOUNCES))
    for report in reports(town):
        bounces.take(town.context, report)
    assert listing.retry(town.context) == 4  # two mails, two notices
    town.work()
    assert len(reports(town)) == 4
    assert not list(listing.letters(town.context, dead=True))


def test_the_deputy_decides_where_the_coordinator_gets_no_mail(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    come_back(town, town.mails(COORDINATOR, reference)[-1])
    told, asked = town.mails(DEPUTY, reference)
    assert "non si è potuta consegnare" in told.text
    assert "chi coordina, c•••o@comune-cinisello.example.org" in told.text
    assert "ora aspetta te" in asked.text
    assert "mail_returned" in town.events(reference)
    town.choose(DEPUTY, reference, "approve")
    assert town.state(reference) == "posto_offerto"
    assert town.mails(CHIARA, reference)


def test_a_later_step_goes_to_the_deputy_at_once(town: Town) -> None:
    first = scenes.desk_to_decide(town)
    come_back(town, town.mails(COORDINATOR, first)[-1])
    second = scenes.desk_to_decide(town, desk(email="altra@example.org"))
    assert not town.mails(COORDINATOR, second)
    town.choose(DEPUTY, second, "approve")
    assert town.state(second) == "posto_offerto"


def test_the_coordinator_takes_over_from_the_officer(town: Town) -> None:
    reference = scenes.checked_desk(town)
    come_back(town, town.mails(OFFICER, reference)[-1])
    assert any("ora aspetta te" in mail.text for mail in town.mails(COORDINATOR, reference))


def test_a_step_that_is_over_goes_to_nobody(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    asked = town.mails(COORDINATOR, reference)[-1]
    town.choose(COORDINATOR, reference, "approve")
    come_back(town, asked)
    assert not any("ora aspetta te" in mail.text for mail in town.mails(DEPUTY, reference))


@pytest.mark.parametrize("seal", ["0" * 32, "", "é"])
def test_nobody_makes_up_a_report(town: Town, seal: str) -> None:
    reference = scenes.desk_to_decide(town)
    mail = town.mails(COORDINATOR, reference)[-1]
    row = mail.message_id.partition(".")[0]
    forged = report_of(f"Message-ID: {row}.{seal}@example.org>\r\n".encode(), SENDER, COORDINATOR)
    assert "not ours" in bounces.take(town.context, forged)
    assert town.dump()["unreachable"] == []


def test_erasure_forgets_the_mark(town: Town) -> None:
    town.apply(desk(email=BOUNCES))
    bounces.take(town.context, reports(town)[0])
    assert [row["address"] for row in town.dump()["unreachable"]] == [BOUNCES]
    town.later(days=4)
    town.later(days=9)
    assert town.dump()["unreachable"] == []
