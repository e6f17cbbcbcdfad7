"""A wrong workflow file is refused with line, what and how to fix it; a right one keeps its meaning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.conditions import All, Law241, Named, Not
from forms.document import DefinitionError, parse
from tests.unit.workflows.conftest import NAMES, library
from workflows.definition import WorkflowDefinition, kept_workflow, load_workflow
from workflows.effects import EFFECTS, Assign, Mail, emit_effect, parse_effect
from workflows.guards import GUARDS, parse_guard

SMALL = """\
workflow: piccolo
title: {it: Piccolo, en: Small}
initial: nuova
recorded_from: nuova
states:
  - {id: nuova, label: {it: Nuova}, public: {it: Nuova}, kind: open, clock: run}
  - {id: chiusa, label: {it: Chiusa}, public: {it: Chiusa}, kind: final, clock: stop}
transitions:
  - {from: nuova, event: 'timer:P10D', actor: sistema, to: chiusa}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load_workflow(parse(text, "piccolo.yaml"))
    return [str(fault) for fault in caught.value.faults]


def test_a_small_workflow() -> None:
    definition = load_workflow(parse(SMALL, "piccolo.yaml"))
    assert definition.leaving("nuova")[0].timer == "P10D"
    assert definition.state("nuova").notify == ()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("to: chiusa", "to: finita", "9: there is no state `finita`: use one of nuova, chiusa"),
        ("initial: nuova", "initial: vecchia", "3: there is no state `vecchia`: use one of nuova, chiusa"),
        ("id: chiusa", "id: nuova", "7: the state `nuova` is there twice: give each state its own id"),
        ("actor: sistema", "actor: sindaco", "9: transitions.0.actor: `sindaco` is no role: use one of "),
        ("actor: sistema", "actor: istruttore", "9: transitions.0: `timer:P10D` is fired by a person and has no label"),
        ("timer:P10D", "timer:10D", "9: transitions.0.event: `10D` is no time: write PT48H, P10D"),
        ("timer:P10D", "in ritardo", "9: transitions.0.event: `in ritardo` is no event: write a word like"),
        ("to: chiusa", "to: chiusa, guard: seat_free", "unknown condition `seat_free`: did you mean `seats_free`?"),
        ("to: chiusa", "to: chiusa, guard: {min_reviews: due}", "can't use `due`: write a whole number above 0"),
        ("to: chiusa", "to: chiusa, guard: {reviewed: 2}", "takes no value: write only `reviewed`"),
        ("to: chiusa", "to: chiusa, guard: {within: 3 giorni}", "can't use `3 giorni`: write PT48H, P10D"),
        ("to: chiusa", "to: chiusa, guard: {count_lt: 2}", "write `count_lt: {reopen: 1}`"),
        ("to: chiusa", "to: chiusa, guard: {entered: 3}", "write the id of a state"),
        ("to: chiusa", "to: chiusa, effects: [reserve_seats]", "did you mean `reserve_seat`?"),
        ("to: chiusa", "to: chiusa, effects: [mail]", "`mail`: message: Field required: see docs/workflows.md"),
        ("to: chiusa", "to: chiusa, effects: [{reserve_seat: 2}]", "`reserve_seat` is no effect with a value"),
        ("to: chiusa", "to: chiusa, effects: [{mail: a, assign: b}]", "an effect has one name: begin each effect"),
        ("to: chiusa", "to: chiusa, effects: [3]", "`3` is no effect: write `- reserve_seat` or `- mail: rigetto`"),
        ("to: chiusa", "to: chiusa, effects: [{mail: a, when: {law: 1}}]", "unknown condition `law`: did you mean"),
        ("to: chiusa", "to: chiusa, fixes: inizio", "`inizio` fixes no date: use one of agreement_period"),
        (", to: chiusa", "", "9: `to` is missing in transitions.0: add a line `to: …`"),
        (
            "to: chiusa",
            "to: chiusa, drafts: true",
            "`timer:P10D` is for one case only: remove `drafts`, or say `together:`",
        ),
        ("actor: sistema", "actor: []", "9: transitions.0: a transition needs a state it starts from and an actor"),
        ("kind: open", "kind: aperta", "6: states.0.kind: `aperta` is not known here: use 'open'"),
        ("transitions:", "transition:", "8: unknown key `transition`: did you mean `transitions`?"),
    ],
)
def test_one_mistake_one_line(old: str, new: str, fault: str) -> None:
    assert any(fault in each for each in faults(SMALL.replace(old, new, 1)))


def test_a_deadline_escalates_or_alerts() -> None:
    text = SMALL + "deadlines:\n  - {state: nuova, after: P5D, then: {message: sollecito}}\n"
    words = "a deadline either escalates or alerts: write `escalate: <role>` or `alert: [<role>]`"
    assert faults(text) == [f"piccolo.yaml:11: deadlines.0.then: {words}"]


def test_a_timer_is_fired_by_time() -> None:
    text = SMALL.replace("actor: sistema", "actor: istruttore, label: {it: Chiudi}")
    assert "`timer:P10D` is fired by time: write `actor: sistema`" in faults(text)[0]


@pytest.mark.parametrize(
    ("raw", "effect"),
    [
        ("reserve_seat", EFFECTS["reserve_seat"]()),
        ({"mail": "rigetto"}, Mail(message="rigetto")),
        ({"mail": {"message": "x", "to": "genitore"}}, Mail(message="x", to="genitore")),
        ({"assign": "istruttore"}, Assign(role="istruttore")),
        ({"protocollo_request": {}, "when": {"law241": True}}, EFFECTS["protocollo_request"](when=Law241(holds=True))),
    ],
)
def test_effects_are_read_and_written_back(raw: Any, effect: Any) -> None:
    assert parse_effect(raw) == effect
    assert emit_effect(effect) == raw


def test_guards_share_the_condition_language() -> None:
    raw = {"all": [{"not": "seats_free"}, {"min_reviews": 2}, {"law241": True}]}
    assert parse_guard(raw) == All((Not(Named("seats_free")), Named("min_reviews", 2), Law241(holds=True)))


def test_every_guard_refuses_in_two_languages() -> None:
    for guard in GUARDS.values():
        for text in (guard.refusal, guard.negated):
            assert text is None or (text.it and text.en)


@pytest.mark.parametrize("name", ["ammissione", "proposta"])
def test_a_stored_definition_comes_back_the_same(name: str, request: pytest.FixtureRequest) -> None:
    definition: WorkflowDefinition = request.getfixturevalue(name)
    stored = definition.model_dump(mode="json", by_alias=True)
    again = WorkflowDefinition.model_validate(stored)
    assert again == definition
    assert again.sha256 == definition.sha256


def test_everyone_reads_both_languages(ammissione: WorkflowDefinition, proposta: WorkflowDefinition) -> None:
    for definition in (ammissione, proposta):
        texts = [text for state in definition.states for text in (state.label, state.public)]
        texts += [each.label for each in definition.transitions if each.label]
        assert all(text.it and text.en for text in texts)


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_that_was_kept_is_the_same(name: str) -> None:
    body = json.loads(json.dumps(library(name).model_dump(mode="json", exclude_none=True, by_alias=True)))
    assert kept_workflow(body) == library(name)
    assert kept_workflow(body).sha256 == library(name).sha256


def test_a_former_state_keeps_its_name_and_leads_nowhere() -> None:
    workflow = library("adesione-ente").with_former({"lettura": "parere", "verifica": "parere", "x": "nowhere"})
    assert workflow.state("lettura").label == workflow.state("parere").label
    assert workflow.leaving("lettura") == ()
    assert workflow.state("verifica").label != workflow.state("parere").label
    assert "x" not in workflow.state_ids
