"""The way through a form in steps, as the national model for Comuni has it: notice, data, request, summary.

Nothing is kept on the server: what was typed in the other steps travels in hidden inputs under its own name. Two
kinds of questions wait for the summary: the declarations, which are made when everything can be read again, and
files, which no hidden input can carry: a chosen one waits in the store (`app.web.uploads`).

A program need not walk: whatever carries the whole form is judged whole (`read`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from forms.builder import form_inputs

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from forms.builder import FieldError
    from forms.model import FieldDefinition, FormDefinition, Section

STEP, BUTTON, EDITING = "passo", "vai", "modifica"
"""Hidden input with the step's number from 1; the button that was pressed; whether the reader came from the summary."""

NEXT, BACK, REVIEW, SEND, SAVE = "avanti", "indietro", "riepilogo", "invia", "salva"
"""What buttons say; `passo-2` leads to a step of its own."""

ADD_ROW, REMOVE_ROW = "aggiungi", "togli"
"""Buttons of a repeated group, for those without JavaScript: the group's id, the row's name (`team-0`)."""

KEPT: Final = "-tenuto"
LOST: Final = "-perso"
"""How the name of a hidden input ends that says where a chosen file waits (`app.web.uploads`)."""

DECLARATIONS: Final = "declarations"
_TO: Final = f"{STEP}-"


@dataclass(frozen=True)
class Step:
    """One page of the way: its sections, with the questions that it asks."""

    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """The questions of the step."""
        return tuple(field for section in self.sections for field in section.fields)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the questions."""
        return frozenset(field.id for field in self.fields)


@dataclass(frozen=True)
class Asked:
    """What a POST is about: the step it comes from (from 0; None for the form on one page) and its button."""

    step: int | None
    button: str = ""
    editing: bool = False


@dataclass(frozen=True)
class Place:
    """The step to show next (from 0), with what must be mended there; `editing` leads on to the summary."""

    step: int
    errors: tuple[FieldError, ...] = ()
    editing: bool = False


def steps_of(form: FormDefinition) -> tuple[Step, ...]:
    """The steps of `form`, the summary last.

    What else stands among the declarations (needs, language of the mails) is asked one step earlier.
    """
    asked: list[list[Section]] = []
    for section in form.sections:
        now = _part(section, [field for field in section.fields if not _waits(section, field)])
        if section.id == DECLARATIONS and asked:
            asked[-1] += now
        elif now:
            asked.append(now)
    last = [
        part for section in form.sections for part in _part(section, [f for f in section.fields if _waits(section, f)])
    ]
    return (*(Step(tuple(sections)) for sections in asked), Step(tuple(last)))


def read(form: FormDefinition, typed: MultiDict[str, str]) -> Asked:
    """What the POST `typed` is about.

    Without `passo`, or with inputs of later steps and no button (a program that fills in everything at once), it is
    about the whole form.
    """
    steps, step, button = steps_of(form), step_of(form, typed), typed.get(BUTTON, "")
    if step is None:
        return Asked(None, button)
    later = frozenset[str]().union(*(each.ids for each in steps[step + 1 :]))
    pressed = button or ADD_ROW in typed or REMOVE_ROW in typed
    if not pressed and any(_owner(name, later) for name in typed):
        return Asked(None)
    return Asked(step, button or (SEND if step == len(steps) - 1 else NEXT), bool(typed.get(EDITING)))


def step_of(form: FormDefinition, typed: MultiDict[str, str]) -> int | None:
    """The step that a page says it is about, from 0; None where it names none."""
    number = _number(typed.get(STEP, ""), len(steps_of(form)))
    return None if number is None else number - 1


def sends(form: FormDefinition, typed: MultiDict[str, str], asked: Asked) -> bool:
    """Whether the POST asks to send the application: by its button, or because it declares all there is to declare."""
    if asked.step is None or asked.button == SEND:
        return True
    ticks = declarations(form)
    return asked.button == NEXT and bool(ticks) and all(typed.get(field.id) for field in ticks)


def declarations(form: FormDefinition) -> tuple[FieldDefinition, ...]:
    """What must be declared on the summary; such a tick is never carried."""
    return tuple(field for field in steps_of(form)[-1].fields if field.check("must_be_true"))


def way_to(steps: Sequence[Step], step: int, asked: Asked, errors: Sequence[FieldError]) -> Place:
    """Where the button that was pressed on `step` leads.

    Errors of other steps hold nobody up, except on the way to the summary: then the first step that has some is shown.
    """
    last = len(steps) - 1
    if asked.button == BACK:
        return Place(max(step - 1, 0))
    if asked.button.startswith(_TO):
        there = _number(asked.button.removeprefix(_TO), last + 1) or step + 1
        return Place(there - 1, editing=asked.editing or there - 1 != step)
    wanted = step + 1 if asked.button == NEXT and step < last else last
    judged = [number for number in (step, *range(last)) if number < last] if wanted == last else [step]
    for number in judged:
        if mistakes := errors_of(steps[number], errors):
            return Place(number, mistakes, editing=asked.editing or number != step)
    return Place(wanted, errors_of(steps[last], errors) if asked.button == SEND else ())


def errors_of(step: Step, errors: Iterable[FieldError]) -> tuple[FieldError, ...]:
    """The errors of the step's own questions."""
    ids = step.ids
    return tuple(error for error in errors if error.field in ids)


def carried(form: FormDefinition, typed: MultiDict[str, str], shown: Container[str]) -> list[tuple[str, str]]:
    """The inputs that a page must carry: all that was typed in questions that it does not show.

    `shown` are the ids of those it does; a repeated group's inputs go with the group.
    """
    waiting = {field.id for field in steps_of(form)[-1].fields}
    elsewhere = frozenset(field.id for field in form.fields if field.id not in shown and field.id not in waiting)
    kept = {f"{name}{KEPT}" for name in waiting if name not in shown}
    return [(name, value) for name, value in typed.items(multi=True) if _owner(name, elsewhere) or name in kept]


def first_answers(step: Step, form: FormDefinition, typed: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The defaults of a step that nobody has been to: nothing of it was typed or carried."""
    ids = step.ids
    if any(_owner(name, ids) for name in typed):
        return []
    return form_inputs(form, {field.id: field.default for field in step.fields if field.default is not None})


def _waits(section: Section, field: FieldDefinition) -> bool:
    return field.type == "file" or (section.id == DECLARATIONS and field.type == "checkbox")


def _part(section: Section, fields: list[FieldDefinition]) -> list[Section]:
    return [section.model_copy(update={"fields": tuple(fields)})] if fields else []


def _owner(name: str, ids: Container[str]) -> bool:
    """Whether the input `name` belongs to one of the questions `ids`; a row's is `team-0-nome`."""
    return name in ids or name.partition("-")[0] in ids


def _number(text: str, most: int) -> int | None:
    """`text` as a step's number from 1 to `most`."""
    return next((number for number in range(1, most + 1) if text == str(number)), None)
