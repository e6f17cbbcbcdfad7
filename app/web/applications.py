"""The form of a call: shown, judged, sent. Whatever goes wrong, everything typed is still there."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Blueprint, redirect, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.errors import new_incident
from app.services import submissions
from app.web.abuse import Objection, objection_to_inputs, objection_to_sending, started
from app.web.form_page import Remarks, show_form, with_row, without_row
from app.web.page import context, language, show, show_notice, today, url, words
from app.web.pages import call_page, get_call
from app.web.posting import everything_posted, form_is_ours, new_token
from forms.builder import JudgeContext, Judgement, form_inputs, judge

if TYPE_CHECKING:
    from app.services.views import CallView
    from forms.definition import FormDefinition

log = logging.getLogger(__name__)

applications = Blueprint("applications", __name__)

KEY = "idempotency_key"
ADD_ROW, REMOVE_ROW = "aggiungi", "togli"
_LONGEST_KEY = 80


@applications.get("/bandi/<call>/domanda")
def show_application(call: str) -> BaseResponse:
    """The empty form; the call's page where the call is not open."""
    view = get_call(call)
    if not view.open:
        return call_page(view)
    return _form_page(view, MultiDict(_defaults(view.form)))


@applications.post("/bandi/<call>/domanda")
def send_application(call: str) -> BaseResponse:
    """Send the form: on to the receipt, or the form again with what is to be corrected."""
    view = get_call(call)
    typed = request.form
    if ADD_ROW in typed or REMOVE_ROW in typed:
        return _form_page(view, _with_rows_changed(view.form, typed))
    if objection := _not_ours() or objection_to_inputs(typed):
        return _objected(view, typed, objection)
    judgement = judge_application(view.form, everything_posted())
    if not judgement.valid and not view.open:
        return call_page(view, meanwhile=True)
    if not judgement.valid:
        remarks = Remarks(judgement.errors, judgement.warnings)
        return _form_page(view, typed, remarks, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _submit(view, judgement, typed)


def judge_application(form: FormDefinition, typed: MultiDict[str, Any]) -> Judgement:
    """What `typed` says on `form`, judged now."""
    return judge(form, typed, JudgeContext.of(form, context().clock.now()))


def _submit(view: CallView, judgement: Judgement, typed: MultiDict[str, str]) -> BaseResponse:
    say = words()
    if objection := objection_to_sending(typed, str(judgement.answers.get("email", ""))):
        return _objected(view, typed, objection)
    call = context().catalogue.calls[view.id]
    sending = submissions.Sending(call, judgement, _key(typed), language())
    try:
        receipt = submissions.submit(context(), sending)
    except submissions.CallClosed:
        return call_page(get_call(view.id), meanwhile=True)
    except SQLAlchemyError:
        log.exception("incident %s: an application to %s was not saved", new_incident(), view.id)
        return _form_page(view, typed, code=HTTPStatus.SERVICE_UNAVAILABLE, notice=say("errors.server"))
    if receipt.duplicate or receipt.status_token is None:
        texts = (say("duplicate.text"), say("duplicate.what_next"))
        return show_notice(HTTPStatus.CONFLICT, say("duplicate.title"), *texts)
    return redirect(url("applicants.show_status", token=receipt.status_token), HTTPStatus.SEE_OTHER)


def _not_ours() -> Objection | None:
    """A form that comes from no page of this session, or from one that lay open too long."""
    return None if form_is_ours() else Objection(HTTPStatus.BAD_REQUEST, words()("errors.session"))


def _objected(view: CallView, typed: MultiDict[str, str], objection: Objection) -> BaseResponse:
    """The page again, with everything typed and why it is not taken now."""
    return objection.on(_form_page(view, typed, code=objection.code, notice=objection.notice))


def _form_page(
    view: CallView,
    typed: MultiDict[str, str],
    remarks: Remarks | None = None,
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    return show(
        "application.html",
        code,
        call=view,
        form=show_form(view.form, typed, words(), remarks),
        key=_key(typed),
        csrf=new_token(),
        started=started(typed),
        notice=notice,
        today=today(),
        multipart=any(field.type == "file" for field in view.form.fields),
    )


def _defaults(form: FormDefinition) -> list[tuple[str, str]]:
    return form_inputs(form, {field.id: field.default for field in form.fields if field.default is not None})


def _key(typed: MultiDict[str, str]) -> str:
    """The key that makes a second sending of the same page harmless."""
    key = typed.get(KEY, "")
    return key if 0 < len(key) <= _LONGEST_KEY else str(uuid4())


def _with_rows_changed(form: FormDefinition, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, with a row more or less, as the button asked (the way without JavaScript)."""
    repeated = {field.id: field for field in form.fields if field.item}
    if field := repeated.get(typed.get(ADD_ROW, "")):
        return with_row(typed, field)
    row = typed.get(REMOVE_ROW, "")
    return without_row(typed, row) if row.rpartition("-")[0] in repeated else typed
