"""What stands between the forms and programs that misuse them, instead of a captcha (WCAG 2.2, 3.3.8).

A field that people don't meet, a shortest time to fill in a form, and limits on how often. None of them drops anything
unsaid: whoever is stopped gets their page back with everything typed, and words that say what to do.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.dates import show_hour
from app.security import sign, signed
from app.services import limits
from app.web.page import context, words

log = logging.getLogger(__name__)

TRAP = "come_ci_conosci"
"""A question that no form has; programs answer it, browsers don't fill it in by themselves."""

STARTED = "iniziato"
_PURPOSE = "started"


@dataclass(frozen=True)
class Objection:
    """Why a form is not taken now, in words; `wait` seconds later it will be."""

    code: int
    notice: str
    wait: int = 0

    def on(self, response: BaseResponse) -> BaseResponse:
        """`response` with what programs read of it."""
        if self.wait:
            response.headers["Retry-After"] = str(self.wait)
        return response


def started(typed: MultiDict[str, str]) -> str:
    """The value of the hidden input that says since when this form is being filled in; nobody else can make one."""
    sealed = typed.get(STARTED, "")
    if _since(sealed) is not None:
        return sealed
    return sign(context().settings.secret_keys[-1], _PURPOSE, context().clock.now().isoformat())


def objection_to_inputs(typed: MultiDict[str, str]) -> Objection | None:
    """What speaks against a page of the form as it was posted; None lets it pass."""
    if not typed.get(TRAP):
        return None
    log.info("the field that people don't meet was filled in")
    return Objection(HTTPStatus.UNPROCESSABLE_ENTITY, words()("abuse.trap"))


def objection_to_sending(typed: MultiDict[str, str], email: str) -> Objection | None:
    """What speaks against taking an application that is valid; None lets it pass."""
    least = context().settings.least_seconds
    since = _since(typed.get(STARTED, "")) if least else None
    if least and (since is None or context().clock.now() - since < timedelta(seconds=least)):
        log.info("a form came back sooner than a person fills it in")
        return Objection(HTTPStatus.UNPROCESSABLE_ENTITY, words()("abuse.fast"))
    wait = wait_to_send(email)
    return _too_often(wait) if wait else None


def objection_to_mail(email: str) -> Objection | None:
    """What speaks against mailing the link of an unfinished form to `email`; None lets it pass."""
    shell = context()
    wait = limits.wait_for(shell, limits.sends_per_address(shell), network()) or limits.wait_for(
        shell, limits.DRAFTS_PER_EMAIL, email.casefold()
    )
    return _too_often(wait) if wait else None


def objection_to_act(token: str) -> Objection | None:
    """What speaks against an act through a mailed link; None lets it pass."""
    shell = context()
    wait = limits.wait_for(shell, limits.PER_LINK, token) or limits.wait_for(shell, limits.ACTS_PER_ADDRESS, network())
    return _too_often(wait) if wait else None


def wait_to_send(email: str, *, known: bool = False) -> int:
    """Seconds until one more application may come from here and for this address; 0 for now.

    Of senders that are `known` only the address is counted: they send for many people.
    """
    shell = context()
    wait = 0 if known else limits.wait_for(shell, limits.sends_per_address(shell), network())
    return wait or limits.wait_for(shell, limits.PER_EMAIL, email.casefold())


def network() -> str:
    """The network that this request came from, as limits count it."""
    return limits.network_of(request.remote_addr or "")


def _too_often(wait: int) -> Objection:
    until = context().clock.now() + timedelta(seconds=wait + 59)  # told in whole minutes
    return Objection(HTTPStatus.TOO_MANY_REQUESTS, words()("abuse.often", ora=show_hour(until)), wait)


def _since(sealed: str) -> datetime | None:
    text = signed(context().settings.secret_keys, _PURPOSE, sealed)
    return datetime.fromisoformat(text) if text else None
