"""The real pages over a fresh SQLite database and a real Redis, at the hour at which the samples begin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app import migrate, queues
from app.catalogue.library import Catalogue, read_catalogue
from app.config import Settings
from app.db import Database
from app.models import ActionToken, Submission
from app.services.casework import timers
from app.services.context import Context
from app.services.links import tokens
from app.web import create_app
from forms.builder import form_inputs
from tests.integration.redis_server import redis_server, redis_url  # noqa: F401 - fixtures

SAMPLES = Path(__file__).parents[2] / "unit" / "forms" / "samples.jsonl"
START = "2026-11-16T09:00+01:00"
COWORKING, IDEAS = "coworking-2026", "clab-urbano-2026"
CLOSED = "bando-chiuso"
CALL_THAT_CLOSES = """\
call: bando-chiuso
title: {it: Bando di prova, en: Trial call}
opens: 2026-11-02T09:00
closes: 2026-11-16T12:00
form: coworking-postazione
workflow: ammissione-posti
route_by: sede
sites:
  cb-cofo: {label: {it: Cofò}, places: 1}
  cb-ampliamento: {label: {it: Nuovi spazi}, places: 1}
  mt-hubout: {label: {it: HubOut}, places: 1, city: matera}
people:
  coordinator: [coordinamento@comune.example.org, vice@comune.example.org]
  case_officer: [sportello@comune.example.org]
  register: [protocollo@comune.example.org]
  reviewer:
    - {id: uno-1, body: Uno, email: uno@example.org}
reviews: 1
next_steps: {it: Il prossimo bando apre a gennaio., en: The next call opens in January.}
sheet:
  workbook: prova
  title: Prova
  columns: [sede, posti]
  partner_columns:
    - {id: esito_proposto, options: [Sì, 'No', Mi astengo]}
    - {id: punteggio_0_100, type: integer, min: 0, max: 100}
"""


@dataclass(frozen=True)
class Site:
    """The running site as a test sees it."""

    context: Context
    app: Flask

    def browser(self) -> FlaskClient:
        """A new browser, with its own cookies."""
        return self.app.test_client()

    def inputs(self, call: str, data: Mapping[str, Any]) -> MultiDict[str, str]:
        """What a browser sends for JSON `data`."""
        return MultiDict(form_inputs(self.context.catalogue.calls[call].form, data))

    def token(self, role: str, purpose: str = "action") -> tuple[int, str]:
        """The id and the text of the newest link for `role`, as its mail carries it."""
        row = self._link(role, purpose)
        return row.id, tokens.text_of(row, self.context.settings.secret_keys)

    def code(self, role: str, purpose: str = "action") -> str:
        """The code that the mail of the newest link for `role` prints."""
        return tokens.code_of(self._link(role, purpose), self.context.settings.secret_keys)

    def _link(self, role: str, purpose: str) -> ActionToken:
        with self.context.read() as session:
            row = session.scalars(
                select(ActionToken)
                .where(ActionToken.role == role, ActionToken.purpose == purpose)
                .order_by(ActionToken.id.desc())
            ).first()
            assert row is not None, f"nobody sent {role} a link"
            return row

    def states(self) -> list[str]:
        """The states of all cases, in order of arrival."""
        with self.context.read() as session:
            return list(session.scalars(select(Submission.state).order_by(Submission.id)))

    def events(self) -> int:
        """How many events all cases have had."""
        with self.context.read() as session:
            return sum(session.scalars(select(Submission.last_seq)))

    def close_call(self) -> datetime:
        """Let time pass until the trial call closes; the moment of it."""
        closes = self.context.catalogue.calls[CLOSED].file.closes
        assert closes is not None
        self.context.clock.set(closes)
        return closes

    def go_on(self) -> None:
        """What workers do by themselves: fire what is due."""
        timers.fire_due(self.context)


@cache
def catalogue() -> Catalogue:
    """The shipped calls and the one that closes; reading them takes a second, so it is done once."""
    with TemporaryDirectory() as calls:
        Path(calls, "bando-chiuso.yaml").write_text(CALL_THAT_CLOSES, encoding="utf-8")
        read, faults = read_catalogue(Path(calls))
    assert faults == []
    return read


def open_site(settings: Settings) -> Context:
    """What `open_context` opens, with definitions that were read before."""
    database, redis = Database(settings.database_url), queues.connect(settings.redis_url)
    return Context(settings, settings.open_clock(), catalogue(), database, redis)


@pytest.fixture
def site(tmp_path: Path, redis_url: str) -> Iterator[Site]:  # noqa: F811 - the fixture
    environment = {"HUBOUT_HOME": str(tmp_path / "home"), "HUBOUT_CLOCK": START, "HUBOUT_REDIS_URL": redis_url}
    (tmp_path / "home").mkdir()
    context = open_site(Settings.from_environment(environment))
    migrate.upgrade(context.database)
    yield Site(context, create_app(context))
    context.close()


@pytest.fixture(scope="session")
def samples() -> dict[int, dict[str, Any]]:
    """The samples of the domain's reference by number."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    return {sample["sample"]: sample for sample in map(json.loads, lines)}


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden input."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, f"the page has no hidden {name}"
    return found[1]


def mistakes(page: TestResponse) -> list[str]:
    """Where the links of the error summary lead."""
    return re.findall(r'<li><a href="#([^"]+)">', page.text)


def body(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return answer.get_json()


def heading(page: TestResponse) -> str:
    """The page's main heading."""
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def fill_in(browser: FlaskClient, address: str, inputs: MultiDict[str, str]) -> MultiDict[str, str]:
    """`inputs` with the hidden ones of the form at `address`."""
    page = browser.get(address)
    hidden_ones = [(name, hidden(page, name)) for name in ("csrf_token", "idempotency_key")]
    return MultiDict([*inputs.items(multi=True), *hidden_ones])
