"""Calendar feeds: what a calendar program may rely on (RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.dates import ROME
from integrations.ics import LONGEST, Entry, feed, invitation

NOON = datetime(2026, 12, 1, 12, tzinfo=ROME)


def of(title: str, place: str = "") -> str:
    return feed("HubOut", [Entry("LAB-26-7F3K9Q@hub", title, place, NOON, NOON + timedelta(hours=2), NOON)])


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_an_entry_has_what_the_standard_asks_for() -> None:
    lines = unfolded(of("Ombra; acqua, e \\ sole\nin piazza", "Il Pertini"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert {"VERSION:2.0", "UID:LAB-26-7F3K9Q@hub", "DTSTAMP:20261201T110000Z", "DTEND:20261201T130000Z"} <= {*lines}
    assert r"SUMMARY:Ombra\; acqua\, e \\ sole\nin piazza" in lines
    assert "LOCATION:Il Pertini" in lines
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_a_place_that_is_not_known_has_no_line() -> None:
    assert "LOCATION" not in of("Ombra")


def test_a_date_sent_by_mail_can_be_moved_and_taken_away() -> None:
    entry = Entry("LAB-26-7F3K9Q-start@hub", "Ombra; acqua", "Il Pertini", NOON, NOON + timedelta(hours=2), NOON)
    lines = unfolded(invitation(entry, "sportello@comune.example.org", 4))
    wanted = {"METHOD:PUBLISH", "SEQUENCE:4", "STATUS:CONFIRMED", "ORGANIZER:mailto:sportello@comune.example.org"}
    assert wanted <= {*lines}
    assert {"METHOD:CANCEL", "SEQUENCE:7", "STATUS:CANCELLED"} <= {
        *unfolded(invitation(entry, "a@b.it", 7, cancels=True))
    }


def test_an_empty_calendar_is_a_calendar() -> None:
    assert unfolded(feed("HubOut", []))[-2:] == ["END:VCALENDAR", ""]


@given(st.text())
def test_no_title_breaks_the_lines(title: str) -> None:
    text = of(title)
    assert all(len(line.encode()) <= LONGEST for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert [line for line in unfolded(text) if line.startswith("BEGIN:VEVENT")] == ["BEGIN:VEVENT"]
