"""The form of a page that offers choices (`esito`), for the applicant's page and for the action page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from app.web.form_page import FormShown, MistakeShown, Remarks, show_choices
from app.web.page import words
from forms.builder import form_inputs
from forms.model import EVENT

if TYPE_CHECKING:
    from app.services.views import ActionResult, Choice

NO_CHOICE = "choice"
"""The refusal of a POST without one of the choices that the page offers."""

CHANGED = "changed"
"""The refusal of a POST from a page that showed older answers."""


def first_inputs(choices: Sequence[Choice], answers: Mapping[str, Any]) -> MultiDict[str, str]:
    """What the fields hold before anybody typed: defaults, and in fields to correct the answers given so far."""
    typed: MultiDict[str, str] = MultiDict()
    for choice in choices:
        if choice.sub_form is None:
            continue
        fields = choice.sub_form.fields
        data = {field.id: field.default for field in fields if field.default is not None}
        data |= {name: answers[name] for name in choice.sub_form.corrects if name in answers}
        for name, value in form_inputs(choice.sub_form, data):
            if value not in typed.getlist(name):  # two choices may ask for the same field
                typed.add(name, value)
    return typed


def wrong_files(result: ActionResult) -> frozenset[str]:
    """The questions whose file must be another one, among all that were judged wrong."""
    return frozenset(error.field for error in result.judgement.errors) if result.judgement else frozenset()


def form_of(
    choices: Sequence[Choice], question: str, typed: MultiDict[str, str], result: ActionResult | None = None
) -> FormShown:
    """The choices with their fields, and what was wrong with what was sent; without choices there is no form."""
    if not choices:
        return FormShown((), ())
    say = words()
    judged = result.judgement if result else None
    said = (*(judged.errors if judged else ()), *(result.mistakes if result else ()))
    remarks = Remarks(said, judged.warnings if judged else ())
    form = show_choices(choices, question, typed, say, remarks)
    if result is None or result.refusal != NO_CHOICE:
        return form
    missing = MistakeShown(f"{EVENT}-{choices[0].event}", question, say("action.nothing_chosen"))
    return FormShown(form.sections, (missing, *form.mistakes))


def refusal_of(result: ActionResult) -> str:
    """Why nothing was recorded, in words, unless the fields say it themselves."""
    if not result.refusal or result.refusal == NO_CHOICE:
        return ""
    if result.refusal == CHANGED:
        return words()("action.changed_meanwhile")
    return f"{words()('action.not_changed')}: {result.refusal}"
