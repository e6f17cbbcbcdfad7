"""Security headers of every answer, static files included."""

from __future__ import annotations

from typing import Protocol

from flask import Flask, Response, request

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'self'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)
"""For the HTML part of a mail in its frame: inline styles as mails have, no script, no request to anywhere."""

_ALWAYS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HSTS = "max-age=31536000"


def secure(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer of `app`; `https` says how its public address begins."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        add_static_headers(response.headers, https=https)
        # Pages hold tokens, CSRF values or personal data: nothing of them is kept anywhere.
        response.headers["Cache-Control"] = "no-store"
        if request.blueprint not in _INDEXED:
            response.headers["X-Robots-Tag"] = "noindex"
        return response


_INDEXED = frozenset({"it.pages", "en.pages", "it.notices", "en.notices"})


class _Headers(Protocol):
    """What Werkzeug's headers and WhiteNoise's have in common."""

    def __contains__(self, name: str, /) -> bool: ...

    def __setitem__(self, name: str, value: str, /) -> None: ...


def add_static_headers(headers: _Headers, *, https: bool) -> None:
    """Add what every answer has, unless it is already there."""
    values = {**_ALWAYS, "Strict-Transport-Security": _HSTS} if https else _ALWAYS
    for name, value in values.items():
        if name not in headers:
            headers[name] = value
