from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from redis import Redis

from integrations.sheets.quota import Quota, RedisLimiter

MINUTE = 1_794_816_000.0  # on the minute
Make: TypeAlias = Callable[..., RedisLimiter]


@dataclass
class Hand:
    """A clock that the test turns."""

    now: float = MINUTE

    def read(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def make(redis_url: str, hand: Hand) -> Iterator[Make]:
    """Limiters as several workers have them: each with its own connection, all with one clock."""
    connections: list[Redis] = []

    def limiter(identity: str = "a@x", **options: Any) -> RedisLimiter:
        connections.append(Redis.from_url(redis_url))
        return RedisLimiter(connections[-1], identity, clock=hand.read, **options)

    yield limiter
    for connection in connections:
        connection.close()


def test_workers_share_the_tokens_of_one_identity(make: Make) -> None:
    one, other = make(), make()
    taken = [limiter.take("read") for limiter in (one, other) * 24]
    assert taken == [0.0] * 48
    assert one.take("read") == other.take("read") == 60.0


def test_reads_and_writes_are_counted_apart(make: Make) -> None:
    limiter = make(quota=Quota(identity=1))
    assert [limiter.take("read"), limiter.take("write")] == [0.0, 0.0]
    assert limiter.take("write") > 0


def test_identities_share_the_projects_tokens_only(make: Make) -> None:
    quota = Quota(identity=2, project=3)
    one, other = make("a@x", quota=quota), make("b@x", quota=quota)
    assert [one.take("read"), one.take("read"), other.take("read")] == [0.0] * 3
    assert other.take("read") > 0
    assert make("c@y", project="another").take("read") == 0.0


def test_no_minute_however_it_is_cut_holds_more_calls_than_tokens(make: Make, hand: Hand) -> None:
    limiter = make(quota=Quota(identity=5))
    calls = []
    for tenth in range(2000):
        hand.now = MINUTE + tenth / 10
        if limiter.take("read") == 0.0:
            calls.append(hand.now)
    assert all(later - earlier >= 60 for earlier, later in zip(calls, calls[5:], strict=False))
    assert len(calls) == 5 * 4


def test_the_wait_that_is_told_is_enough(make: Make, hand: Hand) -> None:
    limiter = make(quota=Quota(identity=1))
    limiter.take("read")
    hand.now += 13.3
    wait = limiter.take("read")
    hand.now += wait
    assert limiter.take("read") == 0.0


def test_a_429_closes_for_all_until_the_next_minute_and_a_bit(make: Make, hand: Hand) -> None:
    hand.now = MINUTE + 20
    make().close("read")
    assert 40 <= make().take("read") <= 45.001
    assert make().take("write") == 0.0
    make().close("read", retry_after=1)
    assert make().take("read") >= 40
    hand.now += 46
    assert make().take("read") == 0.0


def test_without_redis_calls_go_through(hand: Hand, caplog: pytest.LogCaptureFixture) -> None:
    with Redis.from_url("redis://127.0.0.1:1") as nobody:
        limiter = RedisLimiter(nobody, "a@x", clock=hand.read)
        assert limiter.take("read") == 0.0
        limiter.close("read")
    assert "not counted" in caplog.text
    assert "not closed" in caplog.text
