"""What holds for every sequence of events, legal or not, in all workflows of the library."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.workflows.conftest import NAMES, library
from tests.unit.workflows.story import TWO, Story, rome
from tests.unit.workflows.worlds import (
    FORMS,
    HUMAN,
    begun,
    cases,
    good_inputs,
    movers,
    names,
    play,
    steps,
    told_that_nobody_decides,
    worlds,
)
from workflows.case import Case
from workflows.definition import ROLES
from workflows.engine import Due, Facts, Outcome, Refusal, fire, needs, offers
from workflows.replay import applied, late

MOST_CHANGES = 30
"""More changes of state than any case can go through."""

often = settings(max_examples=300, deadline=None)


def sent(name: str, given_: dict[str, Any]) -> Case:
    """The case as it was before anything happened."""
    return begun(name, given_, {}).case


def test_every_workflow_is_tried() -> None:
    assert sorted(FORMS) == NAMES


@often
@given(names, cases, steps, worlds)
def test_random_events(name: str, given_: dict[str, Any], played: list[tuple[str, int]], world: dict[str, Any]) -> None:
    story = begun(name, given_, world)
    for kind, number in played:
        play(story, kind, number)
        state = story.definition.state(story.state)
        assert story.case.history[-1].state == story.state
        if state.kind == "final":
            assert not any(offers(story.definition, story.case, role) for role in ROLES)
            assert story.timers == ()
        else:
            assert any(movers(story)) or told_that_nobody_decides(story), story.state
    assert len(story.case.history) <= MOST_CHANGES


def test_who_moves_a_case_is_not_its_applicant_leaving() -> None:
    story = begun("ammissione-posti", {"citta": "matera", "lista_attesa_ok": "si"}, {"reviews": ()})
    story.fire("email_confirmed", "richiedente")
    story.fire("admissible", "istruttore")
    assert list(movers(story)) == ["deadline:sollecito:P10D"]  # partners; after ten days the coordinator
    story.after(days=15)
    assert list(movers(story)) == ["reviews_waived by coordinatore"]
    lonely = replace(story.case, state="lista_attesa", overdue=False)
    story.case, story.timers = lonely, ()
    assert [each.event for each in offers(story.definition, lonely, "richiedente")] == ["withdraw"]
    assert not any(movers(story))


def test_where_all_abstain_the_officer_is_told_and_only_then_may_a_case_wait_for_nobody() -> None:
    story = begun("ammissione-posti", {"citta": "matera", "lista_attesa_ok": "si"}, {})
    story.fire("email_confirmed", "richiedente")
    story.fire("admissible", "istruttore")
    story.fire("reviews_done", reviews=TWO)
    story.fire("abstain", "coordinatore")
    assert "approve by backup_coordinatore" in movers(story)
    story.fire("abstain", "backup_coordinatore")
    assert not any(movers(story))
    assert told_that_nobody_decides(story)


@often
@given(names, cases, steps, worlds)
def test_replaying_the_log_gives_the_same_case(
    name: str, given_: dict[str, Any], played: list[tuple[str, int]], world: dict[str, Any]
) -> None:
    story = begun(name, given_, world)
    for kind, number in played:
        play(story, kind, number)
    case = sent(name, given_)
    for entry in story.log:
        if isinstance(entry, Due):
            case = late(case, entry)
            continue
        event, facts = entry
        outcome = fire(story.definition, case, event, facts)
        assert isinstance(outcome, Outcome), outcome
        case = applied(case, outcome, facts.now)
    assert case == story.case


@often
@given(names, cases, steps, worlds)
def test_the_log_alone_tells_state_counts_and_history(
    name: str, given_: dict[str, Any], played: list[tuple[str, int]], world: dict[str, Any]
) -> None:
    story = begun(name, given_, world)
    for kind, number in played:
        play(story, kind, number)
    states, previous = [], None
    for outcome in story.outcomes:
        assert outcome.from_state == previous
        previous = outcome.to_state
        if outcome.changed:
            states.append(outcome.to_state)
    assert previous == story.state
    assert states == [visit.state for visit in story.case.history]
    assert Counter(outcome.event for outcome in story.outcomes if outcome.event) == story.case.counts


@often
@given(names, cases, steps, worlds, st.booleans(), st.booleans())
def test_what_is_offered_can_be_done(
    name: str,
    given_: dict[str, Any],
    played: list[tuple[str, int]],
    world: dict[str, Any],
    full: bool,  # noqa: FBT001 - drawn, not called
    stays: bool,  # noqa: FBT001 - drawn, not called
) -> None:
    story = begun(name, given_, world)
    for kind, number in played:
        play(story, kind, number)
    for role in HUMAN:
        facts = story.facts(role, seats_free=not full, listed_wants=stays)
        for transition in offers(story.definition, story.case, role, facts):
            outcome = fire(story.definition, story.case, transition.event, replace(facts, inputs=good_inputs(story)))
            assert isinstance(outcome, Outcome), (role, transition.event, outcome)
            assert outcome.transition is transition


@often
@given(
    names,
    cases,
    steps,
    worlds,
    st.text(max_size=20),
    st.text(max_size=20),
    st.dictionaries(
        st.sampled_from(sorted(good_inputs(begun("adesione-ente", {"citta": "matera", "lista_attesa_ok": "si"}, {})))),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.lists(st.text(max_size=3), max_size=3)
        ),
    ),
)
def test_nonsense_never_raises(
    name: str,
    given_: dict[str, Any],
    played: list[tuple[str, int]],
    world: dict[str, Any],
    event: str,
    actor: str,
    inputs: dict[str, Any],
) -> None:
    story = begun(name, given_, world)
    for kind, number in played:
        play(story, kind, number)
    assert isinstance(fire(story.definition, story.case, event, Facts(story.now, actor)), Refusal)
    for transition in story.definition.leaving(story.state):
        for role in (*transition.actor, actor):
            fire(story.definition, story.case, transition.event, story.facts(role, inputs=inputs))


@pytest.mark.parametrize("name", NAMES)
def test_final_states_accept_nothing(name: str) -> None:
    story = begun(name, {"citta": "matera", "lista_attesa_ok": "si"}, {})
    final = replace(story.case, state="archiviata")
    for event in {each.event for each in story.definition.transitions}:
        for role in ROLES:
            refusal = fire(story.definition, final, event, Facts(story.now, role, inputs=good_inputs(story)))
            assert isinstance(refusal, Refusal)
            assert refusal.code == "no_transition"


@pytest.mark.parametrize("name", NAMES)
def test_the_facts_asked_for_are_known(name: str) -> None:
    definition = library(name)
    for state in definition.state_ids:
        assert needs(definition, state) <= set(Facts.__dataclass_fields__)


@pytest.mark.parametrize(
    ("name", "state", "event", "facts"),
    [
        ("ammissione-posti", "decisione", "approve", {"seats_free", "no_other_seat"}),
        ("ammissione-posti", "valutazione", "reviews_done", {"reviews", "reviewers", "required_reviews"}),
        ("ammissione-posti", "verifica", "request_info", set()),
        ("iscrizione-studente", "da_confermare", "email_confirmed", {"invite"}),
        ("selezione-graduatoria", "valutazione", "panel_closes", {"panel", "panel_members", "criteria"}),
        ("selezione-graduatoria", "graduatoria_provvisoria", "final_ranking", {"standing", "places", "states_beside"}),
        ("selezione-graduatoria", "idonea", "scorrimento", {"next_in_rank", "seats_free"}),
        ("doppia-approvazione", "pareri", "both_approve", {"opinions"}),
    ],
)
def test_only_the_facts_of_an_event_are_asked_for(name: str, state: str, event: str, facts: set[str]) -> None:
    assert needs(library(name), state, event) == facts


def test_an_unknown_state_is_refused() -> None:
    definition = library("ammissione-posti")
    story = Story.begun(definition, rome("2026-11-16T09:30"))
    lost = replace(story.case, state="smarrita")
    refusal = fire(definition, lost, "auto", Facts(story.now))
    assert isinstance(refusal, Refusal)
    assert offers(definition, lost, "istruttore") == ()
