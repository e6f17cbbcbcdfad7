"""Mails written at the last moment: what an outbox row asks for, with the case as it stands now (design.md §2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call, Tab
from app.catalogue.mail_html import compose, with_code
from app.catalogue.messages import Message, Rendered, edited
from app.models import ActionToken, OutboxMessage, Review, Spreadsheet, Submission
from app.security import mask_email
from app.services.casework import cases, editions, opinions, places, rankings
from app.services.casework.reviews import reviews_of
from app.services.context import Context
from app.services.definitions import workflow_of
from app.services.links import tokens
from app.services.links.stakes import prints_code
from app.services.mail import outbox
from app.services.mail.mail_values import Letterhead, place_of_edition, values_of
from app.services.mail.mailing import APPLICANT_SIDE, act_of
from app.services.people import delegations
from app.services.roles import role_label
from app.services.sheets import edition_settings, sheet_tabs
from integrations import ics
from integrations.mail import Invitation, MailMessage, domain_of, thread_id_for

_DATED = frozenset({"termine", "giorni", "inizio", "fine", "quando"})
"""Placeholders that need the case's history and dates."""

_RANKED = frozenset({"posizione", "punteggio", "totale"})
"""Placeholders that need the ranking."""

_PATHS = {"action": "azione", "status": "stato", "address": "indirizzo"}
"""First part of a link's path, by what the link is for."""


USUAL_VISIT, LONGEST_VISIT = timedelta(hours=1), timedelta(hours=12)
"""How long a date lasts where nothing says it; what is longer is a period, and its first hour is the date."""


class NotYet(Exception):  # noqa: N818 - it reads `except NotYet`
    """The mail can't be written yet: what it links to is still being made."""


class Nothing(Exception):  # noqa: N818 - it reads `except Nothing`
    """There is nothing left to say: meanwhile all of it was done."""


def write(context: Context, session: Session, row: OutboxMessage) -> MailMessage:
    """The mail that an outbox row asks for.

    Raises:
        NotYet: the spreadsheet it links to is not there yet.
    """
    submission = session.get_one(Submission, row.submission_id)
    call = context.catalogue.calls[submission.call]
    message, language, values = _said(context, session, row, submission)
    code = _code(context, session, row, submission)
    parts = compose(message, language, values | footer_values(context, call, language), code)
    return MailMessage(
        sender=context.settings.mail_from,
        to=row.target,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        date=context.clock.now(),
        message_id=outbox.message_id(row, context.settings),
        thread_id=thread_id_for(submission.reference, domain_of(context.settings.mail_from)),
        reply_to=call.file.office.email,
        language=language,
        invitation=_invitation(context, session, submission, row, message),
    )


def rendered(context: Context, session: Session, row: OutboxMessage) -> Rendered:
    """What the mail of a row says, not yet laid out."""
    submission = session.get_one(Submission, row.submission_id)
    message, language, values = _said(context, session, row, submission)
    return with_code(message.render(language, values), _code(context, session, row, submission), language)


def _invitation(
    context: Context, session: Session, submission: Submission, row: OutboxMessage, message: Message
) -> Invitation | None:
    """The date that goes into the reader's calendar, where the message brings one and the case has it."""
    if message.calendar is None:
        return None
    call = context.catalogue.calls[submission.call]
    anchors = cases.case_of(session, context, submission).anchors
    kind = "meeting" if message.calendar == "meeting" else "start"
    starts, ends = anchors.get(kind), anchors.get("end")
    if starts is None:
        return None
    if kind == "meeting" or ends is None or not starts < ends <= starts + LONGEST_VISIT:
        ends = starts + USUAL_VISIT
    act = act_of(session, submission, row.payload["seq"])
    booked = submission.record.get("acts", {}).get("slot_booked", {}).get("sede", "")
    room = edition_settings.room_of(session, call, submission)
    entry = ics.Entry(
        uid=f"{submission.reference}-{kind}@{domain_of(context.settings.mail_from)}",
        title=f"{call.file.title.in_(submission.language)} · {submission.reference}",
        place=str(act.get("luogo") or booked or place_of_edition(call, submission.answers, submission.language, room)),
        starts=starts,
        ends=ends,
        changed=context.clock.now(),
    )
    cancels = message.calendar == "cancelled"
    return Invitation(ics.invitation(entry, call.file.office.email, row.payload["seq"], cancels=cancels), cancels)


def message_of(context: Context, row: OutboxMessage, submission: Submission) -> Message:
    """The message that a row names or, where somebody has written it anew, their words."""
    message = context.catalogue.calls[submission.call].messages[row.payload["message"]]
    return edited(message, row.edited["subject"], row.edited["body"]) if row.edited else message


def footer_values(context: Context, call: Call, language: str) -> dict[str, str]:
    """What stands under every mail about this call."""
    prefix = "/en" if language == "en" else ""
    return {
        "email_ufficio": call.file.office.email,
        "telefono_ufficio": call.file.office.phone,
        "link_privacy": f"{context.settings.base_url}{prefix}/bandi/{call.id}/privacy",
    }


def _said(
    context: Context, session: Session, row: OutboxMessage, submission: Submission
) -> tuple[Message, str, dict[str, str]]:
    """The message of a row, its language, and the values of its placeholders."""
    message = message_of(context, row, submission)
    language = submission.language if row.payload["role"] in APPLICANT_SIDE else "it"
    head = _letterhead(context, session, submission, row, message, language)
    return message, language, values_of(head, message.placeholders)


def _code(context: Context, session: Session, row: OutboxMessage, submission: Submission) -> str:
    """The code that confirms what is at stake behind the mail's link; empty where nothing is."""
    token = session.get(ActionToken, row.payload["token"]) if row.payload["token"] else None
    definition = workflow_of(session, context, submission)
    if token is None or not prints_code(definition, submission.state, token):
        return ""
    return tokens.code_of(token, context.settings.secret_keys)


def _letterhead(
    context: Context, session: Session, submission: Submission, row: OutboxMessage, message: Message, language: str
) -> Letterhead:
    """What the message speaks of. Only what its placeholders need is looked up: a backlog has thousands of mails."""
    call, payload, wants = context.catalogue.calls[submission.call], row.payload, message.placeholders
    act = payload.get("facts") or act_of(session, submission, payload["seq"])
    token = session.get(ActionToken, payload["token"]) if payload["token"] else None
    site = call.site_of(submission.answers)
    tab = next((tab for tab in call.tabs(site) if tab.reviewer and tab.reviewer.email == row.target), None)
    case = cases.case_of(session, context, submission) if wants & _DATED else None
    state = workflow_of(session, context, submission).state(submission.state)
    counted = case and state.clock != "stop"
    return Letterhead(
        submission=submission,
        call=call,
        language=language,
        now=context.clock.now(),
        act=act,
        notes=_notes(session, submission, payload["seq"]) if "note" in wants else (),
        joined_title=_title_of(session, act.get("target")) if "titolo_2" in wants else "",
        lost=_recipient_of(session, payload.get("about"), language),
        in_place_of=delegations.in_place_of(submission, token) if token else "",
        due=datetime.fromisoformat(payload["due"]) if payload["due"] else None,
        link_until=token.expires_at if token else None,
        state=state.label.in_(language),
        term=cases.term_of(session, context, submission, case) if case and counted else None,
        start=case.anchors.get("start") if case else None,
        end=case.anchors.get("end") if case else None,
        meeting=case.anchors.get("meeting") if case else None,
        position=places.position(session, call, submission) if "posizione" in wants else None,
        standing=rankings.standing_of(session, call, submission) if wants & _RANKED else None,
        waiting=_waiting_beside(session, submission) if "in_attesa" in wants else None,
        signed_up=editions.signed_up(session, call, submission) if "iscritti" in wants else None,
        scores=_scores(session, call, submission) if wants & {"media", "n"} else (),
        deleted_on=cases.deletion_day(session, context, submission) if "data_cancellazione" in wants else None,
        room=edition_settings.room_of(session, call, submission) if "sede" in wants else "",
        tab=tab.title if tab else "",
        sheet_title=call.file.sheet.title or call.file.sheet.workbook if call.file.sheet else "",
        links=_links(context, session, call, message, token, tab, language),
    )


def _links(
    context: Context,
    session: Session,
    call: Call,
    message: Message,
    token: ActionToken | None,
    tab: Tab | None,
    language: str,
) -> dict[str, str]:
    """The links that are made for this very mail, by placeholder."""
    base_url = f"{context.settings.base_url}{'/en' if language == 'en' else ''}"
    links = {}
    if token:
        text = tokens.text_of(token, context.settings.secret_keys)
        links[message.link or ""] = f"{base_url}/{_PATHS[token.purpose]}/{text}"
    if message.link == "link_foglio":
        links["link_foglio"] = _sheet_link(context, session, tab.workbook if tab else "")
    if message.link == "link_bando" and call.open_at(context.clock.now()):
        links["link_bando"] = f"{base_url}/bandi/{call.id}"
    if message.link == "link_gradimento":
        links["link_gradimento"] = call.file.questionnaire or ""
    return links


def _scores(session: Session, call: Call, submission: Submission) -> tuple[int, ...]:
    """The points of the reviews that count."""
    found = reviews_of(session, call, submission)
    return tuple(review.score for review in found if review.valid and review.score is not None)


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


def _sheet_link(context: Context, session: Session, workbook: str) -> str:
    sheet = session.get(Spreadsheet, workbook)
    if sheet is None or sheet.spreadsheet_id is None:
        raise NotYet(f"workbook {workbook} is still being made")
    return sheet_tabs.address_of(context, sheet.spreadsheet_id)
