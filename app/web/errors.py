"""Error pages in the reader's language with an incident id, never a traceback; the same as problem+json in the API."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, json, make_response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from app.errors import new_incident
from app.web.page import show_notice, words

log = logging.getLogger(__name__)

API = "/api/"
SPOKEN = frozenset({400, 403, 404, 405, 413, 429, 500, 503})


def catch_errors(app: Flask) -> None:
    """Have `app` answer every error with our page."""
    app.register_error_handler(HTTPException, _expected)
    app.register_error_handler(Exception, _unexpected)


def problem(code: int, kind: str, title: str, **more: object) -> Response:
    """An answer of type application/problem+json (RFC 9457)."""
    body = {"type": kind, "title": title, "status": code, **more}
    return Response(json.dumps(body), status=code, content_type="application/problem+json")


def _expected(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:  # a redirect is raised too
        return make_response(error.get_response())
    incident = new_incident()
    # The path is left out: it may hold a token.
    log.info("incident %s: %s %s", incident, error.code, request.endpoint or request.method)
    return _answer(error, incident)


def _unexpected(error: Exception) -> Response:
    incident = new_incident()
    log.error("incident %s: %s", incident, request.endpoint, exc_info=error)
    return _answer(InternalServerError(), incident)


def _answer(error: HTTPException, incident: str) -> Response:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if request.path.startswith(API):
        response = problem(code, "about:blank", error.name, incident=incident)
    else:
        spoken = code if code in SPOKEN else HTTPStatus.BAD_REQUEST if code < HTTPStatus.INTERNAL_SERVER_ERROR else 500
        say = words()
        title, text = say(f"fault.{int(spoken)}_title"), say(f"fault.{int(spoken)}_text")
        response = show_notice(code, title, text, incident=incident)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):  # `Allow`, `Retry-After`
            response.headers[name] = value
    return response
