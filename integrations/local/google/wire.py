"""What travels: JSON aliases, Google's error answers and the spelling rules of proto-JSON.

The rules come from answers that Google gave (gspread's recorded sessions): defaults are left out, colours have
eight bits a channel and are written as 32-bit floats, names are taken in camelCase and snake_case.
"""

from __future__ import annotations

import re
import struct
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Scalar: TypeAlias = str | int | float | bool

_SNAKE = re.compile(r"_([a-z0-9])")
_CHANNELS = ("red", "green", "blue")

CODE_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "ALREADY_EXISTS",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """An answer that is not 2xx, in Google's words.

    Args:
        code: the HTTP code.
        message: what `error.message` says.
        details: `error.details` of a Sheets answer.
        reason: `error.errors[0].reason` of a Drive answer.
    """

    def __init__(
        self, code: int, message: str, *, details: list[Json] | None = None, reason: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.reason = reason

    def prefixed(self, where: str) -> ApiError:
        """The same error as batchUpdate words it: `Invalid requests[0].addSheet: …`."""
        if self.code != 400 or self.message.startswith("Invalid "):  # noqa: PLR2004 - HTTP's own number
            return self
        return ApiError(400, f"Invalid {where}: {self.message}", details=self.details)

    def sheets_body(self) -> Json:
        """The body that the Sheets API sends: no list of errors."""
        error: Json = {"code": self.code, "message": self.message, "status": CODE_NAMES.get(self.code, "UNKNOWN")}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def drive_body(self) -> Json:
        """The body that the Drive API sends: with the list of errors, whose reason clients read."""
        reason = self.reason or ("notFound" if self.code == 404 else "invalid")  # noqa: PLR2004 - HTTP's number
        item = {"message": self.message, "domain": "global", "reason": reason}
        return {"error": {"code": self.code, "message": self.message, "errors": [item]}}


def bad_request(message: str) -> ApiError:
    """A 400 with these words."""
    return ApiError(400, message)


def not_found() -> ApiError:
    """What Sheets says of an id that it does not know."""
    return ApiError(404, "Requested entity was not found.")


def violation(field: str, description: str) -> ApiError:
    """A 400 raised while the message is parsed, before anything is looked up."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": description}],
    }
    return ApiError(400, description, details=[detail])


def camel(value: object) -> Any:
    """The same JSON with every snake_case key in camelCase: proto-JSON takes both."""
    if isinstance(value, dict):
        return {_SNAKE.sub(lambda m: m.group(1).upper(), key): camel(item) for key, item in value.items()}
    if isinstance(value, list):
        return [camel(item) for item in value]
    return value


def only(body: Json, allowed: frozenset[str] | set[str], where: str = "") -> None:
    """Refuse a field that the message does not have, as Google's JSON parser does."""
    for key in body:
        if key not in allowed:
            at = f" at '{where}'" if where else ""
            raise violation(where, f'Invalid JSON payload received. Unknown name "{key}"{at}: Cannot find field.')


def integer(body: Json, name: str, default: int | None = None) -> int:
    """An int32 field; proto-JSON takes digits in a string too. 400 when it is missing without a default."""
    value = body.get(name)
    if value is None:
        if default is None:
            raise bad_request(f"{name} is required.")
        return default
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise violation(name, f"Invalid value at '{name}' (TYPE_INT32), {value!r}")
    try:
        number = int(value)
    except ValueError:
        raise violation(name, f"Invalid value at '{name}' (TYPE_INT32), \"{value}\"") from None
    if isinstance(value, float) and value != number:
        raise violation(name, f"Invalid value at '{name}' (TYPE_INT32), {value}")
    return number


def mapping(body: Json, name: str) -> Json:
    """A message field that must be there."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise bad_request(f"{name} is required.")
    return value


def colour(value: Json) -> Json:
    """A colour as Google keeps it: eight bits a channel, written as a 32-bit float, zero left out."""
    kept: Json = {}
    for channel in _CHANNELS:
        byte = int(min(max(float(value.get(channel) or 0), 0.0), 1.0) * 255)
        if byte:
            single = struct.unpack("f", struct.pack("f", byte / 255))[0]
            kept[channel] = 1 if byte == 255 else float(f"{single:.8g}")  # noqa: PLR2004 - a full channel
    return kept


def number(value: float) -> int | float:
    """A JSON number as Google prints it: 42, not 42.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value
