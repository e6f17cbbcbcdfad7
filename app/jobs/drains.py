"""The jobs: each drains what is due, in short transactions, and can be repeated at any moment.

RQ calls them by name with strings only. A process opens its context and its connections to mail and sheets once.
"""

from __future__ import annotations

import logging
import os
from functools import cache

from app import queues
from app.config import Settings
from app.services.casework import timers
from app.services.context import Context, open_context
from app.services.intake import drafts, scanning, uploads
from app.services.mail import delivery, newsletter, webhooks
from app.services.sheets import hints, sharing, syncing
from integrations.sheets.errors import SheetsError

log = logging.getLogger(__name__)


@cache
def process_context() -> Context:
    """This worker's context."""
    return open_context(Settings.from_environment(os.environ))


def _begun(drain: str, argument: str = "") -> Context:
    """This worker's context, with the gate of the drain open before anything is read: later wake-ups come through."""
    context = process_context()
    queues.open_gate(context.redis, drain, argument)
    return context


def fire_timers() -> None:
    """Fire every timer that is due."""
    context = _begun("fire_timers")
    timers.fire_due(context)


def forget_drafts() -> None:
    """Delete the drafts, and the uploads, that were not sent in their time."""
    context = _begun("forget_drafts")
    drafts.forget_expired(context)
    uploads.forget_expired(context)


def tell_newsletters() -> None:
    """Ask for the mails about calls in their last week."""
    context = _begun("tell_newsletters")
    newsletter.tell_due(context)


def drain_mail() -> None:
    """Send every mail that is due."""
    context = _begun("drain_mail")
    delivery.send_due(context)


def drain_webhooks() -> None:
    """Make every signed call that is due."""
    context = _begun("drain_webhooks")
    webhooks.send_due(context)


def scan_files() -> None:
    """Ask the virus scanner about every file that it has not seen."""
    context = _begun("scan_files")
    scanning.scan_due(context)


def ask_drive() -> None:
    """Ask Drive which spreadsheets changed."""
    context = _begun("ask_drive")
    hints.ask(context)


def check_sharing() -> None:
    """Look at who may open the spreadsheets."""
    context = _begun("check_sharing")
    sharing.check_due(context)


def sync_sheet(workbook: str) -> None:
    """Bring one workbook and the database together."""
    context = _begun("sync_sheet", workbook)
    try:
        syncing.sync(context, workbook)
    except SheetsError as error:
        # noted on the rows, which wait for their next try; nothing for RQ to repeat
        log.warning("%s: %s", workbook, error)
