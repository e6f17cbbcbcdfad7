"""What partners propose for the editions of a course, answered behind a mailed link. Looking changes nothing."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response as BaseResponse

from app.errors import HubOutError
from app.services.sheets import edition_answers
from app.web.abuse import objection_to_act
from app.web.page import context, language, show, words
from app.web.posting import form_is_ours, new_token

editions = Blueprint("editions", __name__)

NUMBER, ANSWER = "proposta", "risposta"


@editions.get("/edizioni/<token>")
def show_proposals(token: str) -> BaseResponse:
    """What waits, each with what is in force."""
    return _page(token)


@editions.post("/edizioni/<token>")
def answer(token: str) -> BaseResponse:
    """Confirm or decline one proposal, and show what is left."""
    say, desk = words(), _behind(token)
    if not form_is_ours():
        return _page(token, HTTPStatus.BAD_REQUEST, fault=say("errors.session"))
    if objection := objection_to_act(token):
        return objection.on(_page(token, objection.code, fault=objection.notice))
    number = request.form.get(NUMBER, type=int)
    chosen = next((each for each in edition_answers.ANSWERS if each == request.form.get(ANSWER)), None)
    asked = next((each for each in desk.proposals if each.number == number), None)
    if chosen is None or asked is None:
        return _page(token, HTTPStatus.CONFLICT, fault=say("editions.changed"))
    call = context().catalogue.calls[desk.call]
    try:
        edition_answers.answer(context(), call, asked.number, chosen, by=desk.person)
    except HubOutError:
        return _page(token, HTTPStatus.CONFLICT, fault=say("editions.changed"))
    told = {"edizione": asked.title, "colonna": asked.column, "valore": asked.now or "–"}
    news = say("editions.accepted", **told) if chosen == "accept" else say("editions.declined", **told)
    return _page(token, news=news)


def _behind(token: str) -> edition_answers.Desk:
    desk = edition_answers.behind(context(), token, language())
    if desk is None:
        abort(HTTPStatus.NOT_FOUND)
    return desk


def _page(token: str, code: int = HTTPStatus.OK, *, news: str = "", fault: str = "") -> BaseResponse:
    values = {"number": NUMBER, "answer": ANSWER, "csrf": new_token(), "news": news, "fault": fault}
    return show("editions.html", code, desk=_behind(token), **values)
