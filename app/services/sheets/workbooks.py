"""Which file a workbook is: connecting one that partners already use, making it anew, moving on to the next one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.dates import local_day, show_day
from app.errors import HubOutError
from app.models import OutboxMessage, Spreadsheet
from app.services.context import Context
from app.services.sheets import sharing, sheet_tabs, syncing
from integrations.sheets.batch import locale_requests
from integrations.sheets.drive import spreadsheet_id_of
from integrations.sheets.errors import Gone, SheetsError
from integrations.sheets.moving import TabChange, tab_changes
from integrations.sheets.quota import Use
from integrations.sheets.snapshot import SheetSnapshot


@dataclass(frozen=True)
class Connection:
    """A spreadsheet that may become a workbook's, and what would be done to it."""

    workbook: str
    spreadsheet_id: str
    title: str
    replaces: str | None
    tabs: tuple[TabChange, ...]
    localised: bool
    """Its locale and time zone become Italian, since a tab is made in it and they are others."""


def look(context: Context, call: Call, address: str, *, workbook: str = "", names: Mapping[str, str]) -> Connection:
    """What connecting the spreadsheet at `address` with `call` would do; nothing is changed.

    `names` maps names of our tabs to the partner's own.

    Raises:
        HubOutError: no such spreadsheet, tab or workbook, or it isn't shared with us: the text says with whom.
    """
    workbook = workbook_of(call, workbook)
    snapshot = _opened(context, address)
    found = snapshot.spreadsheet_id
    layouts = [each.layout for each in sheet_tabs.work_tabs(context, workbook)]
    titles = {layout.title: layout for layout in layouts}
    theirs = {tab.title: tab for tab in snapshot.tabs}
    for ours, name in names.items():
        if ours not in titles:
            raise HubOutError(f"«{ours}» is no tab of {workbook}", f"use one of: {', '.join(titles)}")
        if name not in theirs:
            raise HubOutError(f"the spreadsheet has no tab «{name}»", f"use one of: {', '.join(theirs)}")
    claimed = {theirs[name].sheet_id: titles[ours].key for ours, name in names.items()}
    known = file_of(context, workbook)
    changes = tab_changes(snapshot.claimed(claimed), layouts)
    made = any(change.theirs is None for change in changes)
    return Connection(
        workbook,
        found,
        snapshot.title,
        known if known != found else None,
        changes,
        made and bool(locale_requests(snapshot)),
    )


def connect(context: Context, connection: Connection, names: Mapping[str, str]) -> None:
    """Make it the workbook's file, and write it for the first time; the one before is read a last time.

    Raises:
        HubOutError: the file from before is being synced just now.
        SheetsError: Google is away or refuses; what is left to do is done by the next sync.
    """
    if connection.replaces:
        _read_last(context, connection.workbook)
    layouts = {each.layout.title: each.layout for each in sheet_tabs.work_tabs(context, connection.workbook)}
    snapshot = context.gateway.read(connection.spreadsheet_id)
    theirs = {tab.title: tab for tab in snapshot.tabs}
    for ours, name in names.items():
        if theirs[name].key != layouts[ours].key:
            context.gateway.claim_tab(connection.spreadsheet_id, theirs[name].sheet_id, layouts[ours])
    _point_to(context, connection.workbook, connection.spreadsheet_id)
    syncing.sync(context, connection.workbook)


def rebuild(context: Context, workbook: str, address: str | None = None) -> str:
    """Make the workbook anew from the database: in a new file, or in the one at `address`; its id.

    What partners wrote comes back as it was last seen. The file from before is read a last time and left as it is.

    Raises:
        HubOutError: there is no such workbook, the address is none or not shared with us, or a sync is under way.
        SheetsError: Google is away or refuses, for instance to let a service account own a file.
    """
    if file_of(context, workbook) is not None:
        _read_last(context, workbook)
    new = _next_file(context, workbook, address)
    _point_to(context, workbook, new)
    syncing.sync(context, workbook)
    return new


def rotate(context: Context, workbook: str, address: str | None = None) -> tuple[str, str]:
    """Go on in a new file, shared with the same people; the old one stays, to be read only. Ids of old and new.

    Nobody but the file's owner may write any more before the old one is read for the last time, so nothing is typed
    unseen; where that read fails they may again. Free columns, colours and filters stay in the old file.

    Raises:
        HubOutError: no such workbook, no file yet, the address is none or not shared with us, or a sync is under way.
        SheetsError: Google is away or refuses.
    """
    old = file_of(context, workbook)
    if old is None:
        raise HubOutError(f"workbook `{workbook}` has no spreadsheet yet", "`hubout sheets connect` gives it one")
    new = _next_file(context, workbook, address)
    if new == old:
        raise HubOutError(f"workbook `{workbook}` is in this spreadsheet already", "name another one")
    drive = context.gateway.drive
    people = [each for each in drive.permissions(old) if each.who != context.gateway.client_email]
    writers = [each for each in people if each.writes and each.role != "owner"]
    try:
        for each in writers:
            drive.make_reader(old, each)
        _sync_now(context, workbook)
    except (SheetsError, HubOutError):
        for each in writers:
            drive.make_writer(old, each)
        if address is None:
            drive.delete(new)
        raise
    _point_to(context, workbook, new)
    syncing.sync(context, workbook)
    have = {each.who for each in drive.permissions(new)}
    for each in people:
        if each.who not in have and each.role != "owner":
            drive.share(new, each)
    day = show_day(local_day(context.clock.now()), "it")
    link = sheet_tabs.address_of(context, new)
    notice = (f"Questo foglio è stato sostituito il {day}: qui si legge soltanto.", f"Quello nuovo è qui: {link}")
    context.gateway.retire(old, notice)
    return old, new


def _next_file(context: Context, workbook: str, address: str | None) -> str:
    """The file that a workbook goes on in: a new one, or the one at `address`, which we may open."""
    tabs = sheet_tabs.work_tabs(context, workbook)
    if not tabs:
        known = ", ".join(sheet_tabs.workbooks(context))
        raise HubOutError(f"no call has a workbook `{workbook}`", f"use one of: {known}")
    if address:
        return _opened(context, address).spreadsheet_id
    title, layouts = sheet_tabs.title_of(context, workbook), [each.layout for each in tabs]
    return context.gateway.create_spreadsheet(title, layouts, folder=context.settings.drive_folder).spreadsheet_id


def _opened(context: Context, address: str) -> SheetSnapshot:
    """The spreadsheet at an address that somebody gave us."""
    found = spreadsheet_id_of(address)
    if found is None:
        raise HubOutError(f"`{address}` is no address of a spreadsheet", "copy it from the browser's address bar")
    try:
        return context.gateway.read(found)
    except Gone as error:
        share = f"let its owner share it with {context.gateway.client_email} as editor"
        raise HubOutError(f"the spreadsheet can't be opened: {error}", share) from error


def _read_last(context: Context, workbook: str) -> None:
    """Take what partners typed last in the file that is about to be left; one that is lost can't be read."""
    with suppress(Gone):
        _sync_now(context, workbook)


def _sync_now(context: Context, workbook: str) -> None:
    if not syncing.sync(context, workbook):
        raise HubOutError(f"workbook `{workbook}` can't be read just now", "it is being synced; try again in a minute")


def file_of(context: Context, workbook: str) -> str | None:
    """The id of a workbook's file, None where it has none yet."""
    with context.read() as session:
        sheet = session.get(Spreadsheet, workbook)
        return sheet.spreadsheet_id if sheet else None


def status(context: Context) -> list[dict[str, Any]]:
    """One entry a workbook: its file, when it was last read, what waits to be written, and what is wrong."""
    entries = []
    with context.read() as session:
        for workbook in sheet_tabs.workbooks(context):
            sheet = session.get(Spreadsheet, workbook)
            entries.append(
                {
                    "workbook": workbook,
                    "tabs": len(sheet_tabs.work_tabs(context, workbook)),
                    "address": sheet_tabs.address_of(context, sheet.spreadsheet_id)
                    if sheet and sheet.spreadsheet_id
                    else None,
                    "waiting": _waiting(session, workbook),
                    "synced_at": sheet.synced_at.isoformat(timespec="seconds") if sheet and sheet.synced_at else None,
                    "problem": "; ".join(filter(None, (sheet.error if sheet else "", sharing.told(session, workbook)))),
                }
            )
    return entries


def quota(context: Context) -> tuple[Use, Use]:
    """How much of this minute's quota the service account has used: reads, writes."""
    return context.limiter.used("read"), context.limiter.used("write")


def _waiting(session: Session, workbook: str) -> int:
    waits = (
        OutboxMessage.channel == "sheet",
        OutboxMessage.target == workbook,
        OutboxMessage.delivered_at.is_(None),
        OutboxMessage.dead_at.is_(None),
    )
    return session.scalar(select(func.count()).where(*waits)) or 0


def call_of(context: Context, name: str) -> Call:
    """The call of this name.

    Raises:
        HubOutError: there is none.
    """
    call = context.catalogue.calls.get(name)
    if call is None:
        raise HubOutError(f"there is no call `{name}`", f"use one of: {', '.join(sorted(context.catalogue.calls))}")
    return call


def workbook_of(call: Call, wanted: str) -> str:
    """The workbook of the call, or the `wanted` one of several.

    Raises:
        HubOutError: the call has none, none of this name, or several and none is named.
    """
    own = sorted({tab.workbook for tab in call.all_tabs()})
    if not own:
        raise HubOutError(f"call {call.id} has no spreadsheet", "add `sheet:` to its file (docs/calls.md)")
    if wanted and wanted not in own:
        raise HubOutError(f"call {call.id} has no workbook `{wanted}`", f"use one of: {', '.join(own)}")
    if not wanted and len(own) > 1:
        raise HubOutError(f"call {call.id} has several workbooks", f"add --workbook with one of: {', '.join(own)}")
    return wanted or own[0]


def _point_to(context: Context, workbook: str, spreadsheet_id: str) -> None:
    """From now on the workbook is this file."""
    with context.write() as session:
        sheet = session.get(Spreadsheet, workbook)
        if sheet is None:
            sheet = Spreadsheet(workbook=workbook, fence=0)
            session.add(sheet)
        if sheet.spreadsheet_id != spreadsheet_id:
            sheet.leased_until = None  # what is being written goes to the old file
        sheet.spreadsheet_id = spreadsheet_id
        sheet.fence += 1  # a sync that is under way stores nothing any more
        sheet.parked = False
        sheet.visit_at = None
        sheet.error = ""
