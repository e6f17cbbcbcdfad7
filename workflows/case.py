"""What the engine is told: the case as it stands, and the facts of the moment.

The shell fills these from the database under the case's lock. Nothing here reads a clock or a table. The fields of
`Facts` that a workflow really asks for are named by `engine.needs`, so that the shell queries only those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CHANGES = "Sì con modifiche"
ABSTAINED = "Mi astengo"


@dataclass(frozen=True)
class Visit:
    """One stay in a state, from the event log: the event that led there, when, and the role that did it."""

    state: str
    entered_at: datetime
    event: str = ""
    actor: str = ""


@dataclass(frozen=True)
class Case:
    """A submission as the engine sees it.

    Attributes:
        version: version of the answers that reviewers judge; raise it when an Outcome says `new_version`.
        counts: event name -> times fired so far.
        visited: states entered so far, the present one among them.
        anchors: name -> instant: start, end, list_close, list_end, call_close, meeting; legal_term is derived.
        history: every stay in order, the present one last; the legal clock is counted on it.
        term_days: `procedure.days` of the form; None means no term.
        escalated: roles that hold the powers of the present state until it is left.
        overdue: a deadline of the present state has escalated.
        abstained: roles that declared a conflict of interest on this case.
        age: age of the applicant on the local date of `submitted_at`; None without a birth date.
        protocol: a register number is stored.
    """

    reference: str
    form: str
    call: str
    state: str
    entered_at: datetime
    submitted_at: datetime
    confirmed_at: datetime | None = None
    version: int = 1
    answers: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    visited: frozenset[str] = frozenset()
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    history: tuple[Visit, ...] = ()
    law241: bool = False
    term_days: int | None = None
    protocol: bool = False
    age: int | None = None
    escalated: frozenset[str] = frozenset()
    overdue: bool = False
    abstained: frozenset[str] = frozenset()
    city: str | None = None

    def count(self, events: Sequence[str]) -> int:
        """How often any of `events` was fired."""
        return sum(self.counts.get(event, 0) for event in events)


@dataclass(frozen=True)
class Review:
    """One reviewer's row.

    `valid`: the outcome is one of the list and not «Mi astengo», conflict is not «sì», the score is in range.
    `outcome` is the text of the cell; `version` the version of the answers it judged.
    """

    reviewer: str
    valid: bool
    conflict: bool = False
    abstained: bool = False
    outcome: str | None = None
    score: int | None = None
    version: int = 1


@dataclass(frozen=True)
class Opinion:
    """What one city says of an exchange between the two, in the present round.

    `value` is `ok`, `changes` or `refused`; `reason` what it wrote.
    """

    role: str
    value: str
    reason: str = ""


@dataclass(frozen=True)
class PanelScore:
    """One panel member's blind row: whole points by criterion, only those that are in range."""

    member: str
    points: Mapping[str, int] = field(default_factory=dict)
    conflict: bool = False


@dataclass(frozen=True)
class Standing:
    """The case's line in the frozen ranking: score in hundredths, position from 1 among those still in it."""

    score: int
    position: int
    total: int = 0


@dataclass(frozen=True)
class Invite:
    """What a class's invite code leads to: the state and the school year of the school's own case."""

    agreement: str
    school_year: str


@dataclass(frozen=True)
class Facts:
    """The moment: who acts, with what, and what the shell looked up.

    Attributes:
        actor: role in which the person acts (or `sistema`).
        person: who it is, for the record.
        holds: every part this same person already has on this case: roles (requester, reviewer, …), being of the
            organisation that applies, a conflict of interest they declared.
        inputs: validated answers of the sub-form.
        reviewers: how many reviewers the case has; `required_reviews` the number its call asks for, if it says one.
        seats_free: whether every capacity key has room, under lock; None where the call has no capacity.
        no_other_seat: this person holds no other active seat (same e-mail and birth date).
        slot_free: the slot of `inputs` meets no other; True where the call has no site.
        target_open: the reference of `inputs` is an open case of the same call.
        opinion: the Province's opinion as its sheet cell gives it.
        listed_wants: someone on the waiting list wants this case's seats.
        requirements: ids in `call.requirements`.
        opinions: the last opinion of each role since the state was entered.
        panel: rows of the panel's members; `panel_members` their ids, three and a substitute, the chair first.
        criteria: criterion -> most points it gives.
        standing: the case's line in the frozen ranking, if it has one; `places` how many the ranking admits.
        next_in_rank: of those who wait in the ranking the case is the first.
        invite: what the case's invite code leads to; None where the code is unknown.
        attendance: how often the person came, as the sheet's cell says.
        states_beside: states in which other cases of the same ranking are.
    """

    now: datetime
    actor: str = "sistema"
    person: str | None = None
    holds: frozenset[str] = frozenset()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    reviews: tuple[Review, ...] = ()
    reviewers: int = 0
    required_reviews: int | None = None
    seats_free: bool | None = None
    no_other_seat: bool = True
    first_in_list: bool = False
    slot_free: bool = True
    target_open: bool = False
    listed_wants: bool = False
    opinion: str | None = None
    requirements: tuple[str, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    panel: tuple[PanelScore, ...] = ()
    panel_members: tuple[str, ...] = ()
    criteria: Mapping[str, int] = field(default_factory=dict)
    standing: Standing | None = None
    places: int | None = None
    next_in_rank: bool = False
    invite: Invite | None = None
    attendance: int | None = None
    states_beside: frozenset[str] = frozenset()
