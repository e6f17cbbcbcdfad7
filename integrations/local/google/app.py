"""The WSGI application: the APIs, the token endpoint, the faults and the pages behind one address."""

from __future__ import annotations

import json
import select
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from integrations.local.google.calls import Plain, call_of, find
from integrations.local.google.drive_api import DriveApi
from integrations.local.google.kinds import Behaviour
from integrations.local.google.limits import HTML_502, MESSAGES, Faults, Late, Quota, RequestLog, over_quota
from integrations.local.google.pages import Pages
from integrations.local.google.selection import DRIVE_NAMES, SHEETS_NAMES, check_selection
from integrations.local.google.sheets_api import SheetsApi
from integrations.local.google.store import Store
from integrations.local.google.token import GrantError, Tokens
from integrations.local.google.wire import ApiError, Json, bad_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# Google gives up on a request after 180 seconds; a held one is closed then at the latest.
HOLD_SECONDS = 180
SLOW_SECONDS = 1.0
TOO_MANY = 429
_API_ROOTS = ("/v4/", "/drive/", "/upload/")


class LocalGoogle:
    """The application. It keeps no state but its store, the faults asked for, late writes and the quota's minute."""

    def __init__(
        self,
        store: Store,
        quota: Quota | None = None,
        log: RequestLog | None = None,
        behaviour: Behaviour | None = None,
    ) -> None:
        self.store = store
        self.faults = Faults()
        self.late = Late(store.now)
        self._quota = quota
        self._log = log
        self._tokens = Tokens(store)
        self._behaviour = behaviour or Behaviour()
        sheets = SheetsApi(store, self._behaviour)
        self._pages = Pages(store, sheets.today, self._behaviour)
        self._routes = (*sheets.routes(), *DriveApi(store).routes())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        return self.respond(request)(environ, start_response)

    def respond(self, request: Request) -> Response:
        """The answer to a request; ConnectionError means: close without an answer."""
        path = request.path
        if path.startswith(_API_ROOTS):
            return self._api(request)
        if path == "/token":
            return self._token(request)
        if path == "/_faults":
            return self._ask_faults(request)
        return self._pages.respond(request)

    def _api(self, request: Request) -> Response:
        drive = not request.path.startswith("/v4/")
        if self._log:
            self._log.write(request)
        self.late.land()
        try:
            return self._called(request, drive=drive)
        except ApiError as error:
            refusal = _json(error.drive_body() if drive else error.sheets_body(), error.code)
            if error.code == TOO_MANY and self._behaviour.says_when_again:
                refusal.headers["Retry-After"] = "60"
            return refusal

    def _called(self, request: Request, *, drive: bool) -> Response:
        query_token = request.args.get("access_token")
        grant = self._tokens.grant(request.headers.get("Authorization") or f"Bearer {query_token or ''}")
        found, parts = find(self._routes, request.method, request.path)
        fault = self.faults.next(writes=not found.reads)
        if fault and fault not in ("slow", "drop_after_write", "lands_later"):
            return _fault(fault, request, reads=found.reads)
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        if self._quota and not drive:
            self._quota.take(grant.identity, reads=found.reads)
        grant.check(writes=not found.reads)
        call = call_of(request, found, parts, grant.identity)
        check_selection(call.mask, DRIVE_NAMES if drive else SHEETS_NAMES)
        if fault == "lands_later":
            self.late.put(lambda: found.handler(call))
            raise ConnectionResetError("lands_later: closed without an answer, and done in a while")
        try:
            answer = found.handler(call)
        except (AttributeError, KeyError, TypeError) as error:
            # Where a message's shape is not checked field by field, this is how a wrong one shows. Nothing was
            # written; the output says where, in case the fault is this server's.
            traceback.print_exc(file=sys.stderr)
            raise bad_request("Invalid JSON payload received. A field is missing or of the wrong type.") from error
        if fault == "drop_after_write":
            raise ConnectionResetError("drop_after_write: done, and closed without an answer")
        if isinstance(answer, Plain):
            return Response(answer.content, answer.code, content_type=answer.mime)
        return _json(answer)

    def _token(self, request: Request) -> Response:
        if request.method != "POST":
            return _json({"error": "invalid_request"}, 405)
        try:
            return _json(self._tokens.exchange(request.form, request.base_url))
        except GrantError as error:
            return _json(error.body(), 400)

    def _ask_faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.faults.clear()
        if request.method != "POST":
            return _json(self.faults.listed())
        try:
            body = json.loads(request.get_data() or b"{}")
            if not isinstance(body, dict):
                raise bad_request("A fault is an object {kind, count}.")
            return _json(self.faults.ask(body))
        except ValueError as error:
            return _json(bad_request(f"Not JSON: {error}").sheets_body(), 400)
        except ApiError as error:
            return _json(error.sheets_body(), error.code)


def _json(body: Json, code: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, code, content_type="application/json; charset=UTF-8")


def _fault(kind: str, request: Request, *, reads: bool) -> Response:
    if kind == "html502":
        return Response(HTML_502, 502, content_type="text/html; charset=UTF-8")
    if kind == "timeout":
        _hold(request)
    if kind == "drop_before_write":
        raise ConnectionResetError("drop_before_write: closed, and nothing was done")
    code = int(kind)
    raise over_quota(reads=reads, per_user=True) if code == TOO_MANY else ApiError(code, MESSAGES[code])


def _hold(request: Request) -> None:
    """Keep the caller waiting until it goes away; then close without an answer, and nothing was done."""
    connection = request.environ.get("local.connection")
    if connection is not None:
        request.get_data()
        select.select([connection], [], [], HOLD_SECONDS)
    raise ConnectionResetError("timeout: held until the caller gave up")


def create_app(
    store: Store,
    *,
    log_to: Path | None = None,
    quota: bool = False,
    now: Callable[[], datetime] | None = None,
    behaviour: Behaviour | None = None,
) -> LocalGoogle:
    """The application over a store.

    Args:
        store: the files.
        log_to: append every call of the APIs to this file, one JSON object a line.
        quota: enforce Google's quotas per minute.
        now: the quota's clock; the store's when not given.
        behaviour: how the questions are answered that only real Google could.
    """
    return LocalGoogle(
        store, Quota(now or store.now) if quota else None, RequestLog(log_to) if log_to else None, behaviour
    )
