"""Makes a WTForms class of a definition, and the browser inputs of JSON data.

HTML names are the field ids; a repeated group is `team-0-nome`. The classes bind what was typed and keep it
for showing again; what it is worth is judged in `forms.judging`, by the definition, not by WTForms validators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Form
from wtforms import fields as wtf

from forms.fields import Inputs, type_of
from forms.judging import FieldError, JudgeContext, Judgement, judge_bound
from forms.model import FieldDefinition, FormDefinition, SubForm
from forms.uploads import declared_file, sent_file
from forms.validators import ItemsEq, prepared

__all__ = [
    "FieldError",
    "JudgeContext",
    "Judgement",
    "build_form",
    "form_inputs",
    "fresh_form",
    "judge",
    "judge_sent",
    "row_limit",
]

Definition: TypeAlias = FormDefinition | SubForm
MOST_ROWS: Final = 20
"""How many rows a repeated group takes where its validators don't say."""
_MOST_CLASSES: Final = 256
_LONGEST_INDEX: Final = 6
_classes: dict[tuple[str, type[Form]], type[Form]] = {}


if TYPE_CHECKING:
    _FieldList = wtf.FieldList[Any]
else:
    _FieldList = wtf.FieldList  # generic in its stubs only


class _Rows(_FieldList):
    """A list of small forms that reads only plain row numbers (WTForms fails on `team-²-nome`)."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        start = f"{prefix}-"
        for name in formdata:
            if not name.startswith(start):
                continue
            index = name[len(start) :].split("-", 1)[0]
            if index.isascii() and index.isdigit() and len(index) <= _LONGEST_INDEX:
                yield int(index)


def build_form(definition: Definition, base: type[Form] = Form) -> type[Form]:
    """The WTForms class of `definition`, built once for each fingerprint and base class."""
    key = (definition.sha256, base)
    if key not in _classes:
        if len(_classes) >= _MOST_CLASSES:  # expanded sub-forms come in many combinations
            _classes.clear()
        namespace: dict[str, Any] = {
            field.id: _unbound(field, definition.fields) for field in definition.fields if field.type != "form_fields"
        }
        _classes[key] = type("JudgedForm", (base,), {**namespace, "hubout_definition": definition})
    return _classes[key]


def _unbound(field: FieldDefinition, fields: Sequence[FieldDefinition]) -> Any:
    if field.type != "repeat":
        return type_of(field).wtforms_field(field)
    row = type("Row", (Form,), {part.id: type_of(part).wtforms_field(part) for part in field.item})
    # One row more than allowed is read, so that too many rows are told and not dropped.
    return _Rows(wtf.FormField(row), field.label.it, min_entries=1, max_entries=row_limit(field, fields) + 1)


def row_limit(field: FieldDefinition, fields: Sequence[FieldDefinition]) -> int:
    """How many rows the repeated group `field`, one of `fields`, takes at most."""
    if check := field.check("max_items"):
        return cast("int", prepared(check)[1])
    if check := field.check("items_eq"):
        wanted: ItemsEq = prepared(check)[1]
        number = next((each for each in fields if each.id == wanted.field), None)
        most = number.check("max") if number else None
        if most is not None:
            return int(prepared(most)[1]) - wanted.minus
    return MOST_ROWS


def fresh_form(definition: Definition, base: type[Form] = Form, previous: Mapping[str, Any] | None = None) -> Form:
    """A form to show before anything was typed: with defaults, or with the stored answers `previous`.

    In a sub-form only the fields taken from the applicant's form show previous answers.
    """
    ids = set(definition.corrects) if isinstance(definition, SubForm) else None
    data = {
        field.id: type_of(field).typed(field, previous[field.id])
        for field in definition.fields
        if previous is not None and field.id in previous and (ids is None or field.id in ids)
    }
    return build_form(definition, base)(formdata=None, data=data)


def judge(
    form: Definition | type[Form],
    formdata: Any,
    context: JudgeContext,
    previous: Mapping[str, Any] | None = None,
    base: type[Form] = Form,
    *,
    declared: Mapping[str, Mapping[str, Any]] | None = None,
) -> Judgement:
    """Binds `formdata` (a werkzeug MultiDict with the files, or None) and judges it.

    `form` is a definition or a class of `build_form`; `previous` are the case's stored answers, which
    conditions see below those typed now, and whose files stay where no other is sent; `declared` are facts of files
    that come later, by field id (`forms.uploads.declared_file`).
    """
    form_class = form if isinstance(form, type) else build_form(form, base)
    definition: Definition = vars(form_class)["hubout_definition"]
    return judge_bound(definition, form_class(formdata=formdata), context, previous or {}, declared or {})


def judge_sent(
    definition: Definition,
    data: Mapping[str, Any],
    context: JudgeContext,
    previous: Mapping[str, Any] | None = None,
    base: type[Form] = Form,
) -> Judgement:
    """Judges JSON `data` by field id, as an API client sends it: answers, files in base64, files only declared."""
    files = {field.id: data.get(field.id) for field in definition.fields if field.type == "file"}
    inputs: list[tuple[str, str | FileStorage]] = [*form_inputs(definition, data)]
    inputs += [(name, upload) for name, given in files.items() if (upload := sent_file(given)) is not None]
    declared = {name: facts for name, given in files.items() if (facts := declared_file(given)) is not None}
    return judge(definition, MultiDict(inputs), context, previous, base, declared=declared)


def form_inputs(definition: Definition, data: Mapping[str, Any]) -> Inputs:
    """The browser inputs for JSON `data` by field id, as an API client sends it or as it is stored.

    Ids that the definition lacks, and files, are left out.
    """
    return [pair for field in definition.fields for pair in type_of(field).inputs(field, field.id, data.get(field.id))]
