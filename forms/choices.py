"""Types of fields whose answers are chosen from options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import fields as wtf
from wtforms.widgets import CheckboxInput, ListWidget

from forms.field_type import FieldType, Inputs, as_typed
from forms.validation import Problem
from forms.values import clean_line

if TYPE_CHECKING:
    from forms.model import FieldDefinition, Option


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
        return [(name, as_typed(value)) for value in values]

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
