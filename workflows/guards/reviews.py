"""Guards on what others think of the case: reviews and their quorum, opinions of the two cities, the panel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from forms.model import Text
from workflows.case import CHANGES, Opinion, Review
from workflows.guards.model import Guard, Moment, one_of, whole
from workflows.ranking import FEWEST, PANEL, complete, sitting
from workflows.voting import Rule, outcome, parse_votes, weighed

QUORUM_EVENTS = ("reviews_done", "opinion_given", "changes_suggested", "reviews_waived")
CITIES = ("cedente", "riusante")
STAND_IN = "cabina_di_regia"
"""Whose opinion counts for a city that gave none in time."""

OK, ASKS_CHANGES, REFUSED = "ok", "changes", "refused"
BEST_SCORE = 100
"""The most that a review's own score can be."""

VOTES_OTHERWISE = Text(it="I voti non portano a questo esito.", en="The votes do not come to this outcome.")


def counting_reviews(moment: Moment) -> tuple[Review, ...]:
    """The valid reviews of the answers as they are now; votes on an older version are kept but count no more."""
    current = {
        review.reviewer: review
        for review in moment.facts.reviews
        if review.valid and review.version >= moment.case.version
    }
    return tuple(current.values())


def quorum(wanted: int, moment: Moment) -> int:
    """How many valid reviews are enough: never more than those who may vote, one after escalation, never none."""
    if moment.case.overdue:
        return 1
    facts = moment.facts
    out = {review.reviewer for review in facts.reviews if review.conflict or review.abstained}
    return max(1, min(facts.required_reviews or wanted, facts.reviewers - len(out)))


def decided(rule: Rule, moment: Moment) -> str:
    """What the reviewers decide; after the state's deadline nobody is waited for.

    A review without a score is no vote for a mean.
    """
    facts = moment.facts
    out = {review.reviewer for review in facts.reviews if review.conflict or review.abstained}
    given = [review for review in counting_reviews(moment) if review.reviewer not in out]
    if rule.kind == "mean":
        votes, best = [review.score for review in given if review.score is not None], BEST_SCORE
    else:
        approving = {word.casefold() for word in rule.approving}
        votes, best = [int((review.outcome or "").casefold() in approving) for review in given], 1
    to_come = facts.reviewers - len(out) - len(votes)
    return outcome(rule, votes, to_come, best=best, closed=moment.case.overdue)


def decided_by_panel(rule: Rule, moment: Moment) -> str:
    """What the panel decides; after the state's deadline nobody is waited for."""
    facts = moment.facts
    rows = complete(facts.panel, facts.panel_members, facts.criteria)
    to_come = len(sitting(facts.panel, facts.panel_members)) - len(rows)
    votes, best = [weighed(rule, row.points) for row in rows], weighed(rule, facts.criteria)
    return outcome(rule, votes, to_come, best=best, closed=moment.case.overdue)


def _votes(raw: Any, moment: Moment) -> bool:
    rule, wanted = parse_votes(raw)
    return decided(rule, moment) == wanted


def _panel_votes(raw: Any, moment: Moment) -> bool:
    rule, wanted = parse_votes(raw)
    return decided_by_panel(rule, moment) == wanted


def _rule_of_reviewers(raw: Any) -> str | None:
    return _rule(raw) or ("write `panel_votes:`; reviewers give one score" if parse_votes(raw)[0].weights else None)


def _rule_of_panel(raw: Any) -> str | None:
    fix = "write `rule: {mean: 60, weights: {innovazione: 2, team: 1}}`; the panel gives points by criterion"
    return _rule(raw) or (None if parse_votes(raw)[0].weights else fix)


def _rule(raw: Any) -> str | None:
    try:
        parse_votes(raw)
    except ValueError as error:
        return str(error)
    return None


def _min_reviews(wanted: Any, moment: Moment) -> bool:
    return len(counting_reviews(moment)) >= quorum(wanted, moment)


def _most_want_changes(_: Any, moment: Moment) -> bool:
    reviews = counting_reviews(moment)
    return 2 * sum(review.outcome == CHANGES for review in reviews) > len(reviews)


def opinions_of_cities(moment: Moment) -> tuple[Opinion, ...]:
    """The opinion that counts for each city, of those given: its own, else the one of who stands in for it."""
    given = {opinion.role: opinion for opinion in moment.facts.opinions}
    counting = (given.get(city) or given.get(STAND_IN) for city in CITIES)
    return tuple(opinion for opinion in counting if opinion is not None)


def _opinions_all(value: Any, moment: Moment) -> bool:
    opinions = opinions_of_cities(moment)
    return len(opinions) == len(CITIES) and all(opinion.value == value for opinion in opinions)


def _opinions_any(value: Any, moment: Moment) -> bool:
    opinions = opinions_of_cities(moment)
    values = {opinion.value for opinion in opinions}
    if value == REFUSED:
        return REFUSED in values
    return len(opinions) == len(CITIES) and REFUSED not in values and value in values


def _panel_complete(_: Any, moment: Moment) -> bool:
    facts = moment.facts
    return len(complete(facts.panel, facts.panel_members, facts.criteria)) == PANEL


def _panel_short(_: Any, moment: Moment) -> bool:
    facts = moment.facts
    seats = sitting(facts.panel, facts.panel_members)
    scored = len(complete(facts.panel, facts.panel_members, facts.criteria))
    return scored == FEWEST and (len(seats) == FEWEST or moment.case.overdue)


REVIEWS: Mapping[str, Guard] = MappingProxyType(
    {
        "min_reviews": Guard(
            _min_reviews,
            "as many valid reviews as the quorum: this number, or the call's, or fewer where reviewers abstain",
            Text(it="Mancano ancora valutazioni.", en="Some reviews are still missing."),
            needs=frozenset({"reviews", "reviewers", "required_reviews"}),
            parameter=whole,
        ),
        "most_want_changes": Guard(
            _most_want_changes,
            "more than half of the valid reviews say «Sì con modifiche»",
            Text(it="Le valutazioni non chiedono modifiche.", en="The reviews ask for no changes."),
            Text(it="Le valutazioni chiedono modifiche.", en="The reviews ask for changes."),
            needs=frozenset({"reviews"}),
        ),
        "votes": Guard(
            _votes,
            "the votes of the reviewers come to this, as in `votes: {rule: {of: 2}, is: approved}`; see below",
            VOTES_OTHERWISE,
            needs=frozenset({"reviews", "reviewers"}),
            parameter=_rule_of_reviewers,
        ),
        "panel_votes": Guard(
            _panel_votes,
            "the weighted points of the panel come to this; see below",
            VOTES_OTHERWISE,
            needs=frozenset({"panel", "panel_members", "criteria"}),
            parameter=_rule_of_panel,
        ),
        "reviewed": Guard(
            lambda _, moment: moment.case.count(QUORUM_EVENTS) > 0,
            "a quorum of reviews was reached once, or the coordinator waived it",
            Text(it="La domanda non è ancora stata valutata.", en="The application has not been reviewed yet."),
            Text(it="La domanda è già stata valutata.", en="The application has been reviewed already."),
        ),
        "opinion_in_sheet": Guard(
            lambda _, moment: bool(moment.facts.opinion),
            "the opinion asked for is written in the sheet",
            Text(it="Il parere non è ancora arrivato.", en="The opinion has not arrived yet."),
            needs=frozenset({"opinion"}),
        ),
        "opinions_all": Guard(
            _opinions_all,
            "both cities gave this opinion, as in `opinions_all: ok`",
            Text(it="Mancano ancora pareri.", en="Some opinions are still missing."),
            needs=frozenset({"opinions"}),
            parameter=one_of(OK, ASKS_CHANGES, REFUSED),
        ),
        "opinions_any": Guard(
            _opinions_any,
            "one city refuses (`opinions_any: refused`), or both answered, none refuses and one asks for changes "
            "(`opinions_any: changes`)",
            Text(it="I pareri non lo chiedono.", en="The opinions do not ask for this."),
            needs=frozenset({"opinions"}),
            parameter=one_of(ASKS_CHANGES, REFUSED),
        ),
        "panel_complete": Guard(
            _panel_complete,
            "three of the panel gave points in range for every criterion; a substitute takes the place of who is in "
            "conflict",
            Text(it="Mancano ancora punteggi della commissione.", en="Some scores of the panel are still missing."),
            Text(it="La commissione è al completo.", en="The panel is complete."),
            needs=frozenset({"panel", "panel_members", "criteria"}),
        ),
        "panel_short": Guard(
            _panel_short,
            "two of the panel gave all their points, and no third can: conflict without a substitute, or the state's "
            "deadline has passed",
            Text(
                it="Servono i punteggi di due componenti, e un terzo che non può votare o non ha votato in tempo.",
                en="Two members must have scored, and a third be unable to, or too late.",
            ),
            needs=frozenset({"panel", "panel_members", "criteria"}),
        ),
    }
)
