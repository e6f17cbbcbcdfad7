"""Rankings of a selection: the panel's blind points, each case's frozen line, and who comes next.

The cases of one call and site (`percorso`) are one ranking. Points are read where the panel typed them, in the tabs
as they were last seen; the line that `freeze` makes of them is the case's own and stays whatever is typed later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Person, Tab
from app.models import Submission, Timer
from app.services.casework.cases import RESERVE
from app.services.casework.reviews import YES, of_the_applicant
from app.services.context import ask_for
from app.services.definitions import version_of
from app.services.sheets.seen import seen_in_tabs
from integrations.sheets.layout import CellValue
from workflows import ranking
from workflows.case import PanelScore, Standing

PLACE_FREED = "scorrimento"
"""The event by which one of those who wait gets a place of the ranking."""

FROZEN, PUBLISHED = "ranking", "published"
"""Where `Submission.record` keeps the frozen line, and since when the case is in the list of the admitted."""


def scores_of(session: Session, call: Call, submission: Submission) -> tuple[PanelScore, ...]:
    """What each member of the panel gives the case: only points that are whole numbers in range.

    Who applies, is of the team or of the organisation that applies is in conflict, whatever they write.
    """
    seen = seen_in_tabs(session, call, submission)
    own = of_the_applicant(call, submission, "commissione")
    given = (_score(tab, said) for tab, said in seen if tab.asks == "panel")
    return (
        *(PanelScore(name, conflict=True) for name in own),
        *(score for score in given if score.member not in own),
    )


def _score(tab: Tab, said: Mapping[str, CellValue]) -> PanelScore:
    conflict = any(said.get(column.id) == YES for column in tab.columns if column.part == "conflict")
    given = {column.criterion: said.get(column.id) for column in tab.columns if column.criterion}
    points = {name: value for name, value in given.items() if isinstance(value, int)}
    return PanelScore(tab.reviewer.name if tab.reviewer else "", points, conflict)


def members_of(call: Call, site: str) -> tuple[str, ...]:
    """The panel, its chair first; who comes after the third is a substitute."""
    return tuple(person.name for person in call.people("commissione", site))


def awaited(session: Session, call: Call, submission: Submission) -> tuple[Person, ...]:
    """Whose points are still missing: of those who sit, with the substitute in the place of one in conflict."""
    members = members_of(call, submission.site)
    scores = scores_of(session, call, submission)
    done = {score.member for score in ranking.complete(scores, members, call.criteria)}
    seats = set(ranking.sitting(scores, members)) - done
    return tuple(person for person in call.people("commissione", submission.site) if person.name in seats)


def freeze(session: Session, call: Call, submission: Submission) -> None:
    """Keep the case's line in its ranking, and close its row to the panel.

    A new look at the scores makes a new line, unless points that counted before are missing now.
    """
    scores = scores_of(session, call, submission)
    rows = ranking.complete(scores, members_of(call, submission.site), call.criteria)
    known = submission.record.get(FROZEN)
    record = {**submission.record, "decided": True}
    if known is None or len(rows) >= known["members"]:
        line = ranking.entry(submission.reference, rows, call.criteria, _confirmed(submission))
        record[FROZEN] = {"score": line.score, "tie_breaker": line.tie_breaker, "members": len(rows)}
    submission.record = record


def _confirmed(submission: Submission) -> datetime:
    return submission.confirmed_at or submission.submitted_at


def cases_of(session: Session, submission: Submission) -> Sequence[Submission]:
    """Every case of the same ranking, this one among them."""
    query = select(Submission).where(Submission.call == submission.call, Submission.site == submission.site)
    return session.scalars(query.order_by(Submission.id)).all()


def _ranked(cases: Sequence[Submission]) -> tuple[ranking.Entry, ...]:
    frozen = ((case, case.record[FROZEN]) for case in cases if FROZEN in case.record)
    return ranking.ranked(
        [ranking.Entry(case.reference, line["score"], line["tie_breaker"], _confirmed(case)) for case, line in frozen]
    )


def standing_of(session: Session, call: Call, submission: Submission) -> Standing | None:
    """The case's line in the frozen ranking.

    Who withdrew leaves the position to the next, but for those who had a place: theirs goes to the reserve.
    """
    if FROZEN not in submission.record:
        return None
    cases = cases_of(session, submission)
    gone = {
        case.reference
        for case in cases
        if version_of(session, call, case).state(case.state).kind in ("closed", "final")
        and not case.record.get(PUBLISHED)
        and case.id != submission.id
    }
    return ranking.standing(_ranked(cases), submission.reference, gone)


def next_in_rank(session: Session, submission: Submission) -> bool:
    """Whether the case is the first of those who wait for a place."""
    cases = cases_of(session, submission)
    waiting = {case.reference for case in cases if case.state == RESERVE}
    return ranking.next_waiting(_ranked(cases), waiting) == submission.reference


def states_beside(session: Session, submission: Submission) -> frozenset[str]:
    """States in which other cases of the same ranking are."""
    return frozenset(case.state for case in cases_of(session, submission) if case.id != submission.id)


def offer_next(session: Session, submission: Submission, now: datetime) -> None:
    """Have those who wait looked at, the best first, now that a place is free."""
    cases = cases_of(session, submission)
    waiting = {case.reference: case for case in cases if case.state == RESERVE}
    for line in _ranked(cases):
        if line.reference in waiting:
            case = waiting[line.reference]
            session.add(
                Timer(
                    submission_id=case.id,
                    entered_seq=case.entered_seq,
                    kind="system",
                    name=PLACE_FREED,
                    due_at=now,
                )
            )
    session.flush()
    ask_for(session, "fire_timers")


def publish(submission: Submission, now: datetime) -> None:
    """Put the case's code, and nothing else of it, into the public list of the admitted (`publication`)."""
    submission.record = {**submission.record, PUBLISHED: now.isoformat()}
