"""The officer's answer to what partners propose for editions: a mailed link to one page, or `hubout editions`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.catalogue.mail_html import compose
from app.dates import local_day, show_day
from app.errors import HubOutError
from app.models import EditionSetting, OutboxMessage, SummaryRow
from app.security import sign, signed
from app.services.casework import editions
from app.services.context import Context, ask_for
from app.services.mail import outbox
from app.services.mail.writing import Nothing, footer_values
from app.services.sheets import edition_settings, syncing
from integrations.mail import MailMessage, domain_of, thread_id_for

Answer = Literal["accept", "decline"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

DAYS = 90
"""How long a link works; each mail has a new one."""

_PURPOSE = "editions"


@dataclass(frozen=True)
class Proposal:
    """One proposal as people read it: the edition's title, the column, what is in force and what is proposed."""

    number: int
    edition: str
    title: str
    column: str
    was: str
    now: str
    calls_off: bool


@dataclass(frozen=True)
class Desk:
    """What waits for the person behind a link."""

    call: str
    title: str
    person: str
    proposals: tuple[Proposal, ...]


def waiting(context: Context, call: Call, language: str = "it") -> tuple[Proposal, ...]:
    """What waits for an answer, oldest first."""
    with context.read() as session:
        return _proposals(session, call, language)


def settings(context: Context, call: Call) -> list[dict[str, str]]:
    """What is in force, for programs and tables."""
    with context.read() as session:
        found = edition_settings.in_force(session, call.id)
    return [{"edition": edition, "column": name, "in_force": value} for (edition, name), value in sorted(found.items())]


def answer(context: Context, call: Call, number: int, reply: Answer, by: str) -> Proposal:
    """Confirm or decline a proposal for good; `by`: who does it. What was answered.

    Confirmed it is in force at once; declined the next sync puts back what is in force. That an edition does not take
    place, once confirmed, cancels nothing: the officer is mailed the link of the act that does.

    Raises:
        HubOutError: it does not wait for an answer (any more).
    """
    now = context.clock.now()
    with context.write() as session:
        query = select(EditionSetting).where(EditionSetting.id == number, EditionSetting.call == call.id)
        row = session.scalars(query.with_for_update()).one_or_none()
        if row is None or row.state != edition_settings.OPEN:
            raise HubOutError(f"proposal {number} does not wait for an answer", f"`hubout editions {call.id}` lists")
        answered = _proposal(call, row, "it")
        row.closed_at, row.closed_by = now, by
        if reply == "decline":
            row.state = edition_settings.DECLINED
            _put_back(session, call, row)
        else:
            row.state = edition_settings.ACCEPTED
            if answered.calls_off:
                editions.called_off(context, session, call, row.edition, f"/edition/{row.id}")
        return answered


def _put_back(session: Session, call: Call, row: EditionSetting) -> None:
    """Take what is in force for what was last seen, so that the sheet's cell is a change that is to be undone."""
    for tab in edition_settings.tabs_of(call):
        query = select(SummaryRow).where(
            SummaryRow.workbook == tab.workbook, SummaryRow.tab == tab.title, SummaryRow.key == row.edition
        )
        seen = session.scalars(query).one_or_none()
        if seen is None:
            continue
        syncing.take_over(session, tab.workbook)
        edition_settings.mark_undone(row, tab, seen.base.get(row.name))
        rest = {name: cell for name, cell in seen.base.items() if name != row.name}
        seen.base = {**rest, row.name: row.was} if row.was else rest
        ask_for(session, "sync_sheet", tab.workbook)


def behind(context: Context, token: str, language: str) -> Desk | None:
    """What waits behind a link; None for a link that nobody made, that is over, or whose person is officer no more."""
    text = signed(context.settings.secret_keys, _PURPOSE, token)
    if text is None:
        return None
    name, mark, day = text.rsplit(".", 2)
    call = context.catalogue.calls.get(name)
    if call is None or date.fromisoformat(day) < local_day(context.clock.now()):
        return None
    person = next((each.email for each in edition_settings.officers(call) if _mark(each.email) == mark), None)
    return Desk(call.id, call.file.title.in_(language), person, waiting(context, call, language)) if person else None


def write(context: Context, session: Session, row: OutboxMessage) -> MailMessage:
    """The mail with all that waits by now.

    Raises:
        Nothing: meanwhile all of it was answered or taken back.
    """
    call, now = context.catalogue.calls[row.payload["call"]], context.clock.now()
    found = _proposals(session, call, "it")
    if not found:
        raise Nothing("all of it was answered meanwhile")
    until = local_day(now) + timedelta(days=DAYS)
    token = sign(context.settings.secret_keys[-1], _PURPOSE, f"{call.id}.{_mark(row.target)}.{until:%Y%m%d}")
    values = {
        "modulo": call.file.title.it,
        "proposte": "\n".join(
            f"{each.title} – {each.column}: {each.now or '–'} (ora: {each.was or '–'})" for each in found
        ),
        "link_edizioni": f"{context.settings.base_url}/edizioni/{token}",
        "scadenza_link": show_day(until, "it"),
        "firma": f"{call.file.office.name} · HubOut",
    }
    parts = compose(call.messages[edition_settings.MESSAGE], "it", values | footer_values(context, call, "it"))
    return MailMessage(
        sender=context.settings.mail_from,
        to=row.target,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        date=now,
        message_id=outbox.message_id(row, context.settings),
        thread_id=thread_id_for(f"{edition_settings.MESSAGE}/{call.id}", domain_of(context.settings.mail_from)),
        reply_to=call.file.office.email,
        language="it",
    )


def _proposals(session: Session, call: Call, language: str) -> tuple[Proposal, ...]:
    return tuple(_proposal(call, row, language) for row in edition_settings.waiting_in(session, call.id))


def _proposal(call: Call, row: EditionSetting, language: str) -> Proposal:
    titles = {edition.id: edition.title.in_(language) for edition in call.file.editions}
    calls_off = (row.name, row.now) == (edition_settings.GOES_ON, edition_settings.NO)
    title, column = titles.get(row.edition, row.edition), row.name.replace("_", " ")
    return Proposal(row.id, row.edition, title, column, row.was, row.now, calls_off)


def _mark(address: str) -> str:
    """The person in a link: nothing that tells who it is."""
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:12]
