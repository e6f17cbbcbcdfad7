"""What pages show: frozen views made by services, so that templates never touch models or definitions' internals.

Times are aware and in UTC; templates show them in Europe/Rome. Texts are already in the reader's language
unless they are `Text`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from forms.builder import Judgement
    from forms.definition import FormDefinition, SubForm
    from forms.judging import FieldError

TokenState = Literal["open", "used", "expired", "revoked", "unknown"]


@dataclass(frozen=True)
class SeatsView:
    """Places of one site: how many there are in all."""

    site: str
    places: int


@dataclass(frozen=True)
class CallView:
    """One call as the catalogue and the call's page show it."""

    id: str
    title: str
    applicants: str
    form: FormDefinition
    opens: datetime
    closes: datetime | None
    open: bool
    not_yet: bool
    law241: bool
    term_days: int | None
    office: str
    officer: str
    criteria: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    seats: tuple[SeatsView, ...] = ()
    next_steps: str = ""


@dataclass(frozen=True)
class Receipt:
    """What the applicant is told after sending: nothing of the first case when it is a duplicate.

    `remarks` are what a program was told of its answers (`services.intake.submissions.REMARKS`).
    """

    reference: str | None
    status_token: str | None
    duplicate: bool = False
    repeated: bool = False
    remarks: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerShown:
    """One answer for people: the section's title, the question, the answer as text."""

    section: str
    label: str
    text: str


@dataclass(frozen=True)
class ChangeLine:
    """An answer that was changed; empty where it was not given."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryLine:
    """One event in plain words."""

    at: datetime
    text: str
    detail: str = ""


@dataclass(frozen=True)
class ReviewLine:
    """One partner's review; `score` from 0 to 100."""

    reviewer: str
    outcome: str
    score: int | None
    note: str
    conflict: bool = False


Availability = Literal["clean", "unchecked", "waiting", "away", "infected"]
"""A file for the virus scanner: passed; there is no scanner; not asked yet; it does not answer; never handed out."""


@dataclass(frozen=True)
class FileLine:
    """A file of the case: shown by name and size in bytes, never inline."""

    id: int
    name: str
    size: int
    availability: Availability = "clean"

    @property
    def handed_out(self) -> bool:
        """Whether it can be downloaded now."""
        return self.availability in ("clean", "unchecked")


@dataclass(frozen=True)
class CaseView:
    """A submission as its reader may see it."""

    reference: str
    call: str
    call_title: str
    state: str
    state_label: str
    public_text: str
    submitted_at: datetime
    term: date | None
    answers: tuple[AnswerShown, ...] = ()
    history: tuple[HistoryLine, ...] = ()
    reviews: tuple[ReviewLine, ...] = ()
    files: tuple[FileLine, ...] = ()
    files_to_come: tuple[str, ...] = ()
    mean_score: str = ""
    lowest: int | None = None
    highest: int | None = None
    protocol: str = ""


@dataclass(frozen=True)
class Choice:
    """One event that the reader may fire: its name is the value of `esito`."""

    event: str
    label: str
    sub_form: SubForm | None = None
    high_stakes: bool = False
    refused: str = ""


@dataclass(frozen=True)
class DoneView:
    """What was decided through a link: by whom (role and masked address), when, with what.

    `others` tells, a line each, what became of an act that was for other cases too; until `undo_until` the same person
    may take the decision back, with the code of their mail where it `asks_code`.
    """

    label: str
    who: str
    at: datetime
    reason: str = ""
    state_label: str = ""
    others: tuple[str, ...] = ()
    undo_until: datetime | None = None
    asks_code: bool = False


@dataclass(frozen=True)
class ActionView:
    """The generic action page: who acts as what (for whom, as a stand-in) on which case, and what may be chosen.

    `changes` are those since the reader was written to before; `in_place_of` the masked address of whoever handed the
    link over; `explanation` says, a line each, why a closed link is closed.
    """

    token_state: TokenState
    case: CaseView | None = None
    id: int = 0
    role: str = ""
    role_label: str = ""
    person: str = ""
    for_whom: str = ""
    language: str = "it"
    deadline: datetime | None = None
    choices: tuple[Choice, ...] = ()
    done: DoneView | None = None
    explanation: tuple[str, ...] = ()
    prefilled: dict[str, object] = field(default_factory=dict)
    version: int = 1
    changes: tuple[ChangeLine, ...] = ()
    in_place_of: str = ""

    @property
    def asks_code(self) -> bool:
        """Whether something may be chosen that is confirmed with the code of the mail."""
        return any(choice.high_stakes for choice in self.choices)

    @property
    def usable(self) -> bool:
        """Whether the link still decides something."""
        return self.token_state not in ("used", "expired", "revoked", "unknown")


@dataclass(frozen=True)
class ActionResult:
    """After a POST on the action page: decided, or the page again with what was wrong."""

    view: ActionView
    decided: bool = False
    refusal: str = ""
    judgement: Judgement | None = None
    event: str = ""
    mistakes: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class StatusView:
    """The applicant's own page: receipt, state, what happens next and what they may do now.

    `asks_parent`: a parent has to authorise sooner or later; `awaits_parent`: it is their turn now, also on paper.
    """

    case: CaseView
    language: str
    first_name: str
    masked_email: str
    confirm_by: datetime | None
    term_days: int | None
    office: str
    officer: str
    substitute: str
    protocol: str
    choices: tuple[Choice, ...] = ()
    deadline: datetime | None = None
    data_deleted_on: date | None = None
    prefilled: dict[str, object] = field(default_factory=dict)
    version: int = 1
    workflow: str = ""
    asks_parent: bool = False
    awaits_parent: bool = False
    contacts_open: bool = False

    @property
    def untouched(self) -> bool:
        """Whether nothing has happened since it was sent."""
        return len(self.case.history) <= 1


@dataclass(frozen=True)
class ReceiptView:
    """What the receipt of an application tells, as of the moment it was sent."""

    reference: str
    language: str
    call_title: str
    form_title: str
    submitted_at: datetime
    confirmed_at: datetime | None
    confirm_by: datetime | None
    law241: bool
    term: date | None
    term_days: int | None
    office: str
    officer: str
    email: str
    phone: str
    substitute: str
    protocol: str
    answers: tuple[AnswerShown, ...]
    sha256: str
