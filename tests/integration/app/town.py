"""The running house as its people meet it: pages, links in mails, sheets, and time that a test moves.

`work` and `sync` do what workers do, in this process and to the end; nothing else happens by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.catalogue.calls import Call
from app.dates import ROME
from app.db import Base, Database
from app.models import Submission
from app.queues import connect
from app.services import listing
from app.services.casework import reviews, timers
from app.services.context import NO_QUOTA, Context
from app.services.mail import delivery
from app.services.sheets import sheet_tabs, syncing
from app.story.browser import code_in
from app.story.partner import Partner
from app.web import create_app
from integrations.local.service_account import CLIENT_EMAIL
from integrations.local.smtp import StoredMessage
from integrations.sheets.gateway import Gateway, Patience
from integrations.sheets.quota import RedisLimiter
from tests.integration.app.outside import LocalGoogle, PostOffice, StillClock
from tests.integration.app.people import DESKS, IDEAS, Answers

HURRIED = Patience(attempts=2, sleep=lambda _: None)
"""A gateway's patience without waiting."""


@dataclass
class Door:
    """A mailed link, opened in a browser of its own, with the code that the mail prints below it."""

    browser: FlaskClient
    address: str
    code: str = ""
    opened: str = ""

    def open(self) -> TestResponse:
        """The page behind the link; from then on `opened` is its own address."""
        page = self.browser.get(self.address, follow_redirects=True)
        self.opened = page.request.path
        return page

    def choose(self, event: str, **answers: object) -> TestResponse:
        """Open the page, choose, fill in, press the button."""
        return self.send(self.open(), event, **answers)

    def post(self, path: str, page: TestResponse, **answers: object) -> TestResponse:
        """Press a button of an opened page that leads to `path` below it."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        return self.browser.post(
            f"{page.request.path}{path}", data={"csrf_token": token[1] if token else "", **answers}
        )

    def send(self, page: TestResponse, event: str, **answers: object) -> TestResponse:
        """Press the button of a page that was opened before."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        data = {"csrf_token": token[1] if token else "", "esito": event, "conferma_codice": self.code, **answers}
        return self.browser.post(page.request.path, data=data)


@dataclass
class Town:
    """A house in full: database, Redis, pages, post office and Google."""

    context: Context
    clock: StillClock
    post: PostOffice
    google: LocalGoogle
    _workers: list[Context] = field(default_factory=list)

    # --- time and work ----------------------------------------------------------------------------------------------

    def at(self, moment: str) -> None:
        """Let time go on to `moment` (local time of Rome), and workers do what is due then."""
        self.clock.set(datetime.fromisoformat(moment).replace(tzinfo=ROME))
        self.work()

    def later(self, **span: float) -> None:
        """Let time go on by a span as `hours=24`, and workers do what is due then."""
        self.clock.set(self.clock.now() + timedelta(**span))
        self.work()

    def work(self) -> None:
        """Fire what is due and send what waits, until nothing is left."""
        idle = 0
        while idle < 2:  # a mail that was refused may have asked for another one
            idle = 0 if timers.fire_due(self.context) + delivery.send_due(self.context) else idle + 1

    def sync(self) -> None:
        """Bring every sheet up to date, and do what follows from it."""
        for workbook in self.workbooks():
            syncing.sync(self.context, workbook)
        self.work()

    def workbooks(self) -> list[str]:
        """The workbooks that are there or wanted."""
        known = {tab["workbook"] for tab in listing.sheets_status(self.context) if tab["spreadsheet"] or tab["dirty"]}
        return sorted(known)

    def worker(self) -> Context:
        """The context of another process: its own connections to everything."""
        own = open_like(self.context)
        self._workers.append(own)
        return own

    def with_call(self, call: Call) -> Town:
        """The same town, in which this call is as given."""
        catalogue = replace(self.context.catalogue, calls={**self.context.catalogue.calls, call.id: call})
        context = replace(self.context, catalogue=catalogue)
        self._workers.append(context)
        return replace(self, context=context)

    def close(self) -> None:
        """Give back everything."""
        for context in (*self._workers, self.context):
            for name in ("gateway", "transport"):
                if name in context.__dict__:
                    context.__dict__[name].close()
            context.close()

    # --- people -----------------------------------------------------------------------------------------------------

    @cached_property
    def app(self) -> Flask:
        """The pages and the API; made once a session, since reading their words takes longer than most tests."""
        app = _made_once(self.context)
        app.config.update(HUBOUT=self.context, SECRET_KEY=self.context.settings.secret_keys[-1])
        return app

    def browser(self) -> FlaskClient:
        """A new browser, with its own cookies."""
        return self.app.test_client()

    def send(self, answers: Answers, call: str = "", key: str = "") -> TestResponse:
        """Send an application through the API."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.browser().post(f"/api/v1/calls/{call or _call(answers)}/submissions", json=answers, headers=headers)

    def apply(self, answers: Answers, call: str = "") -> str:
        """Send an application that is taken; its reference."""
        answer = self.send(answers, call)
        assert answer.status_code == 201, answer.text
        self.work()
        return str(answer.get_json()["reference"])

    def confirmed(self, answers: Answers, call: str = "") -> str:
        """Send an application and confirm its address; its reference."""
        reference = self.apply(answers, call)
        self.choose(self.show(reference)["answers"]["email"], reference, "email_confirmed")
        return reference

    def door(self, address: str, reference: str) -> Door:
        """The newest action link that was mailed to `address` about `reference`."""
        return self._door("/azione/", self.mails(address, reference))

    def choose(self, address: str, reference: str, event: str, **answers: object) -> None:
        """Have the person at `address` choose `event` behind their newest link, and workers do what follows."""
        answer = self.door(address, reference).choose(event, **answers)
        assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text)
        self.work()

    def own_page(self, reference: str) -> Door:
        """The applicant's own page, as the API gave its address or a mail carries it."""
        return self._door("/stato/", self.mails(str(self.show(reference)["answers"]["email"]), reference))

    def _door(self, path: str, mails: list[StoredMessage]) -> Door:
        links = [(link, mail) for mail in mails for link in mail.links if path in link]
        assert links, f"no mail has a link to {path}"
        link, mail = links[-1]
        return Door(self.browser(), link.removeprefix(self.context.settings.base_url), code_in(mail.text, link))

    def review(self, reference: str, outcome: str = "Sì", *, scores: Iterable[int] = (80, 90), **cells: str) -> None:
        """Reviews as if they had been read from the sheets, one for each score; then what follows from them."""
        call = self.context.catalogue.calls[self.show(reference)["call"]]
        tabs = [tab for tab in call.tabs(self.show(reference)["site"]) if tab.asks == "reviewer"]
        for tab, score in zip(tabs, scores, strict=False):
            said: Mapping[str, Any] = {"esito_proposto": outcome, "punteggio_0_100": score, **cells}
            with self.context.write() as session:
                reviews.record(session, self.context, tab, sheet_tabs.layout_of(call, tab), reference, said)
        self.work()

    def partner(self, reviewer: str, reference: str) -> Partner:
        """The reviewer at work in the tab that has the row of `reference`."""
        for tab in listing.sheets_status(self.context):
            if tab["reviewer"] == reviewer and tab["spreadsheet"]:
                partner = Partner(self.google.url, tab["spreadsheet"], tab["tab"], reviewer)
                if any(row.get("codice") == reference for row in partner.rows()):
                    return partner
        raise AssertionError(f"{reviewer} has no row for {reference}")

    def row(self, reviewer: str, reference: str) -> dict[str, object]:
        """The row of `reference` in the reviewer's tab, by column id; blank cells are left out."""
        rows = [row for row in self.partner(reviewer, reference).rows() if row["codice"] == reference]
        assert len(rows) == 1
        return {name: value for name, value in rows[0].items() if value not in (None, "")}

    # --- what came of it --------------------------------------------------------------------------------------------

    def show(self, reference: str) -> dict[str, Any]:
        """All that `hubout show` tells."""
        shown = listing.show(self.context, reference)
        assert shown is not None
        return shown

    def state(self, reference: str) -> str:
        """Where the case is."""
        return str(self.show(reference)["state"])

    def events(self, reference: str) -> list[str]:
        """What happened, in order."""
        return [event["event"] for event in self.show(reference)["events"]]

    def mails(self, address: str, reference: str = "") -> list[StoredMessage]:
        """Mails that arrived at `address`, oldest first."""
        return [mail for mail in self.post.messages() if mail.to == address and reference in mail.subject]

    def asked(self, reference: str, *, role: str = "") -> list[str]:
        """Names of the mails that the case has asked for, in order; for one role only where one is given."""
        rows = self.dump()["outbox"]
        own = self.row_of(reference)["id"]
        return [
            row["payload"]["message"]
            for row in rows
            if row["submission_id"] == own and row["channel"] == "mail" and role in ("", row["payload"]["role"])
        ]

    def row_of(self, reference: str) -> dict[str, Any]:
        """The case's own database row."""
        return next(row for row in self.dump()["submissions"] if row["reference"] == reference)

    def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table."""
        with self.context.read() as session:
            return {
                table.name: [
                    dict(row) for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
                ]
                for table in Base.metadata.sorted_tables
            }

    def cases(self) -> list[Submission]:
        """All cases, oldest first."""
        with self.context.read() as session:
            return list(session.scalars(select(Submission).order_by(Submission.id)))


@dataclass(frozen=True)
class HurriedContext(Context):
    """A context whose gateway does not wait between its tries."""

    @cached_property
    def gateway(self) -> Gateway:
        """The door to the local Google, made when it is first used."""
        credentials = self.settings.home / "google" / "service-account.json"
        limiter = RedisLimiter(self.redis, CLIENT_EMAIL, quota=NO_QUOTA)
        return Gateway(credentials, self.settings.sheets_url, limiter, HURRIED)


def open_like(context: Context, database: Database | None = None) -> Context:
    """A context over the same settings with connections of its own."""
    settings = context.settings
    return replace(context, database=database or Database(settings.database_url), redis=connect(settings.redis_url))


_pages: list[Flask] = []


def _made_once(context: Context) -> Flask:
    if not _pages:
        _pages.append(create_app(context))
    return _pages[0]


def _call(answers: Answers) -> str:
    return DESKS if "sede" in answers else IDEAS
