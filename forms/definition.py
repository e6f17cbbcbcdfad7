"""Reads form files: blocks put in place, everything checked, faults told by line (design.md §5 `hubout check`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from forms.checking import Entry, check_fields, check_form
from forms.document import DefinitionError, Document, Fault, Path, Strict, build
from forms.model import (
    Check,
    Derived,
    FieldDefinition,
    FormDefinition,
    FormHead,
    Identifier,
    Option,
    Procedure,
    Retention,
    Section,
    ShowIf,
    SubForm,
    Text,
    changed,
)

__all__ = [
    "Check",
    "Derived",
    "FieldDefinition",
    "FormDefinition",
    "Option",
    "Procedure",
    "Retention",
    "Section",
    "SubForm",
    "Text",
    "correctable",
    "expand",
    "load_form",
    "load_sub_form",
]


class _Block(Strict):
    """A file of forms/library/blocks: fields that several forms share."""

    block: str
    fields: tuple[FieldDefinition, ...]


class _BlockUse(Strict):
    """A block's place in a form, `without` some of its fields; the others show only where `show_if` holds."""

    block: str
    show_if: ShowIf | None = None
    without: tuple[str, ...] = ()


def _kind(raw: Any) -> str:
    return "block" if isinstance(raw, _BlockUse) or (isinstance(raw, Mapping) and "block" in raw) else "field"


_Written = Annotated[
    Annotated[FieldDefinition, Tag("field")] | Annotated[_BlockUse, Tag("block")], Discriminator(_kind)
]


class _SectionFile(Strict):
    id: Identifier
    title: Text
    intro: Text | None = None
    fields: tuple[_Written, ...]


class _FormFile(FormHead):
    sections: tuple[_SectionFile, ...]


def load_form(document: Document, blocks: Mapping[str, Document]) -> FormDefinition:
    """The form that `document` writes; `blocks` are the block files by name.

    Raises:
        DefinitionError: one fault for each mistake, in the form's file or in a block's.
    """
    written = build(_FormFile, document)
    library = _Library(document, blocks)
    placed = [list(library.fields(section.fields, index)) for index, section in enumerate(written.sections)]
    entries = [entry for section in placed for entry in section]
    sections = tuple(
        Section(
            id=section.id,
            title=section.title,
            intro=section.intro,
            fields=tuple(entry.field for entry in placed[index]),
        )
        for index, section in enumerate(written.sections)
    )
    form = FormDefinition(**{**dict(written), "sections": sections})
    _refuse([*check_form(form, document), *check_fields(entries, form)])
    return form


@dataclass(frozen=True)
class _Library:
    form: Document
    blocks: Mapping[str, Document]

    def fields(self, written: Sequence[FieldDefinition | _BlockUse], section: int) -> Iterator[Entry]:
        """The fields of a section in their order, each with the place where it is written."""
        for index, entry in enumerate(written):
            path: Path = ("sections", section, "fields", index)
            if isinstance(entry, FieldDefinition):
                yield Entry(entry, self.form, path)
            else:
                yield from self._block_fields(entry, path)

    def _block_fields(self, use: _BlockUse, path: Path) -> Iterator[Entry]:
        document = self.blocks.get(use.block)
        if document is None:
            known = ", ".join(sorted(self.blocks)) or "none"
            fault = self.form.fault((*path, "block"), f"there is no block `{use.block}`", f"use one of: {known}")
            raise DefinitionError([fault])
        fields = build(_Block, document).fields
        if unknown := set(use.without) - {field.id for field in fields}:
            what = f"block `{use.block}` has no field `{min(unknown)}`"
            fix = f"use some of: {', '.join(field.id for field in fields)}"
            raise DefinitionError([self.form.fault((*path, "without"), what, fix)])
        for index, field in enumerate(fields):
            if field.id not in use.without:
                yield Entry(field.shown_also_if(use.show_if), document, ("fields", index))


def load_sub_form(document: Document) -> SubForm:
    """The sub-form that `document` writes.

    Raises:
        DefinitionError: one fault for each mistake.
    """
    sub_form = build(SubForm, document)
    entries = [Entry(field, document, ("fields", index)) for index, field in enumerate(sub_form.fields)]
    _refuse(check_fields(entries, None))
    return sub_form


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise DefinitionError(faults)


def correctable(form: FormDefinition) -> tuple[FieldDefinition, ...]:
    """The fields an applicant may be asked to correct.

    Not those that only confirm something, and not the e-mail address: it was confirmed by its owner.
    """
    return tuple(field for field in form.fields if field.type != "checkbox" and field.id != "email")


def expand(
    sub_form: SubForm,
    form: FormDefinition,
    requested: Sequence[str] = (),
    requirements: Sequence[Option] = (),
) -> SubForm:
    """`sub_form` for a case made on `form`: with the form's own fields, the list of them, the call's requirements.

    `requested` are the ids that the officer asked to correct; ids that the form lacks are left out.
    """
    taken: list[str] = []
    fields: list[FieldDefinition] = []
    own = {field.id for field in sub_form.fields}
    for field in sub_form.fields:
        if field.type == "form_fields":
            asked = [each for each in _asked(field, form, requested) if each.id not in own]
            taken.extend(each.id for each in asked)
            fields.extend(asked)
        elif field.type == "field_list":
            fields.append(field.model_copy(update={"options": _as_options(correctable(form))}))
        elif field.options_from == "requirements":
            fields.append(field.model_copy(update={"options": tuple(requirements)}))
        else:
            fields.append(field)
    return changed(sub_form, fields=tuple(fields), corrects=tuple(taken))


def _asked(field: FieldDefinition, form: FormDefinition, requested: Sequence[str]) -> list[FieldDefinition]:
    if field.of == "proposal":
        proposal = {each.id for section in form.sections if section.id == "proposal" for each in section.fields}
        return [each for each in correctable(form) if each.id in proposal]
    return [each for each in correctable(form) if each.id in requested]


def _as_options(fields: Sequence[FieldDefinition]) -> tuple[Option, ...]:
    return tuple(Option(value=field.id, it=field.label.it, en=field.label.en) for field in fields)
