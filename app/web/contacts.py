"""The page on which applicants correct telephone number and e-mail address, and the one that confirms a new address."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.services.links import contacts as service
from app.web.abuse import objection_to_act
from app.web.page import context, read_in, show, show_notice, today, url, words
from app.web.posting import form_is_ours, new_token
from app.web.questions import show_question
from forms.builder import FieldError, form_inputs

contacts = Blueprint("contacts", __name__)


@contacts.get("/stato/<token>/contatti")
def ask(token: str) -> BaseResponse:
    """The present number and address, to be corrected."""
    return _page(token)


@contacts.post("/stato/<token>/contatti")
def correct(token: str) -> BaseResponse:
    """Take the number; write to another address."""
    say = words()
    if not form_is_ours():
        return _page(token, request.form, code=HTTPStatus.BAD_REQUEST, notice=say("steps.session"))
    if objection := objection_to_act(token):
        return objection.on(_page(token, request.form, code=objection.code, notice=objection.notice))
    result = service.correct(context(), token, request.form)
    if result.errors:
        return _page(token, request.form, result.errors, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    if result.problem:
        notice = say("contacts.often" if result.problem == "often" else "contacts.late")
        return _page(token, request.form, code=HTTPStatus.CONFLICT, notice=notice)
    told = [
        say("contacts.saved_phone") if result.phone else "",
        say("contacts.saved_email", email=result.asked) if result.asked else "",
    ]
    if not any(told):
        return _page(token, request.form, notice=say("contacts.same"))
    back = (url("applicants.show_status", token=token), say("rights.back"))
    return show_notice(HTTPStatus.OK, say("contacts.saved"), *told, back=back)


@contacts.get("/indirizzo/<token>")
def show_new(token: str) -> BaseResponse:
    """The question whether a new address is the reader's; looking changes nothing."""
    return _confirmation(token)


@contacts.post("/indirizzo/<token>")
def confirm(token: str) -> BaseResponse:
    """Write to the new address from now on, and go on to the page behind its own link."""
    if not form_is_ours():
        return _confirmation(token, HTTPStatus.BAD_REQUEST, words()("errors.session"))
    if objection := objection_to_act(token):
        return objection.on(_confirmation(token, objection.code, objection.notice))
    status, problem = service.confirm(context(), token)
    if status:
        return redirect(url("applicants.show_status", token=status), HTTPStatus.SEE_OTHER)
    say = words()
    if problem == "duplicate":
        return show_notice(HTTPStatus.CONFLICT, say("duplicate.title"), say("duplicate.what_next"))
    return _gone()


def _page(
    token: str,
    typed: MultiDict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    view = service.view(context(), token)
    if view is None and request.method == "POST":
        abort(HTTPStatus.NOT_FOUND)
    if view is None:
        return redirect(url("applicants.show_status", token=token), HTTPStatus.SEE_OTHER)
    read_in(view.language)
    shown = MultiDict(form_inputs(view.questions, view.answers)) if typed is None else typed
    say = words()
    texts = [say("contacts.lead"), say("contacts.awaited", email=view.awaited) if view.awaited else ""]
    return show(
        "question.html",
        code,
        title=say("contacts.title"),
        texts=[text for text in texts if text],
        note=say("contacts.parent") if view.minor else "",
        button=say("contacts.send"),
        back=say("rights.back"),
        form=show_question(view.questions, shown, errors),
        action_url=url("contacts.correct", token=token),
        back_url=url("applicants.show_status", token=token),
        csrf=new_token(),
        notice=notice,
        today=today(),
    )


def _confirmation(token: str, code: int = HTTPStatus.OK, notice: str = "") -> BaseResponse:
    waiting = service.waiting_address(context(), token)
    if waiting is None:
        return _gone(HTTPStatus.GONE if code == HTTPStatus.OK else code)
    read_in(waiting.language)
    say = words()
    return show(
        "new_address.html",
        code,
        title=say("contacts.confirm_title"),
        text=say("contacts.confirm_text", email=waiting.masked),
        action_url=url("contacts.confirm", token=token),
        csrf=new_token(),
        notice=notice,
    )


def _gone(code: int = HTTPStatus.GONE) -> BaseResponse:
    say = words()
    texts = (say("contacts.gone_text"), say("contacts.gone_next"))
    return show_notice(code, say("contacts.gone_title"), *texts)
