"""Which parts somebody has in a case: the one place that says who may not act in it (`workflows.engine.APART`)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Person
from app.models import Review, Submission
from app.services.people import bodies
from app.services.people.holders import holders_of
from workflows.definition import ROLES
from workflows.engine import APART, CONFLICT, OWN_BODY

DECLARED = "conflicted"
"""Where the case's own record keeps the addresses of those who abstained from deciding."""


def parts_of(session: Session, call: Call, submission: Submission, email: str) -> frozenset[str]:
    """Every role that the person of this address has on the case, and what interests they have in it."""
    if not email:
        return frozenset()
    named = [each for each in _people(call, submission) if each[1].email.casefold() == email.casefold()]
    parts = {role for role, _ in named}
    if any(bodies.of_the_applicant(submission.answers, each) for each in (Person(email=email), *(p for _, p in named))):
        parts.add(OWN_BODY)
    if _declared(session, call, submission, email):
        parts.add(CONFLICT)
    return frozenset(parts)


def may_act(session: Session, call: Call, submission: Submission, role: str, email: str) -> bool:
    """Whether nothing that this person is, or has declared, keeps them from acting in `role` on the case."""
    return not (parts_of(session, call, submission, email) - {role}) & APART.get(role, frozenset())


def _people(call: Call, submission: Submission) -> Iterator[tuple[str, Person]]:
    for role in sorted(ROLES):
        for person in holders_of(call, submission, role):
            yield role, person


def _declared(session: Session, call: Call, submission: Submission, email: str) -> bool:
    """Whether they abstained from deciding, or wrote of a conflict beside their review."""
    if email.casefold() in submission.record.get(DECLARED, ()):
        return True
    names = [
        each.name for each in call.people("revisore", submission.site) if each.email.casefold() == email.casefold()
    ]
    query = select(Review.id).where(
        Review.submission_id == submission.id, Review.reviewer.in_(names), Review.conflict.is_(True)
    )
    return bool(names) and session.scalars(query).first() is not None
