"""What holds for every sequence of events, legal or not."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.workflows.story import REASON, Story, review, rome
from workflows.checker import CERTAIN_EVENTS
from workflows.definition import ROLES, SYSTEM, WorkflowDefinition
from workflows.engine import Facts, Outcome, Refusal, Review, fire, needs, offers

HUMAN = sorted(ROLES - {SYSTEM})
MOST_CHANGES = 30
"""More changes of state than any case can go through."""

steps = st.lists(
    st.tuples(st.sampled_from(["offer", "offer", "offer", "any", "time", "sheet"]), st.integers(0, 10**6)), max_size=40
)
cases = st.fixed_dictionaries(
    {
        "law241": st.booleans(),
        "age": st.sampled_from([None, 16, 17, 18, 25, 40]),
        "protocol": st.booleans(),
        "citta": st.sampled_from(["cinisello", "matera"]),
    }
)
outcomes = st.sampled_from(["Sì", "Sì con modifiche", "No"])
rows = st.lists(
    st.one_of(
        st.builds(review, st.sampled_from(["a", "b"]), outcomes, version=st.integers(1, 4)),
        st.builds(
            Review,
            st.sampled_from(["a", "b"]),
            valid=st.just(value=False),
            conflict=st.booleans(),
            abstained=st.booleans(),
        ),
    ),
    max_size=3,
).map(tuple)
workflows = pytest.mark.parametrize("name", ["ammissione", "proposta"])
often = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def begun(name: str, request: pytest.FixtureRequest, given_: dict[str, Any]) -> Story:
    definition: WorkflowDefinition = request.getfixturevalue(name)
    citta = given_.pop("citta")
    answers = {"citta": citta, "inizio": "2026-12-01", "durata_mesi": "3"}
    form = "coworking-postazione" if name == "ammissione" else "clab-urbano-proposta"
    anchors = {"list_end": rome("2027-03-31T23:59:59")}
    return Story.begun(
        definition, rome("2026-11-16T09:30"), form=form, answers=answers, city=citta, anchors=anchors, **given_
    )


def good_inputs(story: Story) -> dict[str, Any]:
    """Inputs that every guard on inputs is content with."""
    today = story.now.astimezone(rome("2026-11-16").tzinfo).date()
    return {
        "motivazione": REASON,
        "protocollo_numero": "0012345",
        "protocollo_data": today.isoformat(),
        "requisiti": [],
        "signed_on": today.isoformat(),
        "target": "CLU-26-7QK2MN",
        "proposer_agrees": True,
        "data": (today + timedelta(days=20)).isoformat(),
        "ora": "15:30",
        "ore": 2,
    }


def step(story: Story, kind: str, number: int, reviews: tuple[Review, ...]) -> None:
    story.seats_free = number % 3 > 0
    if kind == "time":
        story.after(hours=number % 200)
        return
    if kind == "any":
        every = [(each.event, role) for each in story.definition.transitions for role in (*each.actor, "coordinatore")]
        event, actor = every[number % len(every)]
    elif kind == "sheet":
        event, actor = ("reviews_done", "changes_suggested", "seat_freed")[number % 3], SYSTEM
    else:
        choices = [(each.event, role) for role in HUMAN for each in offers(story.definition, story.case, role)]
        if not choices:
            return
        event, actor = choices[number % len(choices)]
    before = deepcopy(story.case)
    result = story.try_(event, actor, good_inputs(story), reviews=reviews)
    assert story.case == before
    if isinstance(result, Refusal):
        assert result.text.it
        assert result.text.en
        return
    story.take(result)
    if result.auto:
        story.fire("auto")


def keeps_somebody(story: Story) -> bool:
    """Whether a person can act, or time or the system will."""
    if any(offers(story.definition, story.case, role) for role in HUMAN):
        return True
    if any(each.kind == "transition" for each in story.timers):
        return True
    return any(each.event in CERTAIN_EVENTS for each in story.definition.leaving(story.state))


@workflows
@often
@given(given_=cases, played=steps, reviews=rows)
def test_random_events(
    name: str,
    request: pytest.FixtureRequest,
    given_: dict[str, Any],
    played: list[tuple[str, int]],
    reviews: tuple[Review, ...],
) -> None:
    story = begun(name, request, dict(given_))
    for kind, number in played:
        step(story, kind, number, reviews)
        state = story.definition.state(story.state)
        assert story.case.history[-1].state == story.state
        if state.kind == "final":
            assert not any(offers(story.definition, story.case, role) for role in ROLES)
            assert story.timers == ()
        else:
            assert keeps_somebody(story)
    moves = [visit.state for visit in story.case.history]
    assert len(moves) <= MOST_CHANGES


@workflows
@often
@given(given_=cases, played=steps, reviews=rows, full=st.booleans(), stays=st.booleans())
def test_what_is_offered_can_be_done(
    name: str,
    request: pytest.FixtureRequest,
    *,
    given_: dict[str, Any],
    played: list[tuple[str, int]],
    reviews: tuple[Review, ...],
    full: bool,
    stays: bool,
) -> None:
    story = begun(name, request, dict(given_))
    for kind, number in played:
        step(story, kind, number, reviews)
    for role in HUMAN:
        facts = story.facts(role, seats_free=not full, listed_wants=stays, reviews=reviews)
        for transition in offers(story.definition, story.case, role, facts):
            full_facts = story.facts(
                role, inputs=good_inputs(story), seats_free=not full, listed_wants=stays, reviews=reviews
            )
            outcome = fire(story.definition, story.case, transition.event, full_facts)
            assert isinstance(outcome, Outcome), (role, transition.event, outcome)
            assert outcome.transition is transition


@workflows
@often
@given(
    given_=cases,
    played=steps,
    reviews=rows,
    event=st.text(max_size=20),
    actor=st.text(max_size=20),
    inputs=st.dictionaries(
        st.sampled_from(
            [
                "motivazione",
                "protocollo_numero",
                "protocollo_data",
                "requisiti",
                "signed_on",
                "data",
                "ora",
                "ore",
                "target",
            ]
        ),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.lists(st.text(max_size=3), max_size=3)
        ),
    ),
)
def test_nonsense_never_raises(  # noqa: PLR0913 - a property has as many inputs as it has
    name: str,
    request: pytest.FixtureRequest,
    *,
    given_: dict[str, Any],
    played: list[tuple[str, int]],
    reviews: tuple[Review, ...],
    event: str,
    actor: str,
    inputs: dict[str, Any],
) -> None:
    story = begun(name, request, dict(given_))
    for kind, number in played:
        step(story, kind, number, reviews)
    assert isinstance(fire(story.definition, story.case, event, Facts(story.now, actor)), Refusal)
    for transition in story.definition.leaving(story.state):
        for role in (*transition.actor, actor):
            fire(story.definition, story.case, transition.event, Facts(story.now, role, inputs=inputs, reviews=reviews))


@workflows
def test_final_states_accept_nothing(name: str, request: pytest.FixtureRequest) -> None:
    story = begun(name, request, {"citta": "matera"})
    final = replace(story.case, state="archiviata")
    for event in {each.event for each in story.definition.transitions}:
        for role in ROLES:
            refusal = fire(story.definition, final, event, Facts(story.now, role, inputs=good_inputs(story)))
            assert isinstance(refusal, Refusal)
            assert refusal.code == "no_transition"


@workflows
def test_the_facts_asked_for_are_enough(name: str, request: pytest.FixtureRequest) -> None:
    definition: WorkflowDefinition = request.getfixturevalue(name)
    fields = set(Facts.__dataclass_fields__)
    for state in definition.state_ids:
        assert needs(definition, state) <= fields
    if name == "ammissione":
        assert needs(definition, "decisione", "approve") == {"seats_free", "no_other_seat"}
        assert needs(definition, "valutazione", "reviews_done") == {"reviews", "reviewers", "required_reviews"}
        assert needs(definition, "verifica", "request_info") == frozenset()


def test_an_unknown_state_is_refused(ammissione: WorkflowDefinition) -> None:
    story = Story.begun(ammissione, rome("2026-11-16T09:30"))
    lost = replace(story.case, state="smarrita")
    refusal = fire(ammissione, lost, "auto", Facts(story.now))
    assert isinstance(refusal, Refusal)
    assert offers(ammissione, lost, "istruttore") == ()
