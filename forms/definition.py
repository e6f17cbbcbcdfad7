"""Reads form files: blocks put in place, everything checked, faults told by line (design.md §3 `hubout check`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from forms.document import Document, Strict, build
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
    "load_form",
    "load_sub_form",
]


class _Block(Strict):
    """A file of forms/library/blocks: fields that several forms share."""

    block: str
    fields: tuple[FieldDefinition, ...]


class _BlockUse(Strict):
    block: str
    show_if: ShowIf | None = None


def _kind(raw: Any) -> str:
    return "block" if isinstance(raw, Mapping) and "block" in raw else "field"


_Entry = Annotated[Annotated[FieldDefinition, Tag("field")] | Annotated[_BlockUse, Tag("block")], Discriminator(_kind)]


class _SectionFile(Strict):
    id: Identifier
    title: Text
    intro: Text | None = None
    fields: tuple[_Entry, ...]


class _FormFile(FormHead):
    sections: tuple[_SectionFile, ...]


def load_form(document: Document, blocks: Mapping[str, Document]) -> FormDefinition:
    """The form that `document` writes; `blocks` are the block files by name.

    Raises:
        DefinitionError: one fault for each mistake, in the form's file or in a block's.
    """
    written = build(_FormFile, document)
    sections = []
    for section in written.sections:
        fields: list[FieldDefinition] = []
        for entry in section.fields:
            if isinstance(entry, FieldDefinition):
                fields.append(entry)
            else:
                block = build(_Block, blocks[entry.block])
                fields.extend(field.shown_also_if(entry.show_if) for field in block.fields)
        sections.append(Section(**{**dict(section), "fields": tuple(fields)}))
    return FormDefinition(**{**dict(written), "sections": tuple(sections)})


def load_sub_form(document: Document) -> SubForm:
    """The sub-form that `document` writes.

    Raises:
        DefinitionError: one fault for each mistake.
    """
    return build(SubForm, document)
