"""docs/workflows.md names every word of the vocabulary, and its pictures are those of the library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.workflows.conftest import NAMES, library
from workflows.anchors import ANCHOR_RULES
from workflows.dates import ANCHORS
from workflows.definition import ROLES, Capacity, Legal, State, Transition, WorkflowDefinition
from workflows.diagram import diagram, words_of
from workflows.effects import EFFECTS
from workflows.guards import GUARDS, parse_guard


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "workflows.md").read_text(encoding="utf-8")


def test_every_guard_effect_and_rule_has_its_line(page: str) -> None:
    lines = [f"| `{name}` | {guard.means} |" for name, guard in GUARDS.items()]
    lines += [f"| `{name}` | {effect.__doc__} |" for name, effect in EFFECTS.items()]
    lines += [f"| `{name}` | {rule.means} |" for name, rule in ANCHOR_RULES.items()]
    assert [line for line in lines if line not in page] == []


def test_every_key_role_and_date_is_told(page: str) -> None:
    models = (WorkflowDefinition, State, Transition, Legal, Capacity)
    words = {info.alias or name for model in models for name, info in model.model_fields.items()}
    assert sorted(word for word in words | ROLES | ANCHORS if f"`{word}`" not in page) == []


def test_a_picture_has_every_state_and_event(ammissione: WorkflowDefinition) -> None:
    picture = diagram(ammissione, "en")
    for state in ammissione.states:
        assert f"  {state.id}: {state.label.en}" in picture
    assert "ricevuta --> verifica: auto" in picture
    assert "attiva --> attiva: renewal_requested" in picture
    assert "withdraw → ritirata: from ricevuta, verifica" in picture


def test_conditions_in_words() -> None:
    raw = {"any": [{"field": "posti", "gt": 1}, {"all": [{"field": "x", "in": ["a", "b"]}, {"age_gte": 18}]}]}
    assert words_of(parse_guard(raw)) == "posti above 1 or (x in a or b and not under 18)"
    votes = {"votes": {"rule": {"of": 2}, "approving": ["Sì", "Ok"], "is": "approved"}}
    assert words_of(parse_guard(votes)) == "votes rule of 2 approving Sì or Ok is approved"


@pytest.mark.parametrize("name", NAMES)
def test_every_workflow_is_written_as_mermaid(name: str) -> None:
    lines = diagram(library(name)).splitlines()
    assert lines[:2] == ["stateDiagram-v2", "  direction TB"]
    assert {f"  {state.id}: {state.label.it}" for state in library(name).states} <= set(lines)
