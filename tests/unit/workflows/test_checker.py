"""Each fault of the checker once, and none in the library."""

from __future__ import annotations

from pathlib import Path

import pytest

import forms
from forms.definition import load_form, load_sub_form
from forms.document import Document, parse
from tests.unit.workflows.conftest import library
from workflows.checker import check
from workflows.definition import ROLES, Problem, WorkflowDefinition, load_workflow
from workflows.premises import Premises
from workflows.telling import headline

GOOD = """\
workflow: piccolo
title: {it: Piccolo, en: Small}
initial: nuova
recorded_from: nuova
states:
  - {id: nuova, label: {it: Nuova}, public: {it: Nuova}, kind: open, clock: run}
  - id: esame
    label: {it: Esame}
    public: {it: Esame}
    kind: open
    clock: run
    notify: [{role: istruttore, message: tocca_a_te}]
  - {id: chiusa, label: {it: Chiusa}, public: {it: Chiusa}, kind: closed, clock: stop}
  - {id: archiviata, label: {it: Archiviata}, public: {it: Archiviata}, kind: final, clock: stop}
transitions:
  - {from: nuova, event: auto, actor: sistema, to: esame}
  - {from: esame, event: ok, actor: istruttore, to: chiusa, label: {it: Sì}, guard: seats_free, effects: [{mail: si}]}
  - {from: esame, event: ok, actor: istruttore, to: chiusa, label: {it: Sì}, effects: [{mail: no}],
     guard: {not: seats_free}}
  - {from: esame, event: withdraw, actor: richiedente, to: chiusa, label: {it: Ritiro}}
  - {from: chiusa, event: retention, actor: sistema, to: archiviata}
deadlines:
  - {state: esame, after: P5D, then: {escalate: coordinatore}}
"""


LAST = "{from: chiusa, event: retention"


def headlines(problems: list[Problem]) -> list[str]:
    """The faults without their stories."""
    return [headline(what) for _, what, _ in problems]


def document(text: str) -> tuple[Document, WorkflowDefinition]:
    read = parse(text, "piccolo.yaml")
    return read, load_workflow(read)


def test_a_good_workflow_has_no_fault() -> None:
    assert check(document(GOOD)[1], sub_forms=[], messages=["tocca_a_te", "sollecito", "si", "no"]) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        (
            "event: auto, actor: sistema, to: esame",
            "event: auto, actor: sistema, to: chiusa",
            7,
            "no case ever reaches the state `esame`",
        ),
        ("kind: final", "kind: closed", 5, "no state is final"),
        (
            "from: chiusa, event: retention",
            "from: esame, event: retention",
            13,
            "from the state `chiusa` no way leads to an end",
        ),
        (
            "deadlines:\n  - {state: esame, after: P5D, then: {escalate: coordinatore}}\n",
            "",
            7,
            "a case could stay in the state `esame` for ever",
        ),
        (
            LAST,
            "{from: esame, event: again, actor: istruttore, to: nuova, label: {it: Ancora}}\n  - " + LAST,
            6,
            "a case could go round for ever through nuova, esame",
        ),
        (
            "    notify: [{role: istruttore, message: tocca_a_te}]\n",
            "",
            7,
            "nobody is told that the state `esame` waits for istruttore",
        ),
        (
            "from: chiusa, event: retention",
            "from: [chiusa, archiviata], event: retention",
            21,
            "the final state `archiviata` is left again",
        ),
        (
            LAST,
            "{from: esame, event: note, actor: istruttore, to: esame, label: {it: Nota}}\n  - " + LAST,
            21,
            "`note` leads from `esame` to itself",
        ),
        (
            "guard: {not: seats_free}",
            "guard: reason_given",
            18,
            "two transitions of `esame` for `ok` can hold together",
        ),
        (
            "guard: {not: seats_free}",
            "guard: {all: [{not: seats_free}, {entered: fine}]}",
            19,
            "there is no state `fine`",
        ),
        (
            "guard: {not: seats_free}",
            "guard: {all: [{not: seats_free}, {count_lt: {okk: 1}}]}",
            19,
            "there is no event `okk` to count",
        ),
    ],
)
def test_shape(old: str, new: str, line: int, what: str) -> None:
    read, definition = document(GOOD.replace(old, new, 1))
    found = [read.fault(*problem) for problem in check(definition)]
    assert any(fault.line == line and fault.what.startswith(what) and fault.fix for fault in found), found


def test_sub_forms_and_messages() -> None:
    read, definition = document(GOOD.replace("guard: seats_free,", "guard: seats_free, inputs: decisone,", 1))
    problems = check(definition, sub_forms=["decisione"], messages=["sollecito", "si", "no"])
    assert {str(read.fault(*each)) for each in problems} == {
        "piccolo.yaml:12: there is no message `tocca_a_te`: write it under app/messages/mail, or correct its name",
        "piccolo.yaml:17: there is no sub-form `decisone`: use one of decisione",
    }


def test_fields_of_the_form() -> None:
    text = GOOD.replace("guard: {not: seats_free}", "guard: {all: [{not: seats_free}, {field: cita, eq: matera}]}")
    problems = check(document(text)[1], fields=["citta"])
    assert headlines(problems) == ["the form has no field `cita`"]
    other = text.replace("{field: cita", "{form: clab-urbano-proposta}, {field: cita")
    assert check(document(other)[1], fields=["citta"]) == []


def test_fields_that_dates_are_reckoned_with() -> None:
    text = GOOD.replace("guard: seats_free,", "guard: seats_free, fixes: desk_request,", 1)
    problems = check(document(text)[1], fields=["citta"])
    assert headlines(problems) == ["`desk_request` reckons with `inizio`, which the form does not ask for"]


def test_dates_that_nobody_gives() -> None:
    text = GOOD.replace("after: P5D", "after: 'at:start-P5D'")
    what = "`at:start-P5D` counts from `start`, which the call does not give: nothing is armed"
    found = headlines(check(document(text)[1], Premises(anchors=frozenset())))
    assert found == [what, "a case could stay in the state `esame` for ever"]
    assert check(document(text)[1], Premises(anchors=frozenset({"start"}))) == []


LIBRARY = Path(forms.__file__).parent / "library"


def _read(path: Path) -> Document:
    return parse(path.read_text(encoding="utf-8"), path.name)


def _sub_forms() -> set[str]:
    return {load_sub_form(_read(path)).form for path in (LIBRARY / "sub").glob("*.yaml")}


def _messages(repository: Path) -> set[str]:
    return {path.stem for path in (repository / "app" / "messages" / "mail").glob("*.yaml")}


def _fields(name: str) -> set[str]:
    blocks = {path.stem: _read(path) for path in (LIBRARY / "blocks").glob("*.yaml")}
    return {field.id for field in load_form(_read(LIBRARY / f"{name}.yaml"), blocks).fields}


EVERYBODY = ROLES - {"sistema"}
EVERY_DATE = frozenset({"start", "end", "list_close", "list_end", "call_close"})


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("ammissione-posti", "coworking-postazione"),
        ("iscrizione-posti", "makerslab-corso"),
        ("iscrizione-posti", "centro-giovani"),
        ("iscrizione-studente", "clab-junior-studente"),
        ("adesione-ente", "terzo-settore-adesione"),
        ("adesione-ente", "clab-junior-scuola"),
        ("proposta-valutata", "clab-urbano-proposta"),
        ("proposta-valutata", "laboratorio-proposta"),
        ("proposta-valutata", "progetto-polimi"),
        ("selezione-graduatoria", "idea-impresa"),
        ("doppia-approvazione", "scambio-citta"),
    ],
)
def test_the_library_has_no_fault(name: str, form: str, repository: Path) -> None:
    problems = check(
        library(name),
        Premises(roles=EVERYBODY, reviewers=2, anchors=EVERY_DATE),
        sub_forms=_sub_forms(),
        messages=_messages(repository),
        fields=_fields(form),
    )
    assert problems == []


def test_a_call_that_never_closes_can_make_no_ranking() -> None:
    problems = check(library("selezione-graduatoria"), Premises(anchors=frozenset({"start", "end"})))
    what = "`at:call_close` counts from `call_close`, which the call does not give: nothing is armed"
    assert what in headlines(problems)


HELD = (
    ("iscrizione-posti", "timer:at:list_close", "lista_attesa"),
    ("iscrizione-studente", "school_confirms", "conferma_scuola"),
    ("selezione-graduatoria", "call_closed", "ricevuta"),
    ("doppia-approvazione", "submit", "proposta"),
)


@pytest.mark.parametrize(("name", "event", "state"), HELD)
def test_without_what_moves_it_a_state_is_told(name: str, event: str, state: str) -> None:
    definition = library(name)
    kept = tuple(each for each in definition.transitions if not (each.event == event and state in each.sources))
    problems = check(definition.model_copy(update={"transitions": kept, "deadlines": (), "reminders": ()}))
    assert any(f"`{state}`" in what for _, what, _ in problems), problems


@pytest.mark.parametrize(
    ("name", "state", "who"),
    [
        ("iscrizione-studente", "conferma_scuola", "scuola"),
        ("adesione-ente", "parere", "coordinatore, istruttore"),
        ("selezione-graduatoria", "riesame", "commissione"),
        ("selezione-graduatoria", "graduatoria_provvisoria", "coordinatore"),
        ("doppia-approvazione", "sospesa", "cedente, riusante"),
    ],
)
def test_a_state_that_tells_nobody_is_told(name: str, state: str, who: str) -> None:
    definition = library(name)
    silent = tuple(each.model_copy(update={"notify": ()}) if each.id == state else each for each in definition.states)
    problems = check(definition.model_copy(update={"states": silent}))
    assert headlines(problems) == [f"nobody is told that the state `{state}` waits for {who}"]


@pytest.mark.parametrize(
    ("name", "event", "circle"),
    [
        ("iscrizione-posti", "timer:PT48H", "lista_attesa, posto_offerto"),
        ("adesione-ente", "meeting_proposed", "incontro, parere"),
        ("selezione-graduatoria", "review_request", "graduatoria_provvisoria, riesame"),
        ("doppia-approvazione", "hold", "pianificata, sospesa"),
        ("doppia-approvazione", "any_asks_changes", "pareri, modifiche"),
    ],
)
def test_a_circle_without_its_counter_is_told(name: str, event: str, circle: str) -> None:
    definition = library(name)
    free = tuple(
        each.model_copy(update={"guard": None}) if each.event == event else each for each in definition.transitions
    )
    problems = check(definition.model_copy(update={"transitions": free}))
    assert f"a case could go round for ever through {circle}" in headlines(problems)


def test_an_officer_may_be_reminded_when_it_is_time() -> None:
    definition = library("iscrizione-studente")
    assert check(definition.model_copy(update={"deadlines": (), "reminders": ()}))
    late = [each for each in definition.deadlines if each.state != "in_corso"]
    problems = check(definition.model_copy(update={"deadlines": tuple(late)}))
    assert "nobody is told that the state `in_corso` waits for istruttore" not in headlines(problems)
    assert "a case could stay in the state `in_corso` for ever" in headlines(problems)


def test_a_story_tells_of_a_deadline_that_passed() -> None:
    text = GOOD.replace(
        LAST,
        f"{{from: esame, event: no, actor: istruttore, to: chiusa, label: {{it: No}}, guard: overdue}}\n  - {LAST}",
    )
    (problem,) = check(document(text)[1])
    assert problem[1].endswith("`auto` follows (`esame`), the deadline of P5D falls due, the case officer does `no`")


def test_an_act_that_is_never_open_needs_nobody() -> None:
    act = "{from: nuova, event: ask, actor: provincia, to: chiusa, label: {it: Chiedi}, guard: {entered: chiusa}}"
    text = GOOD.replace(LAST, f"{act}\n  - {LAST}")
    assert check(document(text)[1], Premises(roles=frozenset({"istruttore", "coordinatore"}))) == []


def test_the_term_of_the_law_is_a_date_where_the_law_applies() -> None:
    nothing = frozenset[str]()
    assert Premises(anchors=nothing).gives("legal_term", nothing)
    assert not Premises(anchors=nothing, law241=False).gives("legal_term", nothing)
