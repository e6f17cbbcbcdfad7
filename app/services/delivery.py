"""Sending the mails that wait in the outbox."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from app.models import OutboxMessage, Submission
from app.services import mailing, outbox
from app.services.context import Context
from integrations.mail import MailMessage, Permanent, Temporary

log = logging.getLogger(__name__)

ALERT = "mail_non_consegnata"


def send_due(context: Context) -> int:
    """Send every mail that is due; how many were taken by the server. Each is noted as soon as it is sent."""
    sent = 0
    while True:
        with context.write() as session:
            claimed = [row.id for row in outbox.claim(session, "mail", context.clock.now())]
        for row_id in claimed:
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
        try:
            return mailing.write(context, session, row)
        except mailing.NotYet as not_yet:
            reason = str(not_yet)
        except Exception as error:
            # one mail that can't be written must not keep the others from being sent
            log.exception("outbox row %s can't be written", row_id)
            reason = f"can't be written: {type(error).__name__}"
    _note(context, row_id, reason, final=False)
    return None


def _note(context: Context, row_id: int, reason: str, *, final: bool) -> None:
    now = context.clock.now()
    with context.write() as session:
        row = session.get_one(OutboxMessage, row_id)
        if final:
            outbox.bury(row, reason, now)
        else:
            outbox.try_again(row, reason, now)
        if row.dead_at is not None:
            _tell_coordinator(context, session, row)


def _tell_coordinator(context: Context, session: Session, row: OutboxMessage) -> None:
    """A dead letter is told to the coordinator, once, unless it is such a notice itself."""
    if row.submission_id is None or row.payload["message"] == ALERT:
        return
    submission = session.get_one(Submission, row.submission_id)
    occasion = mailing.Occasion(row.payload["seq"], mark=f"/{row.id}")
    mailing.ask(context, session, submission, ALERT, ["coordinatore"], occasion)
