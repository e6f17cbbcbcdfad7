"""The API in OpenAPI's words; held to what it does by tests/integration/web/test_api.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_JSON, _PROBLEM = "application/json", "application/problem+json"
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}


def describe(base_url: str, forms: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The description of the API at `base_url`; `forms` are the forms' JSON Schemas by name."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "HubOut", "version": "1", "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        "servers": [{"url": f"{base_url}/api/v1"}],
        "paths": {
            "/calls": {"get": _operation("Every call that has opened", {"200": _answer("CallList")})},
            "/calls/{call}": {
                "parameters": [_parameter("call")],
                "get": _operation("A call with its form as JSON Schema", {"200": _answer("CallWithForm"), **_FAULTS}),
            },
            "/calls/{call}/submissions": {"parameters": [_parameter("call")], "post": _sending(sorted(forms))},
            "/submissions/{token}": {
                "parameters": [_parameter("token")],
                "get": _operation("Where an application stands", {"200": _answer("Status"), **_FAULTS}),
            },
        },
        "components": {"schemas": {**_schemas(), **{_schema_name(name): dict(form) for name, form in forms.items()}}},
    }


def _sending(forms: list[str]) -> dict[str, Any]:
    key = {"name": "Idempotency-Key", "in": "header", "schema": _TEXT}
    key["description"] = "The same key gets the same answer; without one each sending counts"
    bodies = [_reference(_schema_name(form)) for form in forms]
    answers = {
        "201": _answer("Receipt"),
        "409": _answer("Problem", _PROBLEM, "`type` is `duplicate` or `closed`"),
        "422": _answer("Invalid", _PROBLEM, "Some answers need fixing"),
        **_FAULTS,
    }
    operation = _operation("Send an application: the answers by field id", answers)
    return {
        **operation,
        "parameters": [key],
        "requestBody": {"required": True, "content": {_JSON: {"schema": {"anyOf": bodies}}}},
    }


def _schema_name(form: str) -> str:
    return f"form-{form}"


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _answer(schema: str, kind: str = _JSON, description: str = "") -> dict[str, Any]:
    return {"description": description or schema, "content": {kind: {"schema": _reference(schema)}}}


_FAULTS = {
    "default": _answer("Problem", _PROBLEM, "What went wrong; `incident` joins it to the server's log"),
}


def _operation(summary: str, responses: Mapping[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "responses": dict(responses)}


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


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
        "schema": {"type": "object"},
    }
    pairs = _list(_list(_TEXT))
    fault = {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}}
    return {
        "Call": _object(**call),
        "CallList": _object(calls=_list(_reference("Call"))),
        "CallWithForm": _object(**call, **more),
        "Receipt": _object(reference=_TEXT, status_url=_TEXT, ignored=pairs, warnings=pairs),
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
        "Problem": _object(**fault),
        "Invalid": _object(**fault, errors={"type": "object", "additionalProperties": _list(_TEXT)}, ignored=pairs),
    }
