"""What the command line tells of submissions, outbox and sheets, as plain JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, EventPayload, OutboxMessage, Review, Spreadsheet, StoredFile, Submission
from app.services.context import Context
from app.services.definitions import form_of
from app.services.mail import bounces, outbox
from app.services.sheets import seen_rows, sheet_tabs, syncing
from forms.uploads import awaited

PAGE = 500


def submissions(context: Context, call: str | None = None, state: str | None = None) -> Iterator[dict[str, Any]]:
    """Every submission, oldest first, read page by page."""
    last = 0
    while True:
        query = select(Submission).where(Submission.id > last).order_by(Submission.id).limit(PAGE)
        if call:
            query = query.where(Submission.call == call)
        if state:
            query = query.where(Submission.state == state)
        with context.read() as session:
            rows = session.scalars(query).all()
            page = [_summary(session, context, row) for row in rows]
        yield from page
        if len(rows) < PAGE:
            return
        last = rows[-1].id


def _summary(session: Session, context: Context, row: Submission) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "call": row.call,
        "form": form_of(session, context, row).form,
        "state": row.state,
        "submitted_at": _iso(row.submitted_at),
        "updated_at": _iso(row.updated_at),
        "site": row.site,
        "version": row.version,
    }


def show(context: Context, reference: str) -> dict[str, Any] | None:
    """One submission whole: answers, events, reviews, decision, outbox; None where there is none."""
    with context.read() as session:
        row = session.scalars(select(Submission).where(Submission.reference == reference)).one_or_none()
        if row is None:
            return None
        events = _events(session, row)
        return {
            **_summary(session, context, row),
            "answers": row.answers,
            "protocol_number": row.protocol_number,
            "protocol_date": row.protocol_date.isoformat() if row.protocol_date else None,
            "events": events,
            "reviews": _reviews(session, row),
            "decision": next((event for event in reversed(events) if event["event"] in ("approve", "refuse")), None),
            "files": [*_files(session, row), *_files_to_come(row)],
            "outbox": [_letter(letter) for letter in session.scalars(_letters(row.id))],
        }


def _files(session: Session, row: Submission) -> list[dict[str, Any]]:
    query = select(StoredFile).where(StoredFile.submission_id == row.id).order_by(StoredFile.id)
    return [
        {"field": file.field, "filename": file.filename, "size": file.size, "state": file.scan, "note": file.scan_note}
        for file in session.scalars(query)
    ]


def _files_to_come(row: Submission) -> list[dict[str, Any]]:
    """Files that a program has only declared: they are to be asked for."""
    declared = [(name, row.answers[name]) for name in awaited(row.answers)]
    return [
        {"field": name, "filename": facts["filename"], "size": facts["size"], "state": "declared", "note": ""}
        for name, facts in declared
    ]


def _events(session: Session, row: Submission) -> list[dict[str, Any]]:
    query = (
        select(Event, EventPayload.body)
        .outerjoin(EventPayload, EventPayload.event_id == Event.id)
        .where(Event.submission_id == row.id)
        .order_by(Event.seq)
    )
    return [
        {
            "seq": event.seq,
            "at": _iso(event.at),
            "event": event.event,
            "actor": event.actor,
            "from": event.from_state,
            "to": event.to_state,
            "inputs": (body or {}).get("inputs", {}),
            **({"origin": body["origin"]} if body and body.get("origin") else {}),
        }
        for event, body in session.execute(query)
    ]


def _reviews(session: Session, row: Submission) -> list[dict[str, Any]]:
    query = select(Review).where(Review.submission_id == row.id).order_by(Review.version, Review.reviewer)
    return [
        {
            "reviewer": review.reviewer,
            "version": review.version,
            "outcome": review.outcome,
            "conflict": review.conflict,
            "score": review.score,
            "note": review.note,
            "updated_at": _iso(review.updated_at),
        }
        for review in session.scalars(query)
    ]


def _letters(submission_id: int) -> Any:
    return select(OutboxMessage).where(OutboxMessage.submission_id == submission_id).order_by(OutboxMessage.id)


def letters(context: Context, *, dead: bool = False) -> Iterator[dict[str, Any]]:
    """Outbox rows that are not delivered; with `dead` only those that were given up."""
    query = select(OutboxMessage).where(OutboxMessage.delivered_at.is_(None)).order_by(OutboxMessage.id)
    if dead:
        query = query.where(OutboxMessage.dead_at.is_not(None))
    with context.read() as session:
        rows = [_letter(row) for row in session.scalars(query)]
    yield from rows


def retry(context: Context, ids: tuple[int, ...] = ()) -> int:
    """Try again what waits or was given up, now: these rows, or all of them; how many."""
    now = context.clock.now()
    with context.write() as session:
        query = select(OutboxMessage).where(OutboxMessage.delivered_at.is_(None))
        rows = session.scalars(query.where(OutboxMessage.id.in_(ids)) if ids else query).all()
        bounces.forgive(session, {row.target for row in rows if row.channel == "mail"})
        for row in rows:
            outbox.revive(row, now)
    for drain in ("drain_mail", "drain_webhooks"):
        context.wake(drain)
    syncing.request_sync(context)
    return len(rows)


def _letter(row: OutboxMessage) -> dict[str, Any]:
    state = "delivered" if row.delivered_at else "dead" if row.dead_at else "draft" if row.draft else "waiting"
    return {
        "id": row.id,
        "channel": row.channel,
        "target": row.target,
        "message": row.payload.get("message"),
        "state": state,
        "attempts": row.attempts,
        "next_try_at": _iso(row.next_try_at) if state in ("waiting", "draft") else None,
        "not_before": _iso(row.not_before) if row.not_before else None,
        "delivered_at": _iso(row.delivered_at) if row.delivered_at else None,
        "last_error": row.last_error,
    }


def sheets_status(context: Context) -> list[dict[str, Any]]:
    """One entry a tab: whose it is, where, how many rows it has and how many wait to be written."""
    status = []
    for workbook in sheet_tabs.workbooks(context):
        with context.read() as session:
            sheet = session.get(Spreadsheet, workbook)
            waiting = _waiting(session, workbook)
            for each in sheet_tabs.work_tabs(context, workbook):
                rows = len(seen_rows.base_of(session, workbook, each.tab))
                ours = {call.id for call in each.calls}
                status.append(
                    {
                        "call": ", ".join(sorted(ours)),
                        "reviewer": each.tab.reviewer.name if each.tab.reviewer else None,
                        "workbook": workbook,
                        "spreadsheet": sheet.spreadsheet_id if sheet else None,
                        "tab": each.tab.title,
                        "rows": rows,
                        "dirty": sum(
                            any(tab.title == each.tab.title for tab in context.catalogue.calls[call].tabs(site))
                            for call, site in waiting
                        ),
                        "synced_at": _iso(sheet.synced_at) if sheet and sheet.synced_at else None,
                        "error": sheet.error if sheet else "",
                    }
                )
    return status


def _waiting(session: Session, workbook: str) -> list[tuple[str, str]]:
    """Call and site of each case with a row still to be written to the workbook, each case once."""
    query = (
        select(Submission.call, Submission.site, Submission.id)
        .join(OutboxMessage, OutboxMessage.submission_id == Submission.id)
        .where(
            OutboxMessage.channel == "sheet",
            OutboxMessage.target == workbook,
            OutboxMessage.delivered_at.is_(None),
            OutboxMessage.dead_at.is_(None),
        )
        .distinct()
    )
    return [(call, site) for call, site, _ in session.execute(query)]


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
