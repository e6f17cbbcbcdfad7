"""The steps of every shipped form, and where buttons lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

import forms
from app.web.steps import Asked, Place, carried, declarations, first_answers, read, sends, steps_of, way_to
from forms.builder import FieldError
from forms.definition import FormDefinition, load_form
from forms.document import parse

LIBRARY = Path(forms.__file__).parent / "library"
FORMS = sorted(path.stem for path in LIBRARY.glob("*.yaml"))


def _load(name: str) -> FormDefinition:
    blocks = {path.stem: parse(path.read_text(encoding="utf-8"), path.name) for path in LIBRARY.glob("blocks/*.yaml")}
    return load_form(parse((LIBRARY / f"{name}.yaml").read_text(encoding="utf-8"), name), blocks)


@pytest.fixture(scope="module")
def desk() -> FormDefinition:
    return _load("coworking-postazione")


@pytest.mark.parametrize("name", FORMS)
def test_each_question_has_one_step_and_the_declarations_come_last(name: str) -> None:
    form = _load(name)
    steps = steps_of(form)
    assert len(steps) == 4
    assert sorted(field.id for step in steps for field in step.fields) == sorted(field.id for field in form.fields)
    assert steps[0].ids == {"informativa_letta"}
    assert {field.type for field in steps[-1].fields} <= {"checkbox", "file"}
    ticks = {field.id for field in form.sections[-1].fields if field.type == "checkbox"}
    assert {field.id for field in steps[-1].fields if field.type == "checkbox"} == ticks
    assert {field.id for field in declarations(form)} <= ticks
    assert all(field.type != "file" for step in steps[:-1] for field in step.fields)


@pytest.mark.parametrize(
    ("typed", "step", "button"),
    [
        ({}, None, ""),
        ({"passo": "1"}, 0, "avanti"),
        ({"passo": "4"}, 3, "invia"),
        ({"passo": "1", "nome": "A"}, None, ""),
        ({"passo": "1", "nome": "A", "vai": "avanti"}, 0, "avanti"),
        ({"passo": "2", "nome": "A"}, 1, "avanti"),
        ({"passo": "2", "team-0-nome": "A"}, None, ""),
        ({"passo": "2", "team-0-nome": "A", "aggiungi": "team"}, 1, "avanti"),
        ({"passo": "3", "nome": "A", "vai": "indietro"}, 2, "indietro"),
    ],
)
def test_what_a_post_is_about(desk: FormDefinition, typed: dict[str, str], step: int | None, button: str) -> None:
    asked = read(desk, MultiDict(typed))
    assert (asked.step, asked.button) == (step, button)


def test_what_sends(desk: FormDefinition) -> None:
    declared: MultiDict[str, str] = MultiDict({"regole_accettate": "true", "dichiarazione_445": "true"})
    assert sends(desk, MultiDict(), Asked(None))
    assert sends(desk, MultiDict(), Asked(3, "invia"))
    assert sends(desk, declared, Asked(0, "avanti"))
    assert not sends(desk, MultiDict({"regole_accettate": "true"}), Asked(0, "avanti"))
    assert not sends(desk, declared, Asked(3, "indietro"))


NAME, DESKS, RULES = (
    FieldError("nome", "required"),
    FieldError("posti", "min"),
    FieldError("regole_accettate", "required"),
)


@pytest.mark.parametrize(
    ("step", "asked", "errors", "place"),
    [
        (0, Asked(0, "avanti"), (NAME, DESKS, RULES), Place(1)),
        (1, Asked(1, "avanti"), (NAME, DESKS), Place(1, (NAME,))),
        (1, Asked(1, "avanti"), (DESKS,), Place(2)),
        (2, Asked(2, "avanti"), (NAME, DESKS), Place(2, (DESKS,))),
        (2, Asked(2, "avanti"), (NAME,), Place(1, (NAME,), editing=True)),
        (2, Asked(2, "avanti"), (RULES,), Place(3)),
        (1, Asked(1, "riepilogo", editing=True), (DESKS,), Place(2, (DESKS,), editing=True)),
        (1, Asked(1, "riepilogo", editing=True), (NAME,), Place(1, (NAME,), editing=True)),
        (3, Asked(3, "invia"), (RULES,), Place(3, (RULES,))),
        (3, Asked(3, "invia"), (NAME, RULES), Place(1, (NAME,), editing=True)),
        (3, Asked(3, "passo-2"), (NAME,), Place(1, editing=True)),
        (1, Asked(1, "passo-2"), (NAME,), Place(1)),
        (1, Asked(1, "passo-9"), (), Place(1)),
        (0, Asked(0, "indietro"), (), Place(0)),
        (2, Asked(2, "indietro"), (DESKS,), Place(1)),
    ],
)
def test_where_buttons_lead(
    desk: FormDefinition, step: int, asked: Asked, errors: tuple[FieldError, ...], place: Place
) -> None:
    assert way_to(steps_of(desk), step, asked, errors) == place


def test_what_travels_along(desk: FormDefinition) -> None:
    typed = MultiDict(
        [("nome", " A "), ("giorni", "lun"), ("giorni", "mar"), ("team-0-nome", "B"), ("dichiarazione_445", "true")]
    )
    typed.update({"x": "y", "csrf_token": "z", "passo": "3"})
    assert carried(desk, typed, {"giorni"}) == [("nome", " A "), ("team-0-nome", "B")]


def test_defaults_are_for_steps_that_nobody_has_been_to(desk: FormDefinition) -> None:
    request = steps_of(desk)[2]
    assert ("posti", "1") in first_answers(request, desk, MultiDict({"nome": "A"}))
    assert first_answers(request, desk, MultiDict({"posti": ""})) == []
