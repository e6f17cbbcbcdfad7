"""What the text of a setting means; each function raises ValueError with the words that follow the setting's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from app.clock import ClockError, parse_instant
from integrations.webhooks import Network, read_secret

_MINIMUM_KEY_LENGTH = 32  # bytes: what HMAC-SHA256 takes whole
_API_KEY = re.compile(r"([a-z0-9][a-z0-9_.-]{0,39}):([0-9a-f]{64})")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class ApiKey(NamedTuple):
    """Who sends through the API with a key of their own, and the SHA-256 of that key in hexadecimal."""

    name: str
    sha256: str


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def convert(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"`{text}` does not serve: give a whole number from {low} to {high}")
        return int(text)

    return convert


def flag(text: str) -> bool:
    """Yes or no, as 1 or 0."""
    if text not in ("0", "1"):
        raise ValueError(f"`{text}` does not serve: give 1 or 0")
    return text == "1"


def url(*schemes: str) -> Callable[[str], str]:
    """An address that begins with one of `schemes`."""

    def convert(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            raise ValueError(f"no address of this kind: begin it with {' or '.join(f'{s}://' for s in schemes)}")
        return text

    return convert


def any_url(text: str) -> str:
    """An address of whatever kind."""
    if "://" not in text:
        raise ValueError(f"`{text}` is no URL: write a folder as file:///srv/hubout/files")
    return text


def base_url(text: str) -> str:
    """The address of a site, without a slash at its end."""
    parts = urlsplit(url("http", "https")(text))
    if not parts.netloc or parts.query or parts.fragment:
        raise ValueError("no address of a site: write it like https://moduli.example.org")
    return text.rstrip("/")


def database_url(text: str) -> str:
    """The address of a database, as SQLAlchemy wants it."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("sqlite", "postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError("no database that HubOut knows: begin it with postgresql:// or sqlite:///")
    return f"sqlite://{rest}" if scheme == "sqlite" else f"postgresql+psycopg://{rest}"


def keys(text: str) -> tuple[bytes, ...]:
    """Signing keys, oldest first."""
    given = tuple(key.strip().encode() for key in text.split(","))
    if any(len(key) < _MINIMUM_KEY_LENGTH for key in given):
        raise ValueError(f"too short to be safe: each key needs {_MINIMUM_KEY_LENGTH} characters")
    return given


def origins(text: str) -> tuple[str, ...]:
    """Origins as browsers send them: scheme, host in small letters and, where it is not the scheme's own, port."""
    given = tuple(part.strip() for part in text.split(",") if part.strip())
    for origin in given:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}".lower():
            raise ValueError(f"`{origin}` is no origin: write it like https://www.example.org, without a path")
    return given


def api_keys(text: str) -> tuple[ApiKey, ...]:
    """Integrators and the SHA-256 of their keys; one name may have several, so that a key can be changed."""
    given = []
    for number, part in enumerate(text.split(","), start=1):
        match = _API_KEY.fullmatch(part.strip())
        if match is None:  # a key that stands here by mistake must not reach a log
            raise ValueError(f"number {number} is not of the form name:sha256 (64 hexadecimal digits in small letters)")
        given.append(ApiKey(match[1], match[2]))
    return tuple(given)


def domains(text: str) -> tuple[str, ...]:
    """Domains of addresses, in small letters."""
    given = tuple(part.strip().casefold().lstrip("@") for part in text.split(",") if part.strip())
    for domain in given:
        if "." not in domain or "@" in domain or "/" in domain or " " in domain:
            raise ValueError(f"`{domain}` is no domain: write it like comune.example.org")
    return given


def webhooks(text: str) -> dict[str, str]:
    """Programs to call by name; in the clear only on this machine, for a trial."""
    given = {}
    for part in text.split(","):
        name, _, address = part.strip().partition("=")
        parts = urlsplit(address)
        trial = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
        if not _NAME.fullmatch(name) or not parts.hostname or parts.username or not (parts.scheme == "https" or trial):
            raise ValueError(f"`{name}` is not of the form name=https://host/path")
        given[name] = address
    return given


def webhook_secrets(text: str) -> dict[str, tuple[bytes, ...]]:
    """Signing secrets by the name of the program that they are shared with."""
    given: dict[str, tuple[bytes, ...]] = {}
    for number, part in enumerate(text.split(","), start=1):
        name, _, secret = part.strip().partition("=")
        try:
            given[name] = (*given.get(name, ()), read_secret(secret))
        except ValueError:  # a secret must not reach a log
            raise ValueError(f"number {number} is not of the form name=whsec_ and Base64 of 24 to 64 bytes") from None
    return given


def networks(text: str) -> tuple[Network, ...]:
    """Networks as `10.0.0.0/8`."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(","))
    except ValueError as error:
        raise ValueError(f"{error}: write it like 10.0.0.0/8") from error


def sender(text: str) -> str:
    """The address that mails come from, with or without a name."""
    if "@" not in text or "\n" in text or "\r" in text:
        raise ValueError(f"`{text}` is no sender: write it like `Moduli <moduli@example.org>`")
    return text


def existing(test: Callable[[Path], bool], kind: str) -> Callable[[str], Path | None]:
    """The path of something that is there."""

    def convert(text: str) -> Path:
        path = Path(text).expanduser().resolve()
        if not test(path):
            raise ValueError(f"there is no {kind} `{text}`: correct the path or unset it")
        return path

    return convert


def instant(text: str) -> datetime | None:
    """A moment with its zone."""
    try:
        return parse_instant(text)
    except ClockError as error:
        raise ValueError(str(error)) from error
