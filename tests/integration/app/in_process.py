"""The local Google without a socket: the real gateway, gspread and requests, answered by the application itself."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError as ConnectionAborted
from requests.structures import CaseInsensitiveDict
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from app.services.context import Context
from integrations.local.google.app import LocalGoogle
from integrations.sheets.gateway import Gateway, Patience
from integrations.sheets.quota import Call

ROOT = "http://google.test"


class InProcess(BaseAdapter):
    """Hands a request to the application; a dropped connection is what requests would make of it."""

    def __init__(self, google: LocalGoogle) -> None:
        super().__init__()
        self._google = google

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Answer one request."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        path = str(request.path_url)
        builder = EnvironBuilder(
            path, ROOT, method=str(request.method), data=body, headers=Headers(request.headers.items())
        )
        try:
            answered = self._google.respond(Request(builder.get_environ()))
        except ConnectionError as error:
            raise ConnectionAborted(request=request) from error
        response = Response()
        response.status_code = answered.status_code
        response.headers = CaseInsensitiveDict(answered.headers)
        response.raw = io.BytesIO(answered.get_data())
        response.url, response.request = str(request.url), request
        return response

    def close(self) -> None:
        """Nothing is kept open."""


class Unlimited:
    """A limiter that lets every call through."""

    def take(self, call: Call) -> float:  # noqa: ARG002 - the protocol's signature
        """Take a token."""
        return 0.0

    def close(self, call: Call, retry_after: float | None = None) -> None:
        """Google answered 429."""


@dataclass(frozen=True, kw_only=True)
class InProcessContext(Context):
    """A context whose Google answers in this process, and that wakes nobody."""

    google: LocalGoogle

    @cached_property
    def gateway(self) -> Gateway:
        """The real gateway, before the application."""
        credentials = self.settings.home / "google" / "service-account.json"
        gateway = Gateway(credentials, ROOT, Unlimited(), Patience(attempts=2, sleep=lambda _: None))
        gateway._client.auth.token = "hubout"  # noqa: SLF001 - any bearer is its own identity here
        gateway._client.session.mount(ROOT, InProcess(self.google))  # noqa: SLF001 - instead of a socket
        return gateway

    def wake(self, drain: str, argument: str = "") -> None:
        """Nobody waits for it."""
