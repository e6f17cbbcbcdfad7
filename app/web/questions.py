"""Pages that ask a few questions of their own, judged and shown like any form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.web.form_page import FormPage, FormShown, Remarks, show_sections
from app.web.page import language, words
from forms.conditions import ConditionFacts
from forms.definition import FieldDefinition, Section, SubForm, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from forms.builder import FieldError


def address_question(name: str, label: str) -> SubForm:
    """The question for an address, as the input `name`."""
    field = FieldDefinition.model_validate(
        {
            "id": name,
            "type": "email",
            "label": {"it": label},
            "required": True,
            "validators": ["email", {"max": 254}],
            "pii": "contact",
            "autocomplete": "email",
        }
    )
    return SubForm(form="indirizzo", title=Text(it=label), fields=(field,))


def show_question(question: SubForm, typed: MultiDict[str, str], errors: Sequence[FieldError] = ()) -> FormShown:
    """The questions of a sub-form with what was typed and what is wrong with it."""
    page = FormPage(words(), typed, Remarks(errors), ConditionFacts({}))
    section = Section(id="question", title=Text(it=""), fields=question.fields)
    return show_sections([section], question.fields, page, language())
