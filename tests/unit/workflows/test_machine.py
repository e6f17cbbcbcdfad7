"""A call with few places, played at random: several cases of one workflow, people, sheets, time, all at once.

Seconds in the unit tier; `HUBOUT_SOAK=1` (`make soak`) plays far more. A failure prints how to play it again.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.unit.workflows.conftest import NAMES
from tests.unit.workflows.story import Story, review
from tests.unit.workflows.worlds import HUMAN, begun, cases, good_inputs, movers, told_that_nobody_decides, worlds
from workflows.case import Case
from workflows.definition import SYSTEM
from workflows.effects import OfferNext, ReleaseSeat, ReserveSeat
from workflows.engine import Due, Outcome, Refusal, fire, offers
from workflows.guards import Moment
from workflows.guards.reviews import counting_reviews, quorum
from workflows.replay import applied, late

SOAK = bool(os.environ.get("HUBOUT_SOAK"))
PLACES = 2
MOST_CASES = 4
thorough = settings(
    max_examples=2000 if SOAK else 12,
    stateful_step_count=80 if SOAK else 35,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class CallMachine(RuleBasedStateMachine):
    """One call: its cases as the shell would keep them, and the places they hold."""

    name = ""

    def __init__(self) -> None:
        super().__init__()
        self.stories: list[Story] = []
        self.sent: list[Case] = []
        self.holding: list[bool] = []
        self.enough: dict[int, bool] = {}

    # --- what happens ---------------------------------------------------------------------------------------------

    @initialize(given=cases, world=worlds)
    def first(self, given: dict[str, Any], world: dict[str, Any]) -> None:
        self.apply(given, world)

    @precondition(lambda self: len(self.stories) < MOST_CASES)
    @rule(given=cases, world=worlds)
    def apply(self, given: dict[str, Any], world: dict[str, Any]) -> None:
        story = begun(self.name, given, {**world, "reviews": ()})
        if self.stories:
            story.until(self.stories[0].now)
        self.stories.append(story)
        self.sent.append(begun(self.name, given, world).case)
        self.holding.append(False)

    @rule(which=st.integers(0, MOST_CASES - 1), number=st.integers(0, 10**6))
    def somebody_acts(self, which: int, number: int) -> None:
        story, index = self._case(which)
        self._look_for_room(story, index)
        chances = [(each.event, role) for role in HUMAN for each in offers(story.definition, story.case, role)]
        if chances:
            self._fire(index, *chances[number % len(chances)])

    @rule(which=st.integers(0, MOST_CASES - 1), number=st.integers(0, 10**6))
    def anybody_tries_anything(self, which: int, number: int) -> None:
        story, index = self._case(which)
        self._look_for_room(story, index)
        events = sorted({each.event for each in story.definition.transitions})
        self._fire(index, events[number % len(events)], HUMAN[number // len(events) % len(HUMAN)])

    @rule(which=st.integers(0, MOST_CASES - 1), number=st.integers(0, 10**6))
    def the_system_acts(self, which: int, number: int) -> None:
        story, index = self._case(which)
        self._look_for_room(story, index)
        events = [
            each.event for each in story.definition.leaving(story.state) if SYSTEM in each.actor and not each.timer
        ]
        events = [event for event in events if event not in ("auto", "retention")]
        if events:
            self._fire(index, events[number % len(events)], SYSTEM)

    @rule(
        which=st.integers(0, MOST_CASES - 1),
        who=st.sampled_from("ab"),
        says=st.sampled_from(["Sì", "Sì con modifiche"]),
    )
    def a_reviewer_writes(self, which: int, who: str, says: str) -> None:
        story, _ = self._case(which)
        rows = {each.reviewer: each for each in story.known.get("reviews", ())}
        rows[who] = review(who, says, version=story.case.version)
        story.known["reviews"] = tuple(rows.values())

    @rule(hours=st.integers(1, 400))
    def time_passes(self, hours: int) -> None:
        for index, story in enumerate(self.stories):
            self._look_for_room(story, index)
            before = len(story.outcomes)
            story.after(hours=hours)
            for outcome in story.outcomes[before:]:
                self._seats(index, outcome)

    # --- how the shell keeps it -----------------------------------------------------------------------------------

    def _case(self, which: int) -> tuple[Story, int]:
        index = which % len(self.stories)
        return self.stories[index], index

    def _look_for_room(self, story: Story, index: int) -> None:
        others = sum(held for other, held in enumerate(self.holding) if other != index)
        story.seats_free = others < PLACES

    def _fire(self, index: int, event: str, actor: str) -> None:
        story = self.stories[index]
        facts = story.facts(actor, inputs=good_inputs(story))
        before, timers, counted = story.case, story.timers, story.case.counts.get(event, 0)
        outcome = fire(story.definition, story.case, event, facts)
        if isinstance(outcome, Refusal):
            assert (story.case, story.timers) == (before, timers)
            assert outcome.text.it
            assert outcome.text.en
            return
        story.take(outcome, facts)
        self._seats(index, outcome)
        assert story.case.counts[event] == counted + 1
        if outcome.auto:
            self._fire(index, "auto", SYSTEM)
        elif outcome.changed and outcome.transition and outcome.transition.to != before.state:
            again = fire(story.definition, replace(story.case, state=before.state), event, facts)
            assert isinstance(again, Outcome | Refusal)  # the same link pressed twice is answered, not a crash

    def _seats(self, index: int, outcome: Outcome) -> None:
        for effect in outcome.effects:
            if isinstance(effect, ReserveSeat):
                self.holding[index] = True
            if isinstance(effect, ReleaseSeat | OfferNext):
                self.holding[index] = False

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def nobody_sits_where_there_is_no_place(self) -> None:
        # selezione-graduatoria has places too, but `final_ranking` gives them by position among all cases of a ranking
        # and never looks whether one is free. Here each case draws a position of its own, so the sum says nothing;
        # that one act gives as many as there are is shown in tests/integration/app/test_selection.py.
        if self.name != "selezione-graduatoria":
            assert sum(self.holding) <= PLACES

    @invariant()
    def a_closed_case_holds_no_place_and_wants_nothing(self) -> None:
        for story, held in zip(self.stories, self.holding, strict=True):
            kind = story.definition.state(story.state).kind
            if kind in ("closed", "final"):
                assert not held
                assert not any(each.kind == "transition" for each in story.timers)

    @invariant()
    def every_open_case_can_be_moved(self) -> None:
        for story in self.stories:
            if story.definition.state(story.state).kind in ("open", "success"):
                assert any(movers(story)) or told_that_nobody_decides(story), story.state

    @invariant()
    def no_transition_is_lost_or_doubled(self) -> None:
        for story in self.stories:
            at = None
            for outcome in story.outcomes:
                assert outcome.from_state == at
                at = outcome.to_state
            assert at == story.state

    @invariant()
    def the_log_gives_the_same_case(self) -> None:
        for story, case in zip(self.stories, self.sent, strict=True):
            for entry in story.log:
                if isinstance(entry, Due):
                    case = late(case, entry)  # noqa: PLW2901 - it grows
                    continue
                event, facts = entry
                outcome = fire(story.definition, case, event, facts)
                assert isinstance(outcome, Outcome), outcome
                case = applied(case, outcome, facts.now)  # noqa: PLW2901 - the same
            assert case == story.case

    @invariant()
    def one_more_review_never_takes_the_quorum_away(self) -> None:
        for story in self.stories:
            moment = Moment(story.case, story.facts())
            have, need = len(counting_reviews(moment)), quorum(2, moment)
            more = (*moment.facts.reviews, review("another", version=story.case.version))
            after = Moment(story.case, replace(moment.facts, reviews=more))
            assert len(counting_reviews(after)) == have + 1
            assert quorum(2, after) == need


@pytest.mark.parametrize("name", NAMES)
def test_whatever_happens(name: str) -> None:
    machine = type(f"Call_{name}", (CallMachine,), {"name": name})
    run_state_machine_as_test(machine, settings=thorough)
