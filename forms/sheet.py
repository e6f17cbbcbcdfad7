"""What a sheet may show of an application (clarifications.md §8): the one place where this is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from forms.derive import DERIVED, DeriveFacts, age_on
from forms.fields import Cell, cell
from forms.model import BIRTH_DATE, Derived, FieldDefinition, FormDefinition
from forms.taxcodes import is_body_code

WITHHELD: Final = "—"
_FREE_TEXT: Final = frozenset({"text", "textarea", "repeat"})
_CODES: Final = ("regex", "application_code", "invite_code")
_OF_AGE: Final = 18


def sheet_columns(form: FormDefinition) -> dict[str, FieldDefinition]:
    """The columns that `form` allows, with the field each comes from: an answer or a derived value."""
    columns = {}
    for field in form.fields:
        if isinstance(field.sheet, Derived):
            columns[field.sheet.derived] = field
        elif field.sheet == "yes":
            columns[field.id] = field
    return columns


def sheet_cell(
    form: FormDefinition,
    column: str,
    answers: Mapping[str, Any],
    aged_on: date,
    schools: Mapping[str, str] | None = None,
) -> Cell:
    """What `column` shows of stored `answers`; "" where there is nothing. `aged_on` is the day of the application.

    `schools` are the codes of schools by the invite codes they gave out. The free text of somebody under 18 is
    withheld, and so is a tax code that is a person's.

    Raises:
        KeyError: the form doesn't let this column out.
    """
    field = sheet_columns(form)[column]
    stored = answers.get(field.id)
    if stored is None:
        return ""
    if isinstance(field.sheet, Derived):
        return DERIVED[column][1](stored, DeriveFacts(aged_on, schools or {}))
    birth = answers.get(BIRTH_DATE)
    minor = birth is not None and age_on(date.fromisoformat(birth), aged_on) < _OF_AGE
    if minor and field.type in _FREE_TEXT and not any(map(field.check, _CODES)):
        return WITHHELD
    if field.type == "codice_fiscale_ente" and not is_body_code(stored):
        return WITHHELD
    return cell(field, stored)
