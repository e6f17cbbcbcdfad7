"""A link's mail once more, always to the address it was written to: the link had expired, or the code is lost.

Nothing is shown on the page that the mail does not have, and at most one such mail goes out in an hour.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ActionToken, OutboxMessage, Submission
from app.services.casework import transitions
from app.services.context import Context
from app.services.links import actions, tokens
from app.services.links.link_ends import RENEWED
from app.services.mail import outbox

LASTS = timedelta(days=7)
"""How long a link lives that takes the place of an expired one."""

ONCE_IN = "%Y%m%d%H"
"""One mail for each hour of the clock; a second press in it finds the first one's row."""

CODE_MAIL = "codice_conferma"
"""What is written to an applicant whose page no mail has told of yet."""


def may_send(context: Context, token: str, purpose: tokens.Purpose = "action") -> bool:
    """Whether a mail may be asked for on the page of this link: its step, or the same person's next, still waits."""
    with context.read() as session:
        row = tokens.find(session, token, purpose)
        return row is not None and _target(context, session, actions.hold(context, session, row)) is not None


def send(context: Context, token: str, purpose: tokens.Purpose = "action") -> bool:
    """Mail the link anew, with another code if this one was guessed at; False where it leads nowhere any more."""
    with context.write() as session:
        row = tokens.find(session, token, purpose)
        if row is None:
            return False
        transitions.lock(session, context, row.submission_id)
        session.refresh(row)
        told = _target(context, session, actions.hold(context, session, row))
        if told is None:
            return False
        now = context.clock.now()
        key = f"again/{told.submission_id}/{told.role}/{told.person}/{now:{ONCE_IN}}"
        if session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)) is not None:
            return True  # no other code either: guesses are as few as mails
        link = told
        if actions.openness(context, session, actions.hold(context, session, told)) == "expired":
            keys = context.settings.secret_keys
            link = tokens.follow(session, keys, told, RENEWED, now=now, expires_at=now + LASTS)
        tokens.change_code(link)
        mail_again(context, session, told, link, key)
        return True


def mail_again(context: Context, session: Session, told: ActionToken, link: ActionToken, key: str) -> None:
    """The mail that told of the link `told`, written to the person of `link` with that one."""
    query = select(OutboxMessage).where(
        OutboxMessage.submission_id == told.submission_id, OutboxMessage.channel == "mail"
    )
    rows = session.scalars(query.order_by(OutboxMessage.id.desc()))
    mail = next((row.payload for row in rows if row.payload.get("token") == told.id), None)
    seq = session.get_one(Submission, link.submission_id).last_seq
    payload = mail or {"message": CODE_MAIL, "role": link.role, "seq": seq, "due": None}
    letter = outbox.Letter("mail", link.person, key, {**payload, "token": link.id})
    outbox.put(session, letter, submission_id=link.submission_id, now=context.clock.now())


def _target(context: Context, session: Session, holding: actions.Holding) -> ActionToken | None:
    """The link that a fresh mail is for: this one, or the same person's living one for the present step."""
    row = holding.token
    if actions.openness(context, session, holding) in ("open", "expired"):
        return row
    query = select(ActionToken).where(
        ActionToken.submission_id == row.submission_id,
        ActionToken.purpose == row.purpose,
        ActionToken.role == row.role,
        ActionToken.person == row.person,
        ActionToken.id > row.id,
    )
    for newer in session.scalars(query.order_by(ActionToken.id.desc())):
        if actions.openness(context, session, actions.hold(context, session, newer)) in ("open", "expired"):
            return newer
    return None
