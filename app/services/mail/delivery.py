"""Sending the mails that wait in the outbox."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.models import OutboxMessage
from app.services import limits
from app.services.context import Context
from app.services.intake import drafts
from app.services.mail import bounces, digests, newsletter, outbox, writing
from app.services.sheets import edition_answers, edition_settings
from integrations.dsn import address_is_gone
from integrations.mail import Away, MailMessage, Permanent, Temporary

log = logging.getLogger(__name__)

HALF_A_LEASE = outbox.LEASE / 2
"""What must be left of a lease to begin with one more mail: nobody else has the row while it is being sent."""


WRITERS: Mapping[str, Callable[[Context, Session, OutboxMessage], MailMessage]] = {
    drafts.MESSAGE: drafts.write,
    newsletter.MESSAGE: newsletter.write,
    digests.MESSAGE: digests.write,
    edition_settings.MESSAGE: edition_answers.write,
}
"""Mails that are about no case or about many, and who writes them; all others are about one."""


def send_due(context: Context) -> int:
    """Send every mail that is due; how many were taken by the server. Each is noted as soon as it is sent."""
    digests.gather(context)
    sent = 0
    while True:
        with context.write() as session:
            now = context.clock.now()
            claimed = [row.id for row in outbox.claim(session, "mail", now)]
        taken, left = _send_all(context, claimed, now + outbox.LEASE)
        sent += taken
        if left:
            with context.write() as session:
                outbox.give_back(session, left)
        if left or len(claimed) < outbox.BATCH:
            return sent


def _send_all(context: Context, claimed: Sequence[int], lease_ends: datetime) -> tuple[int, Sequence[int]]:
    """How many of the claimed rows were sent, and those that were not tried: the server is away, or slow."""
    sent = 0
    for place, row_id in enumerate(claimed):
        if context.clock.now() >= lease_ends - HALF_A_LEASE:
            return sent, claimed[place:]
        try:
            sent += _send(context, row_id)
        except Away as error:
            _note(context, row_id, error.reason, final=False)
            return sent, claimed[place + 1 :]
    return sent, ()


def _send(context: Context, row_id: int) -> bool:
    """Send one mail; whether the server has it.

    Raises:
        Away: no mail can be sent now.
    """
    message = _written(context, row_id) if _in_turn(context, row_id) else None
    if message is None:
        return False
    try:
        context.transport.send(message)
    except Away:
        raise
    except Temporary as error:
        _note(context, row_id, error.reason, final=False)
        return False
    except Permanent as error:
        _note(context, row_id, error.reason, final=True)
        return False
    except Exception as error:  # noqa: BLE001 - one mail that can't be sent must not keep the others from being sent
        context.transport.close()  # who knows how far the talk with the server had come
        # Without the error's own words: they may hold an address.
        log.error("outbox row %s can't be sent: %s", row_id, type(error).__name__)  # noqa: TRY400
        _note(context, row_id, f"can't be sent: {type(error).__name__}", final=False)
        return False
    _noted_as_delivered(context, row_id)
    return True


def _in_turn(context: Context, row_id: int) -> bool:
    """Whether the row's domain takes one more mail now; else all that waits for it waits a while longer."""
    limit = limits.mails_per_domain(context)
    if not limit.most:
        return True
    with context.read() as session:
        row = session.get(OutboxMessage, row_id)
        domain = row.target.rpartition("@")[2].casefold() if row else ""
    wait = limits.wait_for(context, limit, domain)
    if not wait:
        return True
    with context.write() as session:
        until = context.clock.now() + timedelta(seconds=wait)
        outbox.give_back(session, [row_id])
        outbox.hold_domain(session, domain, until)
    return False


def _written(context: Context, row_id: int) -> MailMessage | None:
    with context.read() as session:
        row = session.get(OutboxMessage, row_id)
        if row is None:  # taken back: the draft that it speaks of was sent or given another address
            return None
        nothing = False
        reason = bounces.reason_against(session, row.target)
        final = bool(reason)
        try:
            if not final:
                return WRITERS.get(row.payload["message"], writing.write)(context, session, row)
        except writing.Nothing:
            nothing = True
        except writing.NotYet as not_yet:
            reason = str(not_yet)
        except Exception as error:
            # one mail that can't be written must not keep the others from being sent
            log.exception("outbox row %s can't be written", row_id)
            reason = f"can't be written: {type(error).__name__}"
    if nothing:
        _noted_as_delivered(context, row_id)
    else:
        _note(context, row_id, reason, final=final)
    return None


def _noted_as_delivered(context: Context, row_id: int) -> None:
    with context.write() as session:
        if row := session.get(OutboxMessage, row_id):
            outbox.delivered(row, context.clock.now())


def _note(context: Context, row_id: int, reason: str, *, final: bool) -> None:
    now = context.clock.now()
    with context.write() as session:
        row = bounces.locked(context, session, row_id)
        if row is None:
            return
        if final:
            outbox.bury(row, reason, now)
        else:
            outbox.try_again(row, reason, now)
        if row.dead_at is not None:
            bounces.given_up(context, session, row, gone=final and address_is_gone(reason))
