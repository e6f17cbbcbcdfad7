from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from forms.builder import build_form
from forms.definition import FieldDefinition, FormDefinition, SubForm, expand
from forms.derive import DERIVED
from forms.document import parse
from forms.fields import FIELD_TYPES
from forms.model import Text
from forms.schema import form_schema
from forms.validators import CODES, VALIDATORS, WORDINGS

ROOT = Path(__file__).parents[3]

FORMS = {
    "centro-giovani", "clab-junior-scuola", "clab-junior-studente", "clab-urbano-proposta", "coworking-postazione",
    "idea-impresa", "laboratorio-proposta", "makerslab-corso", "progetto-polimi", "scambio-citta",
    "terzo-settore-adesione",
}  # fmt: skip
SECTIONS = ["notice", "data", "proposal", "declarations"]


def every_field(forms: Mapping[str, FormDefinition] | Mapping[str, SubForm]) -> Iterator[FieldDefinition]:
    for form in forms.values():
        for field in form.fields:
            yield field
            yield from field.item


def test_files_are_named_after_what_they_define(
    library: Mapping[str, FormDefinition], sub_forms: Mapping[str, SubForm]
) -> None:
    assert set(library) == FORMS
    assert all(form.form == name for name, form in library.items())
    assert all(form.form == name for name, form in sub_forms.items())


def test_forms_share_sections_and_blocks_and_differ_in_codes(library: Mapping[str, FormDefinition]) -> None:
    assert len({form.code for form in library.values()}) == len(library)
    for form in library.values():
        assert [section.id for section in form.sections] == SECTIONS, form.form
        assert {"informativa_letta", "email", "lingua", "supporto"} <= {field.id for field in form.fields}
        assert form.procedure.law241 == ("dichiarazione_445" in {field.id for field in form.fields}), form.form


def test_everything_is_said_in_english_too(
    library: Mapping[str, FormDefinition], sub_forms: Mapping[str, SubForm]
) -> None:
    for field in (*every_field(library), *every_field(sub_forms)):
        texts = [field.label, field.help, *(option.label for option in field.options)]
        assert all(text.en for text in texts if isinstance(text, Text)), field.id
    assert all(form.title.en and form.applicants.en for form in library.values())
    assert all(section.title.en for form in library.values() for section in form.sections)
    assert all(form.title.en for form in sub_forms.values())


def test_numbers_and_people_s_data_keep_out_of_sheets(library: Mapping[str, FormDefinition]) -> None:
    shown = {field.id for field in every_field(library) if field.sheet == "yes"}
    assert not shown & {
        "nome", "cognome", "email", "telefono", "partita_iva", "team", "supporto", "situazione_lavoro",
        "ente_pec", "referente_nome", "genitore_nome", "genitore_email", "membri", "uscita_autonoma", "tessera",
        "impresa_piva", "legale_rappresentante", "docente", "docente_email", "codice_invito",
    }  # fmt: skip


def test_every_form_makes_a_class_and_a_schema(
    library: Mapping[str, FormDefinition], sub_forms: Mapping[str, SubForm]
) -> None:
    for form in library.values():
        assert set(build_form(form)()._fields) == {field.id for field in form.fields}
        assert set(form_schema(form)["properties"]) == {field.id for field in form.fields}
    for sub_form in sub_forms.values():
        for form in library.values():
            whole = expand(sub_form, form, [field.id for field in form.fields])
            assert set(build_form(whole)()._fields) == {field.id for field in whole.fields}


def test_the_schema_tells_clients_what_to_send(library: Mapping[str, FormDefinition]) -> None:
    schema = form_schema(library["coworking-postazione"])
    properties = schema["properties"]
    assert properties["posti"]["type"] == "integer"
    assert properties["posti"]["minimum"] == 1
    assert properties["giorni"]["items"]["enum"][0] == "lun"
    assert properties["team"]["items"]["required"] == ["nome", "cognome", "email", "data_nascita"]
    assert properties["team"]["x-show-if"] == {"field": "posti", "gt": 1}
    assert properties["attivita"]["maxLength"] == 1500
    assert "nome" in schema["required"]
    assert not {"posti", "lingua", "partita_iva", "team"} & set(schema["required"])


def test_every_code_has_its_message_with_its_placeholders() -> None:
    text = (ROOT / "app" / "messages" / "ui.yaml").read_text(encoding="utf-8")
    messages = parse(text, "ui.yaml").data["errors"]
    for code, placeholders in CODES.items():
        for message in messages[code].values():
            assert set(re.findall(r"\{(\w+)\}", message)) <= placeholders, code
    for wording, (code, placeholders) in WORDINGS.items():
        assert code in CODES
        for message in messages[wording].values():
            assert set(re.findall(r"\{(\w+)\}", message)) <= placeholders, wording


@pytest.mark.parametrize("name", [*FIELD_TYPES, *VALIDATORS, *CODES, *WORDINGS, *DERIVED])
def test_the_handbook_names_every_type_validator_and_code(name: str) -> None:
    handbook = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    assert f"`{name}`" in handbook or f"`{name}:" in handbook or f"derived: {name}}}" in handbook


def test_the_handbook_names_every_key_of_a_field() -> None:
    handbook = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    for name in (*FieldDefinition.model_fields, *FormDefinition.model_fields):
        assert f"`{name}`" in handbook, name
