"""Telling other programs what happened: outbox rows, posted signed (docs/api.md), without any personal datum."""

from __future__ import annotations

import json
import logging
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import OutboxMessage, Submission
from app.services.context import Context
from app.services.mail import outbox
from integrations import webhooks

log = logging.getLogger(__name__)

BATCH = 3
"""Calls that are claimed at a time: each may take ten seconds, a lease lasts sixty."""


def ask(
    session: Session,
    submission: Submission,
    target: str,
    event: str,
    seq: int,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """Put the call that tells `target` of event `seq` into the outbox, to be made from `not_before` on."""
    told = {
        "reference": submission.reference,
        "call": submission.call,
        "event": event,
        "state": submission.state,
        "at": now.isoformat(),
    }
    payload = {"id": f"{submission.reference}-{seq}", "data": told}
    letter = outbox.Letter("webhook", target, f"webhook/{submission.id}/{seq}/{target}", payload, not_before)
    outbox.put(session, letter, submission_id=submission.id, now=now)


def send_due(context: Context) -> int:
    """Make every call that is due; how many were taken."""
    taken = 0
    while True:
        with context.write() as session:
            claimed = [row.id for row in outbox.claim(session, "webhook", context.clock.now(), limit=BATCH)]
        taken += sum(_send(context, row_id) for row_id in claimed)
        if len(claimed) < BATCH:
            return taken


def _send(context: Context, row_id: int) -> bool:
    with context.read() as session:
        row = session.get_one(OutboxMessage, row_id)
        name, message_id, body = row.target, str(row.payload["id"]), _body(row)
    failure = None
    try:
        target = _target(context, name)
        webhooks.call(target, message_id, context.clock.now(), body, context.settings.webhook_networks)
    except webhooks.NotTakenError as error:
        failure = error
        log.warning("webhook %s: %s", message_id, error.reason)
    with context.write() as session:
        row, now = session.get_one(OutboxMessage, row_id), context.clock.now()
        if failure is None:
            outbox.delivered(row, now)
        elif failure.final:
            outbox.bury(row, failure.reason, now)
        else:
            outbox.try_again(row, failure.reason, now)
    return failure is None


def _target(context: Context, name: str) -> webhooks.Target:
    """The program of this name.

    Raises:
        NotTakenError: the settings name none.
    """
    target = next((each for each in context.settings.webhooks if each.name == name), None)
    if target is None:
        raise webhooks.NotTakenError(f"HUBOUT_WEBHOOKS names no `{name}`", final=True)
    return target


def _body(row: OutboxMessage) -> bytes:
    """The same at each try: receivers check the signature over these very bytes."""
    data = row.payload["data"]
    told = {"type": "submission.changed", "timestamp": data["at"], "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
