"""Files: their pages, what a client declares, what it sends as JSON, and what stays when nothing is sent again."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pypdf import PdfWriter
from werkzeug.datastructures import FileStorage

from forms.builder import JudgeContext, Judgement, judge_sent
from forms.definition import FormDefinition, SubForm, expand
from forms.uploads import count_pages

Judge = Callable[..., Judgement]
Load = Callable[..., FormDefinition]
FIELD = (
    "- {id: a, type: file, label: {it: A}, required: true, validators: [pdf, {max_mb: 10}, {max_pages: 10}], pii: none}"
)


def pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=72, height=72)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


def errors(judgement: Judgement) -> list[tuple[str, str]]:
    return [(error.code, error.message) for error in judgement.errors]


@pytest.fixture
def send(load: Load, noon: JudgeContext) -> Callable[[Any], Judgement]:
    form = load(FIELD)
    return lambda given: judge_sent(form, {"a": given}, noon)


def test_pages_are_counted(load: Load, judged: Judge) -> None:
    form = load(FIELD)
    for pages, found in ((10, []), (11, [("file_size", "file_pages")])):
        upload = FileStorage(io.BytesIO(pdf(pages)), filename="pitch.pdf")
        judgement = judged(form, [("a", upload)])
        assert judgement.answers["a"]["pages"] == pages
        assert errors(judgement) == found
        assert upload.read() == pdf(pages)  # whoever stores it reads it from its start
    damaged = judged(form, [("a", FileStorage(io.BytesIO(b"%PDF-1.7 \xff\x00 /Pages"), filename="x.pdf"))])
    assert damaged.valid
    assert "pages" not in damaged.answers["a"]


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"%PDF-1.7\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF"])
def test_what_can_t_be_counted_has_no_pages(content: bytes) -> None:
    assert count_pages(io.BytesIO(content)) is None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"filename": "pitch.pdf", "mb": 3.1, "pages": 9}, []),
        ({"filename": "pitch.pdf", "mb": 10}, []),
        ({"filename": "pitch.pdf", "mb": 10.1, "pages": 9}, [("file_size", "file_size")]),
        ({"filename": "pitch.pdf", "mb": 1, "pages": 11}, [("file_size", "file_pages")]),
        ({"filename": "pitch.odp", "mb": 1}, [("file_type", "file_type")]),
        ({"filename": "pitch.pdf", "content_base64": base64_of(pdf(2))}, []),
        ({"filename": "pitch.pdf", "content_base64": base64_of(pdf(11))}, [("file_size", "file_pages")]),
        ({"filename": "pitch.pdf", "content_base64": base64_of(b"MZ")}, [("file_type", "file_type")]),
        ({"filename": "pitch.pdf", "content_base64": "no base64!"}, [("file_type", "file_type")]),
        ({"filename": "pitch.pdf", "content_base64": 7, "mb": 1}, [("file_type", "file_type")]),
        ({"filename": "pitch.pdf"}, [("file_type", "file_type")]),
        ({"filename": "pitch.pdf", "mb": True}, [("file_type", "file_type")]),
        ({"filename": "pitch.pdf", "mb": float("nan")}, [("file_type", "file_type")]),
        ("pitch.pdf", [("file_type", "file_type")]),
        (None, [("required", "required")]),
        ({}, [("required", "required")]),
    ],
)
def test_files_in_json(send: Callable[[Any], Judgement], given: Any, found: list[tuple[str, str]]) -> None:
    assert errors(send(given)) == found


def test_a_declared_file_is_told_from_one_that_is_there(send: Callable[[Any], Judgement]) -> None:
    declared = send({"filename": "../pitch.pdf", "mb": 3.1, "pages": 9})
    assert declared.answers["a"] == {
        "filename": "pitch.pdf", "content_type": "application/pdf", "size": 3_100_000, "declared": True, "pages": 9,
    }  # fmt: skip
    assert declared.files == {}
    sent = send({"filename": "pitch.pdf", "content_base64": base64_of(pdf(2))})
    assert "declared" not in sent.answers["a"]
    assert sent.files["a"].read() == pdf(2)


def test_a_hidden_file_is_dropped(sent: Judge) -> None:
    assert ("pitch", "hidden_field_dropped") in sent(23, {"percorso": "filiera"}).ignored


def test_who_corrects_other_answers_keeps_the_file(
    library: Mapping[str, FormDefinition], sub_forms: Mapping[str, SubForm], judged: Judge, sent: Judge
) -> None:
    form, previous = library["idea-impresa"], sent(23).answers
    asked = expand(sub_forms["integrazione"], form, ["pitch", "titolo"])
    text = [("risposta", "Ecco"), ("titolo", "Biciofficina 3")]
    kept = judged(asked, text, previous=previous)
    assert kept.valid
    assert kept.answers["pitch"] == previous["pitch"]
    upload = FileStorage(io.BytesIO(pdf(3)), filename="nuovo.pdf")
    assert judged(asked, [*text, ("pitch", upload)], previous=previous).answers["pitch"]["filename"] == "nuovo.pdf"
    assert [error.code for error in judged(asked, text).errors] == ["required"]
    # The sub-form's own document is another one, whatever the form calls its own.
    lab = {"allegato": {**previous["pitch"], "filename": "scaletta.pdf"}}
    plain = expand(sub_forms["integrazione"], library["laboratorio-proposta"])
    assert "allegato" not in judged(plain, [("risposta", "Ecco")], previous=lab).answers
