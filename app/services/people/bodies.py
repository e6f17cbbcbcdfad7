"""Whether somebody applies, or belongs to who does: nobody judges or decides for their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.catalogue.calls import Person

NAMED_IN = ("ente_denominazione", "scuola")
"""Answers that name the organisation which applies."""

WRITTEN_TO = ("email", "ente_pec")

PERSONAL = ("email", "genitore_email")
"""Answers, and columns of the team's rows, that hold the address of somebody who applies, or answers for them."""

PUBLIC_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.com"),
        *("hotmail.com", "hotmail.it", "outlook.com", "outlook.it", "live.com", "live.it", "yahoo.com", "yahoo.it"),
        *("libero.it", "virgilio.it", "tiscali.it", "alice.it", "tin.it", "fastwebnet.it", "email.it", "inwind.it"),
        *("pec.it", "legalmail.it", "postecert.it", "arubapec.it"),
    }
)
"""Mail domains that tell nothing of where somebody works."""


def of_the_applicant(answers: Mapping[str, Any], person: Person) -> bool:
    """Whether `person` applies or is of the team, by their address, or is of the organisation that applies."""
    return person.email.casefold() in _addresses(answers) or _of_the_organisation(answers, person)


def _addresses(answers: Mapping[str, Any]) -> set[str]:
    """The addresses of all who apply together; a member whose form asks for no address is known by none."""
    tables = [value for value in answers.values() if isinstance(value, list | tuple)]
    rows = [answers, *(row for table in tables for row in table if isinstance(row, Mapping))]
    return {str(row[field]).strip().casefold() for row in rows for field in PERSONAL if row.get(field)}


def _of_the_organisation(answers: Mapping[str, Any], person: Person) -> bool:
    """By its name, or by a mail domain of its own; who applies for themselves brings no organisation with them."""
    names = {_plain(str(answers[field])) for field in NAMED_IN if answers.get(field)}
    if not names:
        return False
    domains = {_domain(str(answers[field])) for field in WRITTEN_TO if answers.get(field)} - PUBLIC_MAIL
    return bool(person.body and _plain(person.body) in names) or _domain(person.email) in domains


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
