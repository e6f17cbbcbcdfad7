"""What a form file must hold beyond its shape: ids, types, validators, conditions, what a sheet may show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from wtforms import Form

from forms.conditions import AgeBelow, AnswerIs, Condition, leaves
from forms.derive import DERIVED, WINDOW
from forms.document import Document, Fault, Path
from forms.fields import FIELD_TYPES
from forms.model import BIRTH_DATE, CODE, EVENT, Check, Derived, FieldDefinition, FormDefinition
from forms.validators import VALIDATORS, ItemsEq, Span, prepared

RESERVED: Final = frozenset(
    {name for name in dir(Form) if not name.startswith("_")}
    - {"data", "errors"}  # two properties that a field may cover without harm
    | {"csrf_token", "hidden_tag", "is_submitted", "validate_on_submit", "idempotency_key", EVENT, CODE}
)
"""Ids that would cover what a form needs to work."""

MOST_FILES: Final = 5
MOST_MEGABYTES: Final = 20
"""What a sending has room for, also where the API carries it in base64 (`app.web.posting.LARGEST_UPLOAD`)."""

_COMPARING: Final = ("differs_from", "items_eq", "after", "max_span_days", "le_capacity")
_PERSONAL: Final = frozenset({"identity", "contact", "sensitive", "special", "minor"})


@dataclass(frozen=True)
class Entry:
    """A field, and where it is written: in the form's file or in a block's."""

    field: FieldDefinition
    document: Document
    path: Path

    def fault(self, key: str, what: str, fix: str) -> Fault:
        """A fault at the field's `key`."""
        return self.document.fault((*self.path, key), f"field `{self.field.id}`: {what}", fix)


def check_form(form: FormDefinition, document: Document) -> Iterator[Fault]:
    """What is wrong with the form's head and its sections."""
    if form.age is not None and not 0 <= form.age[0] <= form.age[1]:
        yield document.fault(("age",), f"age {list(form.age)} is no range", "write the smaller age first")
    ids = {field.id for field in form.fields}
    for index, keys in enumerate(form.dedupe):
        for key in keys.split("|"):
            if key != WINDOW and key.removesuffix("_norm") not in ids:
                fix = _close(key.removesuffix("_norm"), ids, "name a field of the form, x_norm, or finestra")
                yield document.fault(("dedupe", index), f"dedupe: no field `{key}`", fix)
    for name in _repeated([section.id for section in form.sections]):
        yield document.fault(("sections",), f"two sections are called `{name}`", "give each its own id")
    if not form.fields:
        yield document.fault(("sections",), "the form asks nothing", "add a section with fields")


def check_fields(entries: Sequence[Entry], form: FormDefinition | None) -> list[Fault]:
    """What is wrong with the fields of a form, or (with None) of a sub-form."""
    faults: list[Fault] = []
    faults.extend(_check_files([entry for entry in entries if entry.field.type == "file"]))
    repeated = set(_repeated([entry.field.id for entry in entries]))
    by_id = {entry.field.id: entry.field for entry in entries}
    above: dict[str, FieldDefinition] = {}
    for entry in entries:
        if entry.field.id in repeated:
            faults.append(entry.fault("id", "two fields have this id", "give each its own id"))
        faults.extend(_check_field(entry, in_form=form is not None))
        faults.extend(_check_validators(entry, by_id, form))
        faults.extend(_check_conditions(entry, above, by_id, form))
        for index, part in enumerate(entry.field.item):
            faults.extend(_check_part(Entry(part, entry.document, (*entry.path, "item", index)), by_id, form))
        faults.extend(
            entry.fault("item", f"two parts have the id `{name}`", "give each its own id")
            for name in _repeated([part.id for part in entry.field.item])
        )
        above[entry.field.id] = entry.field
    return faults


def _check_field(entry: Entry, *, in_form: bool) -> Iterator[Fault]:
    field = entry.field
    kind = FIELD_TYPES.get(field.type)
    if kind is None:
        fix = _close(field.type, FIELD_TYPES, f"use one of {', '.join(FIELD_TYPES)}")
        yield entry.fault("type", f"unknown type `{field.type}`", fix)
        return
    if field.id in RESERVED:
        yield entry.fault("id", "this id is taken by the machinery", "choose another id")
    if in_form and (field.type in ("field_list", "form_fields") or field.options_from == "requirements"):
        yield entry.fault("type", "this only makes sense in a sub-form", "use another type")
    if not in_form and field.options_from == "editions":
        yield entry.fault("options_from", "a sub-form has no editions", "remove it")
    yield from _check_options(entry, has_options=kind.has_options)
    if (field.type == "repeat") != bool(field.item):
        yield entry.fault("item", "`item` belongs to type repeat, and only there", "list the parts of a row")
    if (field.type == "form_fields") != (field.of is not None):
        yield entry.fault("of", "`of` belongs to type form_fields, and only there", "write `of: requested`")
    yield from _check_sheet(entry)


def _check_files(files: Sequence[Entry]) -> Iterator[Fault]:
    """Each file has a limit that people are told before they choose one, and all fit into one sending."""
    total = 0
    for entry in files:
        limit = entry.field.check("max_mb")
        if limit is None:
            yield entry.fault("validators", "a file without a limit", "add `{max_mb: 5}`")
        elif isinstance(limit.parameter, int):
            total += limit.parameter
    if len(files) > MOST_FILES:
        yield files[MOST_FILES].fault("type", f"more than {MOST_FILES} files in one form", "ask for fewer")
    if total > MOST_MEGABYTES:
        what = f"the files of the form may have {total} MB together, a sending takes {MOST_MEGABYTES}"
        yield files[-1].fault("validators", what, "lower `max_mb`")


def _check_options(entry: Entry, *, has_options: bool) -> Iterator[Fault]:
    field = entry.field
    values = [option.value for option in field.options]
    if has_options and not values and field.options_from is None:
        yield entry.fault("type", f"a {field.type} needs options", "add `options:` with value, it and en")
    if field.options_from and not has_options:
        yield entry.fault("options_from", f"a {field.type} has no options", "use radio, select or checkboxes")
    if values and not has_options:
        yield entry.fault("options", f"a {field.type} has no options", "remove them, or use radio or select")
    for value in _repeated(values):
        yield entry.fault("options", f"two options have the value `{value}`", "give each its own value")
    if field.default is not None and values and field.default not in values:
        yield entry.fault("default", f"the default `{field.default}` is no option", f"use one of {values}")


def _check_sheet(entry: Entry) -> Iterator[Fault]:
    field = entry.field
    if isinstance(field.sheet, Derived):
        known = DERIVED.get(field.sheet.derived)
        if known is None or known[0] != field.type:
            fix = f"use one of {', '.join(DERIVED)}"
            yield entry.fault("sheet", f"`{field.sheet.derived}` can't be derived from a {field.type}", fix)
        return
    personal = {part.pii for part in (field, *field.item)} & _PERSONAL
    if field.sheet == "yes" and personal:
        fix = "write `sheet: never`, or a derived value"
        yield entry.fault("sheet", f"{'/'.join(sorted(personal))} data never reach a sheet", fix)
    if field.sheet == "yes" and field.type == "file":
        yield entry.fault("sheet", "a file can't be shown in a sheet", "write `sheet: never`")


def _check_part(entry: Entry, by_id: dict[str, FieldDefinition], form: FormDefinition | None) -> Iterator[Fault]:
    part = entry.field
    if part.type in FIELD_TYPES and not FIELD_TYPES[part.type].in_rows:
        yield entry.fault("type", f"a row can't hold a {part.type}", "use a simple type")
    elif part.show_if is not None or not isinstance(part.required, bool):
        yield entry.fault("show_if", "parts of a row have no conditions", "put the condition on the group")
    elif part.id in {"data", "errors"}:
        yield entry.fault("id", "this id is taken by the machinery", "choose another id")
    else:
        yield from _check_field(entry, in_form=form is not None)
    yield from _check_validators(entry, by_id, form)


def _check_validators(entry: Entry, by_id: dict[str, FieldDefinition], form: FormDefinition | None) -> Iterator[Fault]:
    for index, check in enumerate(entry.field.validators):
        if check.name not in VALIDATORS:
            fix = _close(check.name, VALIDATORS, "see the validators in docs/forms.md")
            yield _at(entry, index, f"unknown validator `{check.name}`", fix)
            continue
        try:
            validator, parameter = prepared(check)
        except ValueError as error:
            what, _, fix = str(error).partition(" | ")
            yield _at(entry, index, what, fix)
            continue
        if entry.field.type not in validator.types:
            fix = f"it is for {', '.join(sorted(validator.types))}"
            yield _at(entry, index, f"`{check.name}` can't judge a {entry.field.type}", fix)
        yield from (_at(entry, index, *words) for words in _check_reference(entry.field, check, parameter, by_id))
        if check.name == "age_range" and parameter == () and (form is None or form.age is None):
            yield _at(entry, index, "the form has no `age`", "add `age: [18, 35]` to the form")


def _check_reference(
    field: FieldDefinition, check: Check, parameter: object, by_id: dict[str, FieldDefinition]
) -> Iterator[tuple[str, str]]:
    other = parameter.field if isinstance(parameter, ItemsEq | Span) else parameter
    if check.name in _COMPARING and other not in by_id:
        yield f"`{check.name}`: no field `{other}`", _close(str(other), by_id, "name a field of this form")
    elif check.name in ("after", "max_span_days") and by_id[str(other)].type != "date":
        yield f"`{check.name}`: `{other}` is no date", "name a field of type date"
    if check.name == "exclusive" and field.option(str(parameter)) is None:
        yield f"`exclusive`: no option `{parameter}`", "name one of the field's options"
    if check.name == "each_age" and BIRTH_DATE not in {part.id for part in field.item}:
        yield f"`each_age` needs a part `{BIRTH_DATE}`", "add it to `item`"


def _at(entry: Entry, index: int, what: str, fix: str) -> Fault:
    path = (*entry.path, "validators", index)
    return entry.document.fault(path, f"field `{entry.field.id}`: {what}", fix)


def _check_conditions(
    entry: Entry,
    above: dict[str, FieldDefinition],
    by_id: dict[str, FieldDefinition],
    form: FormDefinition | None,
) -> Iterator[Fault]:
    conditions: dict[str, Condition] = {}
    if entry.field.show_if is not None:
        conditions["show_if"] = entry.field.show_if
    if not isinstance(entry.field.required, bool):
        conditions["required"] = entry.field.required
    for key, condition in conditions.items():
        for leaf in leaves(condition):
            for what, fix in _check_leaf(leaf, above, by_id, form):
                yield entry.fault(key, what, fix)


def _check_leaf(
    leaf: Condition,
    above: dict[str, FieldDefinition],
    by_id: dict[str, FieldDefinition],
    form: FormDefinition | None,
) -> Iterator[tuple[str, str]]:
    if isinstance(leaf, AgeBelow) and form is not None and BIRTH_DATE not in above:
        yield f"an age is asked for, but no `{BIRTH_DATE}` is above", f"put a field `{BIRTH_DATE}` above it"
    if not isinstance(leaf, AnswerIs) or (form is None and leaf.field == EVENT):
        return
    if leaf.field not in above:
        what = "stands below it" if leaf.field in by_id else "is not there"
        fix = "put it above" if leaf.field in by_id else _close(leaf.field, above, "name a field above this one")
        yield f"the condition looks at `{leaf.field}`, which {what}", fix
        return
    options = {option.value for option in above[leaf.field].options}
    wanted = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
    if options and leaf.operator in ("eq", "in", "contains"):
        for value in wanted:
            if value not in options:
                known = ", ".join(sorted(options))
                yield f"`{leaf.field}` has no option `{value}`", f"use one of {known} (in quotes if a number)"


def _close(name: str, known: Iterable[str], otherwise: str) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else otherwise


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
