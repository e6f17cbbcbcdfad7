"""What judging learns from a call: editions and their ages, invite codes, how many people a place holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from forms.builder import JudgeContext, Judgement
from forms.definition import FormDefinition, Option
from forms.derive import dedupe_values
from forms.sheet import sheet_cell

Judge = Callable[..., Judgement]
DATA = {
    sample["sample"]: sample["data"]
    for sample in map(json.loads, Path(__file__).with_name("samples.jsonl").read_text(encoding="utf-8").splitlines())
}
APPLIED_ON = date(2026, 11, 18)


def codes(judgement: Judgement) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in judgement.errors]


def test_a_call_s_editions_take_the_place_of_the_form_s(library: Mapping[str, FormDefinition], judged: Judge) -> None:
    form = library["makerslab-corso"]
    ours = form.with_editions([Option(value="spid-01", it="SPID, dal 12 gennaio", en="SPID, from 12 January")])
    assert [option.value for option in ours.field("edizione").options] == ["spid-01"]
    assert ours.sha256 != form.sha256
    assert codes(judged(ours, DATA[7])) == [("edizione", "choice")]
    assert judged(ours, {**DATA[7], "edizione": "spid-01"}).valid
    with pytest.raises(ValueError, match="no edition to choose"):
        form.with_editions([])
    with pytest.raises(ValueError, match="asks for no edition"):
        library["centro-giovani"].with_editions([Option(value="a", it="A")])


def test_the_chosen_edition_says_whom_it_is_for(library: Mapping[str, FormDefinition], judged: Judge) -> None:
    form = library["makerslab-corso"]
    ages = {"edition_ages": {"arduino-jr-01": (11, 15), "dig-base-01": (14, 99)}, "edition_field": "edizione"}
    assert judged(form, DATA[8], **ages).valid
    (error,) = judged(form, {**DATA[8], "data_nascita": "19/01/2008"}, **ages).errors
    assert (error.field, error.code, error.params) == ("data_nascita", "age", {"min": 11, "max": 15})
    (error,) = judged(form, {**DATA[8], "edizione": "dig-base-01", "livello": "zero"}, **ages).errors
    assert (error.field, error.params) == ("data_nascita", {"min": 14, "max": 99})
    assert JudgeContext.of(form, datetime(2026, 11, 16, tzinfo=UTC)).edition_field == "edizione"


def test_only_codes_that_were_given_out_are_taken(library: Mapping[str, FormDefinition], judged: Judge) -> None:
    form = library["clab-junior-studente"]
    assert codes(judged(form, DATA[18])) == [("codice_invito", "invite_code")]
    schools = {"MT-7K2Q": "MTXX00000X"}
    judgement = judged(form, {**DATA[18], "codice_invito": " mt-7k2q "}, invite_codes=schools)
    assert judgement.valid
    assert judgement.answers["codice_invito"] == "MT-7K2Q"
    assert judgement.answers["classe"] == "4B"
    columns = ("codice_scuola", "classe", "fascia_eta")
    cells = [sheet_cell(form, column, judgement.answers, APPLIED_ON, schools) for column in columns]
    assert cells == ["MTXX00000X", "4B", "under_18"]
    assert sheet_cell(form, "codice_scuola", judgement.answers, APPLIED_ON) == ""


@pytest.mark.parametrize(("people", "expected"), [(20, []), (21, [("partecipanti_max", "max")])])
def test_a_place_holds_so_many(
    library: Mapping[str, FormDefinition], judged: Judge, people: int, expected: list[tuple[str, str]]
) -> None:
    data = {**DATA[11], "partecipanti_max": people}
    judgement = judged(library["laboratorio-proposta"], data, capacities={"cb-pertini": 20, "cb-cofo": 5})
    assert codes(judgement) == expected
    assert [(error.params, error.message) for error in judgement.errors] == [({"n": 20}, "capacity")] * len(expected)
    assert judged(library["laboratorio-proposta"], data, capacities={"cb-cofo": 5}).valid


PROJECT = {
    "nome": "Ada", "cognome": "Finti", "email": "ada@example.org", "tipo": "tesi", "citta": ["cinisello", "matera"],
    "corso": "Design dei servizi", "docente": "Ugo Prova", "docente_email": "ugo.prova@polimi.it",
    "titolo": "Spazi condivisi", "sintesi": "x" * 150, "persone": 8, "inizio": "1/12/2026", "fine": "1/12/2027",
    "raccolta_dati": "no", "esiti": "y" * 40, "informativa_letta": True, "lingua": "it",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, []),
        ({"docente_email": "ugo@mail.polimi.it"}, []),
        ({"docente_email": "ugo@finto-polimi.it"}, [("docente_email", "email", "domain")]),
        ({"docente_email": "ugo@polimi.it.example.org"}, [("docente_email", "email", "domain")]),
        ({"fine": "1/12/2026"}, [("fine", "order", "order")]),
        ({"fine": "2/12/2027"}, [("fine", "too_far", "span")]),
        ({"inizio": "boh", "fine": "2/12/2030"}, [("inizio", "date", "date")]),
        ({"persone": 11}, [("persone", "max", "capacity")]),
        (
            {"raccolta_dati": "si"},
            [(name, "required", "required") for name in ("tipo_dati", "anonimi", "parere_etico")],
        ),
    ],
)
def test_projects(
    library: Mapping[str, FormDefinition], judged: Judge, changes: Any, errors: list[tuple[str, str, str]]
) -> None:
    judgement = judged(library["progetto-polimi"], {**PROJECT, **changes}, capacities={"cinisello": 30, "matera": 10})
    assert [(error.field, error.code, error.message) for error in judgement.errors] == errors


@pytest.mark.parametrize(
    ("number", "changes", "errors"),
    [
        (11, {"ora_inizio": "verso le tre"}, [("ora_inizio", "format")]),
        (11, {"ora_inizio": "15.30", "durata_ore": "0,25"}, [("durata_ore", "min")]),
        (11, {"data_1": "30/11/2026", "data_2": ""}, [("data_1", "too_soon")]),
        (11, {"data_1": "1/12/2026", "data_2": "2026-12-01"}, [("data_2", "must_differ")]),
        (11, {"gratuito": "no"}, [("costo", "required")]),
        (11, {"minori_presenti": "si", "certificato_antipedofilia": False},
         [("certificato_antipedofilia", "must_be_true")]),
        (16, {"codice_meccanografico": "mtxx00000x", "fsl": "no", "ore_fsl": "", "convenzione": ""}, []),
        (16, {"codice_meccanografico": "MT1"}, [("codice_meccanografico", "format")]),
        (16, {"classi": []}, [("classi", "required")]),
        (16, {"classi": [{"classe": f"{n}A", "studenti": 20} for n in range(7)]}, [("classi", "max")]),
        (16, {"ore_fsl": 61}, [("ore_fsl", "max")]),
        (18, {"codice_invito": "MT-0000"}, [("codice_invito", "invite_code")]),
        (18, {"classe": "6B"}, [("classe", "format")]),
        (18, {"genitore_email": "Nicolo.desempio@example.org"}, [("genitore_email", "must_differ")]),
        (23, {"percorso": "filiera"}, [(f"filiera_{what}", "required") for what in ("ruolo", "nome", "offre")]),
        (23, {"codice_clab": "CLU-26-ILO000"}, [("codice_clab", "format")]),
        (23, {"impresa_esiste": "si"}, [("impresa_piva", "required")]),
        (23, {"pitch": None}, [("pitch", "required")]),
        (26, {"ente_runts": ""}, [("statuto", "required")]),
        (26, {"sito": "www.example.org"}, [("sito", "format")]),
        (26, {"ente_natura": "gruppo_informale", "ente_cf": "", "ente_runts": ""}, []),
        (28, {"aree": [], "uscita_autonoma": ""}, [("uscita_autonoma", "required"), ("aree", "required")]),
        (30, {"data_fine": "18/01/2027"}, [("data_fine", "order")]),
        (30, {"costo": "20.000,01"}, [("costo", "max")]),
    ],
)  # fmt: skip
def test_the_other_forms(sent: Judge, number: int, changes: Any, errors: Any) -> None:
    assert codes(sent(number, changes)) == errors


def test_the_panel_sees_how_many_a_team_is(library: Mapping[str, FormDefinition], sent: Judge) -> None:
    form, answers = library["idea-impresa"], sent(23).answers
    assert sheet_cell(form, "numero_membri", answers, APPLIED_ON) == 3
    assert sheet_cell(form, "numero_membri", {**answers, "membri": None}, APPLIED_ON) == ""
    with pytest.raises(KeyError):
        sheet_cell(form, "impresa_piva", answers, APPLIED_ON)


def test_groups_without_a_tax_code_are_told_apart_by_name(library: Mapping[str, FormDefinition]) -> None:
    dedupe = library["terzo-settore-adesione"].dedupe
    body = {"ente_cf": "90000009994", "ente_denominazione": "Perché No?", "citta": ["matera"]}
    renamed = {**body, "ente_denominazione": "Perché No APS"}
    assert dedupe_values(dedupe, body, "c") == dedupe_values(dedupe, renamed, "c")
    groups = [{"ente_denominazione": name, "citta": ["matera"]} for name in ("Uno", "Due")]
    assert dedupe_values(dedupe, groups[0], "c") != dedupe_values(dedupe, groups[1], "c")
