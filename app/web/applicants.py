"""The applicant's own page behind the link that was mailed: receipt, where the case stands, what can be done now."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.services.casework.turn import turn
from app.services.links import applicants as service
from app.services.links import fresh_links
from app.services.views import ActionResult, StatusView
from app.web.abuse import objection_to_act, objection_to_inputs
from app.web.address import offers_correction, sent_here
from app.web.choices import first_inputs, form_of, refusal_of, wrong_files
from app.web.page import asked_language, context, read_in, show, show_notice, today, url, words
from app.web.posting import form_is_ours, new_token
from app.web.receipts import kilobytes
from app.web.uploads import everything_posted, forget_uploads, keep_uploads
from forms.model import EVENT

applicants = Blueprint("applicants", __name__)

_STEPS = ("receipt.next_1", "receipt.next_2", "receipt.next_3")
_OWN_STEPS = {
    "iscrizione-posti": 3,
    "iscrizione-studente": 2,
    "adesione-ente": 3,
    "selezione-graduatoria": 3,
    "doppia-approvazione": 3,
}
"""Workflows that go another way than checked, reviewed, decided; and in how many steps."""


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
        return _page(status, token, keep_uploads(), code=HTTPStatus.BAD_REQUEST, notice=words()("errors.session"))
    if objection := objection_to_act(token) or objection_to_inputs(request.form):
        return objection.on(_page(status, token, keep_uploads(), code=objection.code, notice=objection.notice))
    result = service.act(context(), token, request.form.get(EVENT, ""), everything_posted(), asked_language())
    if result.decided:
        forget_uploads()
        return redirect(url("applicants.show_status", token=token), HTTPStatus.SEE_OTHER)
    code, notice = HTTPStatus.UNPROCESSABLE_ENTITY, refusal_of(result)
    return _page(status, token, keep_uploads(wrong_files(result)), result, code=code, notice=notice)


@applicants.post("/stato/<token>/codice")
def send_code(token: str) -> BaseResponse:
    """Mail the code that confirms a choice of this page, to the application's own address."""
    status = service.status(context(), token, asked_language())
    if status is None:
        return _unknown()
    read_in(status.language)
    if not form_is_ours():
        return _page(status, token, keep_uploads(), code=HTTPStatus.BAD_REQUEST, notice=words()("errors.session"))
    if objection := objection_to_act(token):
        return objection.on(_page(status, token, keep_uploads(), code=objection.code, notice=objection.notice))
    fresh_links.send(context(), token, "status")
    return _page(status, token, keep_uploads(), news=words()("action.sent_again", chi=status.masked_email))


def _page(
    status: StatusView,
    token: str,
    typed: MultiDict[str, str],
    result: ActionResult | None = None,
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
    news: str = "",
) -> BaseResponse:
    say = words()
    fresh = status.confirm_by is not None or (status.untouched and sent_here(token))
    return show(
        "status.html",
        code,
        status=status,
        case=status.case,
        fresh=fresh,
        heading=say("receipt.title") if fresh else say("status.title"),
        form=form_of(status.choices, say("action.choose_applicant"), typed, result),
        steps=_steps(status) if fresh else [],
        action_url=url("applicants.act", token=token),
        address_url=url("addresses.ask", token=token) if fresh and offers_correction(token) else "",
        contacts_url=url("contacts.ask", token=token) if status.contacts_open else "",
        paper_url=url("paper.for_applicant", token=token) if status.awaits_parent else "",
        data_url=url("own_data.show_rights", token=token),
        turn=turn(context(), token, say.language),
        documents=[(file, url("receipts.document", token=token, number=file.id)) for file in status.case.files],
        receipt_url=url("receipts.download", token=token),
        receipt_size=kilobytes(token),
        csrf=new_token() if status.choices else "",
        version=status.version,
        again_url=url("applicants.send_code", token=token) if any(each.high_stakes for each in status.choices) else "",
        notice=notice,
        news=news,
        today=today(),
    )


def _steps(status: StatusView) -> list[str]:
    """What happens from here to the answer."""
    say = words()
    own = status.workflow.replace("-", "_")
    keys = [f"next.{own}_{number + 1}" for number in range(_OWN_STEPS.get(status.workflow, 0))] or _STEPS
    return [say(key) for key in (*(["next.parent"] if status.asks_parent else []), *keys)]


def _unknown() -> BaseResponse:
    say = words()
    texts = (say("status.unknown_text"), say("status.unknown_next"))
    return show_notice(HTTPStatus.NOT_FOUND, say("status.unknown_title"), *texts)
