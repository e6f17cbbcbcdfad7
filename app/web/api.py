"""The API, version 1: the calls, their forms as JSON Schema, and sending an application (design.md §5).

It judges and stores exactly as the page does; errors are problem+json (RFC 9457) with the codes of `ui.errors`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, json, jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from app.services import applicants, calls, submissions
from app.services.views import CallView, StatusView
from app.web.abuse import wait_to_send
from app.web.applications import judge_application
from app.web.errors import problem
from app.web.openapi import describe
from app.web.page import context
from app.web.pages import get_call
from forms.builder import Judgement, form_inputs
from forms.schema import form_schema

api = Blueprint("api", __name__, url_prefix="/api/v1")

KEY_HEADER = "Idempotency-Key"
_LONGEST_KEY = 255
_LANGUAGES = ("it", "en")


@api.get("/openapi.json")
def openapi() -> Response:
    """What this API is, for programs."""
    forms = {call.form.form: form_schema(call.form) for call in context().catalogue.calls.values()}
    return jsonify(describe(context().settings.base_url, forms))


@api.get("/calls")
def list_calls() -> Response:
    """Every call that has opened."""
    return jsonify(calls=[_call(view) for view in calls.list_calls(context(), _language())])


@api.get("/calls/<call>")
def show_call(call: str) -> Response:
    """One call with its form as JSON Schema."""
    view = get_call(call)
    return jsonify(
        **_call(view),
        applicants=view.applicants,
        term_days=view.term_days,
        criteria=view.criteria,
        requirements=view.requirements,
        schema=form_schema(view.form),
    )


@api.post("/calls/<call>/submissions")
def send_submission(call: str) -> Response:
    """Take an application: 201 with its reference, the same answer for the same key."""
    view = get_call(call)
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        return problem(HTTPStatus.BAD_REQUEST, "not-json", "Send a JSON object with the answers by field id")
    key = request.headers.get(KEY_HEADER, "").strip() or str(uuid4())
    if len(key) > _LONGEST_KEY:
        return problem(HTTPStatus.BAD_REQUEST, "idempotency-key", f"{KEY_HEADER} is longer than {_LONGEST_KEY}")
    judgement = judge_application(view.form, MultiDict(form_inputs(view.form, sent)))
    if not judgement.valid:
        return _invalid(judgement)
    return _submit(view, judgement, key)


@api.get("/submissions/<token>")
def show_submission(token: str) -> Response:
    """Where an application stands, for who holds its link."""
    status = applicants.status(context(), token)
    if status is None:
        abort(HTTPStatus.NOT_FOUND)
    return jsonify(_status(status))


def _submit(view: CallView, judgement: Judgement, key: str) -> Response:
    # Programs play many applications on a local stack, which writes to nobody.
    wait = 0 if context().settings.local else wait_to_send(str(judgement.answers.get("email", "")))
    if wait:
        refused = problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many", "Too many applications in a short time")
        refused.headers["Retry-After"] = str(wait)
        return refused
    call = context().catalogue.calls[view.id]
    try:
        receipt = submissions.submit(context(), submissions.Sending(call, judgement, key, _language()))
    except submissions.CallClosed:
        since = {"closed_at": view.closes.isoformat()} if view.closes else {}
        return problem(HTTPStatus.CONFLICT, "closed", "The call takes no applications now", **since)
    if receipt.duplicate or receipt.status_token is None:
        title = "An application with these data is already there; its link was mailed to its own address again"
        return problem(HTTPStatus.CONFLICT, "duplicate", title)
    path = url_for("it.applicants.show_status", token=receipt.status_token)
    body = {
        "reference": receipt.reference,
        "status_url": f"{context().settings.base_url}{path}",
        "ignored": [list(pair) for pair in judgement.ignored],
        "warnings": [[warning.field, warning.code] for warning in judgement.warnings],
    }
    return Response(json.dumps(body), status=HTTPStatus.CREATED, content_type="application/json")


def _invalid(judgement: Judgement) -> Response:
    errors: dict[str, list[str]] = {}
    for error in judgement.errors:
        codes = errors.setdefault(error.field, [])
        if error.code not in codes:
            codes.append(error.code)
    ignored = [list(pair) for pair in judgement.ignored]
    title = "Some answers need fixing"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", title, errors=errors, ignored=ignored)


def _call(view: CallView) -> dict[str, Any]:
    return {
        "call": view.id,
        "form": view.form.form,
        "workflow": context().catalogue.calls[view.id].workflow.workflow,
        "title": view.title,
        "opens": view.opens.isoformat(),
        "closes": view.closes.isoformat() if view.closes else None,
        "open": view.open,
    }


def _status(status: StatusView) -> dict[str, Any]:
    case = status.case
    return {
        "reference": case.reference,
        "call": case.call,
        "state": case.state,
        "state_text": case.public_text,
        "submitted_at": case.submitted_at.isoformat(),
        "answer_by": case.term.isoformat() if case.term else None,
        "confirm_by": status.confirm_by.isoformat() if status.confirm_by else None,
        "choices": [choice.event for choice in status.choices],
    }


def _language() -> str:
    return request.accept_languages.best_match(_LANGUAGES) or "it"
