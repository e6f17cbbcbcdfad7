"""Dates that come by mail: into the reader's calendar, moved, and taken out again."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage

from tests.integration.app import scenes
from tests.integration.app.people import MATERA_OFFICER
from tests.integration.app.town import Town


def dates(town: Town, reference: str) -> list[str]:
    """The calendar text of every mail about the case that has one, oldest first."""
    found = []
    folder = town.context.settings.home / "mail" / "new"
    for stored in town.post.messages():
        mail = email.message_from_bytes((folder / stored.key).read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if reference in stored.subject:
            found += [part.get_content().replace("\r\n ", "") for part in mail.iter_attachments()]
    return found


def value(text: str, name: str) -> str:
    return next(line.partition(":")[2] for line in text.splitlines() if line.startswith(f"{name}:"))


def test_a_booked_date_comes_along_and_goes_when_it_is_released(town: Town) -> None:
    reference = scenes.scheduled_idea(town)
    booked = dates(town, reference)
    assert len(booked) == 2  # to the proposer and to the case officer
    first = booked[0]
    assert value(first, "METHOD") == "PUBLISH"
    assert (value(first, "DTSTART"), value(first, "DTEND")) == ("20261128T140000Z", "20261128T170000Z")
    assert value(first, "LOCATION") == "Piazza"
    assert "example.org" not in value(first, "SUMMARY")
    town.choose(MATERA_OFFICER, reference, "slot_released")
    gone = dates(town, reference)[-1]
    assert value(gone, "METHOD") == "CANCEL"
    assert value(gone, "UID") == value(first, "UID")
    assert int(value(gone, "SEQUENCE")) > int(value(first, "SEQUENCE"))
