"""Giving a part in one case to somebody else, with a reason: from now on they hold the role, and have its links.

For a case that stands because both coordinators abstained, for somebody who left, for a mistake in the call's people.
Reviewers and the panel work in their own tabs of the sheet: who they are is said in the call file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import HubOutError
from app.models import ActionToken, Submission
from app.services.casework import eventlog, transitions
from app.services.context import Context
from app.services.definitions import workflow_of
from app.services.mail import mailing, outbox
from app.services.people import parts
from app.services.people.holders import GIVEN

EVENT = "reassigned"
"""What the log says, and why the links of before are closed."""

TO, FROM = "assegnata_a_te", "non_piu_tua"
"""The mails that tell both."""

ROLES = (
    "coordinatore",
    "backup_coordinatore",
    "istruttore",
    "protocollo",
    "provincia",
    "scuola",
    "cedente",
    "riusante",
)
"""Parts of single people, who act through links."""

SHORTEST, LONGEST = 10, 3000


class NotReassigned(HubOutError):  # noqa: N818 - callers read `except NotReassigned`
    """Nothing has changed; the text says why."""


def reassign(context: Context, reference: str, role: str, to: str, reason: str, by: str = "sistema") -> None:
    """Give `role` on the case to the person at `to`; `by` is the role in which somebody decides so.

    Raises:
        NotReassigned: no such open case, role or address, no reason, or a part that keeps them from it.
    """
    address = _address(to)
    if role not in ROLES:
        raise NotReassigned(f"`{role}` can't be given to somebody else", f"use one of {', '.join(ROLES)}")
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        raise NotReassigned("a reason is missing", f"say why, in {SHORTEST} to {LONGEST} characters")
    with context.write() as session:
        found = session.scalars(select(Submission.id).where(Submission.reference == reference.strip().upper())).first()
        if found is None:
            raise NotReassigned(f"there is no submission {reference}", "`hubout submissions` lists them")
        call, submission = transitions.lock(session, context, found)
        state = workflow_of(session, context, submission).state(submission.state)
        if state.kind in ("closed", "final"):
            raise NotReassigned(f"{submission.reference} is closed ({state.label.it})", "nobody acts on it any more")
        before = mailing.holders(call, submission, role)
        if address.casefold() in (person.email.casefold() for person in before):
            raise NotReassigned(f"{address} is `{role}` already", "name somebody else")
        if not parts.may_act(session, call, submission, role, address):
            fix = "name somebody without another part, and not of the organisation that applies"
            raise NotReassigned(f"{address} may not be `{role}` here: a conflict of interest, or another part", fix)
        give(context, session, submission, Part(role, address, reason.strip(), by))


def _address(text: str) -> str:
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise NotReassigned(f"`{text}` is no e-mail address", "write one, like ufficio@comune.example.org") from error


@dataclass(frozen=True)
class Part:
    """A role that goes to the person at `address`, for which reason, and by whose word; `event` logs it."""

    role: str
    address: str
    reason: str
    by: str
    event: str = EVENT


def give(context: Context, session: Session, submission: Submission, part: Part) -> None:
    """Log it, close the links of before, remember who it is now, and tell both."""
    role, address = part.role, part.address
    call, now, here = context.catalogue.calls[submission.call], context.clock.now(), submission.state
    before = [person.email for person in mailing.holders(call, submission, role)]
    inputs = {"ruolo": role, "da": ", ".join(before), "a": address, "motivazione": part.reason}
    happening = eventlog.Happening(part.event, part.by, here, here, now, {"inputs": inputs})
    event = eventlog.append(session, submission, happening)
    submission.updated_at = now
    submission.record = {**submission.record, **_holding(submission, role, address)}
    session.execute(
        update(ActionToken)
        .where(
            ActionToken.submission_id == submission.id,
            ActionToken.purpose == "action",
            ActionToken.role == role,
            ActionToken.used_seq.is_(None),
            ActionToken.revoked_at.is_(None),
        )
        .values(revoked_at=now, revoked_reason=part.event)
    )
    occasion = mailing.Occasion(event.seq)
    mailing.ask(context, session, submission, TO, [role], occasion)
    for former in before:
        payload = {"message": FROM, "role": role, "token": None, "seq": event.seq, "due": None}
        letter = outbox.Letter("mail", former, f"mail/{submission.id}/{event.seq}/{FROM}/{role}/{former}", payload)
        outbox.put(session, letter, submission_id=submission.id, now=now)


def _holding(submission: Submission, role: str, address: str) -> dict[str, Any]:
    """What the case's record says of it: who holds the role, and that whoever holds it now has not abstained."""
    record = submission.record
    return {
        GIVEN: {**record.get(GIVEN, {}), role: address},
        "abstained": [each for each in record.get("abstained", []) if each != role],
    }
