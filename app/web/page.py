"""What every page has: the reader's language (from the path), words, addresses, dates, versioned static files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for

from app.dates import local_day, show_day, show_hour, show_moment
from app.web.texts import Language, Texts, Words

if TYPE_CHECKING:
    from app.services.context import Context

STATIC = Path(__file__).parent.parent / "static"
ENGLISH = "/en"
_ONE_LANGUAGE = ("/azione/", "/posta")  # pages bound to one mail and its reader, or for staff only


@dataclass(frozen=True)
class SectionOfLines:
    """Neighbouring lines with the same section title."""

    title: str
    lines: tuple[Any, ...]


def context() -> Context:
    """The shell's parts, as the factory was given them."""
    return cast("Context", current_app.config["HUBOUT"])


def language() -> Language:
    """The reader's language: English below /en; else that of the case a link leads to (`read_in`), or Italian."""
    return asked_language() or cast("Language", g.get("case_language", "it"))


def asked_language() -> Language | None:
    """The language that the path asks for; None where the path leaves it to the case."""
    return "en" if request.path == ENGLISH or request.path.startswith(f"{ENGLISH}/") else None


def read_in(case_language: str) -> None:
    """Show this page in the language of the case that it is about, unless the path asks for another."""
    g.case_language = case_language


def other_language() -> Language:
    """The language that the reader may change to."""
    return "it" if language() == "en" else "en"


def words() -> Words:
    """The words of the pages in the reader's language."""
    return Words(cast("Texts", current_app.config["HUBOUT_TEXTS"]), language())


def url(endpoint: str, **values: Any) -> str:
    """The address of a page (`pages.home`) in the reader's language."""
    return url_for(f"{language()}.{endpoint}", **values)


def today() -> str:
    """The day in Rome, for the script that counts ages: as 2026-11-16."""
    return local_day(context().clock.now()).isoformat()


def help_address() -> str:
    """The address that readers may write to: the mails' sender."""
    return context().settings.mail_from.rpartition("<")[2].rstrip(">")


def show(template: str, code: int = HTTPStatus.OK, **values: Any) -> Response:
    """The page that `template` makes of `values`."""
    return make_response(render_template(template, **values), code)


def show_notice(
    code: int, title: str, *texts: str, incident: str = "", back: tuple[str, str] | None = None
) -> Response:
    """A page that says what happened (`title`, `texts`) and leads on: `back` (address, words), else to the calls."""
    onward = back or (url("pages.home"), words()("home.title"))
    said = [text for text in texts if text]
    return show("notice.html", code, title=title, texts=said, incident=incident, onward=onward)


def dress(app: Flask) -> None:
    """Give the templates of `app` what they use."""
    asset = _asset_urls()

    @app.context_processor
    def page_values() -> dict[str, Any]:
        spoken = language()
        return {
            "t": words(),
            "language": spoken,
            "url": url,
            "asset": asset,
            "day": lambda value: show_day(value, spoken),
            "hour": show_hour,
            "moment": lambda value: show_moment(value, spoken),
            "help_address": help_address(),
            "mailbox_url": url_for("mailbox.show_list") if context().settings.embedded_smtp else "",
            "other_language": other_language(),
            "other_language_url": _other_language_url(),
        }

    app.jinja_env.filters["groupby_in_order"] = group_in_order


def _other_language_url() -> str:
    """The same page in the other language; empty for a page that has one language only."""
    path = request.path
    if any(part in path for part in _ONE_LANGUAGE) or g.get("case_language") == "en":
        return ""
    return path.removeprefix(ENGLISH) or "/" if language() == "en" else f"{ENGLISH}{path}"


def _asset_urls() -> Callable[..., str]:
    """Addresses of static files that change with their content, so that browsers may keep them for a year.

    Files that a style sheet names are `plain`: their name already carries their version.
    """
    versions: dict[str, str] = {}

    def asset(name: str, *, plain: bool = False) -> str:
        if plain:
            return f"/static/{name}"
        if name not in versions:
            file = STATIC / name
            versions[name] = sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "missing"
        return f"/static/{name}?v={versions[name]}"

    return asset


def group_in_order(lines: Iterable[Any], attribute: str) -> list[SectionOfLines]:
    """`lines` by `attribute`, groups in the order in which they first appear."""
    groups: dict[str, list[Any]] = {}
    for line in lines:
        groups.setdefault(getattr(line, attribute), []).append(line)
    return [SectionOfLines(title, tuple(inside)) for title, inside in groups.items()]
