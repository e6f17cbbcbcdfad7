"""The shape of a form: what `forms.definition` makes of a form file, and everybody else reads.

Models are immutable and know their own fingerprint (`sha256`), so that an application stays on the exact
definition it was made with (design.md §2, "definitions are versioned").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import Field, PlainSerializer, PlainValidator, StringConstraints, model_validator

from forms.conditions import All, Condition, parse_condition, plain_condition
from forms.document import Strict

BIRTH_DATE: Final = "data_nascita"
"""The field from whose answer an applicant's age is counted."""

EVENT: Final = "esito"
"""The name under which a sub-form's conditions see the event chosen on an action page."""

CODE: Final = "conferma_codice"
"""The input of an action page for the code that only the mail has."""

Definition = TypeVar("Definition", bound="FormDefinition | SubForm")
Language: TypeAlias = Literal["it", "en"]
Pii: TypeAlias = Literal["none", "ordinary", "identity", "contact", "sensitive", "special", "minor"]
Identifier: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Duration: TypeAlias = Annotated[str, StringConstraints(pattern=r"^P[1-9][0-9]*[DMY]$")]


def _condition(raw: object) -> Condition:
    return raw if isinstance(raw, Condition) else parse_condition(raw)


def _requirement(raw: object) -> bool | Condition:
    return raw if isinstance(raw, bool) else _condition(raw)


def _plain_requirement(value: bool | Condition) -> Any:  # noqa: FBT001 - pydantic calls it with one value
    return value if isinstance(value, bool) else plain_condition(value)


ShowIf: TypeAlias = Annotated[Condition, PlainValidator(_condition), PlainSerializer(plain_condition)]
Requirement: TypeAlias = Annotated[bool | Condition, PlainValidator(_requirement), PlainSerializer(_plain_requirement)]


class Text(Strict):
    """What people read: Italian, and English where it is there."""

    it: str
    en: str | None = None

    def in_(self, language: str) -> str:
        """The text in `language`, else in Italian."""
        return self.en if language == "en" and self.en else self.it


class Option(Strict):
    """One answer to choose: what is stored, and how it reads."""

    value: Annotated[str, StringConstraints(min_length=1)]
    it: str
    en: str | None = None

    @property
    def label(self) -> Text:
        """How the option reads."""
        return Text(it=self.it, en=self.en)

    def in_(self, language: str) -> str:
        """How the option reads in `language`, else in Italian."""
        return self.label.in_(language)


class Check(Strict):
    """One validator as a file writes it: `person_name`, or `max: 80`."""

    name: str
    parameter: Any = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, raw: object) -> object:
        if isinstance(raw, str):
            return {"name": raw}
        if isinstance(raw, Mapping) and len(raw) == 1 and "name" not in raw:
            name, parameter = next(iter(raw.items()))
            return {"name": name, "parameter": parameter}
        if isinstance(raw, Mapping) and "name" in raw:
            return raw
        raise ValueError(f"`{raw}` is no validator | write `- person_name` or `- max: 80`")


class Derived(Strict):
    """A sheet shows a value made from the answer, not the answer."""

    derived: str


class FieldDefinition(Strict):
    """One question. What each key means is told in docs/forms.md."""

    id: Identifier
    type: str
    label: Text
    help: Text | None = None
    required: Requirement = False
    show_if: ShowIf | None = None
    options: tuple[Option, ...] = ()
    options_from: Literal["requirements", "editions"] | None = None
    of: Literal["requested", "proposal"] | None = None
    validators: tuple[Check, ...] = ()
    pii: Pii
    sheet: Literal["yes", "never"] | Derived = "never"
    autocomplete: str | None = None
    default: str | int | bool | None = None
    criterion: str | None = None
    item: tuple[FieldDefinition, ...] = ()

    def option(self, value: str) -> Option | None:
        """The option stored as `value`, if the field has it."""
        return next((option for option in self.options if option.value == value), None)

    def check(self, name: str) -> Check | None:
        """The field's validator of this name, if it has one."""
        return next((check for check in self.validators if check.name == name), None)

    def shown_also_if(self, condition: Condition | None) -> FieldDefinition:
        """The same field, shown only where `condition` holds as well."""
        if condition is None:
            return self
        joined = condition if self.show_if is None else All((condition, self.show_if))
        return self.model_copy(update={"show_if": joined})


class Section(Strict):
    """A part of a form's page, with a heading of its own."""

    id: Identifier
    title: Text
    intro: Text | None = None
    fields: tuple[FieldDefinition, ...]


class Procedure(Strict):
    """The administrative procedure: law 241/1990 or not, its term in days, registered (protocollo) or not."""

    law241: bool
    days: Annotated[int, Field(ge=1)] | None = None
    protocollo: bool

    @model_validator(mode="after")
    def _law_sets_a_term(self) -> Procedure:
        if self.law241 and self.days is None:
            raise ValueError("a procedure of law 241/1990 has a term | add `days: 30`")
        return self


class Retention(Strict):
    """How long data stay after a case closes, as ISO 8601 durations (clarifications.md §5)."""

    success: Duration
    rejected: Duration = "P1Y"
    unconfirmed: Duration = "P7D"
    no_consent: Duration = "P30D"


class FormHead(Strict):
    """What a form says about itself, before its questions."""

    form: Name
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    title: Text
    applicants: Text
    age: tuple[int, int] | None = None
    procedure: Procedure
    identification: str
    retention: Retention
    dedupe: tuple[str, ...]


class FormDefinition(FormHead):
    """A form that an applicant fills in."""

    sections: tuple[Section, ...]

    @cached_property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """All questions in their order."""
        return tuple(field for section in self.sections for field in section.fields)

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the definition's content, whatever its file looks like."""
        return _fingerprint(self)

    def field(self, field_id: str) -> FieldDefinition:
        """The question of this id.

        Raises:
            KeyError: the form has none.
        """
        return _field(self.fields, field_id)

    def narrowed(self, options: Mapping[str, Sequence[str]]) -> FormDefinition:
        """The form with only these options for these fields, as a call may ask.

        Raises:
            ValueError: "what | fix"; a field without options, an unknown value, or nothing left.
        """
        for field_id, values in options.items():
            _check_narrowing({field.id: field for field in self.fields}, field_id, values)
        return self._with_fields(lambda field: _narrow(field, options.get(field.id)))

    def with_editions(self, editions: Sequence[Option]) -> FormDefinition:
        """The form with a call's `editions` as options of its field with `options_from: editions`.

        Raises:
            ValueError: "what | fix"; the form has no such field, or there is no edition.
        """
        if not any(field.options_from == "editions" for field in self.fields):
            raise ValueError("the form asks for no edition | remove `editions`, or add a field that has them")
        if not editions:
            raise ValueError("the call has no edition to choose | name at least one under `editions`")
        given = {"options": tuple(editions), "default": None}
        return self._with_fields(
            lambda field: field.model_copy(update=given) if field.options_from == "editions" else field
        )

    def _with_fields(self, change: Callable[[FieldDefinition], FieldDefinition]) -> FormDefinition:
        sections = tuple(
            section.model_copy(update={"fields": tuple(change(field) for field in section.fields)})
            for section in self.sections
        )
        return changed(self, sections=sections)


class SubForm(Strict):
    """The few questions of one act: a decision, a consent, a correction."""

    form: Name
    title: Text
    fields: tuple[FieldDefinition, ...]
    corrects: tuple[str, ...] = ()
    """Ids of the fields that `forms.definition.expand` took from the applicant's form."""

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the definition's content, whatever its file looks like."""
        return _fingerprint(self)

    def field(self, field_id: str) -> FieldDefinition:
        """The question of this id.

        Raises:
            KeyError: the sub-form has none.
        """
        return _field(self.fields, field_id)


def changed(definition: Definition, **values: Any) -> Definition:
    """`definition` with other values; unlike `model_copy`, without what was worked out for the old ones."""
    kept = {name: getattr(definition, name) for name in type(definition).model_fields}
    return type(definition)(**{**kept, **values})


def _field(fields: Sequence[FieldDefinition], field_id: str) -> FieldDefinition:
    for field in fields:
        if field.id == field_id:
            return field
    raise KeyError(field_id)


def _fingerprint(definition: Strict) -> str:
    plain = definition.model_dump(mode="json", exclude_none=True)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_narrowing(fields: Mapping[str, FieldDefinition], field_id: str, values: Sequence[str]) -> None:
    field = fields.get(field_id)
    if field is None or not field.options:
        known = ", ".join(each.id for each in fields.values() if each.options)
        raise ValueError(f"`{field_id}` has no options to narrow | use one of {known}")
    unknown = [value for value in values if field.option(value) is None]
    if unknown:
        known = ", ".join(option.value for option in field.options)
        raise ValueError(f"`{field_id}` has no option `{unknown[0]}` | use some of {known}")
    if not values:
        raise ValueError(f"`{field_id}` would have no option left | name at least one")


def _narrow(field: FieldDefinition, values: Sequence[str] | None) -> FieldDefinition:
    if values is None:
        return field
    default = field.default if field.default in values else None
    options = tuple(option for option in field.options if option.value in values)
    return field.model_copy(update={"options": options, "default": default})
