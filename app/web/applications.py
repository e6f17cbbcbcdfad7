"""The form of a call: walked in steps or filled in at once, judged, sent (`app.web.steps`).

Whatever goes wrong, everything typed is still there.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Blueprint, redirect, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.dates import local_day
from app.errors import new_incident
from app.services import judging, submissions
from app.web.abuse import Objection, objection_to_inputs, objection_to_sending, started
from app.web.form_page import Remarks, show_form, with_row, without_row
from app.web.page import context, language, show, show_notice, today, url, words
from app.web.pages import call_page, get_call
from app.web.posting import everything_posted, form_is_ours, new_token
from app.web.step_page import show_step
from app.web.steps import ADD_ROW, REMOVE_ROW, Asked, Place, read, sends, steps_of, way_to
from forms.builder import Judgement, judge

if TYPE_CHECKING:
    from app.services.views import CallView
    from forms.definition import FormDefinition

log = logging.getLogger(__name__)

applications = Blueprint("applications", __name__)

KEY = "idempotency_key"
_LONGEST_KEY = 80


@applications.get("/bandi/<call>/domanda")
def show_application(call: str) -> BaseResponse:
    """The first step of the empty form; the call's page where the call is not open."""
    view = get_call(call)
    if not view.open:
        return call_page(view)
    return _page(view, Asked(0), MultiDict())


@applications.post("/bandi/<call>/domanda")
def send_application(call: str) -> BaseResponse:
    """Go on, go back or send: the next step, the receipt, or the page again with what is to be corrected."""
    view = get_call(call)
    typed = request.form
    asked = read(view.form, typed)
    if ADD_ROW in typed or REMOVE_ROW in typed:
        return _page(view, asked, _with_rows_changed(view.form, typed))
    if objection := _not_ours(asked) or objection_to_inputs(typed):
        return _objected(view, asked, typed, objection)
    judgement = judge_application(view, everything_posted())
    if judgement.valid and sends(view.form, typed, asked):
        return _submit(view, judgement, typed, asked)
    if not view.open:
        return call_page(view, meanwhile=True)
    if asked.step is None:
        remarks = Remarks(judgement.errors, judgement.warnings)
        return _page(view, asked, typed, remarks, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    place = way_to(steps_of(view.form), asked.step, asked, judgement.errors)
    remarks = Remarks(place.errors, judgement.warnings)
    code = HTTPStatus.UNPROCESSABLE_ENTITY if place.errors else HTTPStatus.OK
    return _page(view, Asked(place.step, editing=place.editing), typed, remarks, code=code)


def judge_application(view: CallView, typed: MultiDict[str, Any]) -> Judgement:
    """What `typed` says on the call's form, judged now."""
    return judge(view.form, typed, judging.context_of(context(), context().catalogue.calls[view.id]))


def _submit(view: CallView, judgement: Judgement, typed: MultiDict[str, str], asked: Asked) -> BaseResponse:
    say = words()
    if objection := objection_to_sending(typed, str(judgement.answers.get("email", ""))):
        return _objected(view, asked, typed, objection)
    call = context().catalogue.calls[view.id]
    sending = submissions.Sending(call, judgement, _key(typed), language())
    try:
        receipt = submissions.submit(context(), sending)
    except submissions.CallClosed:
        return call_page(get_call(view.id), meanwhile=True)
    except SQLAlchemyError:
        log.exception("incident %s: an application to %s was not saved", new_incident(), view.id)
        return _page(view, asked, typed, code=HTTPStatus.SERVICE_UNAVAILABLE, notice=say("errors.server"))
    if receipt.duplicate or receipt.status_token is None:
        texts = (say("duplicate.text"), say("duplicate.what_next"))
        return show_notice(HTTPStatus.CONFLICT, say("duplicate.title"), *texts)
    return redirect(url("applicants.show_status", token=receipt.status_token), HTTPStatus.SEE_OTHER)


def _not_ours(asked: Asked) -> Objection | None:
    """A form that comes from no page of this session, or from one that lay open too long."""
    if form_is_ours():
        return None
    again = words()("errors.session" if asked.step is None else "steps.session")
    return Objection(HTTPStatus.BAD_REQUEST, again)


def _objected(view: CallView, asked: Asked, typed: MultiDict[str, str], objection: Objection) -> BaseResponse:
    """The page again, with everything typed and why it is not taken now."""
    return objection.on(_page(view, asked, typed, code=objection.code, notice=objection.notice))


def _page(
    view: CallView,
    asked: Asked,
    typed: MultiDict[str, str],
    remarks: Remarks | None = None,
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    """A step of the form, or the whole form where `asked` names no step."""
    values: dict[str, Any] = {}
    if asked.step is None:
        values = {"form": show_form(view.form, typed, words(), remarks), "step": None}
        uploads = view.form.fields
    else:
        judgement = judge_application(view, typed)
        place = Place(asked.step, tuple(remarks.errors) if remarks else (), asked.editing)
        step = show_step(view.form, place, typed, judgement, words(), local_day(context().clock.now()))
        values = {"form": step.form, "step": step}
        uploads = steps_of(view.form)[asked.step].fields
    return show(
        "application.html",
        code,
        call=view,
        key=_key(typed),
        csrf=new_token(),
        started=started(typed),
        notice=notice,
        today=today(),
        multipart=any(field.type == "file" for field in uploads),
        **values,
    )


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
