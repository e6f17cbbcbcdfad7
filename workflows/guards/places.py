"""Guards on places: seats and waiting lists, invite codes of classes, the ranking of a selection."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from forms.model import Text
from workflows.dates import local_date
from workflows.guards.model import PLACES, Guard, Moment, places, state_id, whole
from workflows.ranking import HUNDREDTHS

MAX_MONTHS_BEFORE_LIST = 12
AGREEMENT_IN_FORCE = "attiva"
YES = "si"
SCHOOL_YEAR_BEGINS = 9
"""September."""


def _seats_free(_: Any, moment: Moment) -> bool:
    return moment.facts.seats_free is not False and moment.facts.no_other_seat


def _wants_list(_: Any, moment: Moment) -> bool:
    return str(moment.case.answers.get("lista_attesa_ok", YES)) == YES


def _renewal_asked(_: Any, moment: Moment) -> bool:
    return moment.case.count(["renewal_requested"]) > moment.case.count(["renew", "renewal_refused"])


def _renewable(_: Any, moment: Moment) -> bool:
    counts = moment.case.counts
    if not _renewal_asked(None, moment):
        return False
    months = int(moment.case.answers.get("durata_mesi", 0))
    return not moment.facts.listed_wants or months * (counts.get("renew", 0) + 2) <= MAX_MONTHS_BEFORE_LIST


def _invite_valid(_: Any, moment: Moment) -> bool:
    invite, sent = moment.facts.invite, local_date(moment.case.submitted_at)
    first = sent.year - (sent.month < SCHOOL_YEAR_BEGINS)
    year = f"{first}-{(first + 1) % 100:02d}"
    return invite is not None and invite.agreement == AGREEMENT_IN_FORCE and invite.school_year == year


def _score(moment: Moment) -> int | None:
    return moment.facts.standing.score if moment.facts.standing else None


def _score_ge(points: Any, moment: Moment) -> bool:
    score = _score(moment)
    return score is not None and score >= points * HUNDREDTHS


def _score_lt(points: Any, moment: Moment) -> bool:
    score = _score(moment)
    return score is not None and score < points * HUNDREDTHS


def _admitted(limit: Any, moment: Moment) -> bool | None:
    """Whether the ranking gives the case one of the places; None where there is no ranking or no number."""
    standing, number = moment.facts.standing, moment.facts.places if limit == PLACES else limit
    return standing.position <= number if standing is not None and number is not None else None


_SEATS = frozenset({"seats_free", "no_other_seat"})
_NO_ROOM = Text(it="Non ci sono posti liberi per questa richiesta.", en="There are no free places for this request.")
_ROOM = Text(it="C’è posto: non serve la lista d’attesa.", en="There is room: no waiting list is needed.")

SEATS: Mapping[str, Guard] = MappingProxyType(
    {
        "seats_free": Guard(
            _seats_free,
            "every seat the case asks for has room, and the person holds no other (tested under lock)",
            _NO_ROOM,
            _ROOM,
            needs=_SEATS,
        ),
        "class_seats_free": Guard(
            _seats_free,
            "the class has room, and the person holds no other seat (tested under lock)",
            Text(it="I posti della classe sono finiti.", en="The places of the class are taken."),
            _ROOM,
            needs=_SEATS,
        ),
        "first_in_list": Guard(
            lambda _, moment: moment.facts.first_in_list,
            "the whole request fits beside those of all before it on the list, but for who holds another seat",
            Text(it="Un’altra domanda viene prima in lista d’attesa.", en="Another application comes first."),
            needs=frozenset({"first_in_list"}),
        ),
        "wants_list": Guard(
            _wants_list,
            "the applicant wants to wait for a place (`lista_attesa_ok`); where the form does not ask, true",
            Text(it="Non ha chiesto la lista d’attesa.", en="The waiting list was not asked for."),
            Text(it="Ha chiesto la lista d’attesa.", en="The waiting list was asked for."),
        ),
        "invite_valid": Guard(
            _invite_valid,
            "the invite code exists, its school's agreement is in force, and it is of this school year",
            Text(
                it="Il codice della classe non è valido: chiedilo alla tua scuola.",
                en="The class code is not valid: ask your school for it.",
            ),
            needs=frozenset({"invite"}),
        ),
        "attendance_recorded": Guard(
            lambda _, moment: (moment.facts.attendance or 0) > 0,
            "the sheet says that the person came at least once",
            Text(it="Non risultano presenze.", en="No attendance is recorded."),
            needs=frozenset({"attendance"}),
        ),
        "renewal_asked": Guard(
            _renewal_asked,
            "the applicant asked for a renewal and has no answer yet",
            Text(it="Il rinnovo non è stato chiesto.", en="No renewal was asked for."),
            Text(
                it="Il rinnovo è già stato chiesto: rispondiamo appena possibile.",
                en="The renewal was asked for already: we answer as soon as we can.",
            ),
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
    }
)

_NOT_RANKED = Text(it="La graduatoria non lo consente.", en="The ranking does not allow this.")
_RANK = frozenset({"standing", "places"})

RANKING: Mapping[str, Guard] = MappingProxyType(
    {
        "score_ge": Guard(
            _score_ge,
            "the mean score in the frozen ranking is this or more",
            _NOT_RANKED,
            needs=frozenset({"standing"}),
            parameter=whole,
        ),
        "score_lt": Guard(
            _score_lt,
            "the mean score in the frozen ranking is less than this",
            _NOT_RANKED,
            needs=frozenset({"standing"}),
            parameter=whole,
        ),
        "rank_le": Guard(
            lambda limit, moment: _admitted(limit, moment) is True,
            "the case has one of the first places of the ranking, as in `rank_le: places` (those of the call)",
            _NOT_RANKED,
            needs=_RANK,
            parameter=places,
        ),
        "rank_gt": Guard(
            lambda limit, moment: _admitted(limit, moment) is False,
            "the case comes after the last place of the ranking, as in `rank_gt: places`",
            _NOT_RANKED,
            needs=_RANK,
            parameter=places,
        ),
        "next_in_rank": Guard(
            lambda _, moment: moment.facts.next_in_rank,
            "of those who wait the case is the first in the ranking",
            Text(it="Un’altra candidatura viene prima in graduatoria.", en="Another application comes first."),
            needs=frozenset({"next_in_rank"}),
        ),
        "place_left": Guard(
            lambda _, moment: moment.facts.seats_free is not False,
            "the programme has a place left (tested under lock)",
            Text(it="I posti sono tutti occupati.", en="All places are taken."),
            needs=frozenset({"seats_free"}),
        ),
        "nobody_in": Guard(
            lambda state, moment: state not in moment.facts.states_beside,
            "no other case of the same ranking is in this state, as in `nobody_in: riesame`",
            Text(it="Qualcuno aspetta ancora una risposta.", en="Someone is still waiting for an answer."),
            needs=frozenset({"states_beside"}),
            parameter=state_id,
        ),
    }
)
