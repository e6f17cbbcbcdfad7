"""The daily mail: what waits for one person, gathered from mails that would have left one by one.

Each thing keeps its own link, the one that its own mail would have had: no link is for more than one case, so a
forwarded or a scanned digest gives away no more than the mails it stands for (docs/adr/0009). It is a row of the outbox
like every mail; the rows it carries are done, and die with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.mail_html import compose_digest
from app.catalogue.messages import Thing, thing_of
from app.models import ActionToken, OutboxMessage, Reader, Submission
from app.services.context import Context
from app.services.mail import outbox, readers, writing
from integrations.mail import MailMessage, domain_of, thread_id_for

MESSAGE = "riepilogo"
FEW, MOST = 3, 50
"""So many reminders are one mail; so many things at most are."""


def gather(context: Context) -> None:
    """Put what is due for the same reader into one mail, where it is more than a few things."""
    now = context.clock.now()
    with context.write() as session:
        query = (
            outbox.due(now)
            .where(OutboxMessage.channel == "mail", OutboxMessage.daily.is_(True))
            .order_by(OutboxMessage.target, OutboxMessage.id)
            .with_for_update(skip_locked=True)
        )
        for address, rows in groupby(session.scalars(query).all(), key=lambda row: row.target):
            group = list(rows)[:MOST]
            only_reminders = all(row.stay is not None for row in group)
            many = FEW if only_reminders and readers.wants_of(session, address) != "daily" else 2
            if len(group) >= many:
                _carry(context, session, address, group)


def _carry(context: Context, session: Session, address: str, group: Sequence[OutboxMessage]) -> None:
    now = context.clock.now()
    reader = readers.known(session, address, now)
    payload = {"message": MESSAGE, "role": group[0].payload["role"], "reader": reader.id}
    letter = outbox.Letter("mail", address, f"digest/{group[0].id}/{group[0].attempts}", payload)
    digest = outbox.put(session, letter, submission_id=None, now=now)
    if digest is None:
        return
    for row in group:
        row.digest_id = digest.id
        outbox.delivered(row, now)


def carried(session: Session, digest: OutboxMessage) -> Sequence[OutboxMessage]:
    """The rows that a digest stands for; none for any other mail."""
    return session.scalars(
        select(OutboxMessage).where(OutboxMessage.digest_id == digest.id).order_by(OutboxMessage.id)
    ).all()


def write(context: Context, session: Session, digest: OutboxMessage) -> MailMessage:
    """The mail with all that still waits for its reader.

    Raises:
        Nothing: meanwhile all of it was done.
        NotYet: a spreadsheet is not there yet.
    """
    rows = [row for row in carried(session, digest) if _waits(session, row)]
    if not rows:
        raise writing.Nothing("all of it was done meanwhile")
    first = session.get_one(Submission, rows[0].submission_id)
    call = context.catalogue.calls[first.call]
    reader = session.get_one(Reader, digest.payload["reader"])
    choice = f"{context.settings.base_url}/avvisi/{readers.token_of(context, reader)}"
    values = {
        "quante": str(len(rows)),
        "firma": f"{call.file.office.name} · HubOut",
        "link_avvisi": choice,
        **writing.footer_values(context, call, "it"),
    }
    parts = compose_digest(call.messages[MESSAGE], "it", values, tuple(_things(context, session, rows)))
    domain = domain_of(context.settings.mail_from)
    return MailMessage(
        sender=context.settings.mail_from,
        to=digest.target,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        date=context.clock.now(),
        message_id=outbox.message_id(digest, context.settings),
        thread_id=thread_id_for(f"{MESSAGE}/{reader.id}", domain),
        reply_to=call.file.office.email,
        language="it",
        unsubscribe=choice,
    )


def _waits(session: Session, row: OutboxMessage) -> bool:
    """Whether what a row asks for is still to be done: its step was not left, its link not used or closed."""
    submission = session.get_one(Submission, row.submission_id)
    if row.stay is not None and row.stay != submission.entered_seq:
        return False
    token = session.get(ActionToken, row.payload["token"]) if row.payload["token"] else None
    return token is None or (token.used_seq is None and token.revoked_at is None)


def _things(context: Context, session: Session, rows: Sequence[OutboxMessage]) -> Iterator[Thing]:
    for row in rows:
        yield thing_of(writing.rendered(context, session, row))
