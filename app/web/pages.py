"""The public pages: the calls, a call, the calendar."""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, make_response, request
from markupsafe import Markup

from app.catalogue import pictures
from app.services import calls
from app.services.casework import calendar as calendars
from app.services.casework import publication
from app.web.page import context, language, show, words
from forms.comuni import comuni
from forms.model import BIRTH_DATE
from integrations import ics
from workflows.picture import svg

if TYPE_CHECKING:
    from app.services.views import CallView
    from app.web.texts import Words
    from forms.definition import FormDefinition

pages = Blueprint("pages", __name__)

_PARENT = "genitore_email"
_QUICK_SECONDS, _SLOW_SECONDS = 12, 90  # what a short answer and a text to think about take
_SHORTEST_BEGINNING = 2  # letters
_SUGGESTIONS = 12


@pages.get("/")
def home() -> Response:
    """Every call: open ones first, then those to come and those that are over."""
    return show("home.html", calls=calls.list_calls(context(), language()))


@pages.get("/bandi/<call>")
def show_call(call: str) -> Response:
    """What a call is about; for a closed one, since when and what comes next."""
    return call_page(get_call(call))


@pages.get("/bandi/<call>/ammessi")
def show_admitted(call: str) -> Response:
    """The codes of the admitted, each for as long as the call says; no search engine is to keep them."""
    view = get_call(call)
    page = show("admitted.html", call=view, admitted=_admitted(call))
    page.headers["X-Robots-Tag"] = "noindex"
    return page


@pages.get("/calendario")
def calendar() -> Response:
    """What is booked and open to the public."""
    return show("calendar.html", activities=calendars.activities(context()))


@pages.get("/calendario.ics")
def calendar_feed() -> Response:
    """The same for calendar programs, which read it again by themselves."""
    host = urlsplit(context().settings.base_url).hostname or ""
    entries = [
        ics.Entry(f"{each.reference}@{host}", each.title, each.place, each.starts, each.ends, each.changed)
        for each in calendars.activities(context())
    ]
    feed = make_response(ics.feed(f"HubOut · {words()('calendar.title')}", entries))
    feed.content_type = ics.CONTENT_TYPE
    return feed


@pages.get("/comuni.json")
def suggest_comuni() -> Response:
    """The first Italian municipalities whose names begin with `q`, for the form's script."""
    begins = request.args.get("q", "").strip().casefold()
    if len(begins) < _SHORTEST_BEGINNING:
        return jsonify([])
    found = (name for name in comuni() if name.casefold().startswith(begins))
    return jsonify(list(islice(found, _SUGGESTIONS)))


def get_call(call_id: str) -> CallView:
    """The call in the reader's language.

    Raises:
        NotFound: there is no such call.
    """
    call = context().catalogue.calls.get(call_id)
    if call is None:
        abort(HTTPStatus.NOT_FOUND)
    return calls.view_of(context(), call, language())


def call_page(call: CallView, *, meanwhile: bool = False) -> Response:
    """The page of a call; `meanwhile` says that it closed while the reader was writing."""
    code = HTTPStatus.CONFLICT if meanwhile else HTTPStatus.OK
    say = words()
    way = pictures.of_call(context().catalogue.calls[call.id], say.language)
    return show(
        "call.html",
        code,
        call=call,
        meanwhile=meanwhile,
        needs=_needs(call.form, say),
        minutes=_minutes(call.form),
        admitted=bool(_admitted(call.id)),
        way=way,
        picture=Markup(svg(way, standalone=False)),  # noqa: S704 - it escapes every text it draws
    )


def _admitted(call_id: str) -> tuple[publication.Admitted, ...]:
    return publication.admitted(context(), context().catalogue.calls[call_id], language())


def _needs(form: FormDefinition, say: Words) -> list[str]:
    """What to have at hand before starting, read off the questions."""
    ids = {field.id for field in form.fields}
    needs = [say("call.need_email")]
    if BIRTH_DATE in ids:
        needs.append(say("call.need_birth"))
    if _PARENT in ids:
        needs.append(say("call.need_parent"))
    texts = [
        field.label.in_(say.language) for field in form.fields if field.type == "textarea" and field.required is True
    ]
    if texts:
        needs.append(say("call.need_texts", domande=", ".join(f"«{text}»" for text in texts)))
    return needs


def _minutes(form: FormDefinition) -> int:
    """How long the form takes, roughly."""
    required = [field for field in form.fields if field.required]
    seconds = sum(_SLOW_SECONDS if field.type == "textarea" else _QUICK_SECONDS for field in required)
    return max(2, round(seconds / 60))
