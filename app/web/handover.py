"""«Non sei tu?»: the page by which a link is handed over to a colleague."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.services.people import handover as service
from app.services.views import ActionView
from app.web.abuse import objection_to_act, objection_to_inputs
from app.web.actions import case_view, cookie_token, reopen
from app.web.form_page import FormShown, code_question
from app.web.page import context, show, show_notice, today, url, words
from app.web.posting import form_is_ours, new_token
from app.web.questions import show_question
from forms.conditions import AnswerIs
from forms.definition import FieldDefinition, Option, SubForm, Text
from forms.judging import FieldError
from forms.model import CODE

handover = Blueprint("handover", __name__)

TO, ADDRESS, SOMEBODY_ELSE = "collega", "indirizzo", "altri"
_OF_CODE = frozenset({"required", "wrong", "locked"})
_WORDS = {CODE: "code", ADDRESS: "hand"}


@handover.get("/azione/caso/<int:case>/passa")
def ask(case: int) -> BaseResponse:
    """The page that asks whom the link goes to; nothing is changed."""
    view = case_view(case)
    if view is None:
        return reopen()
    if service.offered(context(), cookie_token()) is None:
        return redirect(url("actions.show_case", case=case), HTTPStatus.SEE_OTHER)
    return _page(view, MultiDict())


@handover.post("/azione/caso/<int:case>/passa")
def pass_on(case: int) -> BaseResponse:
    """Hand the link over; the page then says so, and this link is closed."""
    view = case_view(case)
    if view is None:
        return reopen()
    if not form_is_ours():
        return _page(view, request.form, code=HTTPStatus.BAD_REQUEST, notice=words()("errors.session"))
    if objection := objection_to_act(cookie_token()) or objection_to_inputs(request.form):
        return objection.on(_page(view, request.form, code=objection.code, notice=objection.notice))
    chosen = request.form.get(TO, SOMEBODY_ELSE)
    to = request.form.get(ADDRESS, "") if chosen == SOMEBODY_ELSE else chosen
    problem = service.hand_over(context(), cookie_token(), to, request.form.get(CODE, "").strip())
    if problem == "":
        say = words()
        return show_notice(HTTPStatus.OK, say("handover.done_title"), say("handover.done_text"))
    if problem == "closed":
        return redirect(url("actions.show_case", case=case), HTTPStatus.SEE_OTHER)
    field = CODE if problem in _OF_CODE else ADDRESS
    wording = {"required": "required", "address": "email"}.get(problem, f"{_WORDS[field]}_{problem}")
    errors = (FieldError(field, problem, wording=wording),)
    return _page(view, request.form, errors, code=HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    view: ActionView,
    typed: MultiDict[str, str],
    errors: tuple[FieldError, ...] = (),
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    return show(
        "handover.html",
        code,
        view=view,
        case=view.case,
        form=_form(view, typed, errors),
        action_url=url("handover.pass_on", case=view.id),
        back_url=url("actions.show_case", case=view.id),
        csrf=new_token(),
        notice=notice,
        today=today(),
    )


def _form(view: ActionView, typed: MultiDict[str, str], errors: tuple[FieldError, ...]) -> FormShown:
    say, offered = words(), service.offered(context(), cookie_token())
    hint = Text(it=say("handover.address_help", dominio=view.person.rpartition("@")[2]))
    address = FieldDefinition(
        id=ADDRESS, type="email", label=Text(it=say("handover.address")), help=hint, required=True, pii="contact"
    )
    fields = [address]
    if offered and offered.colleagues:
        options = [Option(value=each.key, it=each.name) for each in offered.colleagues]
        options.append(Option(value=SOMEBODY_ELSE, it=say("handover.somebody_else")))
        question = Text(it=say("handover.to"))
        to = FieldDefinition(id=TO, type="radio", label=question, options=tuple(options), required=True, pii="none")
        fields = [to, address.shown_also_if(AnswerIs(TO, "in", (SOMEBODY_ELSE,)))]
    if offered and offered.asks_code:
        fields.append(code_question(say))
    return show_question(SubForm(form="passa", title=Text(it=""), fields=tuple(fields)), typed, errors)
