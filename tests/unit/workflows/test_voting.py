"""Groups that vote: each rule told on the votes themselves, then in a small workflow that an author could write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.document import parse
from tests.unit.workflows.story import Story, review, rome
from workflows.case import PanelScore, Review
from workflows.checker import check
from workflows.definition import WorkflowDefinition, load_workflow
from workflows.engine import Outcome, sheet_events
from workflows.voting import (
    APPROVED,
    CHAIR,
    EXTEND,
    OPEN,
    REJECT,
    REJECTED,
    SHORT,
    TIED,
    Rule,
    outcome,
    parse_votes,
    weighed,
)

ANY, ALL, MOST, TWO_OF = Rule("any"), Rule("all"), Rule("most"), Rule("of", 2)
MEAN = Rule("mean", 60)


# --- the votes themselves -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "votes", "to_come", "says"),
    [
        (ANY, [1], 2, APPROVED),
        (ANY, [0, 0], 1, OPEN),
        (ANY, [0, 0, 0], 0, REJECTED),
        (ALL, [0], 2, REJECTED),
        (ALL, [1, 1], 1, OPEN),
        (ALL, [1, 1, 1], 0, APPROVED),
        (MOST, [1, 1], 1, APPROVED),
        (MOST, [1, 1], 2, OPEN),
        (MOST, [0, 0], 1, REJECTED),
        (MOST, [1, 0], 0, TIED),
        (TWO_OF, [1, 1], 3, APPROVED),
        (TWO_OF, [1, 0], 1, OPEN),
        (TWO_OF, [0, 0], 1, REJECTED),
        (TWO_OF, [1], 0, APPROVED),
        (ANY, [], 0, SHORT),
        (ANY, [], 2, OPEN),
    ],
)
def test_an_outcome_is_told_as_soon_as_it_is_sure(rule: Rule, votes: list[int], to_come: int, says: str) -> None:
    assert outcome(rule, votes, to_come) == says


@pytest.mark.parametrize(
    ("scores", "to_come", "says"),
    [
        ([60], 0, APPROVED),
        ([59, 60], 0, REJECTED),
        ([90, 90], 1, APPROVED),
        ([90, 80], 1, OPEN),
        ([40, 30], 1, REJECTED),
    ],
)
def test_a_mean_is_sure_when_no_score_to_come_can_move_it_over_the_threshold(
    scores: list[int], to_come: int, says: str
) -> None:
    # 90, 90 and nothing: 60; 90, 80 and nothing: 56; 40, 30 and a hundred: 56
    assert outcome(MEAN, scores, to_come, best=100) == says


def test_too_few_voters_are_short_at_once_and_nothing_is_sure_while_they_may_become_too_few() -> None:
    rule = replace(ALL, minimum=2)
    assert outcome(rule, [1], 0) == SHORT
    assert outcome(rule, [], 1) == SHORT
    assert outcome(rule, [0], 1) == OPEN
    assert outcome(rule, [0], 1, closed=True) == SHORT
    assert outcome(rule, [0, 1], 1) == REJECTED


def test_what_a_tie_is() -> None:
    by_rule = {tie: outcome(replace(MOST, tie=tie), [1, 0], 0) for tie in (CHAIR, REJECT, EXTEND)}
    assert by_rule == {CHAIR: TIED, REJECT: REJECTED, EXTEND: OPEN}
    assert outcome(replace(MOST, tie=EXTEND), [1, 0], 0, closed=True) == TIED


def test_points_are_weighed_by_criterion() -> None:
    rule = Rule("mean", 60, {"innovazione": 3, "team": 1})
    assert weighed(rule, {"innovazione": 20, "team": 8, "impatto": 15}) == 68
    assert weighed(rule, {"innovazione": 20}) == 60


# --- whatever the votes ---------------------------------------------------------------------------------------------

RULES = st.builds(
    Rule,
    st.sampled_from(("any", "all", "most", "of", "mean")),
    st.integers(1, 5),
    minimum=st.integers(1, 4),
    tie=st.sampled_from((CHAIR, REJECT, EXTEND)),
)
BEST = 5
BALLOTS = st.lists(st.one_of(st.none(), st.integers(0, BEST)), max_size=7)
"""What each voter says, in order: a score, or nothing: they abstain or are in conflict."""


def cast(rule: Rule, ballots: Sequence[int | None]) -> list[int]:
    """The votes: scores where they are averaged, else for (1) or against (0)."""
    scores = [each for each in ballots if each is not None]
    return scores if rule.kind == "mean" else [score % 2 for score in scores]


def says(rule: Rule, votes: Sequence[int], to_come: int, *, closed: bool = False) -> str:
    return outcome(rule, votes, to_come, best=BEST if rule.kind == "mean" else 1, closed=closed)


@given(RULES, BALLOTS)
def test_what_was_decided_stands_whatever_comes_in(rule: Rule, ballots: list[int | None]) -> None:
    said = [says(rule, cast(rule, ballots[:seen]), len(ballots) - seen) for seen in range(len(ballots) + 1)]
    decided = [each for each in said if each != OPEN]
    assert decided == said[len(said) - len(decided) :]
    assert len(set(decided)) <= 1


@given(RULES, BALLOTS, st.integers(0, 7))
def test_what_was_decided_stands_when_the_time_is_over(rule: Rule, ballots: list[int | None], to_come: int) -> None:
    before = says(rule, cast(rule, ballots), to_come)
    after = says(rule, cast(rule, ballots), to_come, closed=True)
    assert after != OPEN
    assert before in (OPEN, after)


@given(RULES, BALLOTS)
def test_nothing_is_open_when_everybody_voted_but_a_tie_that_was_extended(
    rule: Rule, ballots: list[int | None]
) -> None:
    votes = cast(rule, ballots)
    said = says(rule, votes, 0)
    if said == OPEN:
        assert (rule.kind, rule.tie, 2 * sum(votes)) == ("most", EXTEND, len(votes))
    else:
        assert rule.kind != "most" or said in rule.outcomes


@given(RULES, BALLOTS, st.integers(0, 3), st.randoms(use_true_random=False))
def test_the_order_of_votes_says_nothing(rule: Rule, ballots: list[int | None], to_come: int, chance: Any) -> None:
    votes = cast(rule, ballots)
    mixed = chance.sample(votes, len(votes))
    assert says(rule, mixed, to_come) == says(rule, votes, to_come)


@given(RULES, BALLOTS, st.integers(1, 4))
def test_who_abstains_is_as_if_never_asked(rule: Rule, ballots: list[int | None], to_come: int) -> None:
    """Abstaining lowers n: with one fewer to come nothing that was sure is unsure, and nothing turns round."""
    before, after = (says(rule, cast(rule, ballots), number) for number in (to_come, to_come - 1))
    assert before in (OPEN, after)


@given(RULES, BALLOTS, st.integers(0, 3))
def test_one_more_vote_for_never_harms(rule: Rule, ballots: list[int | None], to_come: int) -> None:
    votes = cast(rule, ballots)
    best = BEST if rule.kind == "mean" else 1
    if says(rule, [*votes, 0], to_come) == APPROVED:
        assert says(rule, [*votes, best], to_come) == APPROVED


# --- in a workflow --------------------------------------------------------------------------------------------------

WORKFLOW = """
workflow: voto
title: {{it: Una prova}}
initial: nuova
recorded_from: esame
states:
  - {{id: nuova, label: {{it: Nuova}}, public: {{it: Nuova}}, kind: open, clock: retro}}
  - {{id: esame, label: {{it: Esame}}, public: {{it: Esame}}, kind: open, clock: run,
     notify: [{{role: revisore, message: revisori}}]}}
  - {{id: decisione, label: {{it: Decisione}}, public: {{it: Decisione}}, kind: open, clock: run,
     notify: [{{role: coordinatore, message: tocca_a_te}}]}}
  - {{id: accolta, label: {{it: Accolta}}, public: {{it: Accolta}}, kind: closed, clock: stop}}
  - {{id: respinta, label: {{it: Respinta}}, public: {{it: Respinta}}, kind: closed, clock: stop}}
  - {{id: archiviata, label: {{it: Archiviata}}, public: {{it: Archiviata}}, kind: final, clock: stop}}
transitions:
  - {{from: nuova, event: email_confirmed, actor: richiedente, to: esame, label: {{it: Confermo}}}}
  - {{from: nuova, event: 'timer:PT72H', actor: sistema, to: respinta}}
{voting}
  - {{from: decisione, event: approve, actor: coordinatore, to: accolta, label: {{it: Approva}},
     effects: [{{mail: esito}}]}}
  - {{from: decisione, event: refuse, actor: coordinatore, to: respinta, label: {{it: Respingi}},
     effects: [{{mail: esito}}]}}
  - {{from: [nuova, esame, decisione], event: withdraw, actor: richiedente, to: respinta, label: {{it: Ritiro}}}}
  - {{from: [accolta, respinta], event: retention, actor: sistema, to: archiviata}}
deadlines:
  - {{state: esame, after: P5D, then: {{escalate: coordinatore}}}}
  - {{state: decisione, after: P5D, then: {{escalate: backup_coordinatore}}}}
"""
LEADS_TO = {"approved": "accolta", "rejected": "respinta", "tied": "decisione", "short": "decisione"}


@cache
def voting(rule: str, guard: str = "votes") -> WorkflowDefinition:
    """The workflow in which the votes decide by `rule`, written as an author does."""
    settled, _ = parse_votes({**parse(f"{{{rule}}}", "rule").data, "is": "approved"})
    transitions = "\n".join(
        f"  - {{from: esame, event: votes_{each}, actor: sistema, origin: sheet, to: {LEADS_TO[each]}, "
        f"effects: [{{mail: esito}}], guard: {{{guard}: {{{rule}, is: {each}}}}}}}"
        for each in settled.outcomes
    )
    return load_workflow(parse(WORKFLOW.format(voting=transitions), "voto.yaml"))


class Group:
    """A case in `esame`, and what the group says of it; after each word the sheet rules are tried."""

    def __init__(self, rule: str, voters: int = 3, guard: str = "votes", **known: Any) -> None:
        self.story = Story.begun(voting(rule, guard), rome("2026-11-16T09:30"), known={"reviewers": voters, **known})
        self.story.fire("email_confirmed", "richiedente")
        self.said: list[Review] = []
        self.look()

    def look(self) -> Group:
        """Try the sheet rules on what was said."""
        events = sheet_events(self.story.definition, self.story.state)
        passed = [each for each in events if isinstance(self.story.try_(each, reviews=tuple(self.said)), Outcome)]
        assert len(passed) <= 1
        for event in passed:
            self.story.fire(event, reviews=tuple(self.said))
        return self

    def say(self, *words: str | int) -> Group:
        """Each word is one reviewer's outcome or score; «conflitto» is a conflict of interest."""
        for word in words:
            name = f"olt-{len(self.said)}"
            if word in ("Mi astengo", "conflitto"):
                self.said.append(Review(name, valid=False, abstained=word != "conflitto", conflict=word == "conflitto"))
            elif isinstance(word, int):
                self.said.append(review(name, score=word))
            else:
                self.said.append(review(name, word, score=None))
            self.look()
        return self

    @property
    def last(self) -> str:
        """The event that led where the case is."""
        return self.story.case.history[-1].event

    @property
    def state(self) -> str:
        return self.story.state


RULES_WRITTEN = (
    "rule: any",
    "rule: all, minimum: 2",
    "rule: most, tie: chair",
    "rule: most, tie: reject",
    "rule: most, tie: extend",
    "rule: {of: 2}, approving: [Sì, Sì con modifiche]",
    "rule: {mean: 60}, minimum: 2",
)


@pytest.mark.parametrize("rule", RULES_WRITTEN)
def test_the_checker_has_nothing_to_say(rule: str) -> None:
    assert check(voting(rule)) == []


def test_one_vote_for_is_enough() -> None:
    assert Group("rule: any").say("No").state == "esame"
    assert Group("rule: any").say("No", "Favorevole").state == "accolta"
    assert Group("rule: any").say("No", "No", "No").state == "respinta"


def test_all_must_agree_and_one_against_ends_it_once_two_have_voted() -> None:
    rule = "rule: all, minimum: 2"
    assert Group(rule).say("Sì", "No").state == "respinta"
    assert Group(rule).say("Sì", "Sì", "Mi astengo").state == "accolta"
    assert Group(rule).say("Sì", "Sì").state == "esame"


def test_where_too_few_are_left_the_coordinator_decides() -> None:
    group = Group("rule: all, minimum: 2").say("Mi astengo", "conflitto")
    assert (group.state, group.last) == ("decisione", "votes_short")
    group.story.fire("approve", "coordinatore")
    assert group.state == "accolta"
    assert Group("rule: any", voters=0).last == "votes_short"


def test_two_of_three_where_yes_with_changes_is_a_yes() -> None:
    rule = "rule: {of: 2}, approving: [Sì, Sì con modifiche]"
    assert Group(rule).say("Sì", "Sì con modifiche").state == "accolta"
    assert Group(rule).say("No", "Sì").state == "esame"
    assert Group(rule).say("No", "No").state == "respinta"
    assert Group("rule: {of: 2}").say("Sì con modifiche", "Sì con modifiche").state == "respinta"


def test_a_tie_is_for_the_chair_or_a_refusal() -> None:
    group = Group("rule: most, tie: chair").say("Sì", "No", "Mi astengo")
    assert (group.state, group.last) == ("decisione", "votes_tied")
    assert Group("rule: most, tie: reject").say("Sì", "No", "Mi astengo").state == "respinta"


def test_an_extended_tie_waits_for_another_mind_until_the_deadline() -> None:
    group = Group("rule: most, tie: extend").say("Sì", "No", "Mi astengo")
    assert group.state == "esame"
    group.said[1] = review("olt-1", "Sì", score=None)
    assert group.look().state == "accolta"

    group = Group("rule: most, tie: extend").say("Sì", "No", "Mi astengo")
    group.story.after(days=6)
    assert (group.look().state, group.last) == ("decisione", "votes_tied")


def test_a_mean_of_scores() -> None:
    rule = "rule: {mean: 60}, minimum: 2"
    assert Group(rule).say(90, 90).state == "accolta"
    assert Group(rule).say(90, 80).state == "esame"
    assert Group(rule).say(40, 30).state == "respinta"
    assert Group(rule).say("Sì", "Sì", "Sì").state == "esame"


def test_after_the_deadline_nobody_is_waited_for() -> None:
    said = {
        words: Group("rule: most, minimum: 2").say(*words) for words in (("Sì",), ("Sì", "No"), ("Sì", "Mi astengo"))
    }
    for group in said.values():
        group.story.after(days=6)
        group.look()
    assert [group.last for group in said.values()] == ["votes_short", "votes_tied", "votes_short"]


def test_a_vote_on_older_answers_does_not_count() -> None:
    group = Group("rule: any")
    group.story.case = replace(group.story.case, version=2)
    assert group.say("Sì").state == "esame"
    group.said.append(review("olt-9", "Sì", version=2))
    assert group.look().state == "accolta"


POINTS = {"innovazione": 20, "team": 8}
WEIGHED = "rule: {mean: 60, weights: {innovazione: 3, team: 1}}, minimum: 2"


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([PanelScore("pres", POINTS), PanelScore("uno", POINTS)], "esame"),
        ([PanelScore("pres", {"innovazione": 25, "team": 10}), PanelScore("uno", POINTS)], "esame"),
        ([PanelScore("pres", POINTS), PanelScore("uno", POINTS), PanelScore("due", POINTS)], "accolta"),
        ([PanelScore("pres", POINTS), PanelScore("uno", POINTS), PanelScore("due", conflict=True)], "accolta"),
        ([PanelScore("pres", dict.fromkeys(POINTS, 1)), PanelScore("uno", dict.fromkeys(POINTS, 2))], "respinta"),
        ([PanelScore("pres", POINTS), PanelScore("uno", conflict=True), PanelScore("due", conflict=True)], "decisione"),
    ],
)
def test_the_panel_weighs_its_criteria(rows: list[PanelScore], state: str) -> None:
    known: dict[str, Any] = {
        "panel": tuple(rows),
        "panel_members": ("pres", "uno", "due"),
        "criteria": {"innovazione": 25, "team": 10},
    }
    assert Group(WEIGHED, guard="panel_votes", **known).state == state


def test_a_panel_that_is_late_is_not_waited_for() -> None:
    seats: dict[str, Any] = {"panel_members": ("pres", "uno", "due"), "criteria": {"innovazione": 25, "team": 10}}
    rows = (PanelScore("pres", POINTS), PanelScore("uno", POINTS))
    group = Group(WEIGHED, guard="panel_votes", panel=rows, **seats)
    assert group.state == "esame"
    group.story.until(group.story.now + timedelta(days=6))
    assert group.look().state == "accolta"
