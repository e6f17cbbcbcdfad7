"""Whoever applied can leave from every open state, in all seven workflows, and so can the parent, also on paper."""

from __future__ import annotations

import pytest

from tests.unit.workflows.conftest import NAMES, library
from workflows.effects import Mail

WAYS_OUT = {"withdraw", "give_up", "decline"}
BEFORE_CONFIRMATION = {"da_confermare", "proposta"}

OPEN = [
    (name, state.id)
    for name in NAMES
    for state in library(name).states
    if state.kind in ("open", "success") and state.id not in BEFORE_CONFIRMATION
]
WITH_CONSENT = [
    (name, state) for name, state in OPEN if any("genitore" in each.actor for each in library(name).transitions)
]


@pytest.mark.parametrize(("name", "state"), OPEN)
def test_the_applicant_can_leave(name: str, state: str) -> None:
    definition = library(name)
    ways = [each for each in definition.leaving(state) if each.event in WAYS_OUT and each.actor == ("richiedente",)]
    assert ways
    for way in ways:
        assert way.to is not None
        assert definition.state(way.to).kind == "closed"
        assert Mail(message="staff_ritiro", to="istruttore") in way.effects


@pytest.mark.parametrize(("name", "state"), WITH_CONSENT)
def test_the_parent_can_take_it_back_by_link_and_on_paper(name: str, state: str) -> None:
    leaving = [each for each in library(name).leaving(state) if each.event in ("consent_withdrawn", "consent_refused")]
    assert {actor for each in leaving for actor in each.actor} == {"genitore", "istruttore"}
    assert {each.to for each in leaving} <= {"ritirata", "non_autorizzata", "scaduta"}
