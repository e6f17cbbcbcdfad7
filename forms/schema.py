"""A form as JSON Schema, for clients of the API."""

from __future__ import annotations

from typing import Any

from forms.conditions import plain_condition
from forms.fields import described
from forms.model import FormDefinition, SubForm


def form_schema(form: FormDefinition | SubForm) -> dict[str, Any]:
    """The JSON Schema of what a client sends by field id.

    JSON Schema can't count ages, so conditions stay in our own words: `x-show-if` and `x-required-if`.
    """
    properties: dict[str, Any] = {}
    required = []
    for field in form.fields:
        properties[field.id] = described(field)
        if field.show_if is not None:
            properties[field.id]["x-show-if"] = plain_condition(field.show_if)
        if not isinstance(field.required, bool):
            properties[field.id]["x-required-if"] = plain_condition(field.required)
        elif field.required and field.show_if is None and field.default is None:
            required.append(field.id)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title.it,
        "type": "object",
        "properties": properties,
        "required": required,
    }
