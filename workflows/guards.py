"""The closed vocabulary of guards: what must hold for a transition to be taken (clarifications.md §4).

Guards are the named leaves of the one condition language (`forms.conditions`); `all`, `any`, `not`, `field`, `form`,
`age_lt` and `law241` come from there. A guard is a function of its parameter and of a `Moment`; it reads no clock
and no table. `needs` names the fields of `Facts` it looks at, `inputs` the answers of the act; a `timed` one looks at
the time of the moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from forms.conditions import Condition, Named, leaves, parse_condition
from forms.model import Text
from workflows.case import CHANGES, Case, Facts, Review
from workflows.dates import Calendar, due, is_open, local_date, parse_token

REASON_LENGTH = range(30, 3001)
ROUNDS = ("changes_suggested", "ask_changes", "any_asks_changes")
QUORUM_EVENTS = ("reviews_done", "changes_suggested", "reviews_waived")
MAX_MONTHS_BEFORE_LIST = 12
_PROTOCOL_NUMBER = re.compile(r"[0-9]{7,12}")


@dataclass(frozen=True)
class Moment:
    """What a guard is judged on. `limit` is when the state's own timer falls due, if it has one."""

    case: Case
    facts: Facts
    limit: datetime | None = None

    @property
    def calendar(self) -> Calendar:
        """The working days of the case's city."""
        return Calendar(self.case.city)


@dataclass(frozen=True)
class Guard:
    """One entry of the registry.

    `refusal` is what a person reads when it does not hold, `negated` when `not:` stands before it and it does.
    """

    holds: Callable[[Any, Moment], bool]
    means: str
    refusal: Text
    negated: Text | None = None
    needs: frozenset[str] = frozenset()
    inputs: tuple[str, ...] = ()
    timed: bool = False
    parameter: Callable[[Any], str | None] | None = field(default=None)
    """Says how to write the parameter if what is given can't serve; None where the guard takes no parameter."""


def _whole(value: Any) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if good else "write a whole number above 0"


def _time(value: Any) -> str | None:
    try:
        parse_token(value if isinstance(value, str) else "")
    except ValueError as error:
        return str(error).partition(" | ")[2]
    return None


def _event_number(value: Any) -> str | None:
    good = isinstance(value, Mapping) and len(value) == 1 and all(_whole(each) is None for each in value.values())
    return None if good else "write `count_lt: {reopen: 1}`"


def _name(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "write the id of a state"


def _given_date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _not_future(value: Any, moment: Moment) -> bool:
    day = _given_date(value)
    return day is not None and day <= local_date(moment.facts.now)


def _seats_free(_: Any, moment: Moment) -> bool:
    return moment.facts.seats_free is not False and moment.facts.no_other_seat


def _reason_given(_: Any, moment: Moment) -> bool:
    reason = moment.facts.inputs.get("motivazione")
    return isinstance(reason, str) and len(reason.strip()) in REASON_LENGTH


def _within(token: Any, moment: Moment) -> bool:
    until = due(parse_token(token), moment.case.entered_at, moment.case.anchors, moment.calendar)
    return until is None or is_open(until, moment.facts.now)


def _within_deadline(_: Any, moment: Moment) -> bool:
    return moment.limit is None or is_open(moment.limit, moment.facts.now)


def _requirements_met(_: Any, moment: Moment) -> bool:
    ticked = moment.facts.inputs.get("requisiti")
    return set(moment.facts.requirements) <= set(ticked if isinstance(ticked, list | tuple) else ())


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


def _protocollo_present(_: Any, moment: Moment) -> bool:
    if not moment.case.law241 or moment.case.protocol:
        return True
    inputs = moment.facts.inputs
    number = inputs.get("protocollo_numero")
    good = isinstance(number, str) and _PROTOCOL_NUMBER.fullmatch(number) is not None
    return good and _not_future(inputs.get("protocollo_data"), moment)


def _count_lt(parameter: Any, moment: Moment) -> bool:
    return all(moment.case.counts.get(event, 0) < number for event, number in parameter.items())


def _target_given(_: Any, moment: Moment) -> bool:
    return bool(moment.facts.inputs.get("target")) and moment.facts.target_open


def _renewable(_: Any, moment: Moment) -> bool:
    counts = moment.case.counts
    if counts.get("renewal_requested", 0) <= counts.get("renew", 0):
        return False
    months = int(moment.case.answers.get("durata_mesi", 0))
    return not moment.facts.listed_wants or months * (counts.get("renew", 0) + 2) <= MAX_MONTHS_BEFORE_LIST


_TOO_LATE = Text(it="Il termine per farlo è passato.", en="The time for this has passed.")

GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "seats_free": Guard(
            _seats_free,
            "every seat the case asks for has room, and the person holds no other (tested under lock)",
            Text(it="Non ci sono posti liberi per questa richiesta.", en="There are no free places for this request."),
            Text(it="C’è posto: non serve la lista d’attesa.", en="There is room: no waiting list is needed."),
            needs=frozenset({"seats_free", "no_other_seat"}),
        ),
        "first_in_list": Guard(
            lambda _, moment: moment.facts.first_in_list,
            "the case is the first of the waiting list whose whole request fits",
            Text(it="Un’altra domanda viene prima in lista d’attesa.", en="Another application comes first."),
            needs=frozenset({"first_in_list"}),
        ),
        "reason_given": Guard(
            _reason_given,
            "the act gives a reason of 30 to 3000 characters (`motivazione`)",
            Text(it="Scrivi la motivazione, da 30 a 3000 caratteri.", en="Give the reasons, 30 to 3000 characters."),
            inputs=("motivazione",),
        ),
        "within": Guard(
            _within,
            "not later than this time after the entry of the state, as in `within: P10D`",
            _TOO_LATE,
            timed=True,
            parameter=_time,
        ),
        "within_deadline": Guard(_within_deadline, "before the state's own timer falls due", _TOO_LATE, timed=True),
        "requirements_met": Guard(
            _requirements_met,
            "the officer ticked all requirements of the call (`requisiti`)",
            Text(it="Spunta tutti i requisiti dell’avviso.", en="Tick all requirements of the call."),
            needs=frozenset({"requirements"}),
            inputs=("requisiti",),
        ),
        "min_reviews": Guard(
            _min_reviews,
            "as many valid reviews as the quorum: this number, or the call's, or fewer where reviewers abstain",
            Text(it="Mancano ancora valutazioni.", en="Some reviews are still missing."),
            needs=frozenset({"reviews", "reviewers", "required_reviews"}),
            parameter=_whole,
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
        "protocollo_present": Guard(
            _protocollo_present,
            "not law 241, or a register number and its date are stored or given in this act",
            Text(
                it="Servono il numero di protocollo (da 7 a 12 cifre) e la sua data, non futura.",
                en="The register number (7 to 12 digits) and its date, not in the future, are needed.",
            ),
            inputs=("protocollo_numero", "protocollo_data"),
        ),
        "preavviso_used": Guard(
            lambda _, moment: "preavviso" in moment.case.visited,
            "the state `preavviso` was entered once",
            Text(it="Il preavviso di rigetto non è stato inviato.", en="No notice of refusal was sent."),
            Text(it="Il preavviso di rigetto è già stato inviato.", en="A notice of refusal was sent already."),
        ),
        "suspension_not_used": Guard(
            lambda _, moment: "integrazione" not in moment.case.visited,
            "the state `integrazione` was never entered",
            Text(it="Le integrazioni si chiedono una volta sola.", en="More can be asked for only once."),
        ),
        "entered": Guard(
            lambda state, moment: state in moment.case.visited,
            "the state named was entered once, as in `entered: parere_provincia`",
            Text(it="La domanda non è passata da lì.", en="The application has not been there."),
            Text(it="La domanda è già passata da lì.", en="The application has been there already."),
            parameter=_name,
        ),
        "count_lt": Guard(
            _count_lt,
            "the event was fired fewer times than this, as in `count_lt: {reopen: 1}`",
            Text(it="Si può fare un numero limitato di volte.", en="This can be done only so many times."),
            parameter=_event_number,
        ),
        "rounds_lt": Guard(
            lambda number, moment: moment.case.count(ROUNDS) < number,
            "changes were asked for fewer times than this, by partners or coordinator",
            Text(it="Le modifiche sono già state chieste.", en="Changes have been asked for already."),
            Text(it="Si possono ancora chiedere modifiche.", en="Changes can still be asked for."),
            parameter=_whole,
        ),
        "signature_recorded": Guard(
            lambda _, moment: _not_future(moment.facts.inputs.get("signed_on"), moment),
            "the day of the signature is given and not in the future (`signed_on`)",
            Text(it="Scrivi la data della firma, non futura.", en="Give the day of the signature, not in the future."),
            inputs=("signed_on",),
        ),
        "slot_free": Guard(
            lambda _, moment: moment.facts.slot_free,
            "the place and time asked for meet no other booking; without a place, true",
            Text(it="In quell’orario la sede è già occupata.", en="The place is taken at that time."),
            needs=frozenset({"slot_free"}),
            inputs=("data", "ora", "ore", "sede"),
        ),
        "target_given": Guard(
            _target_given,
            "the act names an open application of the same call (`target`)",
            Text(
                it="Indica il codice di una proposta aperta dello stesso avviso.",
                en="Give the code of an open proposal of the same call.",
            ),
            needs=frozenset({"target_open"}),
            inputs=("target",),
        ),
        "proposer_agrees": Guard(
            lambda _, moment: moment.facts.inputs.get("proposer_agrees") is True,
            "the proposer's agreement is ticked (`proposer_agrees`)",
            Text(it="Serve l’accordo di chi propone.", en="The proposer has to agree."),
            inputs=("proposer_agrees",),
        ),
        "opinion_in_sheet": Guard(
            lambda _, moment: bool(moment.facts.opinion),
            "the opinion asked for is written in the sheet",
            Text(it="Il parere non è ancora arrivato.", en="The opinion has not arrived yet."),
            needs=frozenset({"opinion"}),
        ),
        "renewable": Guard(
            _renewable,
            "the applicant asked; nobody listed wants the seats, or the total stays within 12 months",
            Text(
                it="Il rinnovo non è stato chiesto, o qualcuno aspetta questo posto.",
                en="No renewal was asked for, or someone is waiting for this place.",
            ),
            needs=frozenset({"listed_wants"}),
        ),
        "overdue": Guard(
            lambda _, moment: moment.case.overdue,
            "a deadline of the state has fired",
            Text(it="È ancora presto: il tempo previsto non è passato.", en="Too early: the time set has not passed."),
        ),
    }
)


def parse_guard(raw: object) -> Condition:
    """The condition that plain data writes, with guards as its named leaves.

    Raises:
        ValueError: "what | fix" in an author's words.
    """
    condition = parse_condition(raw, named=GUARDS)
    for leaf in leaves(condition):
        if isinstance(leaf, Named):
            _check_parameter(leaf)
    return condition


def _check_parameter(leaf: Named) -> None:
    parameter = GUARDS[leaf.name].parameter
    if parameter is None:
        if leaf.parameter is not None:
            raise ValueError(f"the guard `{leaf.name}` takes no value | write only `{leaf.name}`")
        return
    fix = parameter(leaf.parameter)
    if fix is not None:
        raise ValueError(f"the guard `{leaf.name}` can't use `{leaf.parameter}` | {fix}")
