"""What every type of field can do; the types themselves are in `forms.fields`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from wtforms import fields as wtf

from forms.values import clean_line

if TYPE_CHECKING:
    from forms.model import FieldDefinition

Cell: TypeAlias = str | int | float | bool
Inputs: TypeAlias = list[tuple[str, str]]


class FieldType:
    """A line of text, and what the other types do differently."""

    widget: ClassVar[type[wtf.Field]] = wtf.StringField
    formats: ClassVar[tuple[str, ...]] = ()
    """Validators that every field of this type has, unless its definition names them with a parameter."""
    has_options: ClassVar[bool] = False
    in_rows: ClassVar[bool] = True
    """Whether a repeated group may hold it."""

    def wtforms_field(self, definition: FieldDefinition) -> Any:
        """The unbound WTForms field; HTML names come from field ids, labels are the page's affair."""
        return self.widget(definition.label.it, default=self._default(definition), **self._arguments(definition))

    def _default(self, definition: FieldDefinition) -> Any:
        return None if definition.default is None else str(definition.default)

    def _arguments(self, _definition: FieldDefinition) -> dict[str, Any]:
        return {}

    def clean(self, _definition: FieldDefinition, typed: Any) -> Any:
        """The Python value of what the WTForms field holds; something empty when it says nothing.

        Raises:
            Problem: what was typed can't be an answer of this type.
        """
        return clean_line(str(typed or ""))

    def stored(self, value: Any) -> Any:
        """The JSON value to keep."""
        return value

    def typed(self, definition: FieldDefinition, stored: Any) -> Any:
        """What the WTForms field holds when `stored` is to be shown for correction."""
        return "".join(value for _, value in self.inputs(definition, definition.id, stored))

    def inputs(self, _definition: FieldDefinition, name: str, given: Any) -> Inputs:
        """The browser inputs for a JSON value, stored or as an API client sends it."""
        return [] if given is None else [(name, as_typed(given))]

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The answer for people to read."""
        return str(stored)

    def cell(self, definition: FieldDefinition, stored: Any, language: str = "it") -> Cell:
        """The answer for a cell of a sheet; "" where there is none."""
        return "" if stored is None else self.shown(definition, stored, language)

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """The JSON Schema of what an API client sends."""
        return {"type": "string"}


def as_typed(given: Any) -> str:
    """A JSON value as somebody would type it."""
    if isinstance(given, bool):
        return "true" if given else ""
    if isinstance(given, float | Decimal):
        return f"{Decimal(str(given)):f}".replace(".", ",")  # a number of JSON, written in Italian
    return str(given)
