"""The parent's authorisation as a page to print: from the applicant's page and from the parent's own."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from app.services.links import paper as service
from app.web.actions import COOKIE
from app.web.page import asked_language, context, read_in, show, show_notice, url, words

paper = Blueprint("paper", __name__)


@paper.get("/stato/<token>/carta")
def for_applicant(token: str) -> BaseResponse:
    """The form to print, for whoever applied."""
    view = service.for_applicant(context(), token, asked_language())
    return _page(view, url("applicants.show_status", token=token))


@paper.get("/azione/caso/<int:case>/carta")
def for_parent(case: int) -> BaseResponse:
    """The form to print, for the parent whose link the cookie holds."""
    view = service.for_parent(context(), request.cookies.get(COOKIE, ""), asked_language())
    return _page(view, url("actions.show_case", case=case))


def _page(view: service.PaperView | None, back: str) -> BaseResponse:
    say = words()
    if view is None:
        return show_notice(HTTPStatus.NOT_FOUND, say("paper_form.title"), say("paper_form.gone_text"))
    read_in(view.language)
    return show("paper_form.html", title=words()("paper_form.title"), paper=view, back_url=back)
