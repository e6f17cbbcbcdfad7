from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.clock import Clock, ClockError, parse_duration, parse_instant

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2090, 11, 16, 8, tzinfo=UTC)  # far ahead, so that it stays "forward" for these tests
MOMENT = timedelta(seconds=30)


def test_time_is_the_machines_until_it_is_moved(tmp_path: Path) -> None:
    assert abs(Clock(tmp_path).now() - datetime.now(UTC)) < MOMENT


def test_time_starts_where_asked_and_runs_on(tmp_path: Path) -> None:
    clock = Clock(tmp_path, START)
    first = clock.now()
    assert START <= first < START + MOMENT
    assert clock.now() > first


def test_a_second_start_goes_on_and_never_back(tmp_path: Path) -> None:
    Clock(tmp_path, START).advance(timedelta(days=5))
    assert Clock(tmp_path, START).now() >= START + timedelta(days=5)


def test_all_processes_of_a_home_share_the_time(tmp_path: Path) -> None:
    here, there = Clock(tmp_path, START), Clock(tmp_path)
    assert there.now() - here.now() < MOMENT
    here.set(START + timedelta(days=1))
    assert there.now() >= START + timedelta(days=1)


def test_time_moves_forward_only(tmp_path: Path) -> None:
    clock = Clock(tmp_path, START)
    with pytest.raises(ClockError, match="time moves forward only"):
        clock.set(START - timedelta(seconds=1))


def test_the_machines_clock_ignores_what_a_demo_left_behind(tmp_path: Path) -> None:
    Clock(tmp_path, START)
    clock = Clock(tmp_path, movable=False)
    assert abs(clock.now() - datetime.now(UTC)) < MOMENT
    with pytest.raises(ClockError, match="embedded defaults"):
        clock.advance(timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P5D", timedelta(days=5)),
        ("PT48H", timedelta(hours=48)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
    ],
)
def test_durations(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "5D", "P1M", "P1Y", "P-5D", "P5D "])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ClockError, match="write it like P5D"):
        parse_duration(text)


def test_instants() -> None:
    assert parse_instant("2026-11-16T09:00+01:00") == datetime(2026, 11, 16, 8, tzinfo=UTC)
    for text in ("2026-11-16T09:00", "yesterday"):
        with pytest.raises(ClockError):
            parse_instant(text)
