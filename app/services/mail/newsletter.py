"""The last week of a call, told once to the newsletters that its file names (`people.newsletter`).

Such an address is a newsletter's own: who reads it, asked to and can leave it is that newsletter's business, HubOut
knows nobody of them. The mail has no personal datum and no link of anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.catalogue.mail_html import compose
from app.dates import local_day, show_moment
from app.models import OutboxMessage
from app.services.context import Context
from app.services.mail import outbox
from app.services.mail.writing import footer_values
from integrations.mail import MailMessage, domain_of, thread_id_for
from workflows.dates import at_local

MESSAGE, ROLE = "bando_in_chiusura", "newsletter"
BEFORE, HOUR = timedelta(days=7), time(9)


def any_due(context: Context, session: Session, now: datetime) -> bool:
    """Whether a newsletter has to be told of a call; in most weeks this asks the database nothing."""
    return next(_due(context, session, now), None) is not None


def tell_due(context: Context) -> int:
    """Ask for the mails that are due; how many."""
    now = context.clock.now()
    with context.write() as session:
        due = list(_due(context, session, now))
        for call, address in due:
            payload = {"message": MESSAGE, "role": ROLE, "call": call.id}
            letter = outbox.Letter("mail", address, _key(call, address), payload)
            outbox.put(session, letter, submission_id=None, now=now)
    return len(due)


def _due(context: Context, session: Session, now: datetime) -> Iterator[tuple[Call, str]]:
    """Calls in their last week, and the addresses that have not been told."""
    for call in context.catalogue.calls.values():
        closes = call.file.closes
        if closes is None or not at_local(local_day(closes) - BEFORE, HOUR) <= now < closes:
            continue
        for person in {person for site in call.site_ids() for person in call.people(ROLE, site)}:
            known = select(OutboxMessage.id).where(OutboxMessage.dedupe_key == _key(call, person.email))
            if session.scalar(known) is None:
                yield call, person.email


def _key(call: Call, address: str) -> str:
    return f"newsletter/{call.id}/{address}"


def write(context: Context, _: Session, row: OutboxMessage) -> MailMessage:
    """The mail of an outbox row; it links to the call as long as this is open."""
    call, now = context.catalogue.calls[row.payload["call"]], context.clock.now()
    office = call.file.office
    values = {
        "modulo": call.file.title.it,
        "scadenza": show_moment(call.file.closes, "it") if call.file.closes else "",
        "link_bando": f"{context.settings.base_url}/bandi/{call.id}" if call.open_at(now) else "",
        "firma": f"{office.name} · HubOut",
    }
    parts = compose(call.messages[MESSAGE], "it", values | footer_values(context, call, "it"))
    return MailMessage(
        sender=context.settings.mail_from,
        to=row.target,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        date=now,
        message_id=outbox.message_id(row, context.settings),
        thread_id=thread_id_for(f"{MESSAGE}/{call.id}", domain_of(context.settings.mail_from)),
        reply_to=office.email,
        language="it",
    )
