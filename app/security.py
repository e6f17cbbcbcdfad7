"""Tokens, digests and references: everything that must not be guessed or must not be altered unseen."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without the letters that are mistaken for others (Douglas Crockford's alphabet)."""

CHAIN_START = "0" * 64
"""What the first event of a submission follows."""

TOKEN_LENGTH = 43
"""256 bits in base64url without padding."""

CODE_LENGTH = 4
"""Characters of a confirmation code: one in a million is guessed, and few guesses are taken."""

_MISTAKEN = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_nonce() -> bytes:
    """16 random bytes, the row's part of a token."""
    return secrets.token_bytes(16)


def make_token(key: bytes, row_id: int, nonce: bytes) -> str:
    """The token of an action-token row: HMAC-SHA256(key, row id + nonce), in base64url (43 characters)."""
    mac = hmac.new(key, row_id.to_bytes(8, "big") + nonce, hashlib.sha256).digest()
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def make_code(key: bytes, row_id: int, nonce: bytes, turn: int) -> str:
    """The confirmation code that goes with a token's row, printed in the mail's body only.

    Like the token it is made again from key and row, so it is stored nowhere: the hash of 20 bits would hide nothing.
    Each `turn` (from 0) has another one.
    """
    text = b"code" + row_id.to_bytes(8, "big") + nonce + turn.to_bytes(4, "big")
    mac = hmac.new(key, text, hashlib.sha256).digest()
    return "".join(CROCKFORD[byte % 32] for byte in mac[:CODE_LENGTH])


def same_code(typed: str, code: str) -> bool:
    """Whether `typed` is `code`, in any case, with spaces or not, and with O for 0 or I and L for 1."""
    read = "".join(filter(str.isalnum, typed.upper())).translate(_MISTAKEN)
    return hmac.compare_digest(read.encode(), code.encode())


def token_digest(token: str) -> str:
    """What the database keeps of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign(key: bytes, purpose: str, text: str) -> str:
    """`text` with a signature that `signed` knows again: for what a page carries and nobody may make up."""
    return f"{text}~{_signature(key, purpose, text)}"


def signed(keys: Sequence[bytes], purpose: str, sealed: str) -> str | None:
    """The text that one of `keys` signed for `purpose`; None for anything else."""
    text, separator, signature = sealed.rpartition("~")
    given = signature.encode()
    if separator and any(hmac.compare_digest(given, _signature(key, purpose, text).encode()) for key in keys):
        return text
    return None


def _signature(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(key, canonical([purpose, text]), hashlib.sha256).hexdigest()


def new_reference(code: str, year: int) -> str:
    """A public code like `CWK-26-7F3K9Q`: form, year, five random characters and one that checks them."""
    body = "".join(secrets.choice(CROCKFORD) for _ in range(5))
    return f"{code}-{year % 100:02d}-{body}{check_character(body)}"


def check_character(body: str) -> str:
    """Luhn's algorithm modulo 32: catches one wrong character and most swaps of neighbours."""
    total = 0
    for place, character in enumerate(reversed(body)):
        value = CROCKFORD.index(character) * (2 - place % 2)
        total += value // 32 + value % 32
    return CROCKFORD[-total % 32]


def canonical(body: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """JSON with sorted keys and no spaces: the same bytes for the same content."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256_of(body: Mapping[str, Any] | Sequence[Any]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(body)).hexdigest()


def new_salt() -> str:
    """128 random bits in hexadecimal: without it a payload's digest can't be guessed back."""
    return secrets.token_hex(16)


def salted_digest(salt: str, body: Mapping[str, Any]) -> str:
    """Digest of an event's payload."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical(body)).hexdigest()


def mask_email(address: str) -> str:
    """An address its owner recognises and nobody else learns: `c•••o@example.org`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}•••{local[-1:] if len(local) > 2 else ''}@{domain}"  # noqa: PLR2004 - two ends and a middle
