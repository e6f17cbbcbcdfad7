from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from forms.builder import JudgeContext, Judgement, build_form, form_inputs, fresh_form, judge, judge_sent, row_limit
from forms.definition import FormDefinition, Option, SubForm, expand

SAMPLES = [
    json.loads(line) for line in Path(__file__).with_name("samples.jsonl").read_text(encoding="utf-8").splitlines()
]
Judge = Callable[..., Judgement]


def codes(judgement: Judgement) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in judgement.errors]


@pytest.fixture
def sample() -> Callable[..., dict[str, Any]]:
    def data(number: int, **changes: Any) -> dict[str, Any]:
        found = next(each for each in SAMPLES if each["sample"] == number)
        return {**found["data"], **changes}

    return data


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample["sample"]))
def test_samples_give_what_they_expect(library: Mapping[str, FormDefinition], sample: dict[str, Any]) -> None:
    form = library[sample["form"]]
    context = JudgeContext.of(form, datetime.fromisoformat(sample["submitted_at"]))
    judgement = judge_sent(form, sample["data"], replace(context, invite_codes={"MT-7K2Q"}))
    assert codes(judgement) == [tuple(error) for error in sample["expect"]["errors"]]
    assert [list(pair) for pair in judgement.ignored] == sample["expect"]["ignored"]
    assert judgement.valid is sample["expect"]["valid"]


def test_answers_are_stored_in_one_writing(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    desk = judged(library["coworking-postazione"], sample(2)).answers
    assert desk["email"] == "Chiara.Desempio@example.org"
    assert desk["telefono"] == "+393331234567"
    assert desk["data_nascita"] == "1998-02-14"
    assert desk["posti"] == 1
    assert desk["giorni"] == ["lun", "mer", "ven"]
    assert desk["regole_accettate"] is True
    assert "supporto" not in desk
    assert judged(library["clab-urbano-proposta"], sample(21)).answers["costo_stimato"] == "3200.00"


def test_stored_answers_judge_to_themselves(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    for number, name in ((1, "coworking-postazione"), (21, "clab-urbano-proposta")):
        answers = judged(library[name], sample(number)).answers
        json.dumps(answers)
        assert judged(library[name], answers).answers == answers


def test_the_bound_form_keeps_what_was_typed(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    team = [{"nome": "Ada", "cognome": "=x", "data_nascita": "boh"}]
    data = sample(5, inizio="domani", posti="due", team=team)
    judgement = judged(library["coworking-postazione"], data)
    assert judgement.form["nome"].data == data["nome"]
    assert judgement.form["inizio"].data == "domani"
    assert judgement.form["posti"].data == "due"
    assert judgement.form["giorni"].data == ["lun", "mer", "ven"]
    assert judgement.form["team"].data[0]["data_nascita"] == "boh"
    assert judgement.form["nome"].errors == ["name"]


def test_team_members_are_counted_and_aged(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    form = library["coworking-postazione"]
    ada = {"nome": "Ada", "cognome": "Finti", "email": "ada@example.org", "data_nascita": "10/10/2000"}
    bob = {**ada, "data_nascita": "10/10/1980"}
    assert codes(judged(form, sample(1, posti=2, team=[ada]))) == []
    assert codes(judged(form, sample(1, posti=3, team=[ada]))) == [("team", "items_count")]
    assert codes(judged(form, sample(1, posti=2, team=[bob]))) == [("team", "member_age")]
    assert codes(judged(form, sample(1, posti=3, team=[bob]))) == [("team", "items_count"), ("team", "member_age")]
    assert codes(judged(form, sample(1, posti=2))) == [("team", "required")]
    wrong = judged(form, sample(1, posti=2, team=[{**ada, "email": "", "nome": "4da"}])).errors
    assert [(error.field, error.code, error.item, error.part) for error in wrong] == [
        ("team", "name", 0, "nome"),
        ("team", "required", 0, "email"),
    ]


def test_hidden_answers_are_dropped(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    form = library["coworking-postazione"]
    judgement = judged(form, sample(1, profilo="studio"))
    assert judgement.ignored == (("partita_iva", "hidden_field_dropped"),)
    assert "partita_iva" not in judgement.answers
    assert judged(form, sample(1, profilo="studio", partita_iva=" ")).ignored == ()
    team = [{"nome": "Ada"}]
    assert judged(form, sample(1, team=team)).ignored == (("team", "hidden_field_dropped"),)


def test_a_minor_names_a_parent_with_another_address(
    library: Mapping[str, FormDefinition], judged: Judge, sample: Any
) -> None:
    form = library["clab-urbano-proposta"]
    data = sample(21, data_nascita="12/12/2009")
    missing = judged(form, data)
    assert [field for field, code in codes(missing) if code == "required"] == [
        "genitore_nome", "genitore_cognome", "genitore_ruolo", "genitore_email", "genitore_telefono",
    ]  # fmt: skip
    parent = {
        "genitore_nome": "Pia", "genitore_cognome": "Inventati", "genitore_ruolo": "genitore",
        "genitore_email": " EUFEMIA@example.org", "genitore_telefono": "0835 000000",
    }  # fmt: skip
    assert codes(judged(form, {**data, **parent})) == [("genitore_email", "must_differ")]
    assert codes(judged(form, {**data, **parent, "genitore_email": "pia@example.org"})) == []


def test_age_counts_on_the_local_day(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    form = library["coworking-postazione"]
    data = sample(1, data_nascita="17/11/2008")
    before, after = datetime(2026, 11, 16, 22, 59, tzinfo=UTC), datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
    (error,) = judged(form, data, now=before).errors
    assert (error.code, error.params) == ("age", {"min": 18, "max": 35})
    assert judged(form, data, now=after).valid
    assert judged(form, data, now=before, aged_on=date(2026, 11, 17)).valid


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"inizio": "15/11/2026"}, [("inizio", "past", {})]),
        ({"inizio": "15/02/2027"}, [("inizio", "too_far", {"n": 90})]),
        ({"inizio": "15.13.2026"}, [("inizio", "date", {})]),
        ({"posti": "0"}, [("posti", "min", {"n": 1})]),
        ({"posti": "mezzo"}, [("posti", "number", {})]),
        ({"posti": 1.5}, [("posti", "number", {})]),
        ({"telefono": "0835"}, [("telefono", "phone", {})]),
        ({"email": "chiara@"}, [("email", "email", {})]),
        ({"email": ""}, [("email", "required", {})]),
        ({"comune_residenza": "Macondo"}, [("comune_residenza", "format", {})]),
        ({"data_nascita": "1/1/2030"}, [("data_nascita", "future", {})]),
        ({"attivita": "breve"}, [("attivita", "too_short", {"n": 100})]),
        ({"attivita": "x" * 1507}, [("attivita", "too_long", {"n": 7})]),
        ({"nome": "x" * 81}, [("nome", "too_long", {"n": 1})]),
        ({"sede": "roma"}, [("sede", "choice", {})]),
        ({"giorni": ["lun", "dom"]}, [("giorni", "choice", {})]),
        ({"giorni": []}, [("giorni", "required", {})]),
        ({"regole_accettate": False}, [("regole_accettate", "must_be_true", {})]),
    ],
)
def test_what_is_wrong_has_a_code(
    library: Mapping[str, FormDefinition], judged: Judge, sample: Any, changes: Any, errors: Any
) -> None:
    found = judged(library["coworking-postazione"], sample(1, **changes)).errors
    assert [(error.field, error.code, error.params) for error in found] == errors


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"richieste_comune": ["spazio", "nessuna"]}, [("richieste_comune", "exclusive")]),
        ({"costo_stimato": "50.000,01"}, [("costo_stimato", "max")]),
        ({"costo_stimato": "1,005"}, [("costo_stimato", "number")]),
        ({"partner": [{"nome": f"Ente {n}"} for n in range(9)]}, [("partner", "max")]),
        ({"chi_propone": "ente"}, [("ente_denominazione", "required"), ("ente_natura", "required"),
                                   ("ente_cf", "required"), ("ente_comune", "required")]),
    ],
)  # fmt: skip
def test_proposals(
    library: Mapping[str, FormDefinition], judged: Judge, sample: Any, changes: Any, errors: Any
) -> None:
    assert codes(judged(library["clab-urbano-proposta"], sample(21, **changes))) == errors


def test_names_are_names_in_any_script(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    form = library["coworking-postazione"]
    for name in ("D'Esempio", "D’Esempio", "Zoe\u0308", "Nguyễn Thị", "Ольга", "J.-P.", "محمد"):
        assert judged(form, sample(1, nome=name)).valid, name
    for name in ("=1+1", "@x", "Ada3", "-", "<b>", "Ada;"):
        assert codes(judged(form, sample(1, nome=name))) == [("nome", "name")], name
    assert judged(form, sample(1, nome=" Zoe\u0308 ")).answers["nome"] == "Zoë"


def test_the_decision_s_reasons_depend_on_the_event(sub_forms: Mapping[str, SubForm], judged: Judge) -> None:
    decision = sub_forms["decisione"]
    assert judged(decision, {}, known={"esito": "approve"}).valid
    assert codes(judged(decision, {}, known={"esito": "refuse"})) == [("motivazione", "required")]
    short = {"motivazione": "no", "protocollo_numero": "123", "protocollo_data": "17/11/2026"}
    assert codes(judged(decision, short, known={"esito": "refuse"})) == [
        ("motivazione", "too_short"), ("protocollo_numero", "format"), ("protocollo_data", "future"),
    ]  # fmt: skip


def test_the_tax_code_only_warns_about_the_birth_date(sub_forms: Mapping[str, SubForm], judged: Judge) -> None:
    place, data = sub_forms["conferma-posto"], {"codice_fiscale": "dsmncl09d03f052i"}
    known = {"known": {"esito": "accept"}, "law241": True}
    fits = judged(place, data, birth_date=date(2009, 4, 3), **known)
    assert (fits.valid, fits.warnings, fits.answers["codice_fiscale"]) == (True, (), "DSMNCL09D03F052I")
    other = judged(place, data, birth_date=date(2001, 4, 3), **known)
    assert other.valid
    assert [(error.field, error.code) for error in other.warnings] == [("codice_fiscale", "cf_birth_warn")]
    assert codes(judged(place, {}, **known)) == [("codice_fiscale", "required")]
    assert judged(place, {}, known={"esito": "accept"}).valid
    assert judged(place, {}, known={"esito": "decline"}, law241=True).valid


def test_corrections_show_the_fields_asked_for(
    library: Mapping[str, FormDefinition], sub_forms: Mapping[str, SubForm], judged: Judge, sample: Any
) -> None:
    form = library["coworking-postazione"]
    previous = judged(form, sample(1)).answers
    asked = expand(sub_forms["integrazione"], form, ["partita_iva", "inizio", "email", "boh"])
    assert asked.corrects == ("partita_iva", "inizio")
    assert asked.sha256 != sub_forms["integrazione"].sha256
    fresh = fresh_form(asked, previous=previous)
    assert (fresh["inizio"].data, fresh["risposta"].data) == ("01/12/2026", None)
    data = {"risposta": "Ecco", "partita_iva": "90000009994", "inizio": "2/12/2026"}
    judgement = judged(asked, data, previous=previous)
    assert judgement.answers == {"risposta": "Ecco", "partita_iva": "90000009994", "inizio": "2026-12-02"}
    student = judged(asked, data, previous={**previous, "profilo": "studio"})
    assert student.ignored == (("partita_iva", "hidden_field_dropped"),)


def test_a_revision_opens_the_whole_proposal(
    library: Mapping[str, FormDefinition], sub_forms: Mapping[str, SubForm]
) -> None:
    form = library["clab-urbano-proposta"]
    proposal = next(section for section in form.sections if section.id == "proposal")
    revised = expand(sub_forms["revisione"], form)
    assert [field.id for field in revised.fields] == [field.id for field in proposal.fields]


def test_lists_are_filled_from_the_case(
    library: Mapping[str, FormDefinition], sub_forms: Mapping[str, SubForm], judged: Judge
) -> None:
    form = library["coworking-postazione"]
    asking = expand(sub_forms["richiesta-integrazione"], form)
    judgement = judged(asking, [("elenco", "Manca la data di inizio"), ("campi", "inizio"), ("campi", "posti")])
    assert judgement.answers["campi"] == ["posti", "inizio"]
    assert codes(judged(asking, [("elenco", "Manca la data di inizio"), ("campi", "email")])) == [("campi", "choice")]
    checked = expand(sub_forms["requisiti"], form, requirements=[Option(value="eta", it="Età")])
    assert judged(checked, {"requisiti": ["eta"]}).answers == {"requisiti": ["eta"]}


def pdf(content: bytes, name: str = "relazione.pdf") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name, content_type="application/pdf")


def test_files_are_known_by_their_content(sub_forms: Mapping[str, SubForm], judged: Judge) -> None:
    form, text = sub_forms["osservazioni"], ("testo", "Ecco le mie osservazioni.")
    good = judged(form, [text, ("allegato", pdf(b"%PDF-1.7 ...", "C:\\doc\\..\\relazione\u202e.pdf"))])
    digest = hashlib.sha256(b"%PDF-1.7 ...").hexdigest()
    assert good.answers["allegato"] == {
        "filename": "relazione.pdf", "content_type": "application/pdf", "size": 12, "sha256": digest,
    }  # fmt: skip
    assert good.files["allegato"].read() == b"%PDF-1.7 ..."
    assert codes(judged(form, [text, ("allegato", pdf(b"MZ..."))])) == [("allegato", "file_type")]
    assert codes(judged(form, [text, ("allegato", pdf(b""))])) == [("allegato", "file_type")]
    (error,) = judged(form, [text, ("allegato", pdf(b"%PDF-" + b"0" * 5_000_000))]).errors
    assert (error.code, error.params) == ("file_size", {"n": 5})
    assert judged(form, [text, ("allegato", pdf(b"", ""))]).answers == {"testo": text[1]}


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20)), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_unknown_inputs_are_ignored(
    library: Mapping[str, FormDefinition], judged: Judge, inputs: list[tuple[str, str]]
) -> None:
    form = library["coworking-postazione"]
    fields = {field.id for field in form.fields}
    assert set(judged(form, inputs).answers) <= fields


@given(st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_typed_is_judged(library: Mapping[str, FormDefinition], judged: Judge, data: st.DataObject) -> None:
    for form in library.values():
        typed = [
            (
                field.id,
                data.draw(st.text(max_size=30) | st.sampled_from([option.value for option in field.options] or [""])),
            )
            for field in form.fields
        ]
        first = judged(form, typed)
        again = judged(form, first.answers)
        kept = {key: value for key, value in first.answers.items() if key not in dict(codes(first))}
        assert {key: again.answers.get(key) for key in kept} == kept


@given(st.dictionaries(st.sampled_from(["nome", "team", "giorni", "posti", "inizio", "sede"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["nome", "email"]), inner),
    max_leaves=6,
)))  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_json_is_judged(library: Mapping[str, FormDefinition], judged: Judge, data: dict[str, Any]) -> None:
    json.dumps(judged(library["coworking-postazione"], data).answers)


def test_strange_row_numbers_do_no_harm(library: Mapping[str, FormDefinition], judged: Judge, sample: Any) -> None:
    form = library["coworking-postazione"]
    inputs: list[tuple[str, str]] = form_inputs(form, sample(1, posti=2))
    odd = [(f"team-{index}-nome", "x") for index in ("²", "-1", "", "9" * 5000, "1e3", "٣")]
    assert codes(judged(form, inputs + odd)) == [("team", "required")]
    assert row_limit(form.field("team"), form.fields) == 4


def test_ten_thousand_inputs_are_judged_at_once(library: Mapping[str, FormDefinition], judged: Judge) -> None:
    form = library["clab-urbano-proposta"]
    inputs = [(f"partner-{n}-nome", "Ente") for n in range(5000)] + [(f"x{n}", "y") for n in range(5000)]
    started = time.process_time()
    judgement = judged(form, inputs)
    assert time.process_time() - started < 1
    assert ("partner", "max") in codes(judgement)
    assert len(judgement.answers["partner"]) == 9


def test_classes_are_built_once(library: Mapping[str, FormDefinition]) -> None:
    form = library["coworking-postazione"]
    assert build_form(form) is build_form(form)
    context = JudgeContext.of(form, datetime(2026, 11, 16, tzinfo=UTC))
    assert judge(build_form(form), MultiDict({"nome": "Ada"}), context).answers["nome"] == "Ada"


def test_defaults_count_where_nothing_was_sent(library: Mapping[str, FormDefinition], judged: Judge) -> None:
    judgement = judged(library["coworking-postazione"], {"nome": "Ada"})
    assert judgement.answers == {"nome": "Ada", "posti": 1, "lingua": "it"}
    assert judged(library["coworking-postazione"], [("posti", "")]).answers == {"lingua": "it"}
