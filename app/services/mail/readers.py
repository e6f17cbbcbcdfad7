"""Who wants one mail a day, and which mails wait for it.

`each`: every mail by itself. `reminders` (whoever has said nothing): new things at once, the reminders of one morning
in one mail. `daily`: new things too in one mail in the morning. A message without `daily:` waits for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.messages import Message
from app.dates import ROME
from app.models import OutboxMessage, Reader
from app.security import sign, signed
from app.services.context import Context
from workflows.dates import at_local

Wants = Literal["each", "reminders", "daily"]
WANTS: tuple[Wants, ...] = get_args(Wants)

MORNING = time(8)
"""When the daily mail leaves, in Rome."""

_PURPOSE = "reader"
_LOOKED_AT = 50
"""Latest mails to an address among which one of the same kind is looked for."""


@dataclass(frozen=True)
class Wait:
    """Whether a mail may go into its reader's daily mail, and until when it waits for it (None: not at all)."""

    gathers: bool = False
    until: datetime | None = None


def wait_of(
    session: Session, message: Message, address: str, now: datetime, *, due: datetime | None, reminds: bool
) -> Wait:
    """What holds for a mail to `address`; `due`: until when an answer is awaited, `reminds`: it is a reminder."""
    if message.daily is None or not message.for_staff:
        return Wait()
    wants = wants_of(session, address)
    if wants == "daily":
        holds = not reminds
    elif wants == "reminders" and message.daily == "everybody":
        holds = not reminds and _told_today(session, message, address, now)
    else:
        return Wait(gathers=wants == "reminders" and reminds)
    morning = next_morning(now)
    if not holds or (due is not None and morning >= due):
        return Wait(gathers=reminds or holds)
    return Wait(gathers=True, until=morning)


def wants_of(session: Session, address: str) -> Wants:
    """What the reader at `address` wants."""
    row = session.scalars(select(Reader).where(Reader.address == address.casefold())).one_or_none()
    return next((wants for wants in WANTS if row and row.wants == wants), "reminders")


def known(session: Session, address: str, now: datetime) -> Reader:
    """The reader at `address`, noted now if need be."""
    row = session.scalars(select(Reader).where(Reader.address == address.casefold())).one_or_none()
    if row is None:
        row = Reader(address=address.casefold(), wants="reminders", since=now)
        session.add(row)
        session.flush()
    return row


def token_of(context: Context, reader: Reader) -> str:
    """What the link to the reader's choice ends in: signed, and without the address."""
    return sign(context.settings.secret_keys[-1], _PURPOSE, str(reader.id))


def behind(context: Context, token: str) -> tuple[str, Wants] | None:
    """The address and the choice behind a link; None for a link that nobody was sent."""
    with context.read() as session:
        row = _row(context, session, token)
        return (row.address, wants_of(session, row.address)) if row else None


def choose(context: Context, token: str, wants: Wants) -> bool:
    """Note the reader's choice; False for a link that nobody was sent."""
    with context.write() as session:
        row = _row(context, session, token)
        if row is not None:
            row.wants, row.since = wants, context.clock.now()
        return row is not None


def next_morning(now: datetime) -> datetime:
    """The next eight o'clock of Rome."""
    local = now.astimezone(ROME)
    return at_local(local.date() + timedelta(days=local.time() >= MORNING), MORNING)


def _row(context: Context, session: Session, token: str) -> Reader | None:
    text = signed(context.settings.secret_keys, _PURPOSE, token)
    return session.get(Reader, int(text)) if text else None


def _told_today(session: Session, message: Message, address: str, now: datetime) -> bool:
    """Whether a mail of this kind has been asked for since this morning, or waits for the next one."""
    since = next_morning(now) - timedelta(days=1)
    query = (
        select(OutboxMessage.payload)
        .where(OutboxMessage.channel == "mail", OutboxMessage.target == address, OutboxMessage.created_at >= since)
        .order_by(OutboxMessage.id.desc())
        .limit(_LOOKED_AT)
    )
    return any(payload["message"] == message.message for payload in session.scalars(query))
