"""The partners' sheets: one sync is one read, one merge and one write of one workbook, whatever the number of rows.

The order makes a crash harmless at any line: edits and what was seen are committed before the write, the written
base after it. A fencing number keeps two syncs of one workbook from storing each other's snapshots
(reference/google-sheets.md §9).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalogue.calls import Tab
from app.models import OutboxMessage, Spreadsheet
from app.services.casework import reviews
from app.services.context import Context, ask_for
from app.services.mail import outbox
from app.services.sheets import (
    edition_settings,
    google_answers,
    held_cells,
    hints,
    seen_rows,
    sheet_alerts,
    sheet_rows,
    summaries,
)
from app.services.sheets.sheet_tabs import WorkTab, title_of, work_tabs, workbooks
from integrations.sheets import freshness, plan
from integrations.sheets.errors import Gone, SheetsError, Throttled
from integrations.sheets.gateway import Gateway
from integrations.sheets.layout import TabLayout
from integrations.sheets.outcome import Base, Held, Place, Reconciled
from integrations.sheets.reconcile import reconcile
from integrations.sheets.snapshot import SheetSnapshot, TabSnapshot
from integrations.sheets.summary import refresh
from integrations.sheets.totals import with_totals

LEASE = timedelta(seconds=120)
"""A sync that dies while it reads gives its workbook back after this long."""

LANDING = timedelta(seconds=plan.LANDING)
"""A write whose end is not known may still be done for this long: whoever reads before may write its rows again."""

WRITING = timedelta(seconds=150) + LANDING
"""A sync that dies while it writes: as long as the gateway tries (its deadline and a last timeout), then LANDING."""

PROBE = timedelta(hours=1)
"""How often a spreadsheet that can't be opened any more is tried."""

LATER = timedelta(minutes=1)
"""When a spreadsheet is tried again that nothing waits for, after a failure."""


@dataclass(frozen=True)
class Merged:
    """A tab that was merged, and how many of its cells are in quarantine."""

    tab: Tab
    result: Reconciled
    held: int


@dataclass
class Turn:
    """One sync's right to a workbook: the fencing number, and the outbox rows it will have delivered.

    `leased_until` grows with each write, and tells a lease that is ours even where the number is no longer good.
    """

    workbook: str
    fence: int
    began_at: datetime
    leased_until: datetime
    spreadsheet_id: str | None
    letters: tuple[int, ...]


def sync(context: Context, workbook: str) -> bool:
    """Bring one workbook and the database together; False where another worker is at it or it is too soon.

    Raises:
        SheetsError: Google is away or refuses; the outbox rows wait for their next try.
    """
    turn = _begin(context, workbook)
    if turn is None:
        return False
    try:
        return _sync(context, context.gateway, turn)
    except Throttled as error:
        _put_back(context, turn, error, str(error), after=timedelta(seconds=error.retry_after))
        return False
    except Gone as error:
        _put_back(context, turn, error, f"Gone: {error}", after=PROBE, parked=True)
        raise
    except Exception as error:
        _put_back(context, turn, error, f"{type(error).__name__}: {error}")
        raise


def _sync(context: Context, gateway: Gateway, turn: Turn) -> bool:
    """Do what `sync` says; False where another sync took over meanwhile."""
    tabs = work_tabs(context, turn.workbook)
    layouts = [each.layout for each in tabs]
    spreadsheet_id = turn.spreadsheet_id or _make(context, gateway, turn, layouts)
    if spreadsheet_id is None:
        return False
    snapshot = gateway.read(spreadsheet_id)
    lacking = tuple(layout.title for layout in layouts if snapshot.tab(layout) is None)
    if lacking:
        snapshot = gateway.ensure_tabs(spreadsheet_id, layouts)
    merged = _import(context, turn, tabs, snapshot, lacking)
    if merged is None:
        return False
    now = context.clock.now()
    with context.read() as session:
        ahead = google_answers.rules_ahead(session)
    results = [each.result for each in merged]
    more, waiting = [result.more for result in results], [each.held for each in merged]
    writes = freshness.tell([result.write for result in results], now, more=more, held=waiting)
    whole = plan.plan_write(f"{spreadsheet_id}:{turn.fence}", snapshot, writes, now, rules_ahead=ahead)
    for part in plan.parts(whole):
        if part.empty:
            continue
        if not _renew(context, turn):
            return False
        gateway.write(spreadsheet_id, part)
    _finish(context, turn, merged)
    return True


def _make(context: Context, gateway: Gateway, turn: Turn, layouts: Sequence[TabLayout]) -> str | None:
    """The spreadsheet of a workbook: the one that a call file names, or a new one; None where it has one by now."""
    sheets = [call.file.sheet for call in context.catalogue.calls.values() if call.file.sheet]
    own = (sheet for sheet in sheets if sheet.workbook == turn.workbook)
    named = next((sheet.spreadsheet_id for sheet in own if sheet.spreadsheet_id), None)
    title = title_of(context, turn.workbook)
    spreadsheet_id = (
        named or gateway.create_spreadsheet(title, layouts, folder=context.settings.drive_folder).spreadsheet_id
    )
    with context.write() as session:
        if _still_ours(session, turn):
            session.get_one(Spreadsheet, turn.workbook).spreadsheet_id = spreadsheet_id
            return spreadsheet_id
        _let_go(session, turn)
    if not named:
        gateway.drive.delete(spreadsheet_id)  # nobody knows of it
    return None


def _begin(context: Context, workbook: str) -> Turn | None:
    """Take the workbook's turn and the rows that wait for it; None while another sync holds it."""
    now = context.clock.now()
    until = now + LEASE
    with context.write() as session:
        if session.get(Spreadsheet, workbook) is None:
            with suppress(IntegrityError), session.begin_nested():  # another worker may be as early
                session.add(Spreadsheet(workbook=workbook))
        taken = session.execute(
            update(Spreadsheet)
            .where(
                Spreadsheet.workbook == workbook,
                or_(Spreadsheet.leased_until.is_(None), Spreadsheet.leased_until <= now),
            )
            .values(fence=Spreadsheet.fence + 1, leased_until=until)
            .returning(Spreadsheet.fence, Spreadsheet.spreadsheet_id)
        ).one_or_none()
        if taken is None:
            return None
        letters = outbox.claim(session, "sheet", now, target=workbook, limit=None)
        return Turn(workbook, taken.fence, now, until, taken.spreadsheet_id, tuple(letter.id for letter in letters))


def _import(
    context: Context, turn: Turn, tabs: Sequence[WorkTab], snapshot: SheetSnapshot, lacking: Collection[str]
) -> tuple[Merged, ...] | None:
    """Merge every tab; commit what partners changed and what was seen. None when another sync took over."""
    with context.write() as session:
        if not _still_ours(session, turn):
            _let_go(session, turn)
            return None
        merged: list[Merged] = []
        room = plan.ROOM
        for each in tabs:
            theirs = snapshot.tab(each.layout)
            if theirs is None:
                continue
            merged.append(_one(session, context, turn, each, theirs, room))
            room = max(room - merged[-1].result.spent, 1)
            _tell(session, context, turn, each, merged[-1].result, made_again=each.layout.title in lacking)
        return tuple(merged)


def _one(session: Session, context: Context, turn: Turn, each: WorkTab, theirs: TabSnapshot, room: int) -> Merged:
    """Merge one tab, commit what partners changed in it, and what is held."""
    title = each.tab.title
    base = seen_rows.base_of(session, turn.workbook, each.tab)
    cells = held_cells.held_in(session, turn.workbook, title)
    result = _merge(session, context, each, base, theirs, cells, room)
    held_cells.release(session, turn.workbook, title, result.released, context.clock.now())
    seen_rows.store(session, turn.workbook, each.tab, result.seen_base, base)
    edition_settings.note(session, context, each.calls, each.tab, each.layout, result)
    touched = {edit.reference for edit in result.edits} if each.tab.shows is None else set()
    for reference in sorted(touched):
        reviews.record(session, context, each.tab, each.layout, reference, result.seen_base[reference])
    return Merged(each.tab, result, len(cells) - len(result.released) + len(result.suspects))


def _merge(
    session: Session,
    context: Context,
    each: WorkTab,
    base: Base,
    theirs: TabSnapshot,
    cells: Mapping[Place, Held],
    room: int,
) -> Reconciled:
    """One tab: the rows that the database has, what was last seen, and what is there now."""
    if each.tab.shows:
        ours = summaries.rows_of(session, context, each.tab.shows, each.calls, each.tab)
        undone = edition_settings.undone(session, each.calls, each.tab)
        return refresh(each.layout, base, ours, theirs, undone)
    ours = sheet_rows.rows_of(session, context, each.calls, each.tab, there=base)
    for column in (column for column in each.tab.columns if column.total):
        points = [other.id for other in each.tab.columns if other.criterion]
        ours = with_totals(each.layout, base, ours, theirs, column.id, points)
    return reconcile(each.layout, base, ours, theirs, held=cells, room=room)


def _tell(
    session: Session, context: Context, turn: Turn, each: WorkTab, result: Reconciled, *, made_again: bool
) -> None:
    """Tell the office what needs a person: an accident, a tab that was deleted, a tab that stands still."""
    calls, book, title = [call.id for call in each.calls], title_of(context, turn.workbook), each.tab.title
    if result.suspects:
        found = held_cells.keep(session, turn.workbook, title, result.suspects, context.clock.now())
        rows = len({change.reference for change in result.suspects})
        facts: dict[str, str | int] = {"number": found.id, "cells": len(result.suspects), "rows": rows, "tab": title}
        sheet_alerts.tell(session, context, calls, book, "quarantine", **facts)
    if made_again and result.missing:
        sheet_alerts.tell(session, context, calls, book, "tab_made_again", tab=title)
    if any(finding.problem.code == "no_reference_column" for finding in result.findings):
        sheet_alerts.tell(session, context, calls, book, "no_reference", tab=title)


def _finish(context: Context, turn: Turn, merged: Sequence[Merged]) -> None:
    """Commit what was written, and the delivery of the rows that asked for it."""
    now = context.clock.now()
    with context.write() as session:
        if not _still_ours(session, turn):
            _let_go(session, turn)
            return
        for each in merged:
            base = seen_rows.base_of(session, turn.workbook, each.tab)
            seen_rows.store(session, turn.workbook, each.tab, each.result.next_base, base)
        for letter in session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(turn.letters))):
            outbox.delivered(letter, now)
        sheet = session.get_one(Spreadsheet, turn.workbook)
        sheet.leased_until = None
        sheet.synced_at = turn.began_at  # an edit made since may not have been read
        sheet.visit_at = now + hints.ROUND
        sheet.parked = False
        sheet.error = ""
        if any(each.result.more for each in merged):
            sheet.visit_at = now
            ask_for(session, "sync_sheet", turn.workbook)


def _renew(context: Context, turn: Turn) -> bool:
    """Keep the turn for a write, however it ends; False when another sync took over."""
    until = context.clock.now() + WRITING
    with context.write() as session:
        if not _still_ours(session, turn):
            _let_go(session, turn)
            return False
        session.get_one(Spreadsheet, turn.workbook).leased_until = until
    turn.leased_until = until
    return True


def _let_go(session: Session, turn: Turn, until: datetime | None = None) -> None:
    """End the lease of this turn, at once or at `until`; another sync's is left alone."""
    mine = (Spreadsheet.workbook == turn.workbook, Spreadsheet.leased_until == turn.leased_until)
    session.execute(update(Spreadsheet).where(*mine).values(leased_until=until))


def _unknown_until(turn: Turn, error: Exception, now: datetime) -> datetime | None:
    """Until when something of this turn may still be written; None where nothing is under way."""
    if isinstance(error, SheetsError):
        return now + LANDING if error.may_land else None
    return turn.leased_until  # whatever it was interrupted in


def _put_back(
    context: Context,
    turn: Turn,
    error: Exception,
    reason: str,
    *,
    after: timedelta | None = None,
    parked: bool = False,
) -> None:
    """Give the turn back, where a write may land late not before it has; `after` tells when to come: it is no try."""
    now = context.clock.now()
    until = _unknown_until(turn, error, now)
    with context.write() as session:
        _let_go(session, turn, until)
        if not _still_ours(session, turn):
            return
        sheet = session.get_one(Spreadsheet, turn.workbook)
        sheet.visit_at = max(now + (after or LATER), until or now)
        sheet.parked = parked
        sheet.error = reason[:500]
        for letter in session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(turn.letters))):
            if after is None:
                outbox.try_again(letter, reason, now, after=until - now if until else None)
            else:
                outbox.put_off(letter, reason, sheet.visit_at)
        if parked:
            calls = {call.id for each in work_tabs(context, turn.workbook) for call in each.calls}
            address = context.gateway.client_email
            book = title_of(context, turn.workbook)
            sheet_alerts.tell(session, context, calls, book, "unreachable", address=address)


def take_over(session: Session, workbook: str) -> None:
    """Make a sync that may be under way store nothing any more: what it was told is out of date.

    It keeps its lease: what it is writing must be there before another reads.
    """
    sheet = session.scalars(select(Spreadsheet).where(Spreadsheet.workbook == workbook).with_for_update()).one()
    sheet.fence += 1


def _still_ours(session: Session, turn: Turn) -> bool:
    query = select(Spreadsheet.fence).where(Spreadsheet.workbook == turn.workbook).with_for_update()
    return session.scalars(query).one() == turn.fence


def request_sync(context: Context) -> datetime:
    """Ask for a sync of every workbook now; the instant from which `synced_at` tells that it was done."""
    now = context.clock.now()
    for workbook in workbooks(context):
        context.wake("sync_sheet", workbook)
    return now
