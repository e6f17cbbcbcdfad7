"""The registry of field types: YAML type -> WTForms field, stored value, text for people, sheet cell, JSON schema.

A type has one class; adding one is a class and a line in `FIELD_TYPES`. Values pass through three shapes:
what the WTForms field holds (as typed, so that a page shows it again), the Python value that validators judge,
and the stored value, which is JSON. An answer that says nothing is not stored at all.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from werkzeug.datastructures import FileStorage
from wtforms import fields as wtf
from wtforms.widgets import CheckboxInput, ListWidget

from forms.validators import Problem
from forms.values import clean_line, clean_text, parse_date, write_date, write_euro, write_number

if TYPE_CHECKING:
    from forms.model import FieldDefinition, Option

Cell: TypeAlias = str | int | float | bool
Inputs: TypeAlias = list[tuple[str, str]]
_LONGEST_FILENAME: Final = 120
_YES: Final = {"it": ("Sì", "No"), "en": ("Yes", "No")}


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
        return [] if given is None else [(name, _as_typed(given))]

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The answer for people to read."""
        return str(stored)

    def cell(self, definition: FieldDefinition, stored: Any, language: str = "it") -> Cell:
        """The answer for a cell of a sheet; "" where there is none."""
        return "" if stored is None else self.shown(definition, stored, language)

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """The JSON Schema of what an API client sends."""
        return {"type": "string"}


def _as_typed(given: Any) -> str:
    if isinstance(given, bool):
        return "true" if given else ""
    if isinstance(given, float | Decimal):
        return f"{Decimal(str(given)):f}".replace(".", ",")  # a number of JSON, written in Italian
    return str(given)


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


class Euro(FieldType):
    """An amount of money, typed in Italian, stored as "3200.00"."""

    formats = ("decimal_it",)

    def stored(self, value: Decimal) -> str:
        """The amount with two decimals."""
        return f"{value:.2f}"

    def inputs(self, definition: FieldDefinition, name: str, given: Any) -> Inputs:
        """A stored amount as Italians write it; anything else as it was given."""
        if isinstance(given, str) and given.count(".") == 1 and given[-3:-2] == ".":
            given = given.replace(".", ",")
        return super().inputs(definition, name, given)

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The amount as 3.200,00 €."""
        return write_euro(Decimal(stored))

    def cell(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> Cell:
        """The amount as a number."""
        return "" if stored is None else float(stored)

    def json_schema(self, definition: FieldDefinition) -> dict[str, Any]:
        """A number, or a string in Italian writing."""
        return {"anyOf": [{"type": "number", **_bounds(definition)}, {"type": "string"}]}


def _bounds(definition: FieldDefinition) -> dict[str, Any]:
    keys = {"min": "minimum", "max": "maximum"}
    return {keys[check.name]: check.parameter for check in definition.validators if check.name in keys}


class Radio(FieldType):
    """One of several answers, all of them in sight."""

    widget: ClassVar[type[wtf.Field]] = wtf.RadioField
    has_options = True

    def _arguments(self, definition: FieldDefinition) -> dict[str, Any]:
        return {"choices": _choices(definition), "validate_choice": False}

    def clean(self, definition: FieldDefinition, typed: Any) -> str:
        """The value of the option."""
        value = clean_line(str(typed or ""))
        if value and definition.option(value) is None:
            raise Problem("choice")
        return value

    def shown(self, definition: FieldDefinition, stored: Any, language: str = "it") -> str:
        """The option's label."""
        return _label(definition, stored, language)

    def json_schema(self, definition: FieldDefinition) -> dict[str, Any]:
        """One of the options' values."""
        return {"type": "string", "enum": [option.value for option in definition.options]}


class Select(Radio):
    """One of several answers, in a list that opens."""

    widget = wtf.SelectField

    def _arguments(self, definition: FieldDefinition) -> dict[str, Any]:
        return {"choices": [_choice("", ""), *_choices(definition)], "validate_choice": False}


def _choices(definition: FieldDefinition) -> list[Any]:
    return [_choice(option.value, option.it) for option in definition.options]


def _choice(value: str, label: str) -> Any:
    return wtf.SelectChoice(value=value, label=label)  # type: ignore[attr-defined] # newer than its stubs


def _label(definition: FieldDefinition, value: Any, language: str) -> str:
    option: Option | None = definition.option(value)
    return str(value) if option is None else option.in_(language)


class _CheckboxesField(wtf.SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Checkboxes(FieldType):
    """Any number of several answers, stored as a list in the order of the options."""

    widget = _CheckboxesField
    has_options = True
    in_rows = False

    def _arguments(self, definition: FieldDefinition) -> dict[str, Any]:
        return {"choices": _choices(definition), "validate_choice": False}

    def clean(self, definition: FieldDefinition, typed: Any) -> tuple[str, ...]:
        """The values of the ticked options."""
        values = {clean_line(str(value)) for value in typed or ()} - {""}
        known = tuple(option.value for option in definition.options)
        if not values <= set(known):
            raise Problem("choice")
        return tuple(value for value in known if value in values)

    def stored(self, value: tuple[str, ...]) -> list[str]:
        """The values as a list."""
        return list(value)

    def typed(self, _definition: FieldDefinition, stored: Any) -> Any:
        """The list itself."""
        return list(stored or ())

    def inputs(self, _definition: FieldDefinition, name: str, given: Any) -> Inputs:
        """One input for each value."""
        values = given if isinstance(given, list | tuple) else [] if given is None else [given]
        return [(name, _as_typed(value)) for value in values]

    def shown(self, definition: FieldDefinition, stored: Any, language: str = "it") -> str:
        """The options' labels."""
        return ", ".join(_label(definition, value, language) for value in stored or ())

    def json_schema(self, definition: FieldDefinition) -> dict[str, Any]:
        """A list of options' values."""
        values = {"type": "string", "enum": [option.value for option in definition.options]}
        return {"type": "array", "items": values, "uniqueItems": True}


class FieldList(Checkboxes):
    """Any number of the fields of the applicant's own form (sub-forms only; `expand` gives the options)."""

    has_options = False


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


class File(FieldType):
    """An uploaded file: stored are filename, content_type (by its content), size in bytes and sha256."""

    widget = wtf.FileField
    in_rows = False

    def clean(self, _definition: FieldDefinition, typed: Any) -> dict[str, Any] | None:
        """The facts of the upload, or None; the file's position is set back to its start."""
        if not isinstance(typed, FileStorage) or not typed.filename:
            return None
        stream, digest, size = typed.stream, hashlib.sha256(), 0
        stream.seek(0)
        head = b""
        while chunk := stream.read(1 << 16):
            head = head or chunk[:5]
            digest.update(chunk)
            size += len(chunk)
        stream.seek(0)
        return {
            "filename": safe_filename(typed.filename),
            # What a browser says of a file's type is only what its name ends with.
            "content_type": "application/pdf" if head == b"%PDF-" else "application/octet-stream",
            "size": size,
            "sha256": digest.hexdigest(),
        }

    def inputs(self, _definition: FieldDefinition, _name: str, _given: Any) -> Inputs:
        """Nothing: a file is no text."""
        return []

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The file's name."""
        return str(stored["filename"])

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """The file's name and content."""
        properties = {
            "filename": {"type": "string"},
            "content_base64": {"type": "string", "contentEncoding": "base64"},
        }
        return {"type": "object", "properties": properties, "required": list(properties)}


def safe_filename(name: str) -> str:
    """`name` without folders and signs that no file name needs, at most 120 characters."""
    line = clean_line(name.replace("\\", "/"))
    plain = "".join(char for char in PurePosixPath(line).name if unicodedata.category(char)[0] != "C")
    path = PurePosixPath(plain.strip(". ") or "file")
    suffix = path.suffix[:10]
    return path.name.removesuffix(path.suffix)[: _LONGEST_FILENAME - len(suffix)] + suffix


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
    "integer": Integer(),
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
