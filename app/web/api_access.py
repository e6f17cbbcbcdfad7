"""Who may use the API: anybody; integrators with a key of their own; browsers on the sites that the settings list.

A key is not needed. It names its owner in the log of what they sent, and lifts the limit on how much may come from one
network address. The settings hold the SHA-256 of each key only: keys are long and random, so nobody guesses them back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from hmac import compare_digest
from http import HTTPStatus

from flask import Flask, Response, abort, g, request
from werkzeug.datastructures import WWWAuthenticate

from app.web.errors import API
from app.web.page import context

KEY_HEADER = "Idempotency-Key"
_METHODS = "GET, POST"
_HEADERS = f"Accept-Language, Authorization, Content-Type, {KEY_HEADER}"
_MAX_AGE = "600"  # seconds for which a browser may remember what it was allowed


def identify() -> None:
    """Find out whose key the request carries, if any.

    Raises:
        Unauthorized: its Authorization header is no key that the settings know.
    """
    g.integrator = ""
    if "Authorization" not in request.headers:
        return
    given = request.authorization
    token = given.token if given and given.type == "bearer" else None
    digest = hashlib.sha256((token or "").encode("utf-8", "replace")).hexdigest()
    names = [key.name for key in context().settings.api_keys if compare_digest(key.sha256, digest)]
    if not token or not names:
        abort(HTTPStatus.UNAUTHORIZED, www_authenticate=WWWAuthenticate("bearer"))
    g.integrator = names[0]


def integrator() -> str:
    """The name that goes with the request's key, "" without one."""
    return str(g.integrator)


def allow_origins(app: Flask, origins: Collection[str]) -> None:
    """Let pages of the sites `origins` read the API's answers; cookies are never asked for."""
    if not origins:
        return

    @app.after_request
    def allow(response: Response) -> Response:
        if not request.path.startswith(API):
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin", "")
        if origin not in origins:
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = _METHODS
            response.headers["Access-Control-Allow-Headers"] = _HEADERS
            response.headers["Access-Control-Max-Age"] = _MAX_AGE
        return response
