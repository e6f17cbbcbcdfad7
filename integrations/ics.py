"""Calendar feeds, and dates to send by mail (RFC 5545, 5546).

CRLF, lines of at most 75 octets, escaped text, instants in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

CONTENT_TYPE = "text/calendar; charset=utf-8"
LONGEST = 75
"""Octets of a line, its end not counted (RFC 5545 §3.1)."""


@dataclass(frozen=True)
class Entry:
    """One event: times are aware, `changed` is when it was last touched; the same event keeps its `uid`."""

    uid: str
    title: str
    place: str
    starts: datetime
    ends: datetime
    changed: datetime


def feed(name: str, entries: Iterable[Entry]) -> str:
    """A calendar called `name` with these entries."""
    events = [line for entry in entries for line in _event(entry)]
    return _calendar([f"X-WR-CALNAME:{_text(name)}", *events])


def invitation(entry: Entry, organizer: str, sequence: int, *, cancels: bool = False) -> str:
    """One date for the reader's own calendar, from the mail address `organizer`.

    A later one of the same `uid` with a higher `sequence` takes its place; one that `cancels` takes it away. It is
    published, not requested: a calendar's «yes» would look like an answer, and decide nothing.
    """
    method, state = ("CANCEL", "CANCELLED") if cancels else ("PUBLISH", "CONFIRMED")
    more = [f"ORGANIZER:mailto:{_text(organizer)}", f"SEQUENCE:{sequence}", f"STATUS:{state}"]
    return _calendar([f"METHOD:{method}", *_event(entry, more)])


def _calendar(lines: Iterable[str]) -> str:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//HubOut//Calendario//IT", *lines, "END:VCALENDAR"]
    return "".join(f"{part}\r\n" for line in whole for part in _folded(line))


def _event(entry: Entry, more: Iterable[str] = ()) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{_instant(entry.changed)}",
        f"DTSTART:{_instant(entry.starts)}",
        f"DTEND:{_instant(entry.ends)}",
        f"SUMMARY:{_text(entry.title)}",
        *([f"LOCATION:{_text(entry.place)}"] if entry.place else []),
        *more,
        "END:VEVENT",
    ]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Free text of a property (§3.3.11); control characters have no place in it."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = "\\n".join(escaped.splitlines())
    return "".join(character for character in lines if character.isprintable())


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, never cut within a character; each but the first begins with a space."""
    part = b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LONGEST:
            yield part.decode()
            part = b" "
        part += octets
    yield part.decode()
