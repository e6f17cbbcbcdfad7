"""One call of the API: who, what, with which query and body; and the table of routes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from integrations.local.google.masks import Mask, parse_mask
from integrations.local.google.wire import ApiError, Json, bad_request, camel, violation

# Query parameters that every Google API takes.
COMMON_QUERY = frozenset(
    [
        "fields",
        "alt",
        "key",
        "prettyPrint",
        "quotaUser",
        "access_token",
        "callback",
        "oauth_token",
        "uploadType",
        "upload_protocol",
        "$.xgafv",
    ]
)
_FALSE = frozenset({"false", "0", ""})


@dataclass(frozen=True, slots=True)
class Call:
    """A call after its route was found. `parts` are the groups of the route's path."""

    identity: str
    parts: tuple[str, ...]
    query: MultiDict[str, str]
    body: Json
    text: bytes = b""

    @property
    def mask(self) -> Mask:
        """What `fields` leaves of the answer."""
        return parse_mask(self.query.get("fields", ""))

    def flag(self, name: str) -> bool:
        """A boolean of the query."""
        return self.query.get(name, "").lower() not in _FALSE

    def count(self, name: str, default: int) -> int:
        """An integer of the query."""
        try:
            return int(self.query.get(name) or default)
        except ValueError:
            raise violation(name, f"Invalid value at '{name}' (TYPE_INT32), \"{self.query[name]}\"") from None


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer that is no JSON, or a JSON answer with a code of its own."""

    content: str
    mime: str = "text/plain; charset=UTF-8"
    code: int = 200


Handler = Callable[[Call], Json | Plain]


@dataclass(frozen=True, slots=True)
class Route:
    """A method of the API.

    Attributes:
        method: the HTTP method.
        path: pattern of the decoded path.
        handler: what answers.
        query: the query parameters known beside the common ones; None lets all pass, as Drive does.
        reads: whether Google counts the call as a read.
    """

    method: str
    path: re.Pattern[str]
    handler: Handler
    query: frozenset[str] | None
    reads: bool


def route(method: str, path: str, handler: Handler, query: str | None = "", *, reads: bool | None = None) -> Route:
    """A route; a GET is a read unless said otherwise."""
    known = None if query is None else COMMON_QUERY | set(query.split())
    return Route(method, re.compile(path), handler, known, reads=method == "GET" if reads is None else reads)


def find(routes: Sequence[Route], method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route of a call and the parts of its path; 404 or 405."""
    known = False
    for candidate in routes:
        match = candidate.path.fullmatch(path)
        if match and candidate.method == method:
            return candidate, match.groups()
        known = known or match is not None
    if known:
        raise ApiError(405, "The request method is not supported by the resource.")
    raise ApiError(404, f"The requested URL {path} was not found on this server.")


def call_of(request: Request, found: Route, parts: tuple[str, ...], identity: str) -> Call:
    """Bind query and body; an unknown query parameter or a body that is no JSON object is a 400."""
    query: MultiDict[str, str] = request.args
    for name in query if found.query is not None else ():
        if found.query is not None and name not in found.query and _camel(name) not in found.query:
            wrong = f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
            raise violation("", f"{wrong} Field '{name}' could not be found in request message.")
    text = request.get_data(cache=True)
    is_json = "json" in (request.content_type or "json") and not request.path.startswith("/upload")
    return Call(identity, parts, query, _body(text) if is_json else {}, text)


def _camel(name: str) -> str:
    found: str = next(iter(camel({name: None})))
    return found


def _body(text: bytes) -> Json:
    if not text.strip():
        return {}
    try:
        body: Any = json.loads(text)
    except ValueError as error:
        raise bad_request(f"Invalid JSON payload received. {error}") from error
    if not isinstance(body, dict):
        raise bad_request("Invalid JSON payload received. A message must be an object.")
    return dict(camel(body))
