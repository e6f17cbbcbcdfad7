"""Mails asked for: outbox rows inside the transaction they belong to.

A row holds the message's name, whom it is for, the id of the link's token and the event it speaks of; names, reasons
and the link itself are put in when it is sent (`app.services.mail.writing`), so nothing of them lies in the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Person
from app.catalogue.messages import Message
from app.models import Event, EventPayload, Submission
from app.services.casework import rankings
from app.services.casework.reviews import not_awaited, outdated
from app.services.context import Context
from app.services.links import tokens
from app.services.mail import outbox, readers
from app.services.people import delegations
from app.services.people import holders as role_holders

APPLICANT_SIDE, holders = role_holders.APPLICANT_SIDE, role_holders.holders_of

_PURPOSES: Mapping[str, tokens.Purpose] = {"link_azione": "action", "link_stato": "status", "link_indirizzo": "address"}
"""What the link of a mail is for, by its placeholder."""

CONFIRMS = "nuova_versione"
"""The mail through which a reviewer can let their review count for a new version."""

REVIEWER, PANEL, SCHOOL = "revisore", "commissione", role_holders.SCHOOL


@dataclass(frozen=True)
class Occasion:
    """Why a mail is written: after which event, until when an answer is awaited, how long its link works.

    `not_before` holds it back; `stay` marks a reminder of the stay in a state that this event began;
    `about` is the outbox row of another mail that this one speaks of; `facts` are its own, where it speaks of no event.
    Until `draft_until`, what goes to the applicant's side waits as a draft.
    """

    seq: int
    due: datetime | None = None
    link_until: datetime | None = None
    mark: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    not_before: datetime | None = None
    stay: int | None = None
    about: int | None = None
    draft_until: datetime | None = None


def ask(
    context: Context,
    session: Session,
    submission: Submission,
    message_id: str,
    roles: Iterable[str],
    occasion: Occasion,
) -> None:
    """Put one mail for each person of `roles` into the outbox; whoever has spoken is not asked again."""
    call = context.catalogue.calls[submission.call]
    message = call.messages[message_id]
    for role in roles:
        for person in _asked(session, call, submission, role, message):
            holder = tokens.Holder(role, person.email)
            if role == REVIEWER and outbox.is_there(session, _key(submission, CONFIRMS, holder, occasion)):
                continue  # that mail says where to review, too
            if message.link == "link_azione":
                holder = delegations.present(
                    context, session, call, submission, holder, reminds=occasion.stay is not None
                )
            _put(context, session, submission, message, holder, occasion, _PURPOSES.get(message.link or ""))


def tell(
    context: Context,
    session: Session,
    submission: Submission,
    message_id: str,
    holder: tokens.Holder,
    occasion: Occasion,
    purpose: tokens.Purpose | None,
) -> None:
    """Put one mail to `holder` into the outbox, with a link for `purpose`, or without any."""
    message = context.catalogue.calls[submission.call].messages[message_id]
    _put(context, session, submission, message, holder, occasion, purpose)


def _asked(session: Session, call: Call, submission: Submission, role: str, message: Message) -> tuple[Person, ...]:
    """Who of `role` is mailed: reviewers and panel while they are awaited; of a panel only the chair acts by link."""
    people = holders(call, submission, role)
    if role == REVIEWER:
        spoken = not_awaited(session, call, submission)
        if message.message == CONFIRMS:
            people = tuple(person for person in people if person.name in outdated(session, call, submission))
        return tuple(person for person in people if person.name not in spoken)
    if role == PANEL:
        return people[:1] if message.link == "link_azione" else rankings.awaited(session, call, submission)
    return people


def _key(submission: Submission, message: str, holder: tokens.Holder, occasion: Occasion) -> str:
    return f"mail/{submission.id}/{occasion.seq}/{message}/{holder.role}/{holder.email}{occasion.mark}"


def _put(
    context: Context,
    session: Session,
    submission: Submission,
    message: Message,
    holder: tokens.Holder,
    occasion: Occasion,
    purpose: tokens.Purpose | None,
) -> None:
    now = context.clock.now()
    token = None
    if purpose is not None:
        token = tokens.ensure(
            session,
            context.settings.secret_keys,
            submission,
            holder,
            purpose,
            now=now,
            expires_at=occasion.link_until if purpose == "action" else None,
        )
        if message.message == CONFIRMS:
            token.seen_seq = occasion.seq - 1  # in the sheet: the answers before this act
    wait = readers.wait_of(session, message, holder.email, now, due=occasion.due, reminds=occasion.stay is not None)
    draft_until = occasion.draft_until if holder.role in APPLICANT_SIDE else None
    outbox.put(
        session,
        outbox.Letter(
            "mail",
            holder.email,
            _key(submission, message.message, holder, occasion),
            {
                "message": message.message,
                "role": holder.role,
                "token": token.id if token else None,
                "seq": occasion.seq,
                "due": occasion.due.isoformat() if occasion.due else None,
                **({"facts": dict(occasion.facts)} if occasion.facts else {}),
                **({"about": occasion.about} if occasion.about else {}),
            },
            not_before=max(filter(None, (occasion.not_before, wait.until, draft_until)), default=None),
            stay=occasion.stay,
            daily=wait.gathers,
            draft=draft_until is not None,
        ),
        submission_id=submission.id,
        now=now,
    )


def act_of(session: Session, submission: Submission, seq: int) -> dict[str, Any]:
    """What event `seq` carried: the inputs of its act, as far as they are still stored."""
    query = (
        select(EventPayload.body)
        .join(Event, Event.id == EventPayload.event_id)
        .where(Event.submission_id == submission.id, Event.seq == seq)
    )
    body = session.scalars(query).one_or_none() or {}
    inputs: dict[str, Any] = body.get("inputs", {})
    return inputs
