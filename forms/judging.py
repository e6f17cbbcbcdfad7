"""Judges what was typed: what shows, what is an answer, what is wrong with it.

Fields are read in their order, so that a condition sees only answers above it and an answer that its own
condition hides counts for nothing further down; validators run when every answer has been read.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage
from wtforms import Form
from wtforms import fields as wtf

from forms.conditions import ConditionFacts, evaluate, is_empty
from forms.derive import age_on
from forms.fields import type_of
from forms.model import BIRTH_DATE, Check, FieldDefinition, FormDefinition, SubForm
from forms.validators import Problem, Situation, Validator, prepared

LOCAL: Final = ZoneInfo("Europe/Rome")
HIDDEN: Final = "hidden_field_dropped"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with the answer of `field`; in a repeated group `item` is the row (from 0), `part` its field."""

    field: str
    code: str
    params: Mapping[str, int | str] = attribute(default_factory=dict)
    item: int | None = None
    part: str | None = None
    wording: str = ""

    @property
    def message(self) -> str:
        """The key under `ui.errors` of what people read: the code's, or a closer one (`WORDINGS`)."""
        return self.wording or self.code


@dataclass(frozen=True)
class JudgeContext:
    """What judging needs beside the form.

    `now` is aware; `birth_date` is the case's, for sub-forms; `known` are values that conditions see like
    answers, such as `esito`, the event chosen on an action page; ages count on `aged_on`, by default today.

    What only the call knows: `invite_codes` that are valid now, in capitals; `capacities`, people by option of the
    field that `le_capacity` names (no limit for an option that is not there); `edition_ages`, youngest and oldest
    age in years by option of `edition_field` (the form's `age` for one that is not there).
    """

    now: datetime
    form: str = ""
    law241: bool = False
    age: tuple[int, int] | None = None
    birth_date: date | None = None
    known: Mapping[str, Any] = attribute(default_factory=dict)
    aged_on: date | None = None
    invite_codes: Collection[str] = frozenset()
    capacities: Mapping[str, int] = attribute(default_factory=dict)
    edition_ages: Mapping[str, tuple[int, int]] = attribute(default_factory=dict)
    edition_field: str = ""

    @classmethod
    def of(cls, form: FormDefinition, now: datetime) -> JudgeContext:
        """The context of an application made on `form` at `now`."""
        edition = next((field.id for field in form.fields if field.options_from == "editions"), "")
        return cls(now=now, form=form.form, law241=form.procedure.law241, age=form.age, edition_field=edition)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(LOCAL).date()


@dataclass(frozen=True)
class Judgement:
    """The bound form for showing again, the answers to store, and what is to be said about them.

    `answers` has only fields that say something; `files` the uploads behind the answers of file fields.
    """

    form: Form
    answers: Mapping[str, Any]
    errors: tuple[FieldError, ...]
    ignored: tuple[tuple[str, str], ...]
    warnings: tuple[FieldError, ...]
    files: Mapping[str, FileStorage]

    @property
    def valid(self) -> bool:
        """Whether the answers can be taken."""
        return not self.errors


def judge_bound(
    definition: FormDefinition | SubForm,
    bound: Form,
    context: JudgeContext,
    previous: Mapping[str, Any],
    declared: Mapping[str, Mapping[str, Any]],
) -> Judgement:
    """Judges the form `bound` to what was typed; `forms.builder.judge` binds it."""
    fields = [each for each in definition.fields if each.type != "form_fields"]
    ids = {each.id for each in fields}
    below = {key: value for key, value in previous.items() if key not in ids}
    # A browser can't send again a file that is there already: who corrects other answers keeps it.
    own = set(definition.corrects) if isinstance(definition, SubForm) else ids
    files = {each.id: previous[each.id] for each in fields if each.type == "file" and each.id in own & set(previous)}
    judging = _Judging(bound, context, below, files, declared)
    shown = [each for each in fields if judging.read(each)]
    for each in shown:
        judging.check(each)
    return judging.judgement(fields)


class _Judging:
    def __init__(
        self,
        bound: Form,
        context: JudgeContext,
        below: Mapping[str, Any],
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
    ) -> None:
        self.bound = bound
        self.context = context
        self.files_there = there
        self.files_declared = declared
        self.answers: dict[str, Any] = {}
        self.seen = ChainMap(self.answers, dict(context.known), dict(below))
        self.values: dict[str, Any] = {}
        self.errors: list[FieldError] = []
        self.warnings: list[FieldError] = []
        self.ignored: list[tuple[str, str]] = []
        self.files: dict[str, FileStorage] = {}

    def read(self, definition: FieldDefinition) -> bool:
        """Reads one answer; false where the field does not show."""
        typed = self.bound[definition.id]
        if definition.show_if is not None and not evaluate(definition.show_if, self.facts()):
            if _says_something(typed) or definition.id in self.files_declared:
                self.ignored.append((definition.id, HIDDEN))
            return False
        try:
            value = self.rows(definition, typed) if definition.type == "repeat" else self.value(definition, typed)
        except Problem as problem:
            self.refuse(definition, problem)
            return True
        self.values[definition.id] = value
        if not is_empty(value):
            self.answers[definition.id] = type_of(definition).stored(value)
            if isinstance(typed.data, FileStorage):
                self.files[definition.id] = typed.data
        return True

    def value(self, definition: FieldDefinition, typed: wtf.Field) -> Any:
        """The Python value of a simple field, by the type and its validators of writing."""
        value = type_of(definition).clean(definition, typed.data)
        if is_empty(value):
            return self.files_declared.get(definition.id) or self.files_there.get(definition.id, value)
        for validator, parameter in _formats(definition):
            value = validator.function(value, parameter, self.situation())
        return value

    def rows(self, definition: FieldDefinition, typed: Any) -> tuple[dict[str, Any], ...]:
        """The stored rows of a repeated group; blank rows don't count. Faults go to `errors`."""
        rows = []
        for index, entry in enumerate(typed.entries):
            if any(_says_something(part) for part in entry.form):
                rows.append(self.row(definition, index, entry.form))
        return tuple(rows)

    def row(self, definition: FieldDefinition, index: int, form: Form) -> dict[str, Any]:
        """One row as stored."""
        row = {}
        for part in definition.item:
            try:
                value = self.value(part, form[part.id])
                if part.required and is_empty(value):
                    raise Problem("required")  # noqa: TRY301 - one way out for all problems of a part
                if not is_empty(value):
                    self.judge_value(part, value)
                    row[part.id] = type_of(part).stored(value)
            except Problem as problem:
                self.errors.append(_field_error(definition, problem, index, part.id))
                form[part.id].errors = [problem.code]
        return row

    def judge_value(self, definition: FieldDefinition, value: Any) -> Any:
        """Runs the validators that judge, one after the other; a repeated group hears all of them."""
        for check in definition.validators:
            validator, parameter = prepared(check)
            if validator.is_format:
                continue
            try:
                value = validator.function(value, parameter, self.situation())
            except Problem as problem:
                if validator.warns:
                    self.warnings.append(_field_error(definition, problem))
                elif definition.type == "repeat":
                    self.refuse(definition, problem)
                else:
                    raise
        return value

    def check(self, definition: FieldDefinition) -> None:
        """Judges one answer that shows, when all have been read."""
        if definition.id not in self.values:
            return
        value = self.values[definition.id]
        must_be_ticked = definition.type == "checkbox" and definition.check("must_be_true") is not None
        if is_empty(value) and not must_be_ticked:
            if self.is_required(definition):
                self.refuse(definition, Problem("required"))
            return
        try:
            self.judge_value(definition, value)
        except Problem as problem:
            self.refuse(definition, problem)

    def is_required(self, definition: FieldDefinition) -> bool:
        """Whether the field has to be answered, as things stand."""
        required = definition.required
        return required if isinstance(required, bool) else evaluate(required, self.facts())

    def refuse(self, definition: FieldDefinition, problem: Problem) -> None:
        """Notes what is wrong, for the caller and on the bound form."""
        self.errors.append(_field_error(definition, problem))
        field_errors = [error.code for error in self.errors if error.field == definition.id and error.item is None]
        self.bound[definition.id].errors = field_errors

    def birth_date(self) -> date | None:
        """The applicant's, from the case or from the answers read so far."""
        stored = self.seen.get(BIRTH_DATE)
        return self.context.birth_date or (date.fromisoformat(stored) if isinstance(stored, str) else None)

    def aged_on(self) -> date:
        """The day on which ages count."""
        return self.context.aged_on or self.context.today

    def facts(self) -> ConditionFacts:
        """What conditions may look at now."""
        birth_date = self.birth_date()
        age = None if birth_date is None else age_on(birth_date, self.aged_on())
        return ConditionFacts(self.seen, age, self.context.form, self.context.law241)

    def situation(self) -> Situation:
        """What validators may know now."""
        context = self.context
        edition = self.seen.get(context.edition_field)
        return Situation(
            context.today,
            self.aged_on(),
            self.seen,
            context.edition_ages.get(str(edition), context.age),
            self.birth_date(),
            context.invite_codes,
            context.capacities,
        )

    def judgement(self, fields: list[FieldDefinition]) -> Judgement:
        """All of it, in the order of the fields."""
        order = {each.id: index for index, each in enumerate(fields)}

        def place(error: FieldError) -> int:
            return order[error.field]

        return Judgement(
            self.bound,
            self.answers,
            tuple(sorted(self.errors, key=place)),
            tuple(self.ignored),
            tuple(sorted(self.warnings, key=place)),
            self.files,
        )


def _field_error(
    definition: FieldDefinition, problem: Problem, item: int | None = None, part: str | None = None
) -> FieldError:
    return FieldError(definition.id, problem.code, problem.params, item, part, problem.wording)


def _formats(definition: FieldDefinition) -> list[tuple[Validator, Any]]:
    implied = type_of(definition).formats
    checks = [definition.check(name) or Check(name=name) for name in implied]
    checks += [check for check in definition.validators if check.name not in implied]
    return [(validator, parameter) for validator, parameter in map(prepared, checks) if validator.is_format]


def _says_something(typed: Any) -> bool:
    if isinstance(typed, wtf.FieldList):
        return any(_says_something(part) for entry in typed.entries for part in entry.form)
    given = typed.raw_data or ()
    return any(each.filename if isinstance(each, FileStorage) else str(each).strip() for each in given)
