"""What a refusal of Google means: its HTTP status and its reason become one of our errors. Pure.

The status of the response counts, not the one in its body: a proxy's 502 is an HTML page. A 403 means nothing by
itself, its reason decides (google-sheets.md §7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from integrations.sheets.errors import Gone, Refused, SheetsError, Throttled, Unreachable

_RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"})
_MINUTE = 60.0


@dataclass(frozen=True)
class Answer:
    """A refusal: HTTP status, Google's words, its reasons, and the seconds of Retry-After where it gave them."""

    status: int
    text: str = ""
    reasons: frozenset[str] = frozenset()
    retry_after: float | None = None

    @property
    def throttled(self) -> bool:
        """The quota is used up; nothing was done."""
        forbidden = self.status == HTTPStatus.FORBIDDEN and bool(self.reasons & _RATE)
        return forbidden or self.status == HTTPStatus.TOO_MANY_REQUESTS

    @property
    def transient(self) -> bool:
        """Worth another try: not our fault, and not for long."""
        return self.status == HTTPStatus.REQUEST_TIMEOUT or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def answer_of(status: int, body: object, headers: Mapping[str, str]) -> Answer:
    """Read a refusal; `body` is the parsed JSON, or anything else where it was none."""
    error: Any = body.get("error") if isinstance(body, Mapping) else None
    after = headers.get("Retry-After", "")
    retry_after = float(after) if after.isdecimal() else None
    if not isinstance(error, Mapping):
        return Answer(status, f"HTTP {status}", retry_after=retry_after)
    details = [*_objects(error.get("errors")), *_objects(error.get("details"))]
    reasons = [detail.get("reason") for detail in details] + [error.get("status")]
    named = frozenset(reason for reason in reasons if isinstance(reason, str))
    return Answer(status, str(error.get("message", "")), named, retry_after)


def _objects(entries: object) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def error_of(answer: Answer, client_email: str) -> SheetsError:
    """Our error for a refusal that is not tried again."""
    if answer.throttled:
        return Throttled(_MINUTE if answer.retry_after is None else answer.retry_after)
    if answer.transient:
        return Unreachable(f"Google Sheets does not answer: {answer.text}")
    if answer.status == HTTPStatus.NOT_FOUND:
        return Gone(f"no such spreadsheet: {answer.text}: was it deleted? share it again with {client_email}")
    if answer.status == HTTPStatus.FORBIDDEN:
        return _forbidden(answer, client_email)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return Refused(f"Google does not accept the key of {client_email}: make a new one", answer.status)
    return Refused(f"Google refuses the request ({answer.status}): {answer.text}", answer.status)


def _forbidden(answer: Answer, client_email: str) -> SheetsError:
    if "storageQuotaExceeded" in answer.reasons:
        what = "a service account can't own files"
        how = f"let a person make the spreadsheet, share it with {client_email} as editor, and name its id in the call"
        return Refused(f"{what}: {how}; or give the id of a shared-drive folder", answer.status)
    if answer.reasons & {"SERVICE_DISABLED", "accessNotConfigured"}:
        return Refused(f"the Sheets or Drive API is off in the project of {client_email}: enable it", answer.status)
    return Gone(f"{answer.text}: share the spreadsheet with {client_email} as editor")
