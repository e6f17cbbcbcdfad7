"""The PDF adapter: accessible by its flags, whatever text it is given."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.pdf import PdfError, make_pdf, missing_characters, plain, printable
from tests.reading_pdf import metadata_of, root_of, tags_of, text_of

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: auto)
#set text(lang: data.language, font: ("Libertinus Serif", "DejaVu Sans Mono"), hyphenate: false)
= #data.title
#data.text
"""
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def pdf(text: str, template: str = TEMPLATE) -> bytes:
    return make_pdf(template, {"title": "Prova", "language": "it", "text": text}, NOW)


def test_the_flags_of_pdf_ua_are_there() -> None:
    made = pdf("ciao")
    root = root_of(made)
    assert root["/Lang"] == "it"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata_of(made)
    assert ">Prova</rdf:li>" in metadata_of(made)
    assert tags_of(made) == ["Document", "H1", "P"]


def test_the_same_data_make_the_same_bytes() -> None:
    assert pdf("ciao") == pdf("ciao")


@pytest.mark.parametrize(
    "text",
    [
        "*grassetto* _corsivo_ #emph[x] $x^2$ `codice` \\ fine",
        '#read("/etc/passwd") #sys.version #import "@preview/x:1.0.0"',
        '"; #panic() //',
        "= Titolo <b>&amp; \\u{41} @cita <ancora>",
        '=HYPERLINK("x")',
        "-- --- ... ~ 'a' \"b\"",
    ],
)
def test_what_people_write_is_never_markup(text: str) -> None:
    assert text in text_of(pdf(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ciao \U0001f600!", "Ciao [GRINNING FACE]!"),
        (FAMILY, "[MAN][ZERO WIDTH JOINER][WOMAN][ZERO WIDTH JOINER][GIRL]"),
        ("\u6f22x", "[CJK UNIFIED IDEOGRAPH-6F22]x"),
        ("perche\u0301 e\u0300", "perché è"),
        ("a\u200bb", "a[ZERO WIDTH SPACE]b"),
        ("\u202etxt.exe", "[RIGHT-TO-LEFT OVERRIDE]txt.exe"),
        ("\ufeffciao", "[ZERO WIDTH NO-BREAK SPACE]ciao"),
        ("a\x00b\x07c", "a[U+0000]b[U+0007]c"),
        ("\ue000 \ud800", "[U+E000] [U+D800]"),
        ("uno\r\ndue\u2028tre", "uno due tre"),
        ("b\u20dd basta", "b[COMBINING ENCLOSING CIRCLE] basta"),
        ("Ω Ж א ş ƒ € ½ ≤ ❤", "Ω Ж א ş ƒ € ½ ≤ ❤"),
        ("Ελλάδα Україна", "Ελλάδα Україна"),
    ],
)
def test_what_no_font_has_is_told_by_name(text: str, shown: str) -> None:
    assert shown in text_of(pdf(text))


def test_arabic_letters_are_drawn() -> None:
    said = text_of(pdf("مرحبا"))
    assert "ARABIC" not in said
    assert set("مرحبا") <= set(said)


def test_thousands_of_characters_that_no_font_has_take_no_thousands_of_tries() -> None:
    said = text_of(pdf("".join(chr(0x4E00 + number) for number in range(3000))))
    assert said.count("[CJK UNIFIED IDEOGRAPH-") == 3000


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    assert pdf(text).startswith(b"%PDF-1.7")


def test_printable_leaves_ordinary_writing_alone() -> None:
    text = "D’Àlì, 3.200,00 € – «sì»\nsecond\u00adline"
    assert printable(text) == text


def test_printable_tells_what_is_missing() -> None:
    assert printable("a\u2603b", frozenset("\u2603")) == "a[SNOWMAN]b"


def test_plain_keeps_european_letters_only() -> None:
    assert plain("Zoë – «sì» א") == "Zoë – «sì» [HEBREW LETTER ALEF]"


def test_typst_tells_all_missing_characters_at_once() -> None:
    told = (
        'error: PDF/UA-1 error: the text `"\U0001f600"` could not be displayed with font `"X"`\n   = hint: other\n'
        'error: PDF/UA-1 error: the text contains the disallowed codepoint `"\\u{feff}"`\n'
        'error: PDF/UA-1 error: the text `"\\""` could not be displayed\n'
    )
    assert missing_characters(told) == frozenset('\U0001f600\ufeff"')
    assert missing_characters("error: unknown variable: x") == frozenset()


def test_where_learning_does_not_help_all_unusual_characters_are_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("integrations.pdf.missing_characters", lambda _: frozenset())
    with caplog.at_level(logging.WARNING):
        made = pdf("Ada Segreta א \U0001f600")
    assert "Ada Segreta [HEBREW LETTER ALEF] [GRINNING FACE]" in text_of(made)
    assert "characters" in caplog.text
    assert "Segreta" not in caplog.text


def test_a_wrong_template_is_an_error_without_data() -> None:
    with pytest.raises(PdfError) as caught:
        pdf("Ada Segreta", "#let data = json(bytes(sys.inputs.data))\n#panic(data.text)")
    assert "Segreta" not in str(caught.value)
    assert caught.value.__cause__ is None
