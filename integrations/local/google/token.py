"""The token endpoint: a service account's signed JWT becomes an access token, checked the way Google checks it.

The clock here is always the real one, whatever time the rest of the stack plays: google-auth signs with real time.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from integrations.local.google.store import Store
from integrations.local.google.wire import ApiError, Json

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600
_SKEW = 300
# google-auth names Google's own endpoint as the audience whatever the account's token_uri is.
_AUDIENCE = "https://oauth2.googleapis.com/token"
_ROOT = "https://www.googleapis.com/auth/"
WRITING = frozenset({_ROOT + "spreadsheets", _ROOT + "drive", _ROOT + "drive.file"})
SCOPES = WRITING | {_ROOT + name for name in ("spreadsheets.readonly", "drive.readonly", "drive.metadata.readonly")}


class GrantError(Exception):
    """A grant that is refused: `code` is OAuth's error code, the text its description."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code

    def body(self) -> Json:
        """The JSON of a 400."""
        return {"error": self.code, "error_description": str(self)}


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose token it is and what it may do. `scopes` is None for a bearer string that is its own identity."""

    identity: str
    scopes: frozenset[str] | None = None

    def check(self, *, writes: bool) -> None:
        """403 when the scopes do not allow it."""
        if self.scopes is not None and writes and not self.scopes & WRITING:
            raise ApiError(403, "Request had insufficient authentication scopes.", reason="insufficientPermissions")


class Tokens:
    """Gives access tokens and reads them again."""

    def __init__(self, store: Store, real_now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._accounts = store.folder / "accounts"
        self._now = real_now

    def exchange(self, form: Mapping[str, str], audience: str) -> Json:
        """Answer a JWT bearer grant.

        Args:
            form: the posted fields `grant_type` and `assertion`.
            audience: the URL of this endpoint; the assertion must name it or Google's.

        Raises:
            GrantError: with what is wrong.
        """
        if form.get("grant_type") != GRANT_TYPE:
            raise GrantError("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        claims = self._verified(form.get("assertion", ""))
        now = self._now()
        if claims.get("aud") not in (audience, _AUDIENCE):
            raise GrantError("invalid_grant", f"Invalid JWT: aud must be {audience}.")
        issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
        if issued > now + _SKEW or expires < now - _SKEW or not 0 < expires - issued <= LIFETIME:
            text = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            raise GrantError("invalid_grant", f"{text} Check your iat and exp values in the JWT claim.")
        scopes = str(claims.get("scope") or "").split()
        if not scopes or set(scopes) - SCOPES:
            wrong = ", ".join(sorted(set(scopes) - SCOPES)) or "none given"
            raise GrantError("invalid_scope", f"Invalid OAuth scope or ID token audience provided: {wrong}.")
        token = "ya29.c." + secrets.token_urlsafe(48)
        self._store.keep_token(token, {"identity": claims["iss"], "scopes": scopes}, now + LIFETIME)
        return {"access_token": token, "expires_in": LIFETIME - 1, "token_type": "Bearer"}

    def grant(self, authorization: str) -> Grant:
        """Who a call comes from; any bearer string that this server did not give is an identity of its own."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise ApiError(
                401,
                "Request is missing required authentication credential. Expected OAuth 2 access token.",
                reason="required",
            )
        known = self._store.token(token.strip())
        if known is None:
            return Grant(token.strip())
        granted, expires = known
        if expires < self._now():
            raise ApiError(401, "Request had invalid authentication credentials.", reason="authError")
        return Grant(granted["identity"], frozenset(granted["scopes"]))

    def _verified(self, assertion: str) -> Json:
        parts = assertion.split(".")
        if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
            raise GrantError("invalid_grant", "Invalid JWT: it must have three parts.")
        header, claims, signature = _json(parts[0]), _json(parts[1]), _bytes(parts[2])
        if header.get("alg") != "RS256":
            raise GrantError("invalid_grant", "Invalid JWT: alg must be RS256.")
        key, email = self._account(str(header.get("kid", "")))
        if claims.get("iss") != email:
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        try:
            key.verify(signature, f"{parts[0]}.{parts[1]}".encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            raise GrantError("invalid_grant", "Invalid JWT Signature.") from None
        return claims

    def _account(self, key_id: str) -> tuple[RSAPublicKey, str]:
        path = account_path(self._accounts, key_id) if key_id.isalnum() else None
        if path is None or not path.is_file():
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        account = json.loads(path.read_text(encoding="utf-8"))
        key = load_pem_public_key(account["public_key"].encode())
        if not isinstance(key, RSAPublicKey):
            raise GrantError("invalid_grant", "Invalid grant: account not found")
        return key, account["client_email"]


def account_path(folder: Path, key_id: str) -> Path:
    """Where the public half of a service account's key lies."""
    return folder / f"{key_id}.json"


def _bytes(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise GrantError("invalid_grant", "Invalid JWT: it is not base64url.") from None


def _json(part: str) -> Json:
    try:
        found = json.loads(_bytes(part))
    except ValueError:
        raise GrantError("invalid_grant", "Invalid JWT: it is not JSON.") from None
    return found if isinstance(found, dict) else {}


def _seconds(claims: Json, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise GrantError("invalid_grant", f"Invalid JWT: {name} is missing.")
    return float(value)
