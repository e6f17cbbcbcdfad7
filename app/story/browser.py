"""A visitor with a browser and no JavaScript: opens pages, reads their forms, fills them in, presses the button."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import requests

PATIENCE = 30
"""Seconds a page may take."""

Upload = tuple[str, bytes, str]
"""A file that is chosen: its name, its content, its type."""


@dataclass
class PageForm:
    """One form of a page: where it posts, and what its hidden inputs hold."""

    action: str
    hidden: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """What came back: where the visitor is now, the forms, and the mistakes the page tells (field id, text)."""

    url: str
    code: int
    text: str
    forms: tuple[PageForm, ...]
    mistakes: tuple[tuple[str, str], ...]
    choices: tuple[str, ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.mistakes: list[tuple[str, str]] = []
        self.choices: list[str] = []
        self._in_summary = 0
        self._target: str | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.forms.append(PageForm(given.get("action", "")))
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1].hidden.append((given["name"], given.get("value", "")))
        elif tag == "input" and given.get("name") == "esito":
            self.choices.append(given.get("value", ""))
        elif tag == "div" and (self._in_summary or given.get("id") == "errori"):
            self._in_summary += 1
        elif tag == "a" and self._in_summary:
            self._target, self._words = given.get("href", "").removeprefix("#"), ""

    def handle_data(self, data: str) -> None:
        if self._target is not None:
            self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._target is not None:
            self.mistakes.append((self._target, self._words.strip()))
            self._target = None
        elif tag == "div" and self._in_summary:
            self._in_summary -= 1


class Visitor:
    """One person's browser, with cookies of their own."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def open(self, address: str) -> Page:
        """Open a page, following redirects."""
        return _page(self._session.get(urljoin(self._base, address), timeout=PATIENCE))

    def send(self, page: Page, inputs: Iterable[tuple[str, str]], files: Mapping[str, Upload] | None = None) -> Page:
        """Press the button of the page's last form with `inputs` filled in and `files` chosen."""
        form = page.forms[-1]
        address = urljoin(page.url, form.action)
        return _page(self._session.post(address, data=[*form.hidden, *inputs], files=files or None, timeout=PATIENCE))

    def choose(self, link: str, event: str, answers: Mapping[str, str | list[str]] | None = None) -> Page:
        """Open a mailed link, choose an event, fill in its fields, confirm."""
        page = self.open(link)
        if event not in page.choices:
            raise LookupError(f"the page offers {', '.join(page.choices) or 'nothing'}, not {event}")
        inputs = [("esito", event)]
        for name, value in (answers or {}).items():
            inputs += [(name, each) for each in (value if isinstance(value, list) else [value])]
        return self.send(page, inputs)


def _page(response: requests.Response) -> Page:
    reader = _Reader()
    reader.feed(response.text)
    return Page(
        response.url,
        response.status_code,
        response.text,
        tuple(reader.forms),
        tuple(reader.mistakes),
        tuple(reader.choices),
    )


_CODE = re.compile(r"\s*(?:Codice di conferma|Confirmation code): (\w+)")


def code_in(text: str, link: str) -> str:
    """The confirmation code that a mail's text prints below `link`; empty where there is none."""
    found = _CODE.match(text.partition(link)[2])
    return found[1] if found else ""
