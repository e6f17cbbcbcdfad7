"""Mails that do not arrive: refused by the server, or returned hours later with a report (RFC 3464).

The address is marked and written to no more, the coordinator is told, and where a step of the case waits for somebody
who can't be reached their deputy gets it (reference/approvals.md part 1, rule 20).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import ActionToken, OutboxMessage, Submission, Unreachable
from app.services.casework import eventlog, transitions
from app.services.context import Context
from app.services.definitions import workflow_of
from app.services.mail import digests, mailing, outbox
from app.services.roles import DEPUTIES
from integrations.dsn import Report, address_is_gone, read_report
from workflows.definition import SYSTEM

ALERT, TO_DEPUTY = "mail_non_consegnata", "in_sostituzione"
EVENT = "mail_returned"
"""Event by which the history says that a step went to the deputy."""

TOLD = ("coordinatore", "backup_coordinatore", "istruttore")
"""Who hears that a mail did not arrive: the first of them who can be reached."""


def take(context: Context, raw: bytes) -> str:
    """Read what a mail server has sent back, and do what follows from it; in words, what was done."""
    report = read_report(raw)
    if report is None:
        return "not a delivery report: nothing to do"
    if not report.failed:
        return "the mail is only late: nothing to do"
    with context.write() as session:
        found = _mail_of(context, session, report)
        if found is None:
            return "a report of a mail that is not ours: nothing to do"
        row = locked(context, session, found.id)
        if row is None or row.dead_at is not None:
            return f"outbox row {found.id}: known already"
        row.delivered_at = None
        outbox.bury(row, report.reason, context.clock.now())
        given_up(context, session, row, gone=address_is_gone(report.status))
        return f"outbox row {row.id}: {report.reason}"


def _mail_of(context: Context, session: Session, report: Report) -> OutboxMessage | None:
    """The row whose mail the report speaks of: its id and its seal stand in the Message-ID, and nobody can make one."""
    for message_id in report.message_ids:
        row_id = outbox.row_id_of(message_id)
        row = session.get(OutboxMessage, row_id) if row_id else None
        if row is not None and outbox.is_message_of(row, message_id, context.settings):
            return row
    return None


def locked(context: Context, session: Session, row_id: int) -> OutboxMessage | None:
    """The row as it is now, its case locked before it (always in this order); None where it was taken back."""
    row = session.get(OutboxMessage, row_id)
    if row is not None and row.submission_id is not None:
        transitions.lock(session, context, row.submission_id)
    return session.get(OutboxMessage, row_id, populate_existing=True)


def given_up(context: Context, session: Session, row: OutboxMessage, *, gone: bool) -> None:
    """What follows from a mail that was buried, its case being locked; `gone`: the address itself does not work."""
    if gone:
        _mark(session, row.target, row.last_error, context.clock.now())
    for carried in digests.carried(session, row):
        case = locked(context, session, carried.id)
        if case is not None:
            case.delivered_at = None
            outbox.bury(case, row.last_error, context.clock.now())
            given_up(context, session, case, gone=False)
    if row.submission_id is None or row.payload["message"] == ALERT:
        return
    submission = session.get_one(Submission, row.submission_id)
    call = context.catalogue.calls[submission.call]
    occasion = mailing.Occasion(row.payload["seq"], mark=f"/{row.id}", about=row.id)
    told = next((role for role in TOLD if _reachable(session, call, submission, role, row.target)), TOLD[0])
    mailing.ask(context, session, submission, ALERT, [told], occasion)
    _hand_on(context, session, call, submission, row)


def reason_against(session: Session, address: str) -> str:
    """Why nothing is sent to `address`, or nothing."""
    mark = session.get(Unreachable, address.casefold())
    return mark.reason if mark else ""


def forgive(session: Session, addresses: Iterable[str]) -> None:
    """Write to these addresses again."""
    wanted = {address.casefold() for address in addresses}
    session.execute(delete(Unreachable).where(Unreachable.address.in_(wanted)))


def _mark(session: Session, address: str, reason: str, now: datetime) -> None:
    if session.get(Unreachable, address.casefold()) is None:
        session.add(Unreachable(address=address.casefold(), since=now, reason=reason))
        session.flush()


def _reachable(session: Session, call: Call, submission: Submission, role: str, lost: str) -> bool:
    """Whether somebody of `role` reads mail at an address other than the one that was just lost."""
    people = [person.email.casefold() for person in mailing.holders(call, submission, role)]
    marked = set(session.scalars(select(Unreachable.address).where(Unreachable.address.in_(people))))
    return bool(set(people) - marked - {lost.casefold()})


def _hand_on(context: Context, session: Session, call: Call, submission: Submission, row: OutboxMessage) -> None:
    """Give the step that waits for whoever can't be reached to their deputy, with the powers and the reason."""
    role, lost = row.payload["role"], row.target
    deputy = DEPUTIES.get(role)
    token = session.get(ActionToken, row.payload["token"]) if row.payload["token"] else None
    state = workflow_of(session, context, submission).state(submission.state)
    waits = any(notify.role == role and not notify.for_information for notify in state.notify)
    open_ = token and token.entered_seq == submission.entered_seq and not token.used_seq and not token.revoked_at
    granted = submission.record.get("escalated", [])
    if not (deputy and waits and open_) or _reachable(session, call, submission, role, lost) or deputy in granted:
        return
    if not _reachable(session, call, submission, deputy, lost):
        return
    now = context.clock.now()
    submission.record = {**submission.record, "escalated": sorted({*granted, deputy})}
    here = submission.state
    event = eventlog.append(session, submission, eventlog.Happening(EVENT, SYSTEM, here, here, now, {"inputs": {}}))
    due = row.payload["due"]
    occasion = mailing.Occasion(event.seq, due=datetime.fromisoformat(due) if due else None)
    mailing.ask(context, session, submission, TO_DEPUTY, [deputy], occasion)
