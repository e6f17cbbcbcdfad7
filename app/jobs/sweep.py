"""The clock's tick: wakes a drain for everything that is due and was not woken."""

from __future__ import annotations

from sqlalchemy import select

from app.models import OutboxMessage, Spreadsheet, Timer
from app.services.context import Context
from app.services.intake import drafts, scanning, uploads
from app.services.mail import newsletter
from app.services.sheets import hints, sharing, sheet_tabs


def tick(context: Context) -> None:
    """Wake what has something to do: timers, mails, Drive, sheets with rows that wait or that are to be read."""
    now = context.clock.now()
    with context.read() as session:
        waiting = select(OutboxMessage.target).where(
            OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None), OutboxMessage.next_try_at <= now
        )
        timer = select(Timer.id).where(Timer.done_at.is_(None), Timer.due_at <= now).limit(1)
        scans = context.settings.clamd_url is not None
        wanted = {
            "fire_timers": session.scalar(timer) is not None,
            "forget_drafts": drafts.any_expired(session, now) or uploads.any_expired(session, now),
            "tell_newsletters": newsletter.any_due(context, session, now),
            "drain_mail": session.scalar(waiting.where(OutboxMessage.channel == "mail").limit(1)) is not None,
            "drain_webhooks": session.scalar(waiting.where(OutboxMessage.channel == "webhook").limit(1)) is not None,
            "scan_files": scans and session.scalar(scanning.due(now).limit(1)) is not None,
            "ask_drive": hints.is_due(session, context, now),
            "check_sharing": sharing.any_due(session, now),
        }
        dirty = set(session.scalars(waiting.where(OutboxMessage.channel == "sheet").distinct()))
        read = {sheet.workbook: sheet for sheet in session.scalars(select(Spreadsheet))}
    for drain, is_wanted in wanted.items():
        if is_wanted:
            context.wake(drain)
    for workbook in sheet_tabs.workbooks(context):
        sheet = read.get(workbook)
        due = sheet is not None and sheet.spreadsheet_id and (sheet.visit_at is None or sheet.visit_at <= now)
        if workbook in dirty or due:
            context.wake("sync_sheet", workbook)
