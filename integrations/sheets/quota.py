"""Google's quota per minute, shared by all workers through Redis.

Google counts reads and writes apart, 60 a minute for one identity and 300 for the project, and a batch as one
(google-sheets.md §2). We use 80 % of that. A token taken comes back 60 s later: whatever minute Google counts,
there are never more calls in it than tokens.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis import Redis

Call: TypeAlias = Literal["read", "write"]

_MINUTE = 60.0
_SPREAD = 5.0  # seconds over which workers come back after a closed minute
_log = logging.getLogger(__name__)

# KEYS: identity's calls, project's calls, closed until. ARGV: now, window, identity's limit, project's limit.
# Gives the milliseconds to wait; 0 means that a token was taken from both.
_TAKE = """
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local wait = tonumber(redis.call('GET', KEYS[3]) or '0') - now
for i = 1, 2 do
  local oldest = tonumber(redis.call('LINDEX', KEYS[i], 0))
  while oldest and oldest <= now - window do
    redis.call('LPOP', KEYS[i])
    oldest = tonumber(redis.call('LINDEX', KEYS[i], 0))
  end
  if redis.call('LLEN', KEYS[i]) >= tonumber(ARGV[2 + i]) then
    wait = math.max(wait, oldest + window - now)
  end
end
if wait > 0 then return math.ceil(wait * 1000) end
for i = 1, 2 do
  redis.call('RPUSH', KEYS[i], ARGV[1])
  redis.call('EXPIRE', KEYS[i], math.ceil(window) * 2)
end
return 0
"""

# KEYS: closed until. ARGV: until, seconds to keep. An earlier end never replaces a later one.
_CLOSE = """
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
end
"""


class Limiter(Protocol):
    """Says when the next call to Google may be made."""

    def take(self, call: Call) -> float:
        """Take one call's token: 0.0 when it was taken, else the seconds after which to ask again."""

    def close(self, call: Call, retry_after: float | None = None) -> None:
        """Google answered 429: take nothing for `retry_after` seconds, or until the next minute and a bit."""


@dataclass(frozen=True)
class Use:
    """Calls of one kind in the last minute, and how many there may be; `closed` while Google's 429 is obeyed."""

    used: int
    limit: int
    closed: bool = False


@dataclass(frozen=True)
class Quota:
    """Calls of each kind in a minute, for one identity (service account) and for the whole project."""

    identity: int = 48
    project: int = 240


class RedisLimiter:
    """The limiter that all workers share.

    Without Redis every call is let through: Google counts too, and its 429 is understood. What needs Redis (the
    workers) stands still then anyway.
    """

    def __init__(
        self,
        redis: Redis,
        identity: str,
        *,
        project: str = "*",
        quota: Quota | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Share tokens with every limiter of the same names.

        Args:
            redis: any client; only plain commands and scripts are used.
            identity: the service account's address.
            project: the Google project, where several identities share one.
            quota: other limits than Google's usual ones.
            clock: unix seconds; hosts must agree to about a second.
        """
        self._buckets = (f"hubout:sheets:{identity}", f"hubout:sheets:{project}")
        self._redis = redis
        self._quota = quota or Quota()
        self._clock = clock
        self._closed = f"hubout:sheets:{identity}:closed"
        self._take = redis.register_script(_TAKE)
        self._close = redis.register_script(_CLOSE)

    def take(self, call: Call) -> float:
        """Take one call's token: 0.0 when it was taken, else the seconds after which to ask again."""
        keys = [f"{name}:{call}" for name in (*self._buckets, self._closed)]
        arguments: list[str | float] = [repr(self._clock()), _MINUTE, self._quota.identity, self._quota.project]
        try:
            wait: int = self._take(keys=keys, args=arguments)
        except RedisError as error:
            _log.warning("sheets quota not counted: %s", error)
            return 0.0
        return wait / 1000

    def used(self, call: Call) -> Use:
        """How much this identity used of its quota in the last minute.

        Raises:
            RedisError: Redis is away.
        """
        now = self._clock()
        calls = self._redis.lrange(f"{self._buckets[0]}:{call}", 0, -1)
        closed = float(self._redis.get(f"{self._closed}:{call}") or 0) > now
        return Use(sum(float(each) > now - _MINUTE for each in calls), self._quota.identity, closed)

    def close(self, call: Call, retry_after: float | None = None) -> None:
        """Google answered 429: take nothing for `retry_after` seconds, or until the next minute and a bit."""
        now = self._clock()
        wait = _MINUTE - now % _MINUTE if retry_after is None else retry_after
        wait += random.uniform(0, _SPREAD)  # noqa: S311 - spreads the workers, hides nothing
        try:
            self._close(keys=[f"{self._closed}:{call}"], args=[repr(now + wait), int(wait + 2 * _MINUTE)])
        except RedisError as error:
            _log.warning("sheets quota not closed: %s", error)
