"""What became of a link: what was done through it, or who ended the step it was for, how and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dates import show_moment
from app.models import Event, EventPayload
from app.security import mask_email
from app.services.casework import together, undo
from app.services.casework.said import event_label
from app.services.context import Context
from app.services.links.stakes import prints_code
from app.services.mail import mailing, untold
from app.services.people import delegations
from app.services.roles import role_label
from app.services.views import DoneView
from forms.model import Text
from workflows.definition import SYSTEM

if TYPE_CHECKING:
    from app.services.links.actions import Holding

NO_MOVES = ("submit", "email_confirmed")
"""What a lasting link does not show as done through it."""

GIVEN = ("handed_over", "reassigned")
"""Events by which a part in the case goes to somebody else."""

RENEWED = "renewed"
"""Why a link is closed in whose place a fresh one was mailed."""

REPLACED = Text(
    it="Ti abbiamo mandato un’email con un link più recente: usa quello.",
    en="We have sent you an e-mail with a newer link: use that one.",
)
HANDED = Text(
    it="La domanda è passata a un’altra persona il {quando}: il link nuovo ce l’ha lei.",
    en="The application went to somebody else on {quando}, who has the new link.",
)
ENDED = Text(it="{cosa}: {chi}, {quando}.", en="{cosa}: {chi}, {quando}.")
ENDED_ALONE = Text(it="{cosa}, {quando}.", en="{cosa}, {quando}.")
IN_PLACE = Text(it="{chi} al posto di {titolare}", en="{chi} in place of {titolare}")


def last_move(session: Session, holding: Holding) -> Event | None:
    """The event that brought the case to where it stands; what retention did at the end is no move of anybody's."""
    query = select(Event).where(
        Event.submission_id == holding.submission.id,
        Event.from_state != Event.to_state,
        Event.event != "retention",
    )
    return session.scalars(query.order_by(Event.seq.desc())).first()


def done(context: Context, session: Session, holding: Holding, language: str, state_label: str) -> DoneView | None:
    """What was done through this link; through a lasting one, what its role did last. `state_label` is where it led."""
    query = select(Event).where(Event.submission_id == holding.submission.id)
    if holding.token.entered_seq is None:
        query = query.where(Event.actor == holding.token.role, Event.event.not_in(NO_MOVES))
    else:
        query = query.where(Event.seq == holding.token.used_seq)
    event = session.scalars(query.order_by(Event.seq.desc())).first()
    if event is None:
        return None
    inputs = mailing.act_of(session, holding.submission, event.seq)
    return DoneView(
        label=event_label(holding.definition, event, language),
        who=f"{role_label(event.actor, language)} ({_person(session, holding, language)})",
        at=event.at,
        reason=str(inputs.get("motivazione", "")),
        state_label=state_label,
        others=together.report(session, holding.call, holding.submission, event, language),
        undo_until=_undo_until(context, session, holding),
        asks_code=prints_code(holding.definition, event.from_state or "", holding.token),
    )


def did_last(session: Session, holding: Holding, event: str) -> bool:
    """Whether `event` is what the role of a lasting link did last: a second click on it is answered as the first."""
    if holding.token.entered_seq is not None:
        return False
    query = select(Event.event).where(Event.submission_id == holding.submission.id, Event.actor == holding.token.role)
    return session.scalars(query.order_by(Event.seq.desc())).first() == event


def in_place_of(session: Session, holding: Holding) -> str:
    """The address of whoever had this part in the case before it was given to the link's holder; empty for nobody."""
    query = (
        select(EventPayload.body)
        .join(Event, Event.id == EventPayload.event_id)
        .where(Event.submission_id == holding.submission.id, Event.event.in_(GIVEN))
        .order_by(Event.seq.desc())
    )
    for body in session.scalars(query):
        inputs = body.get("inputs", {})
        if inputs.get("ruolo") == holding.token.role and inputs.get("a") == holding.token.person:
            return str(inputs.get("da", ""))
    return ""


def _undo_until(context: Context, session: Session, holding: Holding) -> datetime | None:
    """Until when what was decided through this link can be taken back; None where it can't (any more)."""
    decision = undo.decision_of(holding.submission)
    if decision is None or not decision.seq == holding.token.used_seq == undo.last_act(session, holding.submission):
        return None
    return decision.until if context.clock.now() <= decision.until else None


def what_happened(context: Context, session: Session, holding: Holding, language: str) -> tuple[str, ...]:
    """Why a link is closed, a line each: to whom it went, or the event that ended its step, by which role and when."""
    lines = []
    if holding.token.revoked_reason == RENEWED:
        lines.append(REPLACED.in_(language))
    if given := _given(session, holding):
        lines.append(HANDED.in_(language).format(quando=show_moment(given.at, language)))
    event = _end_of_step(session, holding)
    until = untold.first(session, holding.submission, context.clock.now()) if _applies(holding) else None
    if event is not None and (until is None or event.seq < until):
        words = ENDED_ALONE if event.actor == SYSTEM else ENDED
        what = event_label(holding.definition, event, language)
        who, when = role_label(event.actor, language), show_moment(event.at, language)
        lines.append(words.in_(language).format(cosa=what, chi=who, quando=when))
    return tuple(lines)


def _applies(holding: Holding) -> bool:
    return holding.token.role in mailing.APPLICANT_SIDE


def _end_of_step(session: Session, holding: Holding) -> Event | None:
    if holding.token.entered_seq is None:
        closed = holding.definition.state(holding.submission.state).kind in ("closed", "final")
        return last_move(session, holding) if closed else None
    query = select(Event).where(
        Event.submission_id == holding.submission.id,
        Event.seq > holding.token.entered_seq,
        Event.from_state != Event.to_state,
    )
    return session.scalars(query.order_by(Event.seq)).first()


def _given(session: Session, holding: Holding) -> Event | None:
    """The event that closed this link by giving its part to somebody else."""
    token = holding.token
    if token.revoked_reason not in GIVEN:
        return None
    query = select(Event).where(
        Event.submission_id == token.submission_id, Event.event == token.revoked_reason, Event.at == token.revoked_at
    )
    return session.scalars(query.order_by(Event.seq.desc())).first()


def _person(session: Session, holding: Holding, language: str) -> str:
    """The masked address of who acted, with that of whom they stood for."""
    before = delegations.in_place_of(holding.submission, holding.token) or in_place_of(session, holding)
    person = mask_email(holding.token.person)
    return IN_PLACE.in_(language).format(chi=person, titolare=mask_email(before)) if before else person
