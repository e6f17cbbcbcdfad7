"""The mailbox of an installation that keeps its mail to itself (embedded defaults): read by who tries HubOut."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request

from app.web.headers import MAIL_POLICY
from app.web.page import context, show
from integrations.local.smtp import Mailbox

if TYPE_CHECKING:
    from integrations.local.smtp import StoredMessage

mailbox = Blueprint("mailbox", __name__, url_prefix="/posta")

_ON_A_PAGE = 50
_OUT_OF_FRAME = '<base target="_top">'  # a link in the mail opens the page, not the frame


@mailbox.before_request
def only_embedded() -> None:
    """With a real relay there is no mailbox here."""
    if not context().settings.embedded_smtp:
        abort(HTTPStatus.NOT_FOUND)


@mailbox.get("")
def show_list() -> Response:
    """The mails, the newest first; `a` keeps those to one address."""
    to = request.args.get("a", "").strip()
    page = max(1, request.args.get("pagina", 1, type=int))
    start, end = (page - 1) * _ON_A_PAGE, page * _ON_A_PAGE
    box = _box()
    if to:
        found = [message for message in reversed(box.messages()) if message.to.casefold() == to.casefold()]
        shown, more = found[start:end], len(found) > end
    else:  # only the mails of this page are read
        keys = box.keys()[::-1]
        shown, more = [each for key in keys[start:end] if (each := box.message(key))], len(keys) > end
    return show("mailbox.html", messages=shown, to=to, page=page, more=more)


@mailbox.get("/<key>")
def show_message(key: str) -> Response:
    """One mail: its links, its text part, and its HTML part in a frame that can do nothing but be read."""
    return show("message.html", message=_message(key))


@mailbox.get("/<key>/html")
def show_html(key: str) -> Response:
    """The HTML part alone, for the frame."""
    response = Response(_OUT_OF_FRAME + _message(key).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def _box() -> Mailbox:
    return Mailbox(context().settings.mail_folder)


def _message(key: str) -> StoredMessage:
    message = _box().message(key)
    if message is None:
        abort(HTTPStatus.NOT_FOUND)
    return message
