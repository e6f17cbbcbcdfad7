"""Who holds a role on a case."""

from __future__ import annotations

from app.catalogue.calls import Call, Person
from app.models import Submission

APPLICANT_SIDE = {"richiedente": "email", "genitore": "genitore_email"}
"""Roles held by people of the application, and the answer that has their address."""

SCHOOL = "scuola"

GIVEN = "given"
"""Where the case's own record keeps whom a role was given to, in place of the person whom the call names."""


def holders_of(call: Call, submission: Submission, role: str) -> tuple[Person, ...]:
    """Who holds `role` on this case: from the application's answers, as it was given to somebody, or from the call."""
    if given := submission.record.get(GIVEN, {}).get(role):
        return (Person(email=given),)
    if role in APPLICANT_SIDE:
        email = submission.answers.get(APPLICANT_SIDE[role])
        return (Person(email=email),) if email else ()
    if role == SCHOOL:
        contact = submission.record.get("invite", {}).get("contact")
        return (Person(email=contact),) if contact else ()
    return call.people(role, call.site_of(submission.answers))
