"""Drafts: saved without an account, found again behind a mailed link, gone when sent or after 14 days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.catalogue.mail_html import compose
from app.dates import show_moment
from app.models import Draft, OutboxMessage
from app.security import TOKEN_LENGTH, make_token, new_nonce, sha256_of, token_digest
from app.services.casework.erasure import GONE
from app.services.context import Context
from app.services.mail import outbox
from integrations.mail import MailMessage, domain_of, thread_id_for

LIFE = timedelta(days=14)
"""How long a draft is kept after it was saved last."""

MESSAGE = "bozza"

Inputs = list[tuple[str, str]]


@dataclass(frozen=True)
class Unfinished:
    """A form as somebody left it: its call, the step (from 0), what was typed, and the form's idempotency key."""

    call: str
    language: str
    step: int
    inputs: Inputs
    key: str


def save(context: Context, unfinished: Unfinished, email: str) -> datetime:
    """Keep the form and mail its link to `email`; until when it is kept.

    The same form (by its key) updates the same draft. Its link stays the same, unless the address is another one:
    then the old link ends. The mail goes out at most once an hour to the same address.
    """
    try:
        return _save(context, unfinished, email)
    except IntegrityError:  # two presses of the button at once: now the draft is there
        return _save(context, unfinished, email)


def _save(context: Context, unfinished: Unfinished, email: str) -> datetime:
    now = context.clock.now()
    digest = _form_key(unfinished.call, unfinished.key)
    with context.write() as session:
        draft = session.scalars(select(Draft).where(Draft.form_key == digest)).one_or_none()
        if draft is None:
            draft = Draft(call=unfinished.call, form_key=digest, email="")
            session.add(draft)
        draft.language = unfinished.language
        draft.step = unfinished.step
        draft.typed = {"key": unfinished.key, "inputs": [list(pair) for pair in unfinished.inputs]}
        draft.saved_at, draft.expires_at = now, now + LIFE
        if draft.email != email:
            if draft.id:
                _cancel_mails(session, draft.id)
            draft.email = email
            draft.key_number = len(context.settings.secret_keys) - 1
            draft.nonce = new_nonce()
            session.flush()
            draft.digest = token_digest(_token(context, draft))
        _mail_link(session, draft, now)
        return draft.expires_at


def find(context: Context, token: str) -> Unfinished | None:
    """The form behind a link; None for a link that leads nowhere (any more)."""
    if len(token) != TOKEN_LENGTH:
        return None
    digest = token_digest(token)
    with context.read() as session:
        draft = session.scalars(select(Draft).where(Draft.digest == digest)).one_or_none()
        if draft is None or draft.digest is None or not compare_digest(draft.digest, digest):
            return None
        if draft.expires_at <= context.clock.now() or draft.call not in context.catalogue.calls:
            return None
        inputs = [(str(name), str(value)) for name, value in draft.typed["inputs"]]
        return Unfinished(draft.call, draft.language, draft.step, inputs, draft.typed["key"])


def forget(context: Context, call: str, key: str) -> None:
    """The form was sent: its draft goes."""
    with context.write() as session:
        ids = session.scalars(select(Draft.id).where(Draft.form_key == _form_key(call, key))).all()
        _delete(session, ids)


def forget_expired(context: Context) -> int:
    """Delete every draft whose time is over; how many there were."""
    with context.write() as session:
        ids = session.scalars(select(Draft.id).where(Draft.expires_at <= context.clock.now())).all()
        _delete(session, ids)
        return len(ids)


def any_expired(session: Session, now: datetime) -> bool:
    """Whether `forget_expired` has something to do."""
    return session.scalar(select(Draft.id).where(Draft.expires_at <= now).limit(1)) is not None


def write(context: Context, session: Session, row: OutboxMessage) -> MailMessage:
    """The mail with a draft's link."""
    draft = session.get_one(Draft, row.payload["draft"])
    call = context.catalogue.calls[draft.call]
    prefix = "/en" if draft.language == "en" else ""
    base_url = f"{context.settings.base_url}{prefix}"
    values = _words(call, draft) | {
        "link_bozza": f"{base_url}/bozza/{_token(context, draft)}",
        "link_privacy": f"{base_url}/bandi/{call.id}/privacy",
    }
    parts = compose(call.messages[MESSAGE], draft.language, values)
    domain = domain_of(context.settings.mail_from)
    return MailMessage(
        sender=context.settings.mail_from,
        to=row.target,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        date=context.clock.now(),
        message_id=outbox.message_id(row, context.settings),
        thread_id=thread_id_for(f"{MESSAGE}/{draft.id}", domain),
        reply_to=call.file.office.email,
        language=draft.language,
    )


def _words(call: Call, draft: Draft) -> dict[str, str]:
    office = call.file.office
    return {
        "modulo": call.file.title.in_(draft.language),
        "scadenza": show_moment(draft.expires_at, draft.language),
        "firma": f"{office.name} · HubOut",
        "email_ufficio": office.email,
        "telefono_ufficio": office.phone,
    }


def _mail_link(session: Session, draft: Draft, now: datetime) -> None:
    key = f"{_mark(draft.id)}{draft.nonce.hex()}/{now:%Y%m%d%H}"
    payload = {"message": MESSAGE, "role": "richiedente", "draft": draft.id}
    outbox.put(session, outbox.Letter("mail", draft.email, key, payload), submission_id=None, now=now)


def _delete(session: Session, ids: Iterable[int]) -> None:
    """Delete drafts, their mails that were not sent yet, and the addresses of those that were."""
    for draft_id in ids:
        _cancel_mails(session, draft_id)
        mails = OutboxMessage.dedupe_key.startswith(_mark(draft_id))
        session.execute(update(OutboxMessage).where(mails).values(target=GONE))
        session.execute(delete(Draft).where(Draft.id == draft_id))


def _cancel_mails(session: Session, draft_id: int) -> None:
    """Take back the mails that were not sent yet: they would carry a link that is not theirs, or none."""
    mails = OutboxMessage.dedupe_key.startswith(_mark(draft_id))
    session.execute(delete(OutboxMessage).where(mails, OutboxMessage.delivered_at.is_(None)))


def _mark(draft_id: int) -> str:
    """How the keys of a draft's mails begin."""
    return f"draft/{draft_id}/"


def _token(context: Context, draft: Draft) -> str:
    return make_token(context.settings.secret_keys[draft.key_number], draft.id, draft.nonce)


def _form_key(call: str, key: str) -> str:
    return sha256_of([call, key])
