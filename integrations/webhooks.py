"""Signed calls to other programs, as Standard Webhooks describe (https://www.standardwebhooks.com).

The library of that name (1.0.0, 2023) brings five dependencies for one HMAC, and sends nothing; so this is ours, held
to the specification's own example by a test. A target is an address of somebody else's: it is resolved once, its
addresses are judged, the connection goes to the one that was judged, no redirect is followed, and of the answer only
the status line is read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with, not one
PATIENCE = 10.0
"""Seconds for the whole call, from connecting to the answer's first line."""

LONGEST_LINE = 1000
"""Octets of the answer that are read; a status line has a tenth of it."""

GONE = 410

Network = IPv4Network | IPv6Network


class NotTakenError(Exception):
    """The call was not taken; `final` when no repeat can mend it. The reason has no secret and no personal datum."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.reason = reason
        self.final = final
        super().__init__(reason)


@dataclass(frozen=True)
class Target:
    """Where calls go, and the secrets that sign them: two while one is being changed for the other."""

    name: str
    url: str
    secrets: tuple[bytes, ...] = field(repr=False)


def read_secret(text: str) -> bytes:
    """The key that `whsec_…` stands for.

    Raises:
        ValueError: it is no Base64 of 24 to 64 bytes.
    """
    key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    if not 24 <= len(key) <= 64:  # noqa: PLR2004 - the specification's limits
        raise ValueError("a secret has 24 to 64 bytes")
    return key


def signature(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one `v1,…` for each secret."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode() for secret in secrets
    )


def call(target: Target, message_id: str, at: datetime, body: bytes, private: Sequence[Network] = ()) -> None:
    """Post `body` to the target, signed at `at`; `private` are the networks at home that may be addressed too.

    Raises:
        NotTakenError: the target is away, forbidden, or answered anything but 2xx.
    """
    timestamp = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "HubOut",
        "Connection": "close",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(target.secrets, message_id, timestamp, body),
    }
    try:
        code = _post(target, headers, body, private)
    except (OSError, http.client.HTTPException) as error:
        raise NotTakenError(f"{target.name} can't be reached: {type(error).__name__}") from error
    if not 200 <= code < 300:  # noqa: PLR2004 - HTTP's line between taken and not
        raise NotTakenError(f"{target.name} answered {code}", final=code == GONE)


def _post(target: Target, headers: Mapping[str, str], body: bytes, private: Sequence[Network]) -> int:
    """Send the request to the one address that was judged; the code that its answer begins with."""
    parts = urlsplit(target.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    deadline = time.monotonic() + PATIENCE
    address = _allowed_address(target, host, port, private)
    with socket.create_connection((address, port), timeout=PATIENCE) as plain:
        connection = http.client.HTTPConnection(host, port)
        with ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain as wire:
            wire.settimeout(max(deadline - time.monotonic(), 0.1))
            connection.sock = wire
            path = parts._replace(scheme="", netloc="", fragment="").geturl()
            connection.request("POST", path or "/", body, dict(headers))
            return _code(wire, deadline)


def _code(wire: socket.socket, deadline: float) -> int:
    """The code of the answer's first line; the rest stays unread.

    Raises:
        http.client.HTTPException: that is no answer of HTTP.
        TimeoutError: the line takes too long.
    """
    line = b""
    while b"\n" not in line and len(line) < LONGEST_LINE:
        wire.settimeout(max(deadline - time.monotonic(), 0.01))
        received = wire.recv(LONGEST_LINE)
        if not received:
            break
        line += received
    version, _, rest = line.partition(b" ")
    if not version.startswith(b"HTTP/1.") or not rest[:3].isdigit():
        raise http.client.BadStatusLine("no answer of HTTP")
    return int(rest[:3])


def _allowed_address(target: Target, host: str, port: int, private: Sequence[Network]) -> str:
    """The address of `host` that the call goes to.

    Raises:
        NotTakenError: one of its addresses is not public, and of no network that the settings allow.
        OSError: the name has no address now.
    """
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for text in found:
        address = ip_address(text)
        address = getattr(address, "ipv4_mapped", None) or address
        if not address.is_global and not any(address in network for network in private):
            raise NotTakenError(f"{target.name} is at a private address, {address}", final=True)
    return str(found[0])
