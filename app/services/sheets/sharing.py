"""A daily look at who may open the spreadsheets; what should not be is mailed to the office, each thing once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import SharingCheck, Spreadsheet
from app.services.context import Context
from app.services.sheets import sheet_alerts, sheet_tabs
from integrations.sheets.drive import WRITERS
from integrations.sheets.errors import SheetsError
from integrations.sheets.sharing import PUBLIC, Alarm, alarms

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""When to look again where Drive did not answer."""

WORDS = {
    "anyone": "chiunque abbia il link{who}",
    "domain": "{who}, che non è un indirizzo dei partner",
    "editor": "{who}, che da poco può modificare",
}
"""Each alarm as the office reads it."""


def any_due(session: Session, now: datetime) -> bool:
    """Whether some spreadsheet is to be looked at."""
    return bool(_due(session, now))


def check_due(context: Context) -> int:
    """Look at every spreadsheet that was not looked at for a day; how many alarms were raised."""
    now = context.clock.now()
    with context.read() as session:
        due = _due(session, now)
    return sum(_check(context, workbook, spreadsheet_id, now) for workbook, spreadsheet_id in due)


def told(session: Session, workbook: str) -> str:
    """What was wrong with the sharing of a workbook's file when it was last looked at; empty where nothing was."""
    check = session.get(SharingCheck, workbook)
    return f"shared with {', '.join(check.told)}" if check and check.told else ""


def _due(session: Session, now: datetime) -> list[tuple[str, str]]:
    query = (
        select(Spreadsheet.workbook, Spreadsheet.spreadsheet_id, SharingCheck.spreadsheet_id, SharingCheck.next_at)
        .outerjoin(SharingCheck, SharingCheck.workbook == Spreadsheet.workbook)
        .where(Spreadsheet.spreadsheet_id.is_not(None))
        .order_by(Spreadsheet.workbook)
    )
    return [
        (workbook, file)
        for workbook, file, checked, next_at in session.execute(query)
        if file and (checked != file or next_at is None or next_at <= now)
    ]


def _check(context: Context, workbook: str, spreadsheet_id: str, now: datetime) -> int:
    try:
        permissions = context.gateway.drive.permissions(spreadsheet_id)
    except SheetsError as error:
        log.warning("who may open %s is not known: %s", workbook, error)
        permissions = None
    with context.write() as session:
        check = session.get(SharingCheck, workbook)
        first = check is None or check.spreadsheet_id != spreadsheet_id
        if check is None:
            check = SharingCheck(workbook=workbook, writers=[], told=[])
            session.add(check)
        check.spreadsheet_id = spreadsheet_id
        check.next_at = now + (EVERY if permissions is not None else AGAIN)
        if permissions is None:
            return 0
        own = context.gateway.client_email
        found = alarms(permissions, None if first else check.writers, _allowed(context), own)
        fresh = [alarm for alarm in found if alarm.key not in check.told]
        told = not fresh or _tell(session, context, workbook, fresh)
        check.told = [alarm.key for alarm in found if told or alarm not in fresh]
        unheard = set() if told else {alarm.who for alarm in fresh}  # they are news until somebody has read of them
        check.writers = sorted({each.who for each in permissions if each.writes} - unheard)
        return len(fresh) if told else 0


def _allowed(context: Context) -> frozenset[str]:
    """The domains of everybody whom a call names, and those of the settings; of a public provider the address alone."""
    addresses = {
        person.email
        for call in context.catalogue.calls.values()
        for by_site in call.file.people.values()
        for people in by_site.values()
        for person in people
    }
    offices = {call.file.office.email for call in context.catalogue.calls.values()}
    known = {address.casefold() for address in addresses | offices}
    domains = {address.rpartition("@")[2] for address in known} - PUBLIC
    return frozenset(known | domains | set(context.settings.sheets_domains))


def _may(alarm: Alarm) -> str:
    """Who it is; of everybody who has the link, whether they may also write."""
    if alarm.cause != "anyone":
        return alarm.who
    return ", anche per modificarlo" if alarm.who in WRITERS else ""


def _tell(session: Session, context: Context, workbook: str, fresh: list[Alarm]) -> bool:
    who = "; ".join(WORDS[alarm.cause].format(who=_may(alarm)) for alarm in fresh)
    calls = {call.id for each in sheet_tabs.work_tabs(context, workbook) for call in each.calls}
    return sheet_alerts.tell(session, context, calls, sheet_tabs.title_of(context, workbook), "shared", who=who)
