"""The registry of field types: YAML type -> WTForms field, stored value, text for people, sheet cell, JSON schema.

A type has one class; adding one is a class and a line in `FIELD_TYPES`. Values pass through three shapes:
what the WTForms field holds (as typed, so that a page shows it again), the Python value that validators judge,
and the stored value, which is JSON. An answer that says nothing is not stored at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from wtforms import fields as wtf

from forms.choices import Checkboxes, FieldList, Radio, Select
from forms.field_type import Cell, FieldType, Inputs
from forms.uploads import File
from forms.values import clean_text, parse_date, write_date, write_euro, write_number

if TYPE_CHECKING:
    from forms.model import FieldDefinition

__all__ = ["FIELD_TYPES", "Cell", "FieldType", "Inputs", "cell", "described", "shown", "type_of"]

_STORED_NUMBER: Final = re.compile(r"-?[0-9]+\.[0-9]{1,2}")
_YES: Final = {"it": ("Sì", "No"), "en": ("Yes", "No")}


class TextArea(FieldType):
    """Text of several lines."""

    widget = wtf.TextAreaField

    def clean(self, _definition: FieldDefinition, typed: Any) -> str:
        """The text, trimmed, in NFC."""
        return clean_text(str(typed or ""))


class Email(FieldType):
    """An e-mail address; the domain in small letters."""

    widget = wtf.EmailField
    formats = ("email",)

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """A string with an address."""
        return {"type": "string", "format": "email"}


class Tel(FieldType):
    """A telephone number, stored in E.164."""

    widget = wtf.TelField
    formats = ("phone",)


class Date(FieldType):
    """A day, typed freely, stored as 2001-04-03."""

    formats = ("date_it",)

    def stored(self, value: date) -> str:
        """The day in ISO 8601."""
        return value.isoformat()

    def inputs(self, _definition: FieldDefinition, name: str, given: Any) -> Inputs:
        """The day as Italians write it; what is no day stays as it was given."""
        day = parse_date(str(given)) if given is not None else None
        return [(name, write_date(day))] if day else super().inputs(_definition, name, given)

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The day as 03/04/2001."""
        return write_date(date.fromisoformat(stored))

    def cell(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> Cell:
        """The day in ISO 8601: the sheet's column makes a date of it."""
        return stored or ""

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """A string: 2001-04-03, or as Italians write it."""
        return {"type": "string", "examples": ["2001-04-03", "03/04/2001"]}


class Integer(FieldType):
    """A whole number."""

    formats = ("integer_it",)

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The number with points between thousands."""
        return write_number(stored)

    def cell(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> Cell:
        """The number."""
        return "" if stored is None else int(stored)

    def json_schema(self, definition: FieldDefinition) -> dict[str, Any]:
        """An integer within the bounds of `min` and `max`."""
        return {"type": "integer", **_bounds(definition)}


class Time(FieldType):
    """A time of day, typed freely, stored as 15:30."""

    formats = ("time",)

    def stored(self, value: time) -> str:
        """The time in ISO 8601, to the minute."""
        return f"{value:%H:%M}"

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """A string: 15:30, or as Italians write it."""
        return {"type": "string", "examples": ["15:30", "15.30"]}


class DecimalNumber(FieldType):
    """A number with at most two decimals, typed in Italian, stored as "2.5"."""

    formats = ("decimal_it",)

    def stored(self, value: Decimal) -> str:
        """The number without needless zeros."""
        return f"{value.normalize():f}"

    def inputs(self, definition: FieldDefinition, name: str, given: Any) -> Inputs:
        """A stored number as Italians write it; anything else as it was given."""
        if isinstance(given, str) and _STORED_NUMBER.fullmatch(given):
            given = given.replace(".", ",")
        return super().inputs(definition, name, given)

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The number with a comma."""
        return write_number(Decimal(stored))

    def cell(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> Cell:
        """The number."""
        return "" if stored is None else float(stored)

    def json_schema(self, definition: FieldDefinition) -> dict[str, Any]:
        """A number, or a string in Italian writing."""
        return {"anyOf": [{"type": "number", **_bounds(definition)}, {"type": "string"}]}


class Euro(DecimalNumber):
    """An amount of money, typed in Italian, stored as "3200.00"."""

    def stored(self, value: Decimal) -> str:
        """The amount with two decimals."""
        return f"{value:.2f}"

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The amount as 3.200,00 €."""
        return write_euro(Decimal(stored))


def _bounds(definition: FieldDefinition) -> dict[str, Any]:
    keys = {"min": "minimum", "max": "maximum"}
    return {keys[check.name]: check.parameter for check in definition.validators if check.name in keys}


class Checkbox(FieldType):
    """A tick."""

    widget = wtf.BooleanField

    def _default(self, definition: FieldDefinition) -> Any:
        return bool(definition.default)

    def clean(self, _definition: FieldDefinition, typed: Any) -> bool:
        """Whether it is ticked."""
        return bool(typed)

    def typed(self, _definition: FieldDefinition, stored: Any) -> Any:
        """Whether it is ticked."""
        return bool(stored)

    def inputs(self, _definition: FieldDefinition, name: str, given: Any) -> Inputs:
        """An input when ticked; nothing, as browsers do, when not."""
        return [(name, "true")] if given else []

    def shown(self, _definition: FieldDefinition, stored: Any, language: str = "it") -> str:
        """Yes or no."""
        yes, no = _YES["en" if language == "en" else "it"]
        return yes if stored else no

    def cell(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> Cell:
        """The truth value."""
        return bool(stored)

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """A truth value."""
        return {"type": "boolean"}


class Comune(FieldType):
    """An Italian municipality in its official writing, or «Estero»."""

    formats = ("comune_or_estero",)


class PartitaIva(FieldType):
    """A VAT number, stored as 11 digits."""

    formats = ("piva_luhn",)


class CodiceFiscale(FieldType):
    """A person's tax code."""

    formats = ("codice_fiscale",)


class CodiceFiscaleEnte(FieldType):
    """The tax code of a body, or of the person who stands for it."""

    formats = ("cf_ente_or_cf",)


class Url(FieldType):
    """An https address."""

    widget = wtf.URLField
    formats = ("url_https",)

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """A string with an address."""
        return {"type": "string", "format": "uri"}


class Repeat(FieldType):
    """Rows of the same few questions, stored as a list of objects; inputs are `team-0-nome`.

    `forms.builder` binds and judges the rows, since each is a small form.
    """

    widget = wtf.FieldList
    in_rows = False

    def stored(self, value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The rows, which are stored values already."""
        return [dict(row) for row in value]

    def typed(self, definition: FieldDefinition, stored: Any) -> Any:
        """The rows with what their own fields hold."""
        return [
            {part.id: type_of(part).typed(part, row[part.id]) for part in definition.item if part.id in row}
            for row in _rows(stored)
        ]

    def inputs(self, definition: FieldDefinition, name: str, given: Any) -> Inputs:
        """The inputs of all rows."""
        return [
            pair
            for index, row in enumerate(_rows(given))
            for part in definition.item
            for pair in type_of(part).inputs(part, f"{name}-{index}-{part.id}", row.get(part.id))
        ]

    def shown(self, definition: FieldDefinition, stored: Any, language: str = "it") -> str:
        """A line for each row."""
        return "\n".join(
            ", ".join(type_of(part).shown(part, row[part.id], language) for part in definition.item if part.id in row)
            for row in stored or ()
        )

    def json_schema(self, definition: FieldDefinition) -> dict[str, Any]:
        """A list of objects."""
        properties = {part.id: described(part) for part in definition.item}
        required = [part.id for part in definition.item if part.required is True]
        rows = {"type": "object", "properties": properties, "required": required}
        return {"type": "array", "items": rows}


def _rows(given: Any) -> Iterable[Mapping[str, Any]]:
    return [row for row in given if isinstance(row, Mapping)] if isinstance(given, list | tuple) else []


class FormFields(FieldType):
    """Stands in a sub-form for fields of the applicant's own form; `forms.definition.expand` puts them there."""

    in_rows = False

    def clean(self, _definition: FieldDefinition, _typed: Any) -> str:
        """Nothing, where nobody put fields in its place."""
        return ""


FIELD_TYPES: Final[Mapping[str, FieldType]] = {
    "text": FieldType(),
    "textarea": TextArea(),
    "email": Email(),
    "tel": Tel(),
    "date": Date(),
    "time": Time(),
    "integer": Integer(),
    "decimal": DecimalNumber(),
    "euro": Euro(),
    "radio": Radio(),
    "select": Select(),
    "checkboxes": Checkboxes(),
    "checkbox": Checkbox(),
    "comune": Comune(),
    "partita_iva": PartitaIva(),
    "codice_fiscale": CodiceFiscale(),
    "codice_fiscale_ente": CodiceFiscaleEnte(),
    "url": Url(),
    "file": File(),
    "repeat": Repeat(),
    "field_list": FieldList(),
    "form_fields": FormFields(),
}


def type_of(definition: FieldDefinition) -> FieldType:
    """The field's type.

    Raises:
        KeyError: no such type; a loaded definition has none of these.
    """
    return FIELD_TYPES[definition.type]


def shown(definition: FieldDefinition, stored: Any, language: str = "it") -> str:
    """An answer for people to read; "" where there is none."""
    return "" if stored is None else type_of(definition).shown(definition, stored, language)


def cell(definition: FieldDefinition, stored: Any, language: str = "it") -> Cell:
    """An answer for a cell of a sheet; "" where there is none."""
    return type_of(definition).cell(definition, stored, language)


def described(definition: FieldDefinition) -> dict[str, Any]:
    """The field's JSON Schema with its label and help."""
    schema = {"title": definition.label.it, **type_of(definition).json_schema(definition)}
    if definition.help is not None:
        schema["description"] = definition.help.it
    if definition.default is not None:
        schema["default"] = definition.default
    lengths = {"min_len": "minLength", "max_len": "maxLength"}
    if schema.get("type") == "string":
        schema |= {lengths[check.name]: check.parameter for check in definition.validators if check.name in lengths}
    return schema
