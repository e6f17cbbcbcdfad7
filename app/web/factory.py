"""Makes the web application."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise  # type: ignore[import-untyped] # it ships no types

from app.web.actions import actions
from app.web.address import addresses
from app.web.api import api
from app.web.api_access import allow_origins
from app.web.applicants import applicants
from app.web.applications import applications
from app.web.contacts import contacts
from app.web.drafts import drafts
from app.web.editions import editions
from app.web.errors import catch_errors
from app.web.handover import handover
from app.web.headers import add_static_headers, secure
from app.web.health import health_pages
from app.web.mailbox import mailbox
from app.web.notices import notices
from app.web.own_data import own_data
from app.web.page import ENGLISH, STATIC, dress
from app.web.pages import pages
from app.web.paper import paper
from app.web.posting import limit_posts
from app.web.readers import reader_choice
from app.web.receipts import receipts
from app.web.sheets import sheet_tabs
from app.web.texts import load_texts

if TYPE_CHECKING:
    from app.services.context import Context

_YEAR = 365 * 24 * 3600


def create_app(context: Context) -> Flask:
    """The application over `context`: pages in both languages, the API, health.

    Raises:
        DefinitionError: the pages' words are incomplete.
    """
    settings = context.settings
    https = urlsplit(settings.base_url).scheme == "https"
    app = Flask("app", static_folder=None)
    app.config.update(
        HUBOUT=context,
        HUBOUT_TEXTS=load_texts(),
        SECRET_KEY=settings.secret_keys[-1],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[:-1]),
        SESSION_COOKIE_NAME="hubout",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer, see app.web.csrf
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    dress(app)
    secure(app, https=https)
    allow_origins(app, settings.api_origins)
    catch_errors(app)
    limit_posts(app)
    for language, prefix in (("it", ""), ("en", ENGLISH)):
        app.register_blueprint(_in_language(language, prefix))
    for blueprint in (health_pages, mailbox, api):
        app.register_blueprint(blueprint)
    _serve_static(app, https=https)
    if settings.trusted_proxies:  # else nobody's word for an address is taken but the connection's
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # the way Flask documents for WSGI middleware
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0
        )
    return app


def _in_language(language: str, prefix: str) -> Blueprint:
    """The pages that exist in each language; the path says which one."""
    parent = Blueprint(language, __name__, url_prefix=prefix)
    of_applicants = (applicants, addresses, contacts, own_data, paper, receipts)
    for blueprint in (
        pages,
        notices,
        applications,
        drafts,
        *of_applicants,
        actions,
        handover,
        editions,
        reader_choice,
        sheet_tabs,
    ):
        parent.register_blueprint(blueprint)
    return parent


def _serve_static(app: Flask, *, https: bool) -> None:
    """Static files, compressed where a `.gz` lies beside them.

    Browsers keep them for a year: their addresses change with their content (`app.web.page`).
    """

    def headers(response_headers: MutableMapping[str, str], _path: str, _url: str) -> None:
        add_static_headers(response_headers, https=https)

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign] # the way Flask documents for WSGI middleware
        app.wsgi_app, root=str(STATIC), prefix="static/", max_age=_YEAR, add_headers_function=headers
    )
