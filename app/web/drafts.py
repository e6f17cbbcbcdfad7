"""«Salva e continua dopo»: a form is kept behind a link that is mailed, without an account.

Nothing personal stands in an address: inputs travel in the page, and the link's token says nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.dates import show_moment
from app.services.intake import drafts as service
from app.services.intake import uploads
from app.web.abuse import Objection, objection_to_inputs, objection_to_mail, started
from app.web.page import context, language, show, today, url, words
from app.web.pages import call_page, get_call
from app.web.posting import form_is_ours, form_key, new_token
from app.web.questions import address_question, show_question
from app.web.steps import carried, step_of
from app.web.uploads import waiting_keys
from forms.builder import JudgeContext, Judgement, judge

if TYPE_CHECKING:
    from app.services.views import CallView
    from forms.definition import SubForm

drafts = Blueprint("drafts", __name__)

ADDRESS = "bozza_email"
_OWN_ADDRESS = ("email", "referente_email")


def ask_address(view: CallView, step: int, typed: MultiDict[str, str]) -> BaseResponse:
    """The page that asks where the link goes; the address that was typed into the form stands there already."""
    known = next((typed[name] for name in _OWN_ADDRESS if typed.get(name)), "")
    return _page(view, step, typed, MultiDict({ADDRESS: known}))


@drafts.post("/bandi/<call>/bozza")
def save(call: str) -> BaseResponse:
    """Keep the form and mail its link."""
    view = get_call(call)
    typed = request.form
    step = step_of(view.form, typed) or 0
    objection = _not_ours() or objection_to_inputs(typed)
    if objection:
        return objection.on(_page(view, step, typed, typed, code=objection.code, notice=objection.notice))
    if not view.open:
        return call_page(view, meanwhile=True)
    judgement = judge(_question(), typed, JudgeContext(context().clock.now()))
    if not judgement.valid:
        return _page(view, step, typed, typed, judgement, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    email = judgement.answers[ADDRESS]
    if objection := objection_to_mail(email):
        return objection.on(_page(view, step, typed, typed, code=objection.code, notice=objection.notice))
    unfinished = service.Unfinished(view.id, language(), step, carried(view.form, typed, ()), form_key(typed))
    until = service.save(context(), unfinished, email)
    uploads.keep_until(context(), waiting_keys(MultiDict(unfinished.inputs)), until)
    return show(
        "draft_saved.html",
        title=words()("steps.saved"),
        email=email,
        until=show_moment(until, language()),
        **_along(view, step, typed),
    )


def _not_ours() -> Objection | None:
    return None if form_is_ours() else Objection(HTTPStatus.BAD_REQUEST, words()("steps.session"))


def _page(
    view: CallView,
    step: int,
    typed: MultiDict[str, str],
    address: MultiDict[str, str],
    judgement: Judgement | None = None,
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    return show(
        "draft.html",
        code,
        title=words()("buttons.save"),
        form=show_question(_question(), address, judgement.errors if judgement else ()),
        save_url=url("drafts.save", call=view.id),
        notice=notice,
        **_along(view, step, typed),
    )


def _along(view: CallView, step: int, typed: MultiDict[str, str]) -> dict[str, Any]:
    """What the page carries so that the form goes on from here."""
    return {
        "call": view,
        "step_number": step + 1,
        "inputs": carried(view.form, typed, ()),
        "form_url": url("applications.send_application", call=view.id),
        "key": form_key(typed),
        "csrf": new_token(),
        "started": started(typed),
        "today": today(),
    }


def _question() -> SubForm:
    """The one question: where the link goes."""
    return address_question(ADDRESS, words()("steps.save_email"))
