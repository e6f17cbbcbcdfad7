"""Calls as people see them."""

from __future__ import annotations

from app.catalogue.calls import Call
from app.services.casework import editions
from app.services.context import Context
from app.services.views import CallView, SeatsView


def list_calls(context: Context, language: str) -> tuple[CallView, ...]:
    """Every call that has opened, the open ones first, then by title."""
    views = [view_of(context, call, language) for call in context.catalogue.calls.values()]
    return tuple(sorted((view for view in views if not view.not_yet), key=lambda view: (not view.open, view.title)))


def view_of(context: Context, call: Call, language: str) -> CallView:
    """One call in the reader's language."""
    now = context.clock.now()
    file = call.file
    seats = (
        SeatsView(site.label.in_(language) if site.label else name, site.places)
        for name, site in file.sites.items()
        if site.places is not None
    )
    return CallView(
        id=call.id,
        title=file.title.in_(language),
        applicants=call.form.applicants.in_(language),
        form=editions.form_now(context, call),
        opens=file.opens,
        closes=file.closes,
        open=call.open_at(now),
        not_yet=now < file.opens,
        law241=call.form.procedure.law241,
        term_days=call.form.procedure.days if call.form.procedure.law241 else None,
        office=file.office.name,
        officer=file.office.officer,
        criteria=tuple(text.in_(language) for text in file.criteria),
        requirements=tuple(text.in_(language) for text in file.requirements),
        seats=tuple(seats),
        next_steps=file.next_steps.in_(language) if file.next_steps else "",
    )
