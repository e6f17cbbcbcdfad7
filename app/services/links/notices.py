"""What the privacy notice of one call says, read off its form, its people and its sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.catalogue.calls import Call
from forms.model import Derived, FieldDefinition

PARENT, AGE_BAND = "genitore_email", "fascia_eta"
_PEOPLE = ("revisore", "commissione", "provincia", "cedente", "riusante")
_UNTOLD = frozenset({"checkbox", "file"})


@dataclass(frozen=True)
class NoticeView:
    """Who decides about the data, which are asked, who sees which of them, for how long they are kept.

    Periods are ISO durations, such as P2Y.
    """

    title: str
    office: str
    email: str
    phone: str
    law241: bool
    personal: tuple[str, ...]
    special: tuple[str, ...]
    files: tuple[str, ...]
    bodies: tuple[str, ...]
    columns: tuple[str, ...]
    age_band: bool
    minors: bool
    success: str
    rejected: str
    unconfirmed: str
    no_consent: str


def notice_of(call: Call, language: str) -> NoticeView:
    """The facts of the call's notice in the reader's language."""
    form, office, sheet = call.form, call.file.office, call.file.sheet
    asked = form.fields
    shared = set(sheet.columns) if sheet else set()
    derived = {field.sheet.derived for field in asked if isinstance(field.sheet, Derived)}
    return NoticeView(
        title=call.file.title.in_(language),
        office=office.name,
        email=office.email,
        phone=office.phone,
        law241=form.procedure.law241,
        personal=_labels((field for field in asked if field.pii in ("identity", "contact", "minor")), language),
        special=_labels((field for field in asked if field.pii in ("sensitive", "special")), language),
        files=tuple(field.label.in_(language) for field in asked if field.type == "file"),
        bodies=tuple(dict.fromkeys(body for role in _PEOPLE for body in _bodies(call, role))),
        columns=_labels((field for field in asked if field.id in shared), language),
        age_band=AGE_BAND in shared & derived,
        minors=any(field.id == PARENT for field in asked),
        success=form.retention.success,
        rejected=form.retention.rejected,
        unconfirmed=form.retention.unconfirmed,
        no_consent=form.retention.no_consent,
    )


def _labels(fields: Iterable[FieldDefinition], language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(field.label.in_(language) for field in fields if field.type not in _UNTOLD))


def _bodies(call: Call, role: str) -> list[str]:
    """The partners that hold `role` at any of the call's sites."""
    sites = list(call.file.sites) or [""]
    return [person.body for site in sites for person in call.people(role, site) if person.body]
