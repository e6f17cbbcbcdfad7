"""Correcting the address on the receipt page: in the browser that sent the form, for an hour, until it is confirmed.

A link alone does not do: it may have gone to the wrong person. The cookie is set with the receipt and holds no name.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, abort, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.security import sign, signed, token_digest
from app.services.intake import address as service
from app.web.abuse import objection_to_act
from app.web.form_page import FormShown
from app.web.page import context, show, today, url, words
from app.web.posting import form_is_ours, new_token
from app.web.questions import address_question, show_question
from forms.builder import FieldError

addresses = Blueprint("addresses", __name__)

COOKIE = "correzione"
NAME = "email_corretta"
LIFE = timedelta(hours=1)
_PURPOSE = "correct-address"


def to_receipt(token: str) -> BaseResponse:
    """On to the receipt; this browser may correct the address there."""
    address = url("applicants.show_status", token=token)
    response = redirect(address, HTTPStatus.SEE_OTHER)
    text = f"{token_digest(token)}|{context().clock.now().isoformat()}"
    response.set_cookie(
        COOKIE,
        sign(context().settings.secret_keys[-1], _PURPOSE, text),
        max_age=int(LIFE.total_seconds()),
        path=address,
        secure=context().settings.base_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
    return response


def offers_correction(token: str) -> bool:
    """Whether the receipt behind `token` offers the correction to this browser."""
    return sent_here(token) and service.may_correct(context(), token)


@addresses.get("/stato/<token>/indirizzo")
def ask(token: str) -> BaseResponse:
    """The page that asks for the right address."""
    if not offers_correction(token):
        return redirect(url("applicants.show_status", token=token), HTTPStatus.SEE_OTHER)
    return _page(token, MultiDict())


@addresses.post("/stato/<token>/indirizzo")
def correct(token: str) -> BaseResponse:
    """Take the right address and go on to the receipt that belongs to it."""
    if not sent_here(token):
        abort(HTTPStatus.FORBIDDEN)
    say = words()
    if not form_is_ours():
        return _page(token, request.form, code=HTTPStatus.BAD_REQUEST, notice=say("steps.session"))
    if objection := objection_to_act(token):
        return objection.on(_page(token, request.form, code=objection.code, notice=objection.notice))
    result = service.correct(context(), token, request.form.get(NAME, ""))
    if result.token:
        return to_receipt(result.token)
    if result.error is not None:
        wrong = (FieldError(NAME, result.error.code, result.error.params),)
        return _page(token, request.form, wrong, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    notice = {"same": say("address.same"), "duplicate": say("duplicate.title")}.get(result.problem, say("address.late"))
    return _page(token, request.form, code=HTTPStatus.CONFLICT, notice=notice)


def sent_here(token: str) -> bool:
    """Whether this browser has sent the form, a short time ago."""
    text = signed(context().settings.secret_keys, _PURPOSE, request.cookies.get(COOKIE, "")) or ""
    digest, _, since = text.partition("|")
    return digest == token_digest(token) and context().clock.now() - datetime.fromisoformat(since) < LIFE


def _page(
    token: str,
    typed: MultiDict[str, str],
    errors: tuple[FieldError, ...] = (),
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    say = words()
    form: FormShown = show_question(address_question(NAME, say("address.label")), typed, errors)
    return show(
        "question.html",
        code,
        title=say("address.title"),
        texts=[say("address.lead")],
        note="",
        button=say("address.send"),
        back=say("address.back"),
        form=form,
        action_url=url("addresses.correct", token=token),
        back_url=url("applicants.show_status", token=token),
        csrf=new_token(),
        notice=notice,
        today=today(),
    )
