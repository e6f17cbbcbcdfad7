"""The public list of the admitted: codes and a day, never a name, and nothing of anybody under age.

A code stands in it from the act that admits (effect `publish_list`) for the call's `publish_days`, and goes at once
when its case gives the place up (domain.md §6.2). While the mail that tells the applicant still waits as a draft, the
list says nothing of the case either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.catalogue.calls import Call
from app.dates import local_day
from app.models import Submission
from app.services.casework.rankings import PUBLISHED
from app.services.context import Context
from app.services.mail import untold
from forms.derive import age_on
from forms.model import BIRTH_DATE
from workflows.effects import PublishList

OF_AGE = 18


@dataclass(frozen=True)
class Admitted:
    """One line: the reference, the site's name where the call has several, the first and the last day it is shown."""

    reference: str
    site: str
    since: date
    until: date


def admitted(context: Context, call: Call, language: str) -> tuple[Admitted, ...]:
    """Who is in the list today, by site and code: the order says nothing of the ranking."""
    if not any(isinstance(effect, PublishList) for each in call.workflow.transitions for effect in each.effects):
        return ()
    holding = [state.id for state in call.workflow.states if state.kind == "success"]
    query = select(Submission).where(Submission.call == call.id, Submission.state.in_(holding))
    with context.read() as session:
        untold_cases = untold.cases(session, context.clock.now())
        cases = [case for case in session.scalars(query.order_by(Submission.reference)) if case.id not in untold_cases]
    lines = [_line(call, case, language) for case in cases if case.record.get(PUBLISHED) and not _under_age(case)]
    today = local_day(context.clock.now())
    return tuple(sorted((line for line in lines if today <= line.until), key=lambda line: (line.site, line.reference)))


def _line(call: Call, case: Submission, language: str) -> Admitted:
    since = local_day(datetime.fromisoformat(case.record[PUBLISHED]))
    label = call.site(call.site_of(case.answers)).label if len(call.file.sites) > 1 else None
    until = since + timedelta(days=call.file.publish_days)
    return Admitted(case.reference, label.in_(language) if label else "", since, until)


def _under_age(case: Submission) -> bool:
    """Whether whoever applied was under age; a date of birth that was never asked for tells nothing."""
    birth = case.answers.get(BIRTH_DATE)
    return birth is not None and age_on(date.fromisoformat(birth), local_day(case.submitted_at)) < OF_AGE
