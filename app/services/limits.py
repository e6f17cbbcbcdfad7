"""How often the same sender may do the same thing: counts in Redis, by windows of the stack's own time.

Addresses are counted by a keyed digest, so Redis never holds them. Without Redis nothing is counted and everything
passes: a form that people need is worth more than a limit.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from redis import RedisError

from app.services.context import Context

log = logging.getLogger(__name__)

_HOUSEHOLD = 64  # bits of an IPv6 address that one household or office shares


@dataclass(frozen=True)
class Limit:
    """At most `most` times in each window of `seconds`."""

    name: str
    most: int
    seconds: int


PER_EMAIL = Limit("email", 10, 3600)
"""Applications with the same e-mail address: each of them makes us write to it."""

DRAFTS_PER_EMAIL = Limit("drafts", 5, 3600)
"""Links to unfinished forms mailed to the same address."""

UPLOADS_PER_ADDRESS = Limit("uploads", 60, 600)
"""Files from one network address that wait for their form to be taken."""

PER_LINK = Limit("link", 30, 600)
"""Acts through the same mailed link."""

ACTS_PER_ADDRESS = Limit("acts", 300, 600)
"""Acts through any mailed link from one network address: whole offices sit behind one."""


def sends_per_address(context: Context) -> Limit:
    """Applications from one network address: a class or a library sits behind one."""
    return Limit("sends", context.settings.sends_per_address, 600)


def mails_per_domain(context: Context) -> Limit:
    """Mails to addresses of one domain: a provider that gets too many at once takes none."""
    return Limit("mails", context.settings.mails_per_domain, 60)


def wait_for(context: Context, limit: Limit, who: str) -> int:
    """Count one act of `who`: 0 where it may go on, else the seconds until the window ends."""
    if not who or not limit.most:
        return 0
    window, passed = divmod(int(context.clock.now().timestamp()), limit.seconds)
    digest = hmac.digest(context.settings.secret_keys[-1], f"{limit.name}/{who}".encode(), "sha256").hex()[:32]
    key = f"hubout:limit:{limit.name}:{digest}:{window}"
    try:
        with context.redis.pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, limit.seconds)
            count, _ = pipe.execute()
    except RedisError as error:
        log.warning("Redis is away, nobody's acts are counted: %s", error)
        return 0
    if count <= limit.most:
        return 0
    log.info("limit %s reached", limit.name)
    return limit.seconds - passed


def network_of(address: str) -> str:
    """The network that one household or office has: an IPv4 address, the first half of an IPv6 one; "" for neither."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> _HOUSEHOLD << _HOUSEHOLD))
