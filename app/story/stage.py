"""The running stack as the story's people meet it: its pages, its mails, its sheets, its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from app.config import Settings
from app.services import listing, waiting
from app.services.context import Context, open_context
from app.services.sheets import syncing
from app.story.browser import Page, Visitor, code_in
from app.story.partner import Partner
from integrations.local.smtp import Mailbox

PATIENCE = 60.0
"""Real seconds within which the stack must come to rest."""

TURN = 0.05
"""Real seconds between two looks."""

Answers = Mapping[str, str | list[str]]
Found = TypeVar("Found")


class Stage:
    """What the story needs of a stack that runs on embedded defaults."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.settings = context.settings
        self._mailbox = Mailbox(context.settings.mail_folder)

    def at(self, moment: datetime) -> None:
        """Let time go on to `moment`, unless it has passed already, and let everything happen that falls due."""
        if moment > self.context.clock.now():
            self.context.clock.set(moment)
            self.settle()

    def settle(self, *, read_sheets: bool = False) -> None:
        """Wait until nothing is due and nothing undelivered; with `read_sheets`, until every sheet was read too.

        Raises:
            TimeoutError: the stack did not come to rest.
        """
        since = syncing.request_sync(self.context) if read_sheets else None
        self._until(lambda: not waiting.idle(self.context, since), lambda: "; ".join(waiting.idle(self.context, since)))

    def _until(self, there: Callable[[], Found | None], otherwise: Callable[[], str]) -> Found:
        """What `there` finds, asked again until it does.

        Raises:
            TimeoutError: it did not, in `PATIENCE`; `otherwise` says what is amiss.
        """
        deadline = time.monotonic() + PATIENCE
        while not (found := there()):
            if time.monotonic() > deadline:
                raise TimeoutError(otherwise())
            time.sleep(TURN)
        return found

    def state(self, reference: str) -> str:
        """The state of a submission."""
        shown = listing.show(self.context, reference)
        return str(shown["state"]) if shown else "missing"

    def first_state(self, reference: str) -> str | None:
        """Where `email_confirmed` led or, where no address is confirmed, `submit`."""
        shown = listing.show(self.context, reference) or {"events": []}
        led = {event["event"]: event["to"] for event in shown["events"]}
        return led.get("email_confirmed", led.get("submit"))

    def references(self) -> set[str]:
        """All submissions."""
        return {row["reference"] for row in listing.submissions(self.context)}

    def link(self, address: str, reference: str, page: str = "azione") -> tuple[str, str]:
        """The link of this kind in the newest mail to `address` about `reference`, and its code; they may take a while.

        Raises:
            TimeoutError: there is no such mail.
        """
        newest = self._until(
            lambda: max(self._links(address, reference, page), default=None),
            lambda: f"no mail with a link about {reference} went to {address}",
        )
        return newest[2:]

    def _links(self, address: str, reference: str, page: str) -> list[tuple[datetime, str, str, str]]:
        return [
            (mail.date, mail.key, link, code_in(mail.text, link))
            for mail in self._mailbox.messages()
            for link in mail.links
            if mail.to == address and reference in mail.subject and f"/{page}/" in link
        ]

    def mails_to(self, address: str) -> list[str]:
        """Subjects of all mails to `address`."""
        return [mail.subject for mail in self._mailbox.messages() if mail.to == address]

    def act(
        self, address: str, reference: str, event: str, answers: Answers | None = None, *, page: str = "azione"
    ) -> None:
        """Have the person at `address` choose `event` behind their newest link, and let the stack settle.

        Raises:
            RuntimeError: the page did not take it.
        """
        self.settle()  # a link that is still on its way is newer than the newest that is there
        link, code = self.link(address, reference, page)
        with Visitor(self.settings.base_url) as visitor:
            shown = visitor.choose(link, event, {"conferma_codice": code, **(answers or {})})
        if shown.code >= 400 or shown.mistakes:  # noqa: PLR2004 - HTTP's line between done and refused
            raise RuntimeError(f"{reference}, {event}: HTTP {shown.code}, {shown.mistakes}")
        self.settle()

    def look(self, address: str) -> Page:
        """A page of the site, as anybody sees it."""
        with Visitor(self.settings.base_url) as visitor:
            return visitor.open(address)

    def partner(self, reviewer: str | None, reference: str) -> Partner:
        """The reviewer at work in the tab that has the row of `reference`; None: in the tab that is everybody's.

        Raises:
            LookupError: no tab of this reviewer has it.
        """
        for tab in listing.sheets_status(self.context):
            if tab["reviewer"] == reviewer and tab["spreadsheet"]:
                partner = Partner(self.settings.sheets_url or "", tab["spreadsheet"], tab["tab"], reviewer or "all")
                if any(row.get("codice") == reference for row in partner.rows()):
                    return partner
        raise LookupError(f"{reviewer or 'no tab'} has no row for {reference}")

    def rows(self) -> Iterator[tuple[str, dict[str, object]]]:
        """Every row of every tab, with the tab's title."""
        for tab in listing.sheets_status(self.context):
            if tab["spreadsheet"]:
                partner = Partner(self.settings.sheets_url or "", tab["spreadsheet"], tab["tab"], "check")
                yield from ((tab["tab"], row) for row in partner.rows())


@contextmanager
def open_stage(settings: Settings) -> Iterator[Stage]:
    """The stage of the stack that runs on `settings`."""
    context = open_context(settings)
    try:
        yield Stage(context)
    finally:
        context.close()
