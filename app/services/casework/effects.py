"""Effects carried out: each kind has one handler; what reaches the outside becomes an outbox row, never an act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import Submission
from app.services.casework import documents, erasure, invites, opinions, places, rankings, reviews
from app.services.context import Context
from app.services.mail import mailing, outbox, webhooks
from workflows import effects
from workflows.definition import SYSTEM
from workflows.engine import Outcome


@dataclass(frozen=True)
class Happened:
    """The event whose effects are carried out.

    `fell_due` is when, if time fired it; `until` is how long it can be taken back: mails and freed seats wait for it.
    `actor` did it, in the `person` of this address; `awaited` are the roles that still had something to do in the
    state that was left.
    `draft_until`: results for many cases wait so long as drafts.
    """

    call: Call
    submission: Submission
    event: str
    outcome: Outcome
    seq: int
    now: datetime
    fell_due: datetime | None = None
    until: datetime | None = None
    actor: str = SYSTEM
    person: str = ""
    awaited: frozenset[str] = frozenset()
    draft_until: datetime | None = None

    @property
    def occasion(self) -> mailing.Occasion:
        """Until when the new state waits, for the mails that say so."""
        own = [timer.due_at for timer in self.outcome.timers if timer.kind == "transition"]
        limits = [timer.due_at for timer in self.outcome.timers if timer.kind == "deadline" and not timer.anchor]
        return mailing.Occasion(
            self.seq,
            due=min(own or limits, default=self.fell_due),
            link_until=min(own, default=None),
            not_before=self.until,
            draft_until=self.draft_until,
        )


LEAVES = frozenset({"withdraw", "give_up", "decline", "consent_withdrawn", "consent_refused"})
"""Events by which the applicant's side ends a case, whatever others were about to do."""

THE_PARENTS = frozenset({"consent_withdrawn", "consent_refused"})

APPLICANT, PARENT = "richiedente", "genitore"
TELLS_STAFF, TELLS_PARENT = "staff_ritiro", "genitore_ritiro"

Handler = Callable[[Context, Session, Happened, Any], None]


def _mail(context: Context, session: Session, happened: Happened, effect: effects.Mail) -> None:
    message = happened.call.messages[effect.message]
    roles = (effect.to,) if effect.to else message.to
    mailing.ask(context, session, happened.submission, effect.message, roles, happened.occasion)


def _sheet(context: Context, session: Session, happened: Happened, _: effects.Effect) -> None:
    submission = happened.submission
    submission.in_sheet = True
    for workbook in sorted({tab.workbook for tab in happened.call.tabs(submission.site)}):
        letter = outbox.Letter("sheet", workbook, f"sheet/{submission.id}/{happened.seq}/{workbook}", {})
        outbox.put(session, letter, submission_id=submission.id, now=context.clock.now())


def _open_scoring(context: Context, session: Session, happened: Happened, effect: effects.Effect) -> None:
    happened.submission.record = {**happened.submission.record, "decided": False}
    _sheet(context, session, happened, effect)


def _rank(_: Context, session: Session, happened: Happened, __: effects.Effect) -> None:
    rankings.freeze(session, happened.call, happened.submission)


def _offer_next(_: Context, session: Session, happened: Happened, __: effects.Effect) -> None:
    rankings.offer_next(session, happened.submission, happened.now)


def _publish_list(_: Context, __: Session, happened: Happened, ___: effects.Effect) -> None:
    rankings.publish(happened.submission, happened.now)


def _reset_opinions(_: Context, session: Session, happened: Happened, __: effects.Effect) -> None:
    opinions.reset(session, happened.submission, happened.now)


def _reserve(_: Context, session: Session, happened: Happened, __: effects.Effect) -> None:
    places.take(session, happened.call, happened.submission)


def _release(_: Context, session: Session, happened: Happened, __: effects.Effect) -> None:
    places.give_back(session, happened.call, happened.submission, happened.now, happened.until)


def _assign(_: Context, __: Session, happened: Happened, effect: effects.Assign) -> None:
    people = mailing.holders(happened.call, happened.submission, effect.role)
    happened.submission.record = {
        **happened.submission.record,
        "assigned": {effect.role: [person.email for person in people]},
    }


def _register(context: Context, session: Session, happened: Happened, _: effects.Effect) -> None:
    if happened.submission.protocol_number is None:
        mailing.ask(
            context,
            session,
            happened.submission,
            "protocollo_richiesto",
            ["protocollo"],
            mailing.Occasion(happened.seq, not_before=happened.until),
        )


def _calendar(_: Context, __: Session, happened: Happened, ___: effects.Effect) -> None:
    happened.submission.record = {**happened.submission.record, "in_calendar": True}


def _document(kind: str) -> Handler:
    def make(context: Context, session: Session, happened: Happened, _: effects.Effect) -> None:
        documents.make(context, session, happened.call, happened.submission, kind, happened.seq)

    return make


def _anonymise(context: Context, session: Session, happened: Happened, _: effects.Effect) -> None:
    erasure.anonymise(context, session, happened.submission)


def _confirm_review(_: Context, session: Session, happened: Happened, __: effects.Effect) -> None:
    reviews.confirm(session, happened.call, happened.submission, happened.person, happened.now)


def _invite(_: Context, __: Session, happened: Happened, ___: effects.Effect) -> None:
    invites.issue(happened.submission)


def _webhook(_: Context, session: Session, happened: Happened, effect: effects.Webhook) -> None:
    webhooks.ask(
        session, happened.submission, effect.target, happened.event, happened.seq, happened.now, happened.until
    )


HANDLERS: Mapping[type[effects.Effect], Handler] = {
    effects.Mail: _mail,
    effects.SheetUpsert: _sheet,
    effects.SheetOpenReview: _sheet,
    effects.SheetOpenScoring: _open_scoring,
    effects.ReserveSeat: _reserve,
    effects.ReleaseSeat: _release,
    effects.Assign: _assign,
    effects.ProtocolloRequest: _register,
    effects.Rank: _rank,
    effects.OfferNext: _offer_next,
    effects.ResetOpinions: _reset_opinions,
    effects.PublishList: _publish_list,
    effects.PublishCalendar: _calendar,
    effects.DocAttestato: _document(documents.ATTESTATO),
    effects.DocAccordo: _document(documents.ACCORDO),
    effects.DocHours: _document(documents.ORE),
    effects.Anonymise: _anonymise,
    effects.IssueInviteCodes: _invite,
    effects.ConfirmReview: _confirm_review,
    effects.Webhook: _webhook,
}
"""Effects this version carries out; `check` refuses a workflow that asks for another."""


def carry_out(context: Context, session: Session, happened: Happened) -> None:
    """Do what the outcome asks for, then mail whoever the new state waits for."""
    for effect in happened.outcome.effects:
        HANDLERS[type(effect)](context, session, happened, effect)
    for notification in happened.outcome.notify:
        mailing.ask(context, session, happened.submission, notification.message, [notification.role], happened.occasion)
    if happened.event in LEAVES:
        _tell_who_waited(context, session, happened)


def _tell_who_waited(context: Context, session: Session, happened: Happened) -> None:
    """Tell everyone who still had something to do that they have not; the workflow's own mails come first."""
    told = {(each.message, each.to) for each in happened.outcome.effects if isinstance(each, effects.Mail)}
    # on paper too it is the parent who refuses or takes back: they know
    who = PARENT if happened.event in THE_PARENTS else happened.actor
    for role in sorted(happened.awaited - {who, happened.actor, APPLICANT, SYSTEM}):
        message = TELLS_PARENT if role == PARENT else TELLS_STAFF
        if (message, role) not in told:
            mailing.ask(context, session, happened.submission, message, [role], happened.occasion)
