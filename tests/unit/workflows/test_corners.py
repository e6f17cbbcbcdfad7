"""Corners of the engine and of the checker that no workflow of the library turns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forms.document import parse
from tests.unit.workflows.conftest import library
from tests.unit.workflows.story import Story, rome
from workflows.case import Case, Facts
from workflows.checker import check
from workflows.definition import load_workflow
from workflows.diagram import diagram
from workflows.effects import ReserveSeat, parse_effect
from workflows.engine import offers
from workflows.exclusion import MAX_LEAVES
from workflows.guards.model import Moment
from workflows.judgement import failing
from workflows.refusals import CONDITION

NOW = rome("2026-11-16T09:30")
CIRCLE = """\
workflow: giro
title: {it: Giro, en: Round}
initial: qui
recorded_from: qui
states:
  - {id: qui, label: {it: Qui}, public: {it: Qui}, kind: open, clock: run}
  - {id: la, label: {it: Là}, public: {it: Là}, kind: open, clock: run}
  - {id: fine, label: {it: Fine}, public: {it: Fine}, kind: final, clock: stop}
transitions:
  - {from: qui, event: go, actor: richiedente, to: la, label: {it: Va}, guard: GUARD}
  - {from: la, event: timer:P1D, actor: sistema, to: qui}
  - {from: qui, event: timer:P9D, actor: sistema, to: fine}
"""


def faults(guard: str) -> list[str]:
    return [what for _, what, _ in check(load_workflow(parse(CIRCLE.replace("GUARD", guard), "giro.yaml")))]


@pytest.mark.parametrize(
    ("guard", "endless"),
    [
        ("{count_lt: {go: 2}}", False),
        ("{not: {entered: la}}", False),
        ("{not: {any: [{entered: la}, overdue]}}", False),
        ("{not: {any: [overdue, reason_given]}}", True),
        ("{any: [{count_lt: {go: 2}}, reason_given]}", True),
        ("{any: [{count_lt: {go: 2}}, overdue]}", False),  # no deadline ever makes it overdue
        ("{not: {all: [{entered: la}, overdue]}}", True),
        ("{not: {count_lt: {go: 2}}}", False),  # never fired at all
        ("{law241: true}", True),
    ],
)
def test_a_round_ends_only_where_the_bound_must_hold(guard: str, *, endless: bool) -> None:
    assert any(what.startswith("a case could go round for ever through qui, la") for what in faults(guard)) is endless


def test_guards_of_too_many_parts_are_not_compared() -> None:
    many = ", ".join(f"{{entered: s{number}}}" for number in range(MAX_LEAVES + 1))
    text = CIRCLE.replace("GUARD", f"{{all: [{many}]}}")
    twice = text.replace(
        "  - {from: la,", "  - {from: qui, event: go, actor: richiedente, to: fine, label: {it: Va}}\n  - {from: la,"
    )
    told = [what for _, what, _ in check(load_workflow(parse(twice, "giro.yaml")))]
    assert not any("can hold together" in what for what in told)


def test_a_small_workflow_is_drawn_without_a_note() -> None:
    assert "note right" not in diagram(load_workflow(parse(CIRCLE.replace("GUARD", "overdue"), "giro.yaml")))


def test_an_effect_may_be_given_as_it_is() -> None:
    assert parse_effect(ReserveSeat()) == ReserveSeat()


def test_who_has_another_part_is_offered_nothing() -> None:
    begun = Story.begun(library("ammissione-posti"), NOW)
    begun.case = replace(begun.case, state="decisione")
    mine: dict[str, Any] = {"holds": frozenset({"revisore"})}
    assert offers(begun.definition, begun.case, "coordinatore", begun.facts("coordinatore"))
    assert offers(begun.definition, begun.case, "coordinatore", begun.facts("coordinatore", **mine)) == ()


def test_no_guard_stands_in_no_way() -> None:
    moment = Moment(Case("X", "f", "c", "s", NOW, NOW), Facts(NOW))
    assert failing(None, moment) == (None, CONDITION, ())
