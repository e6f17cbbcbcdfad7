"""Guards on what others think of the case: reviews and their quorum, opinions of the two cities, the panel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from forms.model import Text
from workflows.case import CHANGES, Opinion, Review
from workflows.guards.model import Guard, Moment, one_of, whole
from workflows.ranking import FEWEST, PANEL, complete, sitting

QUORUM_EVENTS = ("reviews_done", "opinion_given", "changes_suggested", "reviews_waived")
CITIES = ("cedente", "riusante")
STAND_IN = "cabina_di_regia"
"""Whose opinion counts for a city that gave none in time."""

OK, ASKS_CHANGES, REFUSED = "ok", "changes", "refused"


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
