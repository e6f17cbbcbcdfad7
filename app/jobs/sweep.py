"""The clock's tick: wakes a drain for everything that is due and was not woken."""

from __future__ import annotations

from sqlalchemy import select

from app.models import OutboxMessage, Spreadsheet, Timer
from app.services import drafts, hints, newsletter, scanning, sharing, sheet_tabs, uploads
from app.services.context import Context


def tick(context: Context) -> None:
    """Wake what has something to do: timers, mails, Drive, sheets with rows that wait or that are to be read."""
    now = context.clock.now()
    with context.read() as session:
        timer = session.scalar(select(Timer.id).where(Timer.done_at.is_(None), Timer.due_at <= now).limit(1))
        waiting = select(OutboxMessage.target).where(
            OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None), OutboxMessage.next_try_at <= now
        )
        expired = drafts.any_expired(session, now) or uploads.any_expired(session, now)
        closing = newsletter.any_due(context, session, now)
        mail = session.scalar(waiting.where(OutboxMessage.channel == "mail").limit(1))
        webhook = session.scalar(waiting.where(OutboxMessage.channel == "webhook").limit(1))
        unscanned = context.settings.clamd_url and session.scalar(scanning.due(now).limit(1))
        dirty = set(session.scalars(waiting.where(OutboxMessage.channel == "sheet").distinct()))
        ask_drive = hints.is_due(session, context, now)
        unwatched = sharing.any_due(session, now)
        read = {sheet.workbook: sheet for sheet in session.scalars(select(Spreadsheet))}
    if timer is not None:
        context.wake("fire_timers")
    if expired:
        context.wake("forget_drafts")
    if closing:
        context.wake("tell_newsletters")
    if mail is not None:
        context.wake("drain_mail")
    if webhook is not None:
        context.wake("drain_webhooks")
    if unscanned:
        context.wake("scan_files")
    if ask_drive:
        context.wake("ask_drive")
    if unwatched:
        context.wake("check_sharing")
    for workbook in sheet_tabs.workbooks(context):
        sheet = read.get(workbook)
        due = sheet is not None and sheet.spreadsheet_id and (sheet.visit_at is None or sheet.visit_at <= now)
        if workbook in dirty or due:
            context.wake("sync_sheet", workbook)
