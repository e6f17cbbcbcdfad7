"""Who should not be able to open a spreadsheet: whoever has the link, strange domains, new editors. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from integrations.sheets.drive import Permission

Cause = Literal["anyone", "domain", "editor"]


PUBLIC = frozenset(
    {
        "alice.it",
        "aol.com",
        "aruba.it",
        "email.it",
        "fastwebnet.it",
        "gmail.com",
        "gmx.com",
        "googlemail.com",
        "hotmail.com",
        "hotmail.it",
        "icloud.com",
        "libero.it",
        "live.com",
        "live.it",
        "me.com",
        "msn.com",
        "outlook.com",
        "outlook.it",
        "pec.it",
        "proton.me",
        "protonmail.com",
        "tim.it",
        "tin.it",
        "tiscali.it",
        "virgilio.it",
        "yahoo.com",
        "yahoo.it",
    }
)
"""Domains in which anybody can have an address: knowing one of them says nothing of the others."""


@dataclass(frozen=True, order=True)
class Alarm:
    """One reason to look: `anyone` who has the link, a `domain` that is not one of ours, a new `editor`."""

    cause: Cause
    who: str

    @property
    def key(self) -> str:
        """The alarm as one text, so that it is told once."""
        return f"{self.cause}:{self.who}"


def alarms(
    permissions: Iterable[Permission], known: Collection[str] | None, allowed: Collection[str], own: str
) -> tuple[Alarm, ...]:
    """What is wrong with the permissions of one file, in a fixed order.

    Args:
        permissions: as Drive lists them.
        known: addresses and domains that could write when it was last looked at; None at the first look.
        allowed: domains that partners have, and single addresses, in small letters.
        own: the service account's address.
    """
    found = set()
    for each in permissions:
        if each.who.casefold() == own.casefold():
            continue
        if each.kind == "anyone":
            found.add(Alarm("anyone", each.role))
        elif each.domain not in allowed and each.who.casefold() not in allowed:
            found.add(Alarm("domain", each.who))
        elif each.writes and known is not None and each.who not in known:
            found.add(Alarm("editor", each.who))
    return tuple(sorted(found))
