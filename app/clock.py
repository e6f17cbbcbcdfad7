"""The one place from which all code takes its time.

On embedded defaults time can be set forward (demo, tests, `hubout time`): the distance to real time lies in
``HOME/clock.json``, so that every process of a stack, and the command line beside it, agree. In production
the clock is not movable and the file is never looked at.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.atomic import create_text, replace_text
from app.errors import HubOutError

if TYPE_CHECKING:
    from pathlib import Path

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


class ClockError(HubOutError):
    """Time can't be read or moved as asked."""


def parse_instant(text: str) -> datetime:
    """The instant that ISO 8601 `text` names, in UTC.

    Raises:
        ClockError: no date and time, or without its distance from UTC.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockError(f"`{text}` is no instant", "write it like 2026-11-16T09:00+01:00") from error
    if instant.tzinfo is None:
        raise ClockError(f"`{text}` does not say its time zone", "end it with Z, +01:00 or +02:00")
    return instant.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """The length of ISO 8601 duration `text`, of weeks, days, hours, minutes and seconds (``P5D``, ``PT48H``).

    Raises:
        ClockError: anything else, months and years too, as they have no fixed length.
    """
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith("T"):
        raise ClockError(f"`{text}` is no duration", "write it like P5D or PT48H")
    return timedelta(**{unit: int(amount) for unit, amount in match.groupdict(default="0").items()})


class Clock:
    """Tells the time; on embedded defaults it can be moved forward, never back.

    Args:
        home: the data folder, shared by all processes of the stack.
        start: the instant at which time starts on the first use of `home`; a later use goes on from there.
        movable: False in production, where time is the machine's.
    """

    def __init__(self, home: Path, start: datetime | None = None, *, movable: bool = True) -> None:
        self.movable = movable
        self._file = home / "clock.json"
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)
        if movable and start is not None:
            self._begin(start)

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        return datetime.now(UTC) + self._current_offset()

    def set(self, instant: datetime) -> datetime:
        """Move time forward to `instant` (aware) and return the new time.

        Raises:
            ClockError: `instant` is past, or the clock is the machine's.
        """
        if not self.movable:
            raise ClockError("time is the machine's here", "it moves only on the embedded defaults")
        if instant < self.now():
            raise ClockError(f"{instant.isoformat()} is past", "time moves forward only")
        replace_text(self._file, _offset_text(instant))
        return self.now()

    def advance(self, duration: timedelta) -> datetime:
        """Move time forward by `duration` and return the new time.

        Raises:
            ClockError: as `set`.
        """
        return self.set(self.now() + duration)

    def _begin(self, start: datetime) -> None:
        if not self._file.exists():
            create_text(self._file, _offset_text(start))

    def _current_offset(self) -> timedelta:
        # A stat a call (about 1 µs) is what it costs that a moved clock is seen by all processes at once.
        if not self.movable:
            return self._offset
        try:
            status = self._file.stat()
        except FileNotFoundError:
            return timedelta(0)
        if (status.st_ino, status.st_mtime_ns) != self._seen:
            self._offset = timedelta(seconds=json.loads(self._file.read_text())["offset_seconds"])
            self._seen = (status.st_ino, status.st_mtime_ns)
        return self._offset


def _offset_text(instant: datetime) -> str:
    return json.dumps({"offset_seconds": (instant - datetime.now(UTC)).total_seconds()})
