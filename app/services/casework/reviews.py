"""Reviews: what a partner's row says, and the facts it makes for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Tab
from app.models import Review as ReviewRow
from app.models import Submission, Timer
from app.services.context import Context, ask_for
from app.services.people import bodies
from integrations.sheets.cells import Problem, parse_cell
from integrations.sheets.layout import CellValue, TabLayout
from workflows.case import ABSTAINED, Review

YES = "sì"
OPINION = "parere_provincia"
SHEET_RULE = "sheet_rule"
"""Name of the timer row by which an import asks for the engine's sheet rules to be tried."""


def reviews_of(session: Session, call: Call, submission: Submission) -> tuple[Review, ...]:
    """The reviews of the present version as the engine sees them.

    A conflict of interest stays one when the answers change: it counts until the reviewer takes it back. Who
    applies, is of the team or of the organisation that applies is in conflict, whatever they write.
    """
    query = select(ReviewRow).where(ReviewRow.submission_id == submission.id)
    current: dict[str, ReviewRow] = {}
    for row in session.scalars(query.order_by(ReviewRow.version)):
        current.pop(row.reviewer, None)
        if row.conflict or row.version == submission.version:
            current[row.reviewer] = row
    given = {name: as_review(call, row) for name, row in current.items()}
    for name in of_the_applicant(call, submission, "revisore"):
        given[name] = replace(given.get(name) or Review(name, valid=False), valid=False, conflict=True)
    return tuple(review for _, review in sorted(given.items()))


def of_the_applicant(call: Call, submission: Submission, role: str) -> list[str]:
    """Who of `role` would judge their own application."""
    people = call.people(role, submission.site)
    return [person.name for person in people if bodies.of_the_applicant(submission.answers, person)]


def not_awaited(session: Session, call: Call, submission: Submission) -> frozenset[str]:
    """Reviewers whom nothing is asked of any more: they have reviewed, abstained, or are in conflict."""
    reviews = reviews_of(session, call, submission)
    return frozenset(each.reviewer for each in reviews if each.valid or each.abstained or each.conflict)


def outdated(session: Session, call: Call, submission: Submission) -> dict[str, ReviewRow]:
    """By reviewer, the last review of those who reviewed an older version and have not said anything of this one."""
    query = select(ReviewRow).where(ReviewRow.submission_id == submission.id).order_by(ReviewRow.version)
    last = {row.reviewer: row for row in session.scalars(query)}
    return {name: row for name, row in last.items() if row.version < submission.version and as_review(call, row).valid}


def confirm(session: Session, call: Call, submission: Submission, email: str, now: datetime) -> None:
    """Let the reviewer's last review count for the present version, unless they wrote a new one meanwhile."""
    people = call.people("revisore", submission.site)
    name = next((each.name for each in people if each.email.casefold() == email.casefold()), "")
    row = outdated(session, call, submission).get(name)
    if row is None:
        return
    session.add(
        ReviewRow(
            submission_id=submission.id,
            reviewer=name,
            version=submission.version,
            outcome=row.outcome,
            conflict=row.conflict,
            score=row.score,
            note=row.note,
            updated_at=now,
        )
    )
    session.flush()


def as_review(call: Call, row: ReviewRow) -> Review:
    """One stored review, judged by the columns of its call.

    It counts when its outcome is one of the list, conflict is not yes and, where the tab asks for a score, the score
    is there (design.md §6).
    """
    columns = [
        column
        for column in (call.file.sheet.partner_columns if call.file.sheet else ())
        if not column.only or row.reviewer in column.only
    ]
    outcomes = [option for column in columns if column.part == "outcome" for option in column.options]
    known = not outcomes or row.outcome in outcomes
    abstained = row.outcome == ABSTAINED
    scored = row.score is not None or all(column.part != "score" for column in columns)
    return Review(
        reviewer=row.reviewer,
        valid=bool(row.outcome) and known and not abstained and not row.conflict and scored,
        conflict=row.conflict,
        abstained=abstained,
        outcome=row.outcome or None,
        score=row.score,
        version=row.version,
    )


def record(
    session: Session, context: Context, tab: Tab, layout: TabLayout, reference: str, cells: Mapping[str, CellValue]
) -> None:
    """Store what a partner's row says now, and ask for the sheet rules to be tried after this transaction."""
    submission = session.scalars(select(Submission).where(Submission.reference == reference)).one()
    now = context.clock.now()
    said = said_in(layout, cells)
    if tab.asks == "reviewer" and tab.reviewer is not None:
        parts = {column.part: said.get(column.id) for column in tab.columns if column.part}
        _store(session, submission, tab.reviewer.name, parts, now)
    session.add(
        Timer(
            submission_id=submission.id,
            entered_seq=submission.entered_seq,
            kind="system",
            name=SHEET_RULE,
            payload={"parere": said.get(OPINION)} if tab.asks == "province" else {},
            due_at=now,
        )
    )
    session.flush()
    ask_for(session, "fire_timers")


def said_in(layout: TabLayout, cells: Mapping[str, CellValue]) -> dict[str, CellValue]:
    """The partner cells that can be taken as they are; a cell with a problem counts as not filled in."""
    parsed = {column.id: parse_cell(column, cells.get(column.id)) for column in layout.partner}
    return {name: value for name, value in parsed.items() if not isinstance(value, Problem) and value is not None}


def _store(
    session: Session, submission: Submission, reviewer: str, parts: Mapping[str, CellValue], now: datetime
) -> None:
    query = select(ReviewRow).where(
        ReviewRow.submission_id == submission.id,
        ReviewRow.reviewer == reviewer,
        ReviewRow.version == submission.version,
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        row = ReviewRow(submission_id=submission.id, reviewer=reviewer, version=submission.version)
        session.add(row)
    score = parts.get("score")
    row.outcome = str(parts.get("outcome") or "")
    row.conflict = parts.get("conflict") == YES
    row.score = score if isinstance(score, int) else None
    row.note = str(parts.get("note") or "")
    row.updated_at = now
