"""The action page behind a mailed link: looking changes nothing, a POST with a choice decides (domain.md §6.5).

The token leaves the address at once: the link's page puts it into a cookie that only the case's page gets, and
goes on there. So it lies in no history, no referrer and no proxy log beyond the first request.

Which programs open and press what is not asked: nothing is chosen beforehand, nothing presses itself, a field that
people don't meet stops what fills in everything, and what is at stake wants the code of the mail (docs/adr/0010).
"""

from __future__ import annotations

import re
from http import HTTPStatus
from io import BytesIO
from urllib.parse import unquote

from flask import Blueprint, abort, redirect, request, send_file
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.services.casework.transitions import CONSENT_GIVEN
from app.services.links import actions as service
from app.services.links import fresh_links
from app.services.links.paper import PARENT
from app.services.people.reassigning import ROLES
from app.services.views import ActionResult, ActionView, TokenState
from app.web.abuse import objection_to_act, objection_to_inputs
from app.web.choices import first_inputs, form_of, refusal_of, wrong_files
from app.web.form_page import code_question
from app.web.page import asked_language, context, read_in, show, show_notice, today, url, words
from app.web.posting import form_is_ours, new_token
from app.web.questions import show_question
from app.web.uploads import everything_posted, forget_uploads, keep_uploads
from forms.definition import SubForm, Text
from forms.judging import FieldError
from forms.model import EVENT

actions = Blueprint("actions", __name__)

COOKIE = "azione"
_COOKIE_SECONDS = 86_400  # a day: whoever writes a reason over the afternoon, or the next morning, loses nothing
_TIMES_ENCODED = 3
_NOT_OF_TOKENS = re.compile(r"[^A-Za-z0-9_-]")
_HEADINGS = {"richiedente": "action.title_applicant", "genitore": "action.title_parent"}
_DECIDERS = frozenset({"coordinatore", "backup_coordinatore", "cabina_di_regia"})
_CLOSED = {"expired": HTTPStatus.GONE, "revoked": HTTPStatus.GONE, "unknown": HTTPStatus.NOT_FOUND}


@actions.get("/azione/<token>")
def open_link(token: str) -> BaseResponse:
    """Move the token into a cookie and go on; an unknown link is told so here."""
    token = mended(token)
    view = service.open_action(context(), token, asked_language())
    if _link(view) == "unknown":
        return _closed(view)
    read_in(view.language)  # the page's own address depends on it, and the cookie is for that address alone
    address = url("actions.show_case", case=view.id)
    response = redirect(address, HTTPStatus.SEE_OTHER)
    response.set_cookie(
        COOKIE,
        token,
        max_age=_COOKIE_SECONDS,
        path=address,
        secure=context().settings.base_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
    return response


def mended(token: str) -> str:
    """A token as it was mailed, after what mail systems do to links: encoded again, broken over lines, a full stop.

    A token has letters, digits, `-` and `_` only, so what else is there was put in on the way.
    """
    for _ in range(_TIMES_ENCODED):
        token = unquote(token)
    return _NOT_OF_TOKENS.sub("", token)


@actions.get("/azione/caso/<int:case>")
def show_case(case: int) -> BaseResponse:
    """The case and what may be chosen; nothing is changed."""
    view = case_view(case)
    if view is None:
        return reopen()
    if _link(view) != "open":
        return _closed(view)
    return _page(view, first_inputs(view.choices, view.prefilled))


@actions.get("/azione/caso/<int:case>/file/<int:number>")
def download(case: int, number: int) -> BaseResponse:
    """A file of the case, for staff with an open link: always saved, never shown inside our site."""
    found = service.download(context(), cookie_token(), number) if case_view(case) else None
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return send_file(
        BytesIO(found.content), mimetype=found.content_type, as_attachment=True, download_name=found.filename
    )


@actions.post("/azione/caso/<int:case>")
def decide(case: int) -> BaseResponse:
    """Do the chosen event, once; then the page that says what was decided."""
    view = case_view(case)
    if view is None:
        return reopen()
    if not form_is_ours():
        return _page(view, keep_uploads(), code=HTTPStatus.BAD_REQUEST, notice=words()("errors.session"))
    if objection := objection_to_act(cookie_token()) or objection_to_inputs(request.form):
        return objection.on(_page(view, keep_uploads(), code=objection.code, notice=objection.notice))
    result = service.act(context(), cookie_token(), request.form.get(EVENT, ""), everything_posted(), asked_language())
    if result.decided:
        forget_uploads()
        return redirect(url("actions.show_case", case=case), HTTPStatus.SEE_OTHER)
    if _link(result.view) != "open":
        return _closed(result.view, result.refusal, result.mistakes)
    code, notice = HTTPStatus.UNPROCESSABLE_ENTITY, refusal_of(result)
    return _page(result.view, keep_uploads(wrong_files(result)), result, code=code, notice=notice)


@actions.post("/azione/caso/<int:case>/email")
def send_again(case: int) -> BaseResponse:
    """Mail the link and its code anew, to the address they were made for and to no other."""
    view = case_view(case)
    if view is None:
        return reopen()
    if not form_is_ours():
        return _page(view, keep_uploads(), code=HTTPStatus.BAD_REQUEST, notice=words()("errors.session"))
    if objection := objection_to_act(cookie_token()):
        return objection.on(_page(view, keep_uploads(), code=objection.code, notice=objection.notice))
    sent = fresh_links.send(context(), cookie_token())
    say = words()
    news = say("action.sent_again", chi=view.person) if sent else say("action.nothing_sent")
    if _link(view) == "open":
        return _page(view, keep_uploads(), news=news)
    return show_notice(
        HTTPStatus.OK if sent else HTTPStatus.GONE, say("action.sent_title" if sent else "action.revoked_title"), news
    )


def _link(view: ActionView) -> TokenState:
    return view.token_state


def cookie_token() -> str:
    """The token of the link by which this page was opened; empty without its cookie."""
    return request.cookies.get(COOKIE, "")


def may_hand_over(view: ActionView) -> bool:
    """Whether the page offers to pass the link on: parts of single people of the offices and cities."""
    return view.role in ROLES


def case_view(case: int) -> ActionView | None:
    """What the cookie's link opens; None without a cookie, or with the one of another case."""
    view = service.open_action(context(), cookie_token(), asked_language())
    if _link(view) == "unknown" or view.id != case:
        return None
    read_in(view.language)
    return view


def _page(
    view: ActionView,
    typed: MultiDict[str, str],
    result: ActionResult | None = None,
    *,
    code: int = HTTPStatus.OK,
    notice: str = "",
    news: str = "",
) -> BaseResponse:
    if _link(view) != "open":
        return _closed(view)
    applicant_side = view.role in _HEADINGS
    decides = view.role in _DECIDERS
    say = words()
    question = "action.choose_applicant" if applicant_side else "action.choose" if decides else "action.choose_office"
    able = [choice for choice in view.choices if not choice.refused]
    return show(
        "action.html",
        code,
        view=view,
        case=view.case,
        form=form_of(able, say(question), typed, result),
        heading=say(_HEADINGS.get(view.role, "action.title" if decides else "action.title_office")),
        applicant_side=applicant_side,
        decides=decides,
        unavailable=[choice for choice in view.choices if choice.refused],
        action_url=url("actions.decide", case=view.id),
        paper_url=url("paper.for_parent", case=view.id) if _may_sign(view) else "",
        again_url=url("actions.send_again", case=view.id) if view.asks_code else "",
        hand_over_url=url("handover.ask", case=view.id) if may_hand_over(view) else "",
        csrf=new_token(),
        notice=notice,
        news=news,
        today=today(),
    )


def _may_sign(view: ActionView) -> bool:
    """Whether a parent may authorise now, and so could do it on paper."""
    return view.role == PARENT and any(choice.event == CONSENT_GIVEN for choice in view.choices)


def _closed(view: ActionView, notice: str = "", mistakes: tuple[FieldError, ...] = ()) -> BaseResponse:
    """What became of a link that can't decide (any more)."""
    read_in(view.language)
    say = words()
    state = _link(view)
    again_url = (
        url("actions.send_again", case=view.id) if view.id and fresh_links.may_send(context(), cookie_token()) else ""
    )
    if state == "used" and view.done is not None:
        fields = (code_question(say),) if view.done.asks_code else ()
        return show(
            "action_done.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if mistakes else HTTPStatus.OK,
            view=view,
            done=view.done,
            form=show_question(SubForm(form="annulla", title=Text(it=""), fields=fields), MultiDict(), mistakes),
            action_url=url("actions.decide", case=view.id),
            again_url=again_url,
            csrf=new_token(),
            notice=notice,
            heading=say("action.done_title_applicant" if view.role in _HEADINGS else "action.done_title"),
        )
    key = state if state in _CLOSED else "unknown"
    texts = [say(f"action.{key}_text"), *view.explanation]
    if key == "unknown":
        texts.append(say("action.unknown_next"))
    return show(
        "action_closed.html",
        _CLOSED[key],
        title=say(f"action.{key}_title"),
        texts=texts,
        person=view.person,
        again_url=again_url,
        csrf=new_token() if again_url else "",
    )


def reopen() -> BaseResponse:
    """What a page without its cookie says."""
    say = words()
    return show_notice(HTTPStatus.FORBIDDEN, say("action.reopen_title"), say("action.reopen_text"))
