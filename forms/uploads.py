"""The type of field that takes a file."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from werkzeug.datastructures import FileStorage
from wtforms import fields as wtf

from forms.field_type import FieldType, Inputs
from forms.values import clean_line

if TYPE_CHECKING:
    from forms.model import FieldDefinition

_LONGEST_FILENAME: Final = 120
_LONGEST_SUFFIX: Final = 10
_CHUNK: Final = 1 << 16


class File(FieldType):
    """An uploaded file: stored are filename, content_type (by its content), size in bytes and sha256."""

    widget = wtf.FileField
    in_rows = False

    def clean(self, _definition: FieldDefinition, typed: Any) -> dict[str, Any] | None:
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
        stream.seek(0)
        return {
            "filename": safe_filename(typed.filename),
            # What a browser says of a file's type is only what its name ends with.
            "content_type": "application/pdf" if head == b"%PDF-" else "application/octet-stream",
            "size": size,
            "sha256": digest.hexdigest(),
        }

    def inputs(self, _definition: FieldDefinition, _name: str, _given: Any) -> Inputs:
        """Nothing: a file is no text."""
        return []

    def shown(self, _definition: FieldDefinition, stored: Any, _language: str = "it") -> str:
        """The file's name."""
        return str(stored["filename"])

    def json_schema(self, _definition: FieldDefinition) -> dict[str, Any]:
        """The file's name and content."""
        properties = {
            "filename": {"type": "string"},
            "content_base64": {"type": "string", "contentEncoding": "base64"},
        }
        return {"type": "object", "properties": properties, "required": list(properties)}


def safe_filename(name: str) -> str:
    """`name` without folders and signs that no file name needs, at most 120 characters."""
    last = clean_line(name.replace("\\", "/")).rstrip("/").rpartition("/")[2]
    plain = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(". ") or "file"
    stem, point, suffix = plain.rpartition(".")
    ending = (point + suffix)[:_LONGEST_SUFFIX] if stem else ""
    return (stem or plain)[: _LONGEST_FILENAME - len(ending)] + ending
