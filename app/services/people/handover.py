"""«Non sei tu?»: whoever holds a link gives their part in the case to a colleague, who gets a link of their own.

Whom the call names may take it, or an address of the holder's own mail domain. Never whoever has another part in the
case that keeps them from this one, and never in the place of those who apply or consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event
from app.security import mask_email
from app.services.casework import transitions
from app.services.context import Context
from app.services.links import actions, stakes, tokens
from app.services.mail import mailing
from app.services.people import parts, reassigning
from app.services.people.bodies import PUBLIC_MAIL
from forms.model import Text

EVENT = "handed_over"
"""What the log says, and why the old link is closed."""

REASON = Text(
    it="Chi aveva il link l’ha passata dalla propria pagina.",
    en="Whoever had the link passed it on from its page.",
)

MOST = 3
"""Times that one case is handed over by its links; then the coordinators look at it."""

STANDS_IN = {"coordinatore": "backup_coordinatore", "backup_coordinatore": "coordinatore"}
"""Whom the call names for the same decisions."""

Problem = Literal["", "closed", "address", "stranger", "conflict", "same", "often", "required", "wrong", "locked"]


@dataclass(frozen=True)
class Colleague:
    """Somebody whom the call names: `key` in the page's form, a masked address to be read."""

    key: str
    name: str


@dataclass(frozen=True)
class Offer:
    """What the page asks: one of `colleagues` or another address, and the code of the mail where one was printed."""

    colleagues: tuple[Colleague, ...]
    asks_code: bool


def offered(context: Context, token: str) -> Offer | None:
    """To whom the link may be handed over; None where it may not."""
    with context.read() as session:
        row = tokens.find(session, token, "action")
        if row is None:
            return None
        holding = actions.hold(context, session, row)
        if not _may(context, session, holding):
            return None
        named = enumerate(_named(session, holding))
        colleagues = tuple(Colleague(str(number), mask_email(address)) for number, address in named)
        return Offer(colleagues, stakes.prints_code(holding.definition, holding.submission.state, row))


def hand_over(context: Context, token: str, to: str, typed_code: str) -> Problem:
    """Give the holder's part to `to`: the key of a colleague, or an address; "" where it is done."""
    with context.write() as session:
        row = tokens.find(session, token, "action")
        if row is None:
            return "closed"
        transitions.lock(session, context, row.submission_id)
        session.refresh(row)
        holding = actions.hold(context, session, row)
        if not _may(context, session, holding):
            return "closed"
        address, problem = _receiver(session, holding, to)
        if problem:
            return problem
        if stakes.prints_code(holding.definition, holding.submission.state, row):
            wrong = tokens.take_code(row, context.settings.secret_keys, typed_code) if typed_code else "required"
            if wrong:
                return wrong
        reason = REASON.in_(holding.language)
        part = reassigning.Part(row.role, address, reason, by=row.role, event=EVENT)
        reassigning.give(context, session, holding.submission, part)
        return ""


def _may(context: Context, session: Session, holding: actions.Holding) -> bool:
    """Whether this link's holder may hand it over: parts of single people, while the link is open."""
    return holding.token.role in reassigning.ROLES and actions.openness(context, session, holding) == "open"


def _receiver(session: Session, holding: actions.Holding, to: str) -> tuple[str, Problem]:
    """The address meant by `to`, or what speaks against it."""
    named = _named(session, holding)
    if to.isdigit() and int(to) < len(named):
        return named[int(to)], ""
    try:
        address = validate_email(to.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return "", "address"
    domain = address.rpartition("@")[2].casefold()
    if address.casefold() == holding.token.person.casefold():
        return "", "same"
    if domain in PUBLIC_MAIL or domain != holding.token.person.rpartition("@")[2].casefold():
        return "", "stranger"
    if _times(session, holding) >= MOST:
        return "", "often"
    return (address, "") if _may_act(session, holding, address) else ("", "conflict")


def _named(session: Session, holding: actions.Holding) -> tuple[str, ...]:
    """Whom the call names for the same decisions, but the holder."""
    call, role = holding.call, holding.token.role
    site = call.site_of(holding.submission.answers)
    people = [*mailing.holders(call, holding.submission, STANDS_IN.get(role, role)), *call.people(role, site)]
    others = dict.fromkeys(each.email for each in people if each.email.casefold() != holding.token.person.casefold())
    return tuple(each for each in others if _may_act(session, holding, each))


def _may_act(session: Session, holding: actions.Holding, address: str) -> bool:
    return parts.may_act(session, holding.call, holding.submission, holding.token.role, address)


def _times(session: Session, holding: actions.Holding) -> int:
    query = select(func.count()).where(Event.submission_id == holding.submission.id, Event.event == EVENT)
    return session.scalars(query).one()
