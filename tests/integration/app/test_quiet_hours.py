"""At night nobody is reminded of anything; what the law or a decision wants is sent at once."""

from __future__ import annotations

import pytest

from app.services import listing
from tests.integration.app import scenes
from tests.integration.app.people import CHIARA, COORDINATOR, OFFICER, desk
from tests.integration.app.town import Town


def reminded(town: Town, reference: str) -> int:
    """How many mails asked Chiara to confirm her address."""
    return len([mail for mail in town.mails(CHIARA, reference) if "/azione/" in mail.text])


@pytest.mark.parametrize(
    ("sent", "due", "still_night", "morning", "first_day"),
    [
        ("2026-11-16T22:30", "2026-11-17T22:30", "2026-11-18T07:59:59", "2026-11-18T08:00", "01/12/2026"),
        # a night of 23 hours, and one of 25
        ("2027-03-26T23:00", "2027-03-27T23:00", "2027-03-28T07:59:59", "2027-03-28T08:00", "12/04/2027"),
        ("2027-10-29T23:00", "2027-10-30T23:00", "2027-10-31T07:59:59", "2027-10-31T08:00", "15/11/2027"),
    ],
)
def test_a_reminder_of_the_night_comes_in_the_morning(
    town: Town, sent: str, due: str, still_night: str, morning: str, first_day: str
) -> None:
    town.at(sent)
    reference = town.apply(desk(inizio=first_day))
    town.at(due)
    town.at(still_night)
    assert reminded(town, reference) == 1
    assert listing.retry(town.context) == 1  # nobody sends it sooner by asking
    town.work()
    assert reminded(town, reference) == 1
    town.at(morning)
    assert reminded(town, reference) == 2


def test_a_reminder_that_waits_is_dropped_when_its_state_is_left(town: Town) -> None:
    town.at("2026-11-16T22:30")
    reference = scenes.new_desk(town)
    town.at("2026-11-17T22:30")
    assert town.asked(reference).count("conferma_email") == 2
    town.choose(CHIARA, reference, "email_confirmed")
    assert town.asked(reference).count("conferma_email") == 1
    town.at("2026-11-18T08:00")
    assert reminded(town, reference) == 1


def test_a_reminder_that_would_come_too_late_is_sent_at_night(town: Town) -> None:
    """The house was away when it was due; by the morning the application will have expired."""
    town.at("2026-11-17T07:00")
    reference = scenes.new_desk(town)
    town.at("2026-11-20T06:00")
    assert reminded(town, reference) == 2
    town.at("2026-11-20T07:00")
    assert town.state(reference) == "scaduta"


def test_the_alert_of_the_legal_term_waits_for_no_morning(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    town.at("2026-12-16T23:59:59")
    alerts = [row for row in town.dump()["outbox"] if row["payload"].get("message") == "termine_superato"]
    assert [row["target"] for row in alerts if row["delivered_at"]] == [COORDINATOR, OFFICER]
    assert town.mails(COORDINATOR, reference)


def test_a_decision_is_told_at_any_hour(town: Town) -> None:
    reference = scenes.desk_to_decide(town, desk())
    town.at("2026-11-16T23:00")
    town.choose(COORDINATOR, reference, "approve")
    assert any("/azione/" in mail.text for mail in town.mails(CHIARA, reference)[-1:])
