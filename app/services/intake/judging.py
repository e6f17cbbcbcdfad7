"""What judging an application needs of its call: capacities, ages of editions, invite codes that are valid now."""

from __future__ import annotations

from dataclasses import replace

from app.catalogue.calls import Call
from app.services.casework import invites
from app.services.context import Context
from forms.builder import JudgeContext


def context_of(context: Context, call: Call) -> JudgeContext:
    """The context in which an application to `call` is judged now."""
    return replace(
        JudgeContext.of(call.form, context.clock.now()),
        capacities={name: site.capacity for name, site in call.file.sites.items() if site.capacity is not None},
        edition_ages={edition.id: edition.age for edition in call.file.editions if edition.age is not None},
        invite_codes=_codes(context, call),
    )


def _codes(context: Context, call: Call) -> frozenset[str]:
    """The invite codes that hold now, where the form asks for one."""
    if not any(field.id == invites.FIELD for field in call.form.fields):
        return frozenset()
    with context.read() as session:
        return frozenset(invite.code for invite in invites.known(session, context, call))
