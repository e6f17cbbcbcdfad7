"""Somebody who goes through a form in steps."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.web.steps import steps_of
from tests.integration.web.conftest import Site

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


class Walker:
    """Somebody who goes through a form step by step, without JavaScript."""

    def __init__(self, site: Site, address: str, call: str, data: dict[str, Any]) -> None:
        self.address = address
        self.browser: FlaskClient = site.browser()
        self.form = site.context.catalogue.calls[call].form
        self.answers = site.inputs(call, data)
        self.page: TestResponse = self.browser.get(address)

    @property
    def carried(self) -> MultiDict[str, str]:
        """The hidden inputs of the page."""
        return MultiDict([(name, unescape(value)) for name, value in HIDDEN.findall(self.page.text)])

    @property
    def number(self) -> int:
        """The step that the page is about."""
        return int(self.carried["passo"])

    def own(self) -> list[tuple[str, str]]:
        """The answers to the questions of this step."""
        ids = steps_of(self.form)[self.number - 1].ids
        return [(name, value) for name, value in self.answers.items(multi=True) if name.partition("-")[0] in ids]

    def press(self, button: str | None, inputs: list[tuple[str, str]] | None = None) -> TestResponse:
        """Fill in this step and press a button; None: a program that sends without one."""
        sent = [*self.carried.items(multi=True), *(self.own() if inputs is None else inputs)]
        self.page = self.browser.post(self.address, data=MultiDict([*sent, *([("vai", button)] if button else [])]))
        return self.page
