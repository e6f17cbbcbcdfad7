"""Whether everything that was due is done: what `hubout wait` waits for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.models import OutboxMessage, Spreadsheet, Timer
from app.services.context import Context
from app.services.intake import scanning
from app.services.sheets import sheet_tabs


def idle(context: Context, since: datetime | None = None) -> list[str]:
    """What is still open, in words; empty when no due timer, deliverable row or unread sheet remains.

    With `since` a sheet also counts as open until it was read after that instant: a partner's edit may lie in it.
    """
    now = context.clock.now()
    with context.read() as session:
        timers = session.scalar(select(func.count()).where(Timer.done_at.is_(None), Timer.due_at <= now)) or 0
        deliverable = (OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None))
        due = (*deliverable, OutboxMessage.next_try_at <= now)
        mails = session.scalar(select(func.count()).where(OutboxMessage.channel == "mail", *due)) or 0
        retrying = session.scalar(select(func.count()).where(*deliverable, OutboxMessage.attempts > 0)) or 0
        rows = session.scalar(select(func.count()).where(OutboxMessage.channel == "sheet", *due)) or 0
        calls = session.scalar(select(func.count()).where(OutboxMessage.channel == "webhook", *due)) or 0
        files = len(session.scalars(scanning.due(now)).all()) if context.settings.clamd_url else 0
        made = {sheet.workbook: sheet for sheet in session.scalars(select(Spreadsheet))}
    unread = [
        workbook
        for workbook in sheet_tabs.workbooks(context)
        if since and (sheet := made.get(workbook)) and (sheet.synced_at is None or sheet.synced_at < since)
    ]
    open_ = {
        f"{timers} timers due": timers,
        f"{mails} mails to send": mails,
        f"{rows} sheet rows to write": rows,
        f"{calls} webhooks to call": calls,
        f"{files} files to scan": files,
        f"{retrying} deliveries to try again": retrying,
        f"sheets to read: {', '.join(unread)}": len(unread),
    }
    return [words for words, number in open_.items() if number]
