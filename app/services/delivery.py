"""Sending the mails that wait in the outbox."""

from __future__ import annotations

import logging

from app.models import OutboxMessage
from app.services import bounces, mailing, outbox
from app.services.context import Context
from integrations.dsn import address_is_gone
from integrations.mail import MailMessage, Permanent, Temporary

log = logging.getLogger(__name__)

HALF_A_LEASE = outbox.LEASE / 2
"""What must be left of a lease to begin with one more mail: nobody else has the row while it is being sent."""


def send_due(context: Context) -> int:
    """Send every mail that is due; how many were taken by the server. Each is noted as soon as it is sent."""
    sent = 0
    while True:
        with context.write() as session:
            now = context.clock.now()
            claimed = [row.id for row in outbox.claim(session, "mail", now)]
            lease_ends = now + outbox.LEASE
        for row_id in claimed:
            if context.clock.now() >= lease_ends - HALF_A_LEASE:  # slow: what is left goes to whoever asks for it next
                return sent
            sent += _send(context, row_id)
        if len(claimed) < outbox.BATCH:
            return sent


def _send(context: Context, row_id: int) -> bool:
    message = _written(context, row_id)
    if message is None:
        return False
    try:
        context.transport.send(message)
    except Temporary as error:
        _note(context, row_id, error.reason, final=False)
        return False
    except Permanent as error:
        _note(context, row_id, error.reason, final=True)
        return False
    with context.write() as session:
        if row := session.get(OutboxMessage, row_id):
            outbox.delivered(row, context.clock.now())
    return True


def _written(context: Context, row_id: int) -> MailMessage | None:
    with context.read() as session:
        row = session.get(OutboxMessage, row_id)
        if row is None:  # taken back: the draft that it speaks of was sent or given another address
            return None
        reason = bounces.reason_against(session, row.target)
        final = bool(reason)
        try:
            if not final:
                return mailing.write(context, session, row)
        except mailing.NotYet as not_yet:
            reason = str(not_yet)
        except Exception as error:
            # one mail that can't be written must not keep the others from being sent
            log.exception("outbox row %s can't be written", row_id)
            reason = f"can't be written: {type(error).__name__}"
    _note(context, row_id, reason, final=final)
    return None


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
