"""What a call brings to its workflow at each of its sites, for the checker."""

from __future__ import annotations

from typing import Literal

from app.catalogue.calls import PEOPLE_KEYS, Call
from forms.conditions import fields_of
from forms.model import BIRTH_DATE
from workflows.definition import APPLICANT_SIDE
from workflows.premises import Premises

NAMED_BY_THE_CASE = frozenset({"scuola"})
"""Roles whose person the case itself names: a student's school."""


def premises_of(call: Call) -> tuple[Premises, ...]:
    """The premises of the call's sites, those that are alike once."""
    return tuple(dict.fromkeys(_at_site(call, site) for site in call.site_ids()))


def _at_site(call: Call, site: str) -> Premises:
    form = call.form
    route = call.route_field
    asked = {name for each in call.workflow.transitions if each.guard for name in fields_of(each.guard)}
    people = {role: call.people(role, site) for role in PEOPLE_KEYS}
    deciders = {person.email.casefold() for role in ("coordinatore", "backup_coordinatore") for person in people[role]}
    addressed = (name for name, message in call.messages.items() if APPLICANT_SIDE & set(message.to))
    return Premises(
        form=form.form,
        law241=form.procedure.law241,
        asks_birth=BIRTH_DATE in {field.id for field in form.fields},
        answers=((route.id, site),) if route and route.id in asked else (),
        roles=frozenset(role for role in people if people[role]) | NAMED_BY_THE_CASE,
        reviewers=len(people["revisore"]),
        panel=len(people["commissione"]),
        has_backup=len(deciders) > 1,
        seats=_seats(call, site),
        anchors=frozenset({"list_end", *call.given_dates}),
        to_applicant=frozenset(addressed),
    )


def _seats(call: Call, site: str) -> Literal[False] | None:
    """False where there is no seat to give; None where there may be one."""
    elsewhere = bool(call.file.editions or call.file.invites)
    return False if call.site(site).places == 0 and not elsewhere else None
