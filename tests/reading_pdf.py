"""A PDF as a test reads it: its text, its flags, its structure."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader


def reader_of(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf), strict=True)


def text_of(pdf: bytes) -> str:
    """All text, with each run of white space as one space."""
    return " ".join(" ".join(page.extract_text() for page in reader_of(pdf).pages).split())


def root_of(pdf: bytes) -> Any:
    return reader_of(pdf).trailer["/Root"]


def tags_of(pdf: bytes) -> list[str]:
    """The names of the structure elements, in reading order."""
    return list(_tags(root_of(pdf)["/StructTreeRoot"]))


def metadata_of(pdf: bytes) -> str:
    """The XMP packet."""
    return root_of(pdf)["/Metadata"].get_object().get_data().decode()  # type: ignore[no-any-return]


def _tags(element: Any) -> Iterator[str]:
    inner = element.get_object()
    if isinstance(inner, list):
        for each in inner:
            yield from _tags(each)
    elif isinstance(inner, dict):
        if "/S" in inner:
            yield str(inner["/S"]).removeprefix("/")
        if "/K" in inner:
            yield from _tags(inner["/K"])
