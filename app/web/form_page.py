"""What a page shows of a form: plain values that templates/parts/form.html renders, whatever the form is.

Answers go out as the browser sent them (`typed`), never through a conversion: whatever was typed is kept.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from werkzeug.datastructures import MultiDict

from app.web.condition_words import condition_tree, condition_words
from app.web.rows import row_numbers
from app.web.steps import KEPT, LOST
from forms.builder import row_limit
from forms.conditions import All, AnswerIs, Condition, ConditionFacts, Not, settled
from forms.model import BIRTH_DATE, CODE, EVENT, FieldDefinition, Option, Section, Text

if TYPE_CHECKING:
    from app.services.views import Choice
    from app.web.texts import Words
    from forms.builder import FieldError
    from forms.definition import FormDefinition

TICK: Final = "true"
"""What a ticked box sends."""

_BLANK_ROW: Final = "__n__"  # the script puts a row's number here
_HTML_TYPES: Final = {"email": "email", "tel": "tel", "url": "url"}
_INPUT_MODES: Final = {"integer": "numeric", "euro": "decimal", "partita_iva": "numeric"}
_SHORT: Final = frozenset({"date", "integer", "euro", "tel", "partita_iva", "codice_fiscale", "codice_fiscale_ente"})
_SHORT_IDS: Final = frozenset({CODE})
_SHOWN_AS: Final = {"field_list": "checkboxes"}
_GROUPS: Final = frozenset({"radio", "checkboxes"})
_LONGEST_CHECKS: Final = ("max_len", "max")


@dataclass(frozen=True)
class OptionShown:
    """One radio button, box or line of a list."""

    id: str
    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class RowShown:
    """One row of a repeated group; `name` is `team-0`."""

    name: str
    title: str
    inputs: tuple[InputShown, ...]


@dataclass(frozen=True)
class InputShown:
    """One question with what was typed and what was wrong. `longest` is in characters, 0 without a limit."""

    id: str
    name: str
    type: str
    label: str
    help: str
    required: bool
    value: str = ""
    options: tuple[OptionShown, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    autocomplete: str = ""
    longest: int = 0
    condition_id: str = ""
    rows: tuple[RowShown, ...] = ()
    blank_row: RowShown | None = None
    add_label: str = ""
    most_rows: int = 0
    accept: str = ""
    kept: str = ""
    lost: str = ""

    @property
    def kept_name(self) -> str:
        """The name of the file that was chosen before and waits, see `app.web.uploads`."""
        return self.kept.partition("/")[2]

    @property
    def html_type(self) -> str:
        """The `type` of a one-line input."""
        return _HTML_TYPES.get(self.type, "text")

    @property
    def inputmode(self) -> str:
        """Which keyboard a phone shows."""
        return _INPUT_MODES.get(self.type, "")

    @property
    def short(self) -> bool:
        """Whether the answer is a few characters long."""
        return self.type in _SHORT or self.id in _SHORT_IDS

    @property
    def described_by(self) -> str:
        """The ids of hint, waiting file, errors, warnings and condition."""
        ids = [self.condition_id] if self.condition_id else []
        ids += [f"{self.id}-hint"] if self.help else []
        ids += [f"{self.id}-kept"] if self.kept else []
        ids += [f"{self.id}-lost"] if self.lost else []
        ids += [f"{self.id}-error{number or ''}" for number in range(len(self.errors))]
        ids += [f"{self.id}-warning{number or ''}" for number in range(len(self.warnings))]
        return " ".join(ids)

    @property
    def target(self) -> str:
        """Where a link of the error summary leads: the first thing that takes the focus."""
        return self.options[0].id if self.type in _GROUPS and self.options else self.id

    @property
    def full(self) -> bool:
        """Whether a repeated group takes no more rows."""
        return len(self.rows) >= self.most_rows


@dataclass(frozen=True)
class GroupShown:
    """Neighbours that show on the same condition; `note` is the condition in words, empty when always shown."""

    id: str
    note: str
    condition: str
    inputs: tuple[InputShown, ...]


@dataclass(frozen=True)
class SectionShown:
    """A part of the page with its heading."""

    id: str
    title: str
    intro: str
    groups: tuple[GroupShown, ...]


@dataclass(frozen=True)
class MistakeShown:
    """One line of the error summary."""

    target: str
    label: str
    text: str


@dataclass(frozen=True)
class FormShown:
    """A form, or some sections of it, as the page shows it."""

    sections: tuple[SectionShown, ...]
    mistakes: tuple[MistakeShown, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the questions that are on the page."""
        return frozenset(each.id for each in self._inputs)

    @property
    def has_files(self) -> bool:
        """Whether a file is asked for: then a browser must send the form in parts."""
        return any(each.type == "file" for each in self._inputs)

    @property
    def _inputs(self) -> list[InputShown]:
        return [each for section in self.sections for group in section.groups for each in group.inputs]


@dataclass(frozen=True)
class Remarks:
    """What judging said, to be shown at the fields."""

    errors: Sequence[FieldError] = ()
    warnings: Sequence[FieldError] = ()


class FormPage:
    """Turns questions into what the page shows, for one reader and one request.

    `known` are the questions that other pages have asked: their answers stand in `facts`, so that conditions on
    them are decided here and now.
    """

    def __init__(
        self,
        words: Words,
        typed: MultiDict[str, str],
        remarks: Remarks,
        facts: ConditionFacts,
        known: Container[str] = frozenset(),
    ) -> None:
        self._words = words
        self._typed = typed
        self._remarks = remarks
        self._facts = facts
        self._known = known

    def inputs(self, fields: Iterable[FieldDefinition]) -> dict[str, InputShown]:
        """The questions `fields` by id, without their conditions."""
        return {field.id: self._input(field, field.id) for field in fields}

    def groups(
        self, fields: Sequence[FieldDefinition], questions: Mapping[str, FieldDefinition]
    ) -> tuple[GroupShown, ...]:
        """`fields` in groups of neighbours with the same condition; `questions` are all that conditions may name."""
        shown = []
        for condition, together in groupby(fields, key=self._shown_if):
            if condition is False:
                continue
            inside = tuple(together)
            note, tree = self._told(condition, questions)
            group_id = f"{inside[0].id}-if" if note else ""
            inputs = tuple(self._input(field, field.id, group_id, questions) for field in inside)
            shown.append(GroupShown(group_id, note, tree, inputs))
        return tuple(shown)

    def mistakes(self, sections: Sequence[SectionShown]) -> tuple[MistakeShown, ...]:
        """The error summary: one line for each question with an error, in the page's order."""
        return tuple(
            mistake
            for section in sections
            for group in section.groups
            for each in group.inputs
            for mistake in _mistakes(each)
        )

    def _told(self, condition: Condition | Literal[True], questions: Mapping[str, FieldDefinition]) -> tuple[str, str]:
        """What is still open, in words and for the script; two empty texts for what always shows."""
        if condition is True:
            return "", ""
        tree = condition_tree(condition, form=self._facts.form, law241=self._facts.law241)
        return condition_words(condition, questions, self._words), json.dumps(tree)

    def _settled(self, condition: Condition) -> Condition | bool:
        """What the reader's answers on this page leave to decide."""
        return settled(condition, self._facts, self._known, age_known=BIRTH_DATE in self._known)

    def _shown_if(self, field: FieldDefinition) -> Condition | bool:
        return True if field.show_if is None else self._settled(field.show_if)

    def _input(
        self,
        field: FieldDefinition,
        name: str,
        condition_id: str = "",
        questions: Mapping[str, FieldDefinition] | None = None,
    ) -> InputShown:
        required, condition_hint = self._requirement(field, questions or {})
        help_text = field.help.in_(self._words.language) if field.help else ""
        return InputShown(
            id=name,
            name=name,
            type=_SHOWN_AS.get(field.type, field.type),
            label=field.label.in_(self._words.language),
            help=" ".join(text for text in (self._file_limit(field), help_text, condition_hint) if text),
            required=required,
            value=self._typed.get(name, ""),
            options=self._options(field, name),
            errors=self._remark_texts(self._remarks.errors, name),
            warnings=self._remark_texts(self._remarks.warnings, name),
            autocomplete=field.autocomplete or "",
            longest=_longest(field),
            condition_id=condition_id,
            rows=self._rows(field),
            blank_row=self._row(field, _BLANK_ROW) if field.item else None,
            add_label=self._words("buttons.add_person" if _about_people(field) else "form.add_entry"),
            most_rows=row_limit(field, tuple((questions or {}).values())) if field.item else 0,
            accept=".pdf,application/pdf" if field.check("pdf") else "",
            kept=self._typed.get(f"{name}{KEPT}", "") if field.type == "file" else "",
            lost=self._typed.get(f"{name}{LOST}", "") if field.type == "file" else "",
        )

    def _requirement(self, field: FieldDefinition, questions: Mapping[str, FieldDefinition]) -> tuple[bool, str]:
        """Whether the question bears the mark of a required one; else, on what it depends, in words."""
        required = field.required if isinstance(field.required, bool) else self._settled(field.required)
        if isinstance(required, bool):
            return required, ""
        shown_if = self._shown_if(field)
        if not isinstance(shown_if, bool) and set(_parts(required)) <= set(_parts(shown_if)):
            return True, ""  # whenever it shows, it is required
        return False, self._words("form.required_if", condizione=condition_words(required, questions, self._words))

    def _file_limit(self, field: FieldDefinition) -> str:
        """What kind of file is taken and how large, before anybody chooses one."""
        limit = field.check("max_mb")
        if limit is None:
            return ""
        return self._words("form.pdf_limit" if field.check("pdf") else "form.file_limit", n=limit.parameter)

    def _options(self, field: FieldDefinition, name: str) -> tuple[OptionShown, ...]:
        chosen = self._typed.getlist(name)
        return tuple(
            OptionShown(
                f"{name}-{option.value}", option.value, option.in_(self._words.language), option.value in chosen
            )
            for option in field.options
        )

    def _remark_texts(self, remarks: Sequence[FieldError], name: str) -> tuple[str, ...]:
        texts = [self._words(f"errors.{each.message}", **each.params) for each in remarks if self._place(each) == name]
        return tuple(dict.fromkeys(texts))

    def _place(self, remark: FieldError) -> str:
        """The name of the input that a remark belongs to: in a repeated group, the part of its row."""
        if remark.item is None or remark.part is None:
            return remark.field
        numbers = row_numbers(self._typed, remark.field)
        return f"{remark.field}-{numbers[remark.item]}-{remark.part}"

    def _rows(self, field: FieldDefinition) -> tuple[RowShown, ...]:
        """The rows that were typed; where somebody must be named, at least one to write in."""
        if not field.item:
            return ()
        numbers = row_numbers(self._typed, field.id) or ([0] if field.required else [])
        return tuple(self._row(field, number) for number in numbers)

    def _row(self, field: FieldDefinition, number: int | str) -> RowShown:
        row = f"{field.id}-{number}"
        said = number + 1 if isinstance(number, int) else number
        title = self._words("form.row" if _about_people(field) else "form.row_entry", n=said)
        return RowShown(row, title, tuple(self._input(part, f"{row}-{part.id}") for part in field.item))


def show_form(
    definition: FormDefinition, typed: MultiDict[str, str], words: Words, remarks: Remarks | None = None
) -> FormShown:
    """The applicant's form on one page: `typed` is what the browser sent, or the defaults at first."""
    facts = ConditionFacts({}, form=definition.form, law241=definition.procedure.law241)
    return show_sections(
        definition.sections, definition.fields, FormPage(words, typed, remarks or Remarks(), facts), words.language
    )


def show_sections(
    sections: Iterable[Section], fields: Iterable[FieldDefinition], page: FormPage, language: str
) -> FormShown:
    """Some sections of a form, without those that have nothing to ask; `fields` are all questions of the form."""
    questions = {field.id: field for field in fields}
    shown = [
        SectionShown(
            section.id,
            section.title.in_(language),
            section.intro.in_(language) if section.intro else "",
            page.groups(section.fields, questions),
        )
        for section in sections
    ]
    asking = tuple(section for section in shown if section.groups)
    return FormShown(asking, page.mistakes(asking))


def show_choices(
    choices: Sequence[Choice], question: str, typed: MultiDict[str, str], words: Words, remarks: Remarks | None = None
) -> FormShown:
    """The action page's form: one radio button a choice, none chosen, then the fields that a choice asks for.

    A field that several sub-forms ask for is shown once.
    """
    page = FormPage(words, typed, remarks or Remarks(), ConditionFacts({}))
    options = tuple(Option(value=choice.event, it=choice.label, en=choice.label) for choice in choices)
    event = FieldDefinition(id=EVENT, type="radio", label=Text(it=question), required=True, options=options, pii="none")
    fields = [event, *_fields_of(choices), *_code_of(choices, words)]
    section = SectionShown(EVENT, "", "", page.groups(fields, {field.id: field for field in fields}))
    return FormShown((section,), page.mistakes((section,)))


def _fields_of(choices: Sequence[Choice]) -> list[FieldDefinition]:
    asked: dict[str, FieldDefinition] = {}
    events: dict[str, list[str]] = {}
    for choice in choices:
        for field in choice.sub_form.fields if choice.sub_form else ():
            asked.setdefault(field.id, field)
            events.setdefault(field.id, []).append(choice.event)
    return [
        field
        if len(events[field.id]) == len(choices)
        else field.shown_also_if(AnswerIs(EVENT, "in", tuple(events[field.id])))
        for field in asked.values()
    ]


def code_question(words: Words) -> FieldDefinition:
    """The question for the code that only the mail has."""
    return FieldDefinition(
        id=CODE,
        type="text",
        label=Text(it=words("action.code")),
        help=Text(it=words("action.code_help")),
        required=True,
        pii="none",
        autocomplete="one-time-code",
    )


def _code_of(choices: Sequence[Choice], words: Words) -> list[FieldDefinition]:
    """The question for the code of the mail, with the choices that ask for it."""
    events = tuple(choice.event for choice in choices if choice.high_stakes)
    if not events:
        return []
    field = code_question(words)
    return [field if len(events) == len(choices) else field.shown_also_if(AnswerIs(EVENT, "in", events))]


def _mistakes(shown: InputShown) -> list[MistakeShown]:
    """The lines for one question, one for each thing that is wrong; in a repeated group each part has its own."""
    lines = [MistakeShown(shown.target, shown.label, text) for text in shown.errors]
    for row in shown.rows:
        for part in row.inputs:
            lines += [MistakeShown(part.target, f"{row.title}, {part.label}", part.errors[0])] if part.errors else []
    return lines


def _parts(condition: Condition) -> list[Condition]:
    """What must hold for `condition` to hold."""
    if isinstance(condition, All):
        return [inner for part in condition.parts for inner in _parts(part)]
    if isinstance(condition, Not) and isinstance(condition.part, Not):
        return _parts(condition.part.part)
    return [condition]


def _longest(field: FieldDefinition) -> int:
    if field.type != "textarea":
        return 0
    limits = [check.parameter for name in _LONGEST_CHECKS if (check := field.check(name))]
    return next((limit for limit in limits if isinstance(limit, int)), 0)


def _about_people(field: FieldDefinition) -> bool:
    return any(inner.id == "cognome" for inner in field.item)
