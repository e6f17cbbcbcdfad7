"""What a call brings to its workflow, as far as it decides what can happen to a case at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.definition import APPLICANT_SIDE, SYSTEM
from workflows.timers import LEGAL_TERM

SEAT_GUARDS = ("seats_free", "class_seats_free", "place_left")


@dataclass(frozen=True)
class Premises:
    """The facts of a call at one of its sites; None means that nothing is known and anything may be.

    Attributes:
        form: id of the form; `law241` whether its procedure is one of law 241/1990.
        asks_birth: the form asks for a birth date, so that a case may be of somebody under age.
        answers: answers that every case of the site has, as (field, value): the one that chose the site.
        roles: who has a person, beside applicant, parent and system.
        reviewers: how many reviewers are named; `panel` how many members, the substitute among them.
        has_backup: somebody else decides where the coordinator abstains.
        seats: False where there is no seat to give.
        anchors: dates that every case has.
        to_applicant: messages that go to applicant or parent where an effect names nobody.
    """

    form: str | None = None
    law241: bool | None = None
    asks_birth: bool | None = None
    answers: tuple[tuple[str, str], ...] = ()
    roles: frozenset[str] | None = None
    reviewers: int | None = None
    panel: int | None = None
    has_backup: bool | None = None
    seats: Literal[False] | None = None
    anchors: frozenset[str] | None = None
    to_applicant: frozenset[str] | None = None

    def has(self, role: str) -> bool:
        """Whether somebody can act in `role`."""
        return self.roles is None or role in self.roles | APPLICANT_SIDE | {SYSTEM}

    def gives(self, anchor: str | None, fixed: frozenset[str]) -> bool:
        """Whether a time that counts from `anchor` can fall due; `fixed` are the dates that acts fix."""
        if anchor == LEGAL_TERM:
            return self.law241 is not False
        return anchor is None or self.anchors is None or anchor in self.anchors | fixed

    @property
    def guards(self) -> Mapping[str, bool]:
        """What is known of guards on the world around the case."""
        never = [*(SEAT_GUARDS if self.seats is False else ()), *(["min_reviews"] if self.reviewers == 0 else ())]
        return dict.fromkeys(never, False)


OPEN = Premises()
"""Nothing is known: what holds for every call."""
