"""The applicant's data: everything as a file, and the request for what the law grants."""

from __future__ import annotations

import json
from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, abort, redirect, request, send_file
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.services.links import own_data as service
from app.web.abuse import objection_to_act
from app.web.page import asked_language, context, read_in, show, show_notice, today, url, words
from app.web.posting import form_is_ours, new_token
from app.web.questions import show_question
from forms.builder import FieldError

own_data = Blueprint("own_data", __name__)


@own_data.get("/stato/<token>/dati.json")
def download(token: str) -> BaseResponse:
    """Everything that is kept of the case, always saved, never shown inside the site."""
    data = service.export(context(), token, asked_language())
    if data is None:
        abort(HTTPStatus.NOT_FOUND)
    content = BytesIO(json.dumps(data, ensure_ascii=False, indent=2).encode())
    name = f"{data['reference']}.json"
    return send_file(content, mimetype="application/json", as_attachment=True, download_name=name)


@own_data.get("/stato/<token>/dati")
def show_rights(token: str) -> BaseResponse:
    """The download, and the form to ask for a right."""
    return _page(token, MultiDict())


@own_data.post("/stato/<token>/dati")
def ask(token: str) -> BaseResponse:
    """Pass the request on to the office."""
    if not form_is_ours():
        return _page(token, request.form, code=HTTPStatus.BAD_REQUEST, notice=words()("steps.session"))
    if objection := objection_to_act(token):
        return objection.on(_page(token, request.form, code=objection.code, notice=objection.notice))
    judgement = service.ask(context(), token, request.form)
    if judgement is None:
        return redirect(url("applicants.show_status", token=token), HTTPStatus.SEE_OTHER)
    if not judgement.valid:
        return _page(token, request.form, judgement.errors, code=HTTPStatus.UNPROCESSABLE_ENTITY)
    say = words()
    return show_notice(HTTPStatus.OK, say("rights.sent"), say("rights.sent_text"))


def _page(
    token: str,
    typed: MultiDict[str, str],
    errors: tuple[FieldError, ...] = (),
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
) -> BaseResponse:
    data = service.export(context(), token, asked_language())
    if data is None:
        abort(HTTPStatus.NOT_FOUND)
    read_in(data["language"])
    return show(
        "own_data.html",
        code,
        title=words()("rights.title"),
        form=show_question(service.question(context()), typed, errors),
        may_ask=service.may_ask(context(), token),
        action_url=url("own_data.ask", token=token),
        download_url=url("own_data.download", token=token),
        back_url=url("applicants.show_status", token=token),
        csrf=new_token(),
        notice=notice,
        today=today(),
    )
