"""How somebody who works with the cases gets their mails: each by itself, or one a day.

The link stands in daily mails only. Looking changes nothing; a POST does, also the one that mail programs send for
their own «unsubscribe» button (RFC 8058). Nobody can unsubscribe from being asked: they then get each mail.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as BaseResponse

from app.services.mail import readers
from app.web.page import context, show, show_notice, words

reader_choice = Blueprint("readers", __name__)

ONE_CLICK = "List-Unsubscribe"
FIELD = "avvisi"


@reader_choice.get("/avvisi/<token>")
def show_choice(token: str) -> Response:
    """The three ways, with the present one chosen."""
    return _page(token)


@reader_choice.post("/avvisi/<token>")
def choose(token: str) -> BaseResponse:
    """Note the choice. Whoever has the link may: no session and no CSRF token come with a mail program's POST."""
    wants = "each" if request.form.get(ONE_CLICK) else request.form.get(FIELD, "")
    chosen = next((way for way in readers.WANTS if way == wants), None)
    if chosen is None:
        return _page(token, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not readers.choose(context(), token, chosen):
        abort(HTTPStatus.NOT_FOUND)
    say = words()
    return show_notice(HTTPStatus.OK, say("readers.saved"), say(f"readers.{chosen}"))


def _page(token: str, code: int = HTTPStatus.OK) -> Response:
    found = readers.behind(context(), token)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return show("readers.html", code, ways=readers.WANTS, chosen=found[1], field=FIELD)
