from __future__ import annotations

from typing import Any

import pytest

from integrations.sheets.answers import answer_of, error_of
from integrations.sheets.errors import Gone, Refused, SheetsError, Throttled, Unreachable

EMAIL = "hubout@project.iam.gserviceaccount.com"


def sheets(status: int, message: str, reason: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": status, "message": message}
    if reason:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return {"error": error}


def drive(status: int, message: str, reason: str) -> dict[str, Any]:
    return {"error": {"code": status, "message": message, "errors": [{"domain": "usageLimits", "reason": reason}]}}


CASES: list[tuple[int, object, type[SheetsError], str]] = [
    (429, sheets(429, "Quota exceeded"), Throttled, "again in"),
    (403, drive(403, "User Rate Limit Exceeded", "userRateLimitExceeded"), Throttled, "again in"),
    (403, drive(403, "The user's Drive storage quota has been exceeded.", "storageQuotaExceeded"), Refused, EMAIL),
    (403, sheets(403, "Sheets API has not been used", "SERVICE_DISABLED"), Refused, "enable it"),
    (403, sheets(403, "The caller does not have permission"), Gone, f"share the spreadsheet with {EMAIL}"),
    (404, sheets(404, "Requested entity was not found."), Gone, "no such spreadsheet"),
    (401, sheets(401, "Invalid credentials"), Refused, "make a new one"),
    (400, sheets(400, "Invalid requests[0]"), Refused, "Invalid requests[0]"),
    (503, sheets(503, "The service is currently unavailable."), Unreachable, "currently unavailable"),
    (502, None, Unreachable, "HTTP 502"),
    (408, {"error": "timeout"}, Unreachable, "HTTP 408"),
    (500, {"error": {"errors": "x", "details": [1]}}, Unreachable, "does not answer"),
]


@pytest.mark.parametrize(("status", "body", "kind", "text"), CASES)
def test_the_status_and_the_reason_decide(status: int, body: object, kind: type[SheetsError], text: str) -> None:
    error = error_of(answer_of(status, body, {}), EMAIL)
    assert type(error) is kind
    assert text in str(error)


def test_retry_after_is_obeyed_where_it_is_given() -> None:
    error = error_of(answer_of(429, None, {"Retry-After": "7"}), EMAIL)
    assert isinstance(error, Throttled)
    assert error.retry_after == 7
    assert answer_of(429, None, {"Retry-After": "Wed, 21 Oct"}).retry_after is None
