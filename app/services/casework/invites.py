"""Invite codes: a school's agreement issues one for each class; students apply with them.

Codes that a call file lists hold as well; those marked `demo` only while mail and sheets stay local.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import Submission
from app.security import CROCKFORD
from app.services.context import Context
from workflows import case as engine

SCHOOL_FORM = "clab-junior-scuola"
ACTIVE = "attiva"
FIELD = "codice_invito"
PREFIXES = {"matera": "MT", "cinisello": "CB"}


@dataclass(frozen=True)
class Invite:
    """What a code leads to; `reference` is the school's own case, None for a code of the call file."""

    code: str
    school: str
    contact: str
    school_year: str
    places: int | None = None
    reference: str | None = None


def known(session: Session, context: Context, call: Call) -> Iterator[Invite]:
    """Every code that leads somewhere now: of the call file, and of schools whose agreement is active."""
    for invite in call.file.invites:
        if context.settings.local or not invite.demo:
            yield Invite(invite.code, invite.school, invite.contact, invite.school_year, invite.places)
    schools = [each.id for each in context.catalogue.calls.values() if each.form.form == SCHOOL_FORM]
    query = select(Submission).where(Submission.call.in_(schools), Submission.state == ACTIVE)
    for school in session.scalars(query):
        for issued in school.record.get("invites", ()):
            yield Invite(**issued)


def find(session: Session, context: Context, call: Call, code: str) -> Invite | None:
    """The invite of this code, written in any case."""
    wanted = code.strip().upper()
    return next((invite for invite in known(session, context, call) if invite.code == wanted), None)


def issue(school: Submission) -> list[dict[str, Any]]:
    """Give a school's case a code for each of its classes; a repeat changes nothing."""
    if not school.record.get("invites"):
        prefix = PREFIXES.get(school.site, "HO")
        answers = school.answers
        invites = [
            asdict(
                Invite(
                    code=f"{prefix}-{''.join(secrets.choice(CROCKFORD) for _ in range(4))}",
                    school=str(answers.get("codice_meccanografico", "")),
                    contact=str(answers["email"]),
                    school_year=str(answers.get("anno_scolastico", "")),
                    places=group.get("studenti"),
                    reference=school.reference,
                )
            )
            for group in answers.get("classi", ())
        ]
        school.record = {**school.record, "invites": invites}
    issued: list[dict[str, Any]] = school.record["invites"]
    return issued


def remember(session: Session, context: Context, call: Call, submission: Submission) -> None:
    """Keep with a student's application what its code led to: the school, its contact, the places of the class."""
    code = str(submission.answers.get(FIELD, ""))
    invite = find(session, context, call, code) if code else None
    if invite is not None:
        submission.record = {**submission.record, "invite": asdict(invite)}


def fact_of(session: Session, submission: Submission) -> engine.Invite | None:
    """What the engine is told of the code a student applied with: whether its agreement is still in force."""
    invite = submission.record.get("invite")
    if invite is None:
        return None
    query = select(Submission.state).where(Submission.reference == invite["reference"])
    state = session.scalars(query).one_or_none() if invite["reference"] else ACTIVE
    return engine.Invite(state or "", invite["school_year"])
