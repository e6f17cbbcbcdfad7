"""The API in OpenAPI's words; tests/integration/api holds it to what the API does, and the API to it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

_JSON, _PROBLEM = "application/json", "application/problem+json"
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_ANY_CALL = "/calls/{call}/submissions"
_FAULTS: Mapping[int, tuple[str, str]] = {
    400: ("BadRequest", "No JSON object, or an `Idempotency-Key` that is too long"),
    401: ("Unauthorized", "The bearer key is not known; without a key the API answers, too"),
    404: ("NotFound", "There is nothing at this address"),
    409: ("Conflict", "`type` is `duplicate`, `closed` (with `closed_at`) or `idempotency-key`"),
    413: ("TooLarge", "More than a form can hold"),
    415: ("NotJson", "The content type is not application/json"),
    422: ("Invalid", "Some answers need fixing"),
    429: ("TooMany", "Too many applications in a short time: `Retry-After` says in how many seconds to go on"),
    500: ("Fault", "Our fault; `incident` joins it to the server's log"),
    503: ("NotSaved", "Our fault: nothing was saved; send it again with the same key"),
}


def describe(base_url: str, forms: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The description of the API at `base_url`; `forms` are the JSON Schemas of the calls' forms by call."""
    sending = {_sending_path(call): {"post": _sending(call, _schema_name(call))} for call in sorted(forms)}
    anything = _sending("", "Answers", "Every call's own address is below, with the form that it asks for.")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "HubOut",
            "version": "1",
            "description": "Open calls, their forms, and sending applications to them.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": f"{base_url}/api/v1"}],
        "security": [{}, {"key": []}],
        "paths": {
            "/openapi.json": {"get": _operation("openapi", "This description", _answer("Description"))},
            "/calls": {
                "parameters": [_LANGUAGE],
                "get": _operation("listCalls", "Every call that has opened", _answer("CallList")),
            },
            "/calls/{call}": {
                "parameters": [_path_parameter("call", sorted(forms)), _LANGUAGE],
                "get": _operation("showCall", "A call with its form", _answer("CallWithForm"), 404),
            },
            _ANY_CALL: {"parameters": [_path_parameter("call", sorted(forms))], "post": anything},
            **sending,
            "/submissions/{token}": {
                "parameters": [_path_parameter("token")],
                "get": _operation("showSubmission", "Where an application stands", _answer("Status"), 404),
            },
        },
        "components": {
            "schemas": {**_schemas(), **{_schema_name(call): dict(form) for call, form in forms.items()}},
            "responses": {name: _fault(code, words) for code, (name, words) in _FAULTS.items()},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An integrator's own key"}},
        },
    }


def _sending_path(call: str) -> str:
    return _ANY_CALL.replace("{call}", call)


def _sending(call: str, schema: str, more: str = "") -> dict[str, Any]:
    key = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}
    key["description"] = "The same sending with the same key gets the same answer; without one each sending counts"
    codes = (400, *(() if call else (404,)), 409, 413, 415, 422, 429, 503)
    name = f"send-{call}" if call else "send"
    operation = _operation(name, "Send an application: the answers by field id", _answer("Receipt"), *codes, good=201)
    return {
        **operation,
        **({"description": more} if more else {}),
        "parameters": [key, _LANGUAGE],
        "requestBody": {"required": True, "content": {_JSON: {"schema": _reference(schema)}}},
    }


def _schema_name(call: str) -> str:
    return f"call-{call}"


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _answer(schema: str, kind: str = _JSON, description: str = "") -> dict[str, Any]:
    return {"description": description or schema, "content": {kind: {"schema": _reference(schema)}}}


def _fault(code: int, words: str) -> dict[str, Any]:
    answer = _answer("Invalid" if code == HTTPStatus.UNPROCESSABLE_ENTITY else "Problem", _PROBLEM, words)
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        answer["headers"] = {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
    return answer


def _operation(name: str, summary: str, answer: Mapping[str, Any], *codes: int, good: int = 200) -> dict[str, Any]:
    """An operation that answers `answer`, or one of the faults `codes`; 401 and 500 may come from any."""
    faults = {str(code): {"$ref": f"#/components/responses/{_FAULTS[code][0]}"} for code in sorted({401, 500, *codes})}
    return {"operationId": name, "summary": summary, "responses": {str(good): dict(answer), **faults}}


_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "description": "`it` or `en`: titles and texts, and the mails about what is sent",
    "schema": {"type": "string", "examples": ["it", "en"]},
}


def _path_parameter(name: str, values: list[str] | None = None) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {**_TEXT, "enum": values} if values else _TEXT}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _schemas() -> dict[str, Any]:
    maybe_moment = {"type": ["string", "null"], "format": "date-time"}
    call = {
        "call": _TEXT,
        "form": _TEXT,
        "workflow": _TEXT,
        "title": _TEXT,
        "opens": _MOMENT,
        "closes": maybe_moment,
        "open": {"type": "boolean"},
    }
    more = {
        "applicants": _TEXT,
        "term_days": {"type": ["integer", "null"]},
        "criteria": _list(_TEXT),
        "requirements": _list(_TEXT),
        "schema": {"type": "object", "description": "JSON Schema (2020-12) of the form"},
    }
    pair = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}
    pairs = {**_list(pair), "description": "Pairs of field id and code"}
    fault = {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}}
    incident = {"incident": {"type": "string", "description": "Joins the answer to the server's log"}}
    codes = {"type": "object", "additionalProperties": _list(_TEXT), "description": "Codes by field id"}
    return {
        "Description": {"type": "object", "required": ["openapi", "info", "paths"]},
        "Answers": {"type": "object", "description": "Answers by field id, as the call's `schema` says"},
        "Call": _object(**call),
        "CallList": _object(calls=_list(_reference("Call"))),
        "CallWithForm": _object(**call, **more),
        "Receipt": _object(
            reference={"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}-[0-9A-Z]{6}$"},
            status_url={"type": "string", "format": "uri", "description": "Private: whoever has it can act"},
            ignored=pairs,
            warnings=pairs,
            files_to_come={**_list(_TEXT), "description": "Fields whose file was only declared"},
        ),
        "Status": _object(
            reference=_TEXT,
            call=_TEXT,
            state=_TEXT,
            state_text=_TEXT,
            submitted_at=_MOMENT,
            answer_by={"type": ["string", "null"], "format": "date"},
            confirm_by=maybe_moment,
            choices=_list(_TEXT),
        ),
        "Problem": {
            "type": "object",
            "properties": {**fault, **incident, "closed_at": _MOMENT},
            "required": sorted(fault),
        },
        "Invalid": _object(**fault, errors=codes, ignored=pairs),
    }
