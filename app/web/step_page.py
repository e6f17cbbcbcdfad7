"""What a page shows of one step of a form: its questions, where the reader is, what travels along; and the summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from app.web.form_page import FormPage, FormShown, Remarks, show_sections
from app.web.steps import DECLARATIONS, Place, Step, carried, first_answers, steps_of
from forms.conditions import ConditionFacts, evaluate
from forms.derive import age_on
from forms.fields import shown
from forms.model import BIRTH_DATE, Text

if TYPE_CHECKING:
    from app.web.texts import Words
    from forms.builder import Judgement
    from forms.model import FieldDefinition, FormDefinition, Section


@dataclass(frozen=True)
class SummaryLine:
    """One answer to be read again; no text where the question was left open."""

    label: str
    text: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class SummaryPart:
    """The answers of one section, and the number of the step that asks them."""

    title: str
    step: int
    lines: tuple[SummaryLine, ...]


@dataclass(frozen=True)
class StepShown:
    """One step: `number` from 1, the titles of all, the questions, and the hidden inputs that carry the others."""

    number: int
    titles: tuple[str, ...]
    form: FormShown
    carried: tuple[tuple[str, str], ...]
    editing: bool
    summary: tuple[SummaryPart, ...] = ()

    @property
    def title(self) -> str:
        """The title of this step."""
        return self.titles[self.number - 1]

    @property
    def last(self) -> bool:
        """Whether this is the summary."""
        return self.number == len(self.titles)


def show_step(
    form: FormDefinition,
    place: Place,
    typed: MultiDict[str, str],
    judgement: Judgement,
    words: Words,
    today: date,
) -> StepShown:
    """The step of `form` at `place`; `judgement` is what all of `typed` says, for conditions across steps."""
    steps = steps_of(form)
    step = steps[place.step]
    typed = MultiDict([*typed.items(multi=True), *first_answers(step, form, typed)])
    facts = _facts(form, judgement, today)
    known = frozenset(field.id for field in form.fields) - step.ids
    page = FormPage(words, typed, Remarks(place.errors, judgement.warnings), facts, known)
    sections = step.sections if step is not steps[-1] else _named_anew(step.sections, words)
    questions = show_sections(sections, form.fields, page, words.language)
    titles = [each.sections[0].title.in_(words.language) for each in steps[:-1]]
    return StepShown(
        number=place.step + 1,
        titles=(*titles, words("steps.review")),
        form=questions,
        carried=tuple(carried(form, typed, questions.ids)),
        editing=place.editing,
        summary=tuple(_summary(steps, judgement, facts, words)) if step is steps[-1] else (),
    )


def _named_anew(sections: Iterable[Section], words: Words) -> list[Section]:
    """The parts of sections that wait for the summary, under headings of their own."""
    titles = {True: words("steps.declarations"), False: words("steps.files")}
    return [
        section.model_copy(update={"title": Text(it=titles[section.id == DECLARATIONS]), "intro": None})
        for section in sections
    ]


def _facts(form: FormDefinition, judgement: Judgement, today: date) -> ConditionFacts:
    born = judgement.answers.get(BIRTH_DATE)
    age = age_on(date.fromisoformat(born), today) if isinstance(born, str) else None
    return ConditionFacts(judgement.answers, age, form.form, form.procedure.law241)


def _summary(
    steps: tuple[Step, ...], judgement: Judgement, facts: ConditionFacts, words: Words
) -> Iterator[SummaryPart]:
    for number, step in enumerate(steps[:-1], 1):
        for section in step.sections:
            asked = [field for field in section.fields if field.show_if is None or evaluate(field.show_if, facts)]
            if asked:
                lines = tuple(_line(field, judgement, words) for field in asked)
                yield SummaryPart(section.title.in_(words.language), number, lines)


def _line(field: FieldDefinition, judgement: Judgement, words: Words) -> SummaryLine:
    """A question, answered or left open."""
    value = judgement.answers.get(field.id)
    text = "" if value in (None, "", []) else shown(field, value, words.language)
    warnings = [each for each in judgement.warnings if each.field == field.id]
    remarks = tuple(words(f"errors.{each.message}", **each.params) for each in warnings)
    return SummaryLine(field.label.in_(words.language), text, remarks)
