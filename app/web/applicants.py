"""The applicant's own page behind the link that was mailed: receipt, where the case stands, what can be done now."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.services import applicants as service
from app.services.turn import turn
from app.services.views import ActionResult, StatusView
from app.web.abuse import objection_to_act
from app.web.address import offers_correction
from app.web.choices import first_inputs, form_of, refusal_of
from app.web.page import asked_language, context, read_in, show, show_notice, today, url, words
from app.web.posting import everything_posted, form_is_ours, new_token
from app.web.receipts import kilobytes
from forms.model import EVENT

applicants = Blueprint("applicants", __name__)

_STEPS = ("next_1", "next_2", "next_3")


@applicants.get("/stato/<token>")
def show_status(token: str) -> BaseResponse:
    """Where the case stands; the receipt while the address is not confirmed."""
    status = service.status(context(), token, asked_language())
    if status is None:
        return _unknown()
    read_in(status.language)
    return _page(status, token, first_inputs(status.choices, status.prefilled))


@applicants.post("/stato/<token>")
def act(token: str) -> BaseResponse:
    """Do one of the choices, then show the page as it is after it."""
    status = service.status(context(), token, asked_language())
    if status is None:
        return _unknown()
    read_in(status.language)
    if not form_is_ours():
        return _page(status, token, request.form, code=HTTPStatus.BAD_REQUEST, notice=words()("errors.session"))
    if objection := objection_to_act(token):
        return objection.on(_page(status, token, request.form, code=objection.code, notice=objection.notice))
    result = service.act(context(), token, request.form.get(EVENT, ""), everything_posted(), asked_language())
    if result.decided:
        return redirect(url("applicants.show_status", token=token), HTTPStatus.SEE_OTHER)
    code, notice = HTTPStatus.UNPROCESSABLE_ENTITY, refusal_of(result)
    return _page(status, token, request.form, result, code=code, notice=notice)


def _page(
    status: StatusView,
    token: str,
    typed: MultiDict[str, str],
    result: ActionResult | None = None,
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    say = words()
    fresh = status.confirm_by is not None
    return show(
        "status.html",
        code,
        status=status,
        case=status.case,
        fresh=fresh,
        heading=say("receipt.title") if fresh else say("status.title"),
        form=form_of(status.choices, say("action.choose_applicant"), typed, result),
        steps=[say(f"receipt.{step}") for step in _STEPS] if fresh else [],
        action_url=url("applicants.act", token=token),
        address_url=url("addresses.ask", token=token) if fresh and offers_correction(token) else "",
        data_url=url("own_data.show_rights", token=token),
        turn=turn(context(), token, say.language),
        documents=[(file, url("receipts.document", token=token, number=file.id)) for file in status.case.files],
        receipt_url=url("receipts.download", token=token),
        receipt_size=kilobytes(token),
        csrf=new_token() if status.choices else "",
        notice=notice,
        today=today(),
    )


def _unknown() -> BaseResponse:
    say = words()
    texts = (say("status.unknown_text"), say("status.unknown_next"))
    return show_notice(HTTPStatus.NOT_FOUND, say("status.unknown_title"), *texts)
