"""Mails: asked for as outbox rows inside the transaction they belong to, written when they are sent.

A row holds the message's name, whom it is for, the id of the link's token and the event it speaks of; names, reasons
and the link itself are put in at the last moment, so nothing of them lies in the outbox (design.md §2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Person
from app.catalogue.mail_html import compose
from app.catalogue.messages import Message
from app.models import ActionToken, Event, EventPayload, OutboxMessage, Review, Spreadsheet, Submission
from app.security import mask_email
from app.services import cases, drafts, opinions, outbox, places, rankings, tokens
from app.services.context import Context
from app.services.definitions import workflow_of
from app.services.mail_values import Letterhead, values_of
from app.services.reviews import not_awaited, reviews_of
from app.services.roles import role_label
from integrations.mail import MailMessage, domain_of, thread_id_for

APPLICANT_SIDE = {"richiedente": "email", "genitore": "genitore_email"}
"""Roles held by people of the application, and the answer that has their address."""

_PURPOSES: Mapping[str, tokens.Purpose] = {"link_azione": "action", "link_stato": "status", "link_indirizzo": "address"}
"""What the link of a mail is for, by its placeholder."""

_PATHS = {"action": "azione", "status": "stato", "address": "indirizzo"}

REVIEWER, PANEL, SCHOOL = "revisore", "commissione", "scuola"


GIVEN = "given"
"""Where the case's own record keeps whom a role was given to, in place of the person whom the call names."""


class NotYet(Exception):  # noqa: N818 - it reads `except NotYet`
    """The mail can't be written yet: what it links to is still being made."""


@dataclass(frozen=True)
class Occasion:
    """Why a mail is written: after which event, until when an answer is awaited, how long its link works.

    `not_before` holds it back; `stay` marks a reminder of the stay in a state that this event began;
    `about` is the outbox row of another mail that this one speaks of.
    """

    seq: int
    due: datetime | None = None
    link_until: datetime | None = None
    mark: str = ""
    not_before: datetime | None = None
    stay: int | None = None
    about: int | None = None


def holders(call: Call, submission: Submission, role: str) -> tuple[Person, ...]:
    """Who holds `role` on this case: from the application's answers, as it was given to somebody, or from the call."""
    if given := submission.record.get(GIVEN, {}).get(role):
        return (Person(email=given),)
    if role in APPLICANT_SIDE:
        email = submission.answers.get(APPLICANT_SIDE[role])
        return (Person(email=email),) if email else ()
    if role == SCHOOL:
        contact = submission.record.get("invite", {}).get("contact")
        return (Person(email=contact),) if contact else ()
    return call.people(role, call.site_of(submission.answers))


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
        return tuple(person for person in people if person.name not in spoken)
    if role == PANEL:
        return people[:1] if message.link == "link_azione" else rankings.awaited(session, call, submission)
    return people


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
    outbox.put(
        session,
        outbox.Letter(
            "mail",
            holder.email,
            f"mail/{submission.id}/{occasion.seq}/{message.message}/{holder.role}/{holder.email}{occasion.mark}",
            {
                "message": message.message,
                "role": holder.role,
                "token": token.id if token else None,
                "seq": occasion.seq,
                "due": occasion.due.isoformat() if occasion.due else None,
                **({"about": occasion.about} if occasion.about else {}),
            },
            not_before=occasion.not_before,
            stay=occasion.stay,
        ),
        submission_id=submission.id,
        now=now,
    )


def write(context: Context, session: Session, row: OutboxMessage) -> MailMessage:
    """The mail that an outbox row asks for.

    Raises:
        NotYet: the spreadsheet it links to is not there yet.
    """
    if row.submission_id is None:
        return drafts.write(context, session, row)
    submission = session.get_one(Submission, row.submission_id)
    call = context.catalogue.calls[submission.call]
    payload = row.payload
    message = call.messages[payload["message"]]
    language = submission.language if payload["role"] in APPLICANT_SIDE else "it"
    head = _letterhead(context, session, submission, call, row, language)
    prefix = "/en" if language == "en" else ""
    values = values_of(head, message.placeholders) | {
        "email_ufficio": call.file.office.email,
        "telefono_ufficio": call.file.office.phone,
        "link_privacy": f"{context.settings.base_url}{prefix}/privacy",
    }
    parts = compose(message, language, values)
    domain = domain_of(context.settings.mail_from)
    return MailMessage(
        sender=context.settings.mail_from,
        to=row.target,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        date=context.clock.now(),
        message_id=outbox.message_id(row, context.settings),
        thread_id=thread_id_for(submission.reference, domain),
        reply_to=call.file.office.email,
        language=language,
    )


def _letterhead(
    context: Context, session: Session, submission: Submission, call: Call, row: OutboxMessage, language: str
) -> Letterhead:
    payload = row.payload
    act = act_of(session, submission, payload["seq"])
    token = session.get(ActionToken, payload["token"]) if payload["token"] else None
    case = cases.case_of(session, context, submission)
    state = workflow_of(session, context, submission).state(submission.state)
    site = call.site_of(submission.answers)
    tab = next((tab for tab in call.tabs(site) if tab.reviewer and tab.reviewer.email == row.target), None)
    message = call.messages[payload["message"]]
    prefix = "/en" if language == "en" else ""
    links = {}
    if token:
        text = tokens.text_of(token, context.settings.secret_keys)
        links[message.link or ""] = f"{context.settings.base_url}{prefix}/{_PATHS[token.purpose]}/{text}"
    if message.link == "link_foglio":
        links["link_foglio"] = _sheet_link(context, session, tab.workbook if tab else "")
    if message.link == "link_bando" and call.open_at(context.clock.now()):
        links["link_bando"] = f"{context.settings.base_url}{prefix}/bandi/{call.id}"
    return Letterhead(
        submission=submission,
        call=call,
        language=language,
        now=context.clock.now(),
        act=act,
        notes=_notes(session, submission, payload["seq"]),
        joined_title=_title_of(session, act.get("target")),
        lost=_recipient_of(session, payload.get("about"), language),
        due=datetime.fromisoformat(payload["due"]) if payload["due"] else None,
        link_until=token.expires_at if token else None,
        term=None if state.clock == "stop" else cases.term_of(session, context, submission, case),
        start=case.anchors.get("start"),
        end=case.anchors.get("end"),
        meeting=case.anchors.get("meeting"),
        position=places.position(session, call, submission),
        standing=rankings.standing_of(session, call, submission),
        waiting=_waiting_beside(session, submission) if payload["role"] == SCHOOL else None,
        scores=tuple(
            review.score
            for review in reviews_of(session, call, submission)
            if review.valid and review.score is not None
        ),
        deleted_on=cases.deletion_day(session, context, submission),
        tab=tab.title if tab else "",
        sheet_title=call.file.sheet.title or call.file.sheet.workbook if call.file.sheet else "",
        links=links,
    )


def _notes(session: Session, submission: Submission, seq: int) -> tuple[str, ...]:
    """What the reviewers of the present version wrote for the group, or the cities in the round that `seq` ended."""
    query = select(Review.note).where(
        Review.submission_id == submission.id, Review.version == submission.version, Review.note != ""
    )
    return (*session.scalars(query.order_by(Review.reviewer)), *opinions.reasons(session, submission, seq))


def _waiting_beside(session: Session, submission: Submission) -> int:
    """How many students of the class are where this one is, this one among them."""
    code = submission.record.get("invite", {}).get("code")
    query = select(Submission).where(Submission.call == submission.call, Submission.state == submission.state)
    return sum(case.record.get("invite", {}).get("code") == code for case in session.scalars(query))


def _title_of(session: Session, reference: Any) -> str:
    """The title of another proposal, by its reference."""
    query = select(Submission.answers).where(Submission.reference == str(reference or "").strip().upper())
    return str((session.scalars(query).one_or_none() or {}).get("titolo", ""))


def _recipient_of(session: Session, row_id: int | None, language: str) -> str:
    """Who another mail was for: in which role, at which address (masked)."""
    row = session.get(OutboxMessage, row_id) if row_id else None
    return f"{role_label(row.payload['role'], language)}, {mask_email(row.target)}" if row else ""


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


def _sheet_link(context: Context, session: Session, workbook: str) -> str:
    sheet = session.get(Spreadsheet, workbook)
    if sheet is None or sheet.spreadsheet_id is None:
        raise NotYet(f"workbook {workbook} is still being made")
    if context.settings.sheets_url:
        return f"{context.settings.sheets_url}/sheets/{sheet.spreadsheet_id}"
    return f"https://docs.google.com/spreadsheets/d/{sheet.spreadsheet_id}/edit"
