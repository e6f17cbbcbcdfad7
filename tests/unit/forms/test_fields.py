from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.builder import Judgement, fresh_form
from forms.definition import FormDefinition
from forms.derive import age_on, dedupe_values, fascia_eta
from forms.fields import FIELD_TYPES, cell, shown
from forms.sheet import sheet_cell, sheet_columns
from forms.uploads import safe_filename

Load = Callable[..., FormDefinition]
Judge = Callable[..., Judgement]

OPTIONS = "options: [{value: x, it: Ics, en: Ex}, {value: y, it: Ipsilon}]"


def one(load: Load, kind: str, more: str = "") -> FormDefinition:
    return load(f"- {{id: a, type: {kind}, label: {{it: A}}, pii: none{more}}}")


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "text", "in_sheet"),
    [
        ("text", " a\tb\n c ", "a b c", "a b c", "a b c"),
        ("textarea", " a \r\n b ", "a \n b", "a \n b", "a \n b"),
        ("email", "A.B@Example.ORG", "A.B@example.org", "A.B@example.org", "A.B@example.org"),
        ("tel", "0039 333 123 4567", "+393331234567", "+393331234567", "+393331234567"),
        ("date", "3.4.2001", "2001-04-03", "03/04/2001", "2001-04-03"),
        ("time", "9.30", "09:30", "09:30", "09:30"),
        ("integer", "1.250", 1250, "1.250", 1250),
        ("decimal", "2,50", "2.5", "2,5", 2.5),
        ("decimal", "1.250", "1250", "1.250", 1250.0),
        ("euro", "3.200,5", "3200.50", "3.200,50\u00a0€", 3200.5),
        ("comune", "matera", "Matera", "Matera", "Matera"),
        ("partita_iva", "it 0000 0009 993", "00000009993", "00000009993", "00000009993"),
        ("codice_fiscale", "dsmncl09d03f052i", "DSMNCL09D03F052I", "DSMNCL09D03F052I", "DSMNCL09D03F052I"),
        ("codice_fiscale_ente", "90000009994", "90000009994", "90000009994", "90000009994"),
        ("url", "https://example.org/a", "https://example.org/a", "https://example.org/a", "https://example.org/a"),
        ("checkbox", "true", True, "Sì", True),
    ],
)
def test_typed_stored_shown(
    load: Load, judged: Judge, kind: str, typed: str, stored: Any, text: str, in_sheet: Any
) -> None:
    form = one(load, kind)
    judgement = judged(form, [("a", typed)])
    assert judgement.valid
    assert judgement.answers == {"a": stored}
    assert shown(form.field("a"), stored) == text
    assert cell(form.field("a"), stored) == in_sheet
    again = fresh_form(form, previous={"a": stored})["a"].data
    assert judged(form, [("a", str(again))]).answers == {"a": stored}
    assert judged(form, {"a": stored}).answers == {"a": stored}


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        ("time", "25:00", "format"),
        ("time", "tre e mezza", "format"),
        ("decimal", "2,505", "number"),
        ("url", "http://example.org", "format"),
        ("url", "https://user:pw@example.org", "format"),
        ("url", "https://[", "format"),
        ("url", "javascript:alert(1)", "format"),
        ("partita_iva", "12345678901", "piva"),
        ("codice_fiscale", "ABCDEF12G34H567I", "cf"),
        ("tel", "pippo", "phone"),
    ],
)
def test_what_a_type_refuses(load: Load, judged: Judge, kind: str, typed: str, code: str) -> None:
    assert [error.code for error in judged(one(load, kind), [("a", typed)]).errors] == [code]


def test_choices_show_their_labels(load: Load, judged: Judge) -> None:
    several = one(load, "checkboxes", f", {OPTIONS}")
    assert judged(several, [("a", "y"), ("a", "x"), ("a", "x")]).answers == {"a": ["x", "y"]}
    assert shown(several.field("a"), ["x", "y"], "en") == "Ex, Ipsilon"
    assert fresh_form(several, previous={"a": ["x"]})["a"].data == ["x"]
    single = one(load, "select", f", {OPTIONS}")
    assert shown(single.field("a"), "x") == cell(single.field("a"), "x") == "Ics"
    assert shown(single.field("a"), "gone") == "gone"
    assert shown(single.field("a"), None) == cell(single.field("a"), None) == ""


def test_rows_read_as_lines(load: Load) -> None:
    form = one(load, "repeat", ", item: [{id: n, type: text, label: {it: N}, pii: none}, "
                               "{id: d, type: date, label: {it: D}, pii: none}]")  # fmt: skip
    rows = [{"n": "Ada", "d": "2001-04-03"}, {"n": "Bo"}]
    assert shown(form.field("a"), rows) == "Ada, 03/04/2001\nBo"
    assert fresh_form(form, previous={"a": rows})["a"].data == [
        {"n": "Ada", "d": "03/04/2001"}, {"n": "Bo", "d": None},
    ]  # fmt: skip


@given(st.data())
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_stored_answers_come_back_from_the_page(load: Load, judged: Judge, data: st.DataObject) -> None:
    kinds: Mapping[str, st.SearchStrategy[Any]] = {
        "date": st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat),
        "integer": st.integers(-(10**12), 10**12),
        "euro": st.decimals(-(10**9), 10**9, places=2).map(lambda amount: f"{amount + 0:.2f}"),
        "textarea": st.text(max_size=40),
    }
    kind = data.draw(st.sampled_from(sorted(kinds)))
    form, value = one(load, kind), data.draw(kinds[kind])
    stored = judged(form, {"a": value}).answers
    typed = fresh_form(form, previous=stored)["a"].data
    assert judged(form, [("a", typed or "")]).answers == stored


def test_every_type_describes_itself(load: Load) -> None:
    for kind in FIELD_TYPES:
        more = f", {OPTIONS}" if FIELD_TYPES[kind].has_options else ""
        if kind == "file":
            more = ", validators: [{max_mb: 5}]"
        if kind not in ("repeat", "field_list", "form_fields"):
            field = one(load, kind, more).field("a")
            assert FIELD_TYPES[kind].json_schema(field)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\x\\Relazione finale.PDF", "Relazione finale.PDF"), ("...", "file"),
        ("a\x00b\u202e.pdf", "ab.pdf"), ("x" * 300 + ".pdf", "x" * 116 + ".pdf"), ("/", "file"),
        (".htaccess", "htaccess"),
    ],
)  # fmt: skip
def test_file_names_are_tamed(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


@given(st.text())
def test_any_file_name_is_tamed(name: str) -> None:
    safe = safe_filename(name)
    assert 0 < len(safe) <= 120
    assert not set(safe) & set("/\\\n\x00")


def test_ages_and_bands() -> None:
    day = date(2026, 11, 16)
    assert age_on(date(2008, 11, 16), day) == 18
    assert age_on(date(2008, 11, 17), day) == 17
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    bands = {2009: "under_18", 2008: "18_24", 2002: "18_24", 2001: "25_30", 1996: "25_30", 1995: "31_35", 1991: "31_35"}
    for year, band in {**bands, 1990: "over_35"}.items():
        assert fascia_eta(date(year, 11, 16), day) == band


def test_the_same_application_has_the_same_values() -> None:
    keys = ("email_norm", "titolo_norm", "sede", "finestra")
    first = dedupe_values(keys, {"email": "A@Example.org", "titolo": "L’Età  d'oro", "sede": "x"}, "call")
    assert first == dedupe_values(keys, {"email": "a@example.org", "titolo": "l'eta d’ORO", "sede": "x"}, "call")
    assert first != dedupe_values(keys, {"email": "a@example.org", "titolo": "l'eta d’ORO", "sede": "x"}, "other")


def test_sheets_get_what_they_may_show(library: Mapping[str, FormDefinition]) -> None:
    form, day = library["clab-urbano-proposta"], date(2026, 11, 16)
    answers = {
        "titolo": "Orti", "data_nascita": "2009-01-01", "ente_cf": "DSMNCL09D03F052I", "durata_mesi": 6,
        "email": "a@example.org", "partner": [{"nome": "Ada"}],
    }  # fmt: skip
    assert "email" not in sheet_columns(form)
    assert "data_nascita" not in sheet_columns(form)
    assert sheet_cell(form, "fascia_eta", answers, day) == "under_18"
    assert sheet_cell(form, "titolo", answers, day) == sheet_cell(form, "partner", answers, day) == "—"
    assert sheet_cell(form, "ente_cf", answers, day) == "—"
    assert sheet_cell(form, "durata_mesi", answers, day) == 6
    assert sheet_cell(form, "luogo", answers, day) == ""
    grown = {**answers, "data_nascita": "1990-01-01", "ente_cf": "90000009994"}
    assert sheet_cell(form, "titolo", grown, day) == "Orti"
    assert sheet_cell(form, "ente_cf", grown, day) == "90000009994"
    with pytest.raises(KeyError):
        sheet_cell(form, "email", answers, day)
