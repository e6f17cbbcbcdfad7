"""The clock's tick: wakes a drain for everything that is due and was not woken."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.models import OutboxMessage, Spreadsheet, Timer
from app.services import drafts, scanning, sheets, uploads
from app.services.context import Context

PULL_LOCAL = timedelta(seconds=3)
PULL_GOOGLE = timedelta(seconds=60)
"""How often a sheet is read for partners' edits: one read of the quota each time (google-sheets.md §2)."""


def tick(context: Context) -> None:
    """Wake what has something to do: timers, mails, sheets with rows that wait or that were not read for a while."""
    now = context.clock.now()
    with context.read() as session:
        timer = session.scalar(select(Timer.id).where(Timer.done_at.is_(None), Timer.due_at <= now).limit(1))
        waiting = select(OutboxMessage.target).where(
            OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None), OutboxMessage.next_try_at <= now
        )
        expired = drafts.any_expired(session, now) or uploads.any_expired(session, now)
        mail = session.scalar(waiting.where(OutboxMessage.channel == "mail").limit(1))
        webhook = session.scalar(waiting.where(OutboxMessage.channel == "webhook").limit(1))
        unscanned = context.settings.clamd_url and session.scalar(scanning.due(now).limit(1))
        dirty = set(session.scalars(waiting.where(OutboxMessage.channel == "sheet").distinct()))
        read = {sheet.workbook: sheet for sheet in session.scalars(select(Spreadsheet))}
    if timer is not None:
        context.wake("fire_timers")
    if expired:
        context.wake("forget_drafts")
    if mail is not None:
        context.wake("drain_mail")
    if webhook is not None:
        context.wake("drain_webhooks")
    if unscanned:
        context.wake("scan_files")
    pull = PULL_LOCAL if context.settings.embedded_sheets else PULL_GOOGLE
    for workbook in sheets.workbooks(context):
        sheet = read.get(workbook)
        stale = (
            sheet is not None and sheet.spreadsheet_id and (sheet.synced_at is None or sheet.synced_at + pull <= now)
        )
        if workbook in dirty or stale:
            context.wake("sync_sheet", workbook)
