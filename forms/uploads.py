"""The type of field that takes a file."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import unicodedata
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, Final

from pypdf import PdfReader
from werkzeug.datastructures import FileStorage
from wtforms import fields as wtf

from forms.field_type import FieldType, Inputs
from forms.values import clean_line

if TYPE_CHECKING:
    from forms.model import FieldDefinition

_LONGEST_FILENAME: Final = 120
_LONGEST_SUFFIX: Final = 10
_CHUNK: Final = 1 << 16
_MEGABYTE: Final = 1_000_000
_MOST_MEGABYTES: Final = 1_000_000
_TO_COME: Final = {"it": "dichiarato, ancora da inviare", "en": "declared, still to be sent"}
_PDF: Final = "application/pdf"
_OTHER: Final = "application/octet-stream"


class File(FieldType):
    """An uploaded file: stored are filename, content_type (by its content), size in bytes and sha256.

    `pages` is there where the field has `max_pages` and they could be counted. A file that was only declared
    (`declared_file`) has `declared: true` and no sha256.
    """

    widget = wtf.FileField
    in_rows = False

    def clean(self, definition: FieldDefinition, typed: Any) -> dict[str, Any] | None:
        """The facts of the upload, or None; the file's position is set back to its start."""
        if not isinstance(typed, FileStorage) or not typed.filename:
            return None
        stream, digest, size = typed.stream, hashlib.sha256(), 0
        stream.seek(0)
        head = b""
        while chunk := stream.read(_CHUNK):
            head = head or chunk[:5]
            digest.update(chunk)
            size += len(chunk)
        facts: dict[str, Any] = {
            "filename": safe_filename(typed.filename),
            # What a browser says of a file's type is only what its name ends with.
            "content_type": _PDF if head == b"%PDF-" else _OTHER,
            "size": size,
            "sha256": digest.hexdigest(),
        }
        # What is too large is refused anyway, and a hostile file costs seconds to read.
        largest = definition.check("max_mb")
        small = largest is None or size <= largest.parameter * _MEGABYTE
        if small and facts["content_type"] == _PDF and definition.check("max_pages") and (pages := count_pages(stream)):
            facts["pages"] = pages
        stream.seek(0)
        return facts

    def inputs(self, _definition: FieldDefinition, _name: str, _given: Any) -> Inputs:
        """Nothing: a file is no text."""
        return []

    def shown(self, _definition: FieldDefinition, stored: Any, language: str = "it") -> str:
        """The file's name, and whether it is still to come."""
        name = str(stored["filename"])
        return f"{name} ({_TO_COME['en' if language == 'en' else 'it']})" if stored.get("declared") else name

    def json_schema(self, definition: FieldDefinition) -> dict[str, Any]:
        """The file's name and content, or what it will be when it is asked for."""
        name = {"type": "string", "minLength": 1}
        content: dict[str, Any] = {"type": "string", "contentEncoding": "base64"}
        size: dict[str, Any] = {"type": "number", "minimum": 0}
        if definition.check("pdf"):
            content["contentMediaType"] = _PDF
        if largest := definition.check("max_mb"):
            size["maximum"] = largest.parameter
            content["maxLength"] = -(-int(largest.parameter * _MEGABYTE) // 3) * 4  # base64: 4 signs for 3 bytes
        sent = {"filename": name, "content_base64": content}
        declared = {"filename": name, "mb": size, "pages": {"type": "integer", "minimum": 1}}
        return {
            "type": "object",
            "anyOf": [
                {"properties": sent, "required": ["filename", "content_base64"]},
                {"properties": declared, "required": ["filename", "mb"]},
            ],
        }


def count_pages(stream: IO[bytes]) -> int | None:
    """The pages of a PDF file; None where its own table of contents can't be read or is locked."""
    stream.seek(0)
    try:
        pages = PdfReader(stream).root_object["/Pages"].get_object()
        count = pages["/Count"].get_object()  # type: ignore[index] # whatever is there instead fails below
    except Exception:  # noqa: BLE001 - a damaged or hostile file may fail in any way
        return None
    return count if isinstance(count, int) and count > 0 else None


def declared_file(given: Any) -> dict[str, Any] | None:
    """The facts of a file that a client only declares as `{filename, mb, pages}`, or None where it does not.

    It is judged by what is declared, and asked for later (clarifications.md §8).
    """
    if not isinstance(given, Mapping) or "content_base64" in given:
        return None
    name, mb, pages = given.get("filename"), given.get("mb"), given.get("pages")
    if not isinstance(name, str) or isinstance(mb, bool) or not isinstance(mb, int | float):
        return None
    if not name or not 0 <= mb <= _MOST_MEGABYTES:  # NaN is not, either
        return None
    facts: dict[str, Any] = {
        "filename": safe_filename(name),
        "content_type": _PDF if name.casefold().endswith(".pdf") else _OTHER,
        "size": round(mb * _MEGABYTE),
        "declared": True,
    }
    return {**facts, "pages": pages} if isinstance(pages, int) and not isinstance(pages, bool) else facts


def awaited(answers: Mapping[str, Any]) -> list[str]:
    """The ids of those stored answers that are files which were only declared: they are still to be asked for."""
    return [name for name, value in answers.items() if isinstance(value, Mapping) and value.get("declared") is True]


def sent_file(given: Any) -> FileStorage | None:
    """The upload that a client sends as `{filename, content_base64}`; None where it sends nothing or declares one.

    What can't be read becomes an empty upload, which no validator takes for a PDF file.
    """
    if not given or declared_file(given) is not None:
        return None
    given = given if isinstance(given, Mapping) else {}
    content, name = given.get("content_base64"), given.get("filename")
    try:
        decoded = base64.b64decode(content, validate=True) if isinstance(content, str) else b""
    except (binascii.Error, ValueError):
        decoded = b""
    return FileStorage(io.BytesIO(decoded), filename=name if isinstance(name, str) and name else "file")


def safe_filename(name: str) -> str:
    """`name` without folders and signs that no file name needs, at most 120 characters."""
    last = clean_line(name.replace("\\", "/")).rstrip("/").rpartition("/")[2]
    plain = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(". ") or "file"
    stem, point, suffix = plain.rpartition(".")
    ending = (point + suffix)[:_LONGEST_SUFFIX] if stem else ""
    return (stem or plain)[: _LONGEST_FILENAME - len(ending)] + ending
