"""Whether somebody belongs to the organisation that applies: nobody judges or decides for their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.catalogue.calls import Person

NAMED_IN = ("ente_denominazione", "scuola")
"""Answers that name the organisation which applies."""

WRITTEN_TO = ("email", "ente_pec")

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
    """Whether `person` is of the organisation that applies: by its name, or by a mail domain of its own."""
    names = {_plain(str(answers[field])) for field in NAMED_IN if answers.get(field)}
    if not names:
        return False
    domains = {_domain(str(answers[field])) for field in WRITTEN_TO if answers.get(field)} - PUBLIC_MAIL
    return bool(person.body and _plain(person.body) in names) or _domain(person.email) in domains


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
