"""The API, version 1: the calls, their forms as JSON Schema, and sending an application (design.md §5, docs/api.md).

It judges and stores exactly as the page does; errors are problem+json (RFC 9457) with the codes of `ui.errors`.
"""

from __future__ import annotations

import hashlib
import logging
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, json, jsonify, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from app.errors import new_incident
from app.services import calls
from app.services.intake import judging, submissions
from app.services.links import applicants
from app.services.views import CallView, Receipt, StatusView
from app.web.abuse import wait_to_send
from app.web.api_access import KEY_HEADER, identify, integrator
from app.web.errors import problem
from app.web.openapi import describe
from app.web.page import context
from app.web.posting import LARGEST_TEXT
from forms.builder import Judgement, judge_sent
from forms.schema import form_schema

log = logging.getLogger(__name__)

api = Blueprint("api", __name__, url_prefix="/api/v1")
api.before_request(identify)

LONGEST_KEY = 255
_LANGUAGES = ("it", "en")


@api.get("/openapi.json")
def openapi() -> Response:
    """What this API is, for programs."""
    forms = {call.id: form_schema(call.form) for call in context().catalogue.calls.values()}
    return jsonify(describe(context().settings.base_url, forms))


@api.get("/calls")
def list_calls() -> Response:
    """Every call that has opened."""
    return jsonify(calls=[_call(view) for view in calls.list_calls(context(), _language())])


@api.get("/calls/<call>")
def show_call(call: str) -> Response:
    """One call with its form as JSON Schema."""
    view = _view(call)
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
    view = _view(call)
    sent = _sent(view)
    given = request.headers.get(KEY_HEADER, "").strip()
    if len(given) > LONGEST_KEY:
        return problem(HTTPStatus.BAD_REQUEST, "idempotency-key", f"{KEY_HEADER} is longer than {LONGEST_KEY}")
    digest = hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
    asked = submissions.ApiRequest(integrator(), digest)
    try:
        return _take(view, sent, given, asked)
    except submissions.KeyReused:
        return problem(HTTPStatus.CONFLICT, "idempotency-key", "This key was used to send something else")
    except submissions.CallClosed:
        since = {"closed_at": view.closes.isoformat()} if view.closes else {}
        return problem(HTTPStatus.CONFLICT, "closed", "The call takes no applications now", **since)
    except SQLAlchemyError:
        incident = new_incident()
        log.exception("incident %s: an application to %s was not saved", incident, view.id)
        title = "The application was not saved: send it again, with the same key"
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "not-saved", title, incident=incident)


@api.get("/submissions/<token>")
def show_submission(token: str) -> Response:
    """Where an application stands, for who holds its link."""
    status = applicants.status(context(), token)
    if status is None:
        abort(HTTPStatus.NOT_FOUND)
    return jsonify(_status(status))


def _view(call_id: str) -> CallView:
    call = context().catalogue.calls.get(call_id)
    if call is None:
        abort(HTTPStatus.NOT_FOUND)
    return calls.view_of(context(), call, _language())


def _sent(view: CallView) -> dict[str, Any]:
    """The JSON object that was sent; where the form asks for no file, it can't be long."""
    if not request.is_json:
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if not any(field.type == "file" for field in view.form.fields):
        request.max_content_length = LARGEST_TEXT
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # lists in lists in lists
        sent = None
    if not isinstance(sent, dict):
        title = "Send a JSON object with the answers by field id"
        abort(problem(HTTPStatus.BAD_REQUEST, "not-json", title))
    return sent


def _take(view: CallView, sent: dict[str, Any], key: str, asked: submissions.ApiRequest) -> Response:
    call = context().catalogue.calls[view.id]
    if key and (earlier := submissions.repeated(context(), call, key, asked)):
        return _created(earlier)
    if not view.open:
        raise submissions.CallClosed(call.id)
    judgement = judge_sent(view.form, sent, judging.context_of(context(), call))
    if not judgement.valid:
        return _invalid(judgement)
    # Programs play many applications on a local stack, which writes to nobody.
    email = str(judgement.answers.get("email", ""))
    wait = 0 if context().settings.local else wait_to_send(email, known=bool(asked.origin))
    if wait:
        refused = problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many", "Too many applications in a short time")
        refused.headers["Retry-After"] = str(wait)
        return refused
    sending = submissions.Sending(call, judgement, key or str(uuid4()), _language(), asked)
    receipt = submissions.submit(context(), sending)
    if receipt.duplicate:
        title = "An application with these data is already there; its link was mailed to its own address again"
        return problem(HTTPStatus.CONFLICT, "duplicate", title)
    return _created(receipt)


def _created(receipt: Receipt) -> Response:
    path = url_for("it.applicants.show_status", token=receipt.status_token)
    body = {
        "reference": receipt.reference,
        "status_url": f"{context().settings.base_url}{path}",
        **receipt.remarks,
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
