"""Which spreadsheets to read: one question to Drive for all of them, so that one that nobody changed costs nothing.

Drive tells of edits in a sheet up to some minutes late and forgets nobody's (google-sheets.md §5); whatever it says,
each spreadsheet is read every ROUND. Without an answer all are read.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import DriveHint, Spreadsheet
from app.services.context import Context, ask_for
from integrations.sheets.errors import Gone, Refused, SheetsError

log = logging.getLogger(__name__)

EVERY_LOCAL = timedelta(seconds=3)
EVERY_GOOGLE = timedelta(seconds=60)
"""How often Drive is asked: one call, whatever the number of spreadsheets."""

ROUND = timedelta(minutes=10)
"""How often each spreadsheet is read though nothing is heard of it."""


def is_due(session: Session, context: Context, now: datetime) -> bool:
    """Whether Drive is to be asked now; never while there is no spreadsheet."""
    if session.scalar(select(Spreadsheet.workbook).where(Spreadsheet.spreadsheet_id.is_not(None)).limit(1)) is None:
        return False
    every = EVERY_LOCAL if context.settings.embedded_sheets else EVERY_GOOGLE
    asked = session.scalar(select(DriveHint.asked_at))
    return asked is None or asked + every <= now


def ask(context: Context) -> int:
    """Ask Drive what changed and have those spreadsheets read; how many. A lost race asks twice, which is harmless."""
    with context.read() as session:
        token = session.scalar(select(DriveHint.page_token))
    try:
        changes = context.gateway.changes(token)
        changed, token = changes.changed, changes.token
    except SheetsError as error:
        log.warning("Drive tells no changes, every spreadsheet is read: %s", error)
        changed = None
        if isinstance(error, (Refused, Gone)):
            token = None  # it is too old or no longer understood: the next question begins anew
    now = context.clock.now()
    with context.write() as session:
        hint = session.get(DriveHint, 1) or DriveHint(id=1)
        hint.page_token, hint.asked_at = token, now
        session.add(hint)
        query = select(Spreadsheet).where(Spreadsheet.spreadsheet_id.is_not(None))
        visited = [
            sheet
            for sheet in session.scalars(query)
            if (changed is None and not sheet.parked) or (changed is not None and sheet.spreadsheet_id in changed)
        ]
        for sheet in visited:
            sheet.visit_at = now
            ask_for(session, "sync_sheet", sheet.workbook)
    return len(visited)
