"""The form of a call: walked in steps or filled in at once, judged, sent (`app.web.steps`).

Whatever goes wrong, everything typed is still there.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.dates import local_day
from app.errors import new_incident
from app.services.intake import drafts, judging, submissions
from app.web.abuse import Objection, objection_to_inputs, objection_to_sending, started
from app.web.address import to_receipt
from app.web.drafts import ask_address
from app.web.form_page import Remarks, show_form
from app.web.page import context, language, other_language, read_in, show, show_notice, today, words
from app.web.pages import call_page, get_call
from app.web.posting import KEY, form_is_ours, form_key, new_token
from app.web.rows import with_row, without_row
from app.web.step_page import show_step
from app.web.steps import ADD_ROW, REMOVE_ROW, SAVE, Asked, Place, read, sends, steps_of, way_to
from app.web.uploads import everything_posted, forget_uploads, keep_uploads, lost_uploads, without_lost
from forms.builder import Judgement, judge

if TYPE_CHECKING:
    from app.services.views import CallView
    from forms.definition import FormDefinition

log = logging.getLogger(__name__)

applications = Blueprint("applications", __name__)


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
        return _page(view, asked, _with_rows_changed(view.form, keep_uploads()))
    if objection := _not_ours(asked) or objection_to_inputs(typed):
        return _objected(view, asked, keep_uploads(), objection)
    if asked.button == SAVE and asked.step is not None:
        return ask_address(view, asked.step, keep_uploads())
    return _go_on(view, typed, asked)


def _go_on(view: CallView, typed: MultiDict[str, str], asked: Asked) -> BaseResponse:
    """Judge what was typed and show where it leads."""
    judgement = judge_application(view, everything_posted())
    if judgement.valid and sends(view.form, typed, asked) and not lost_uploads():
        return _submit(view, judgement, typed, asked)
    if not view.open:
        return call_page(view, meanwhile=True)
    typed = keep_uploads({error.field for error in judgement.errors})
    if asked.step is None:
        remarks = Remarks(judgement.errors, judgement.warnings)
        return _page(view, asked, typed, remarks, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    place = way_to(steps_of(view.form), asked.step, asked, judgement.errors)
    remarks = Remarks(place.errors, judgement.warnings)
    code = HTTPStatus.UNPROCESSABLE_ENTITY if place.errors else HTTPStatus.OK
    return _page(view, Asked(place.step, editing=place.editing), typed, remarks, code=code)


@applications.get("/bozza/<token>")
def open_draft(token: str) -> BaseResponse:
    """An unfinished form, at the step where it was left, with everything typed."""
    draft = drafts.find(context(), token)
    if draft is None:
        say = words()
        return show_notice(HTTPStatus.NOT_FOUND, say("steps.gone"), say("steps.gone_text"), say("steps.gone_next"))
    read_in(draft.language)
    view = get_call(draft.call)
    if not view.open:
        return call_page(view)
    last = len(steps_of(view.form)) - 1
    return _page(view, Asked(min(draft.step, last)), without_lost(MultiDict([(KEY, draft.key), *draft.inputs])))


def judge_application(view: CallView, typed: MultiDict[str, Any]) -> Judgement:
    """What `typed` says on the call's form, judged now."""
    return judge(view.form, typed, judging.context_of(context(), context().catalogue.calls[view.id]))


def _submit(view: CallView, judgement: Judgement, typed: MultiDict[str, str], asked: Asked) -> BaseResponse:
    say = words()
    if objection := objection_to_sending(typed, str(judgement.answers.get("email", ""))):
        return _objected(view, asked, keep_uploads(), objection)
    call = context().catalogue.calls[view.id]
    sending = submissions.Sending(call, judgement, form_key(typed), language())
    try:
        receipt = submissions.submit(context(), sending)
    except submissions.CallClosed:
        return call_page(get_call(view.id), meanwhile=True)
    except SQLAlchemyError:
        log.exception("incident %s: an application to %s was not saved", new_incident(), view.id)
        return _page(view, asked, keep_uploads(), code=HTTPStatus.SERVICE_UNAVAILABLE, notice=say("errors.server"))
    if receipt.duplicate or receipt.status_token is None:
        texts = (say("duplicate.text"), say("duplicate.what_next"))
        return show_notice(HTTPStatus.CONFLICT, say("duplicate.title"), *texts)
    drafts.forget(context(), call.id, sending.idempotency_key)
    forget_uploads()
    return to_receipt(receipt.status_token)


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
    else:
        judgement = judge_application(view, typed)
        place = Place(asked.step, tuple(remarks.errors) if remarks else (), asked.editing)
        step = show_step(view.form, place, typed, judgement, words(), local_day(context().clock.now()))
        values = {"form": step.form, "step": step}
    return show(
        "application.html",
        code,
        call=view,
        key=form_key(typed),
        csrf=new_token(),
        started=started(typed),
        notice=notice,
        today=today(),
        other_form_url=url_for(f"{other_language()}.applications.send_application", call=view.id),
        **values,
    )


def _with_rows_changed(form: FormDefinition, typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, with a row more or less, as the button asked (the way without JavaScript)."""
    repeated = {field.id: field for field in form.fields if field.item}
    if field := repeated.get(typed.get(ADD_ROW, "")):
        return with_row(typed, field)
    row = typed.get(REMOVE_ROW, "")
    return without_row(typed, row) if row.rpartition("-")[0] in repeated else typed
