"""Calendar feeds as RFC 5545 wants them: CRLF, lines of at most 75 octets, escaped text, instants in UTC."""

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
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//HubOut//Calendario//IT", f"X-WR-CALNAME:{_text(name)}"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}",
            f"DTSTAMP:{_instant(entry.changed)}",
            f"DTSTART:{_instant(entry.starts)}",
            f"DTEND:{_instant(entry.ends)}",
            f"SUMMARY:{_text(entry.title)}",
            *([f"LOCATION:{_text(entry.place)}"] if entry.place else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


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
