"""The texts that every public site has: the privacy notice, one for each call, and the accessibility statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from app.services.links import notices as service
from app.web.page import context, help_address, language, show, url, words
from app.web.pages import get_call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.web.texts import Words

notices = Blueprint("notices", __name__)

Paragraph = tuple[str, str]
_UNITS: Final = {"D": "day", "M": "month", "Y": "year"}


@notices.get("/privacy")
def privacy() -> Response:
    """The privacy notice of the site, and the way to that of each call."""
    say = words()
    shown = [_legal(say, f"privacy_{key}") for key in ("who", "why", "how_long", "rights", "cookies")]
    shown.append((say("notice.per_call"), say("notice.per_call_text")))
    calls = context().catalogue.calls.values()
    links = [(call.file.title.in_(language()), url("notices.of_call", call=call.id)) for call in calls]
    return _page(say("legal.privacy_title"), shown, sorted(links))


@notices.get("/bandi/<call>/privacy")
def of_call(call: str) -> Response:
    """The privacy notice of one call: its facts, read off its form, people and sheet."""
    view = service.notice_of(context().catalogue.calls[get_call(call).id], language())
    say = words()
    shown = [
        (say("legal.privacy_who"), say("notice.who_text", ufficio=view.office, email=view.email, telefono=view.phone)),
        (say("legal.privacy_why"), say("notice.why_law" if view.law241 else "notice.why")),
        (say("notice.which"), _asked(view, say)),
    ]
    if view.special:
        shown.append((say("notice.special"), say("notice.special_text", elenco=", ".join(view.special))))
    shown.append((say("notice.partners"), _readers(view, say)))
    if view.minors:
        text = say("notice.minors_text", periodo=_period(view.no_consent, say))
        shown.append((say("notice.minors"), text))
    kept = say(
        "notice.how_long_text",
        riuscita=_period(view.success, say),
        respinta=_period(view.rejected, say),
        non_confermata=_period(view.unconfirmed, say),
    )
    shown += [
        (say("legal.privacy_how_long"), kept),
        (say("legal.privacy_rights"), say("notice.rights_text", email=view.email)),
        _legal(say, "privacy_cookies"),
    ]
    return _page(say("notice.title", bando=view.title), shown)


@notices.get("/accessibilita")
def accessibility() -> Response:
    """The accessibility statement (model text), with a way to report a problem."""
    say, email = words(), help_address()
    shown = [
        _legal(say, "access_aim"),
        _legal(say, "access_checks"),
        *[(say(f"access.{key}"), say(f"access.{key}_text", email=email)) for key in ("known", "other_ways")],
        (say("nav.report_access"), say("legal.access_report", email=email)),
        (say("access.enforcement"), say("access.enforcement_text")),
    ]
    return _page(say("legal.access_title"), shown)


def _legal(say: Words, key: str) -> Paragraph:
    return say(f"legal.{key}"), say(f"legal.{key}_text")


def _asked(view: service.NoticeView, say: Words) -> str:
    asked = ", ".join(view.personal) + "."
    return " ".join([asked, *([say("notice.files", elenco=", ".join(view.files))] if view.files else [])])


def _readers(view: service.NoticeView, say: Words) -> str:
    columns = [*view.columns, *([say("notice.age_band")] if view.age_band else [])]
    told = [say("notice.partners_office")]
    if columns and view.bodies:
        told.append(say("notice.partners_sheet", enti=", ".join(view.bodies), colonne=", ".join(columns)))
    elif columns:
        told.append(say("notice.partners_sheet_none", colonne=", ".join(columns)))
    return " ".join([*told, say("notice.partners_never")])


def _period(duration: str, say: Words) -> str:
    """An ISO duration of one unit in words: P2Y is «2 anni»."""
    number, unit = int(duration[1:-1]), _UNITS[duration[-1]]
    return say(f"notice.{unit}") if number == 1 else say(f"notice.{unit}s", n=number)


def _page(title: str, paragraphs: Sequence[Paragraph], links: Sequence[tuple[str, str]] = ()) -> Response:
    return show("text.html", title=title, paragraphs=paragraphs, links=links)
