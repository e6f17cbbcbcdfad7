"""The running stack as the story's people meet it: its pages, its mails, its sheets, its time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from app.config import Settings
from app.services import listing, sheets, waiting
from app.services.context import Context, open_context
from app.story.browser import Page, Visitor
from app.story.partner import Partner
from integrations.local.smtp import Mailbox

PATIENCE = 60.0
"""Real seconds within which the stack must come to rest."""

TURN = 0.05
"""Real seconds between two looks."""


class Stage:
    """What the story needs of a stack that runs on embedded defaults."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.settings = context.settings
        self._mailbox = Mailbox(context.settings.mail_folder)

    def at(self, moment: datetime) -> None:
        """Let time go on to `moment`, unless it has passed already."""
        if moment > self.context.clock.now():
            self.context.clock.set(moment)

    def settle(self) -> None:
        """Wait until nothing is due, nothing undelivered and every sheet was read.

        Raises:
            TimeoutError: the stack did not come to rest.
        """
        since = sheets.request_sync(self.context)
        deadline = time.monotonic() + PATIENCE
        while still := waiting.idle(self.context, since):
            if time.monotonic() > deadline:
                raise TimeoutError("; ".join(still))
            time.sleep(TURN)

    def state(self, reference: str) -> str:
        """The state of a submission."""
        shown = listing.show(self.context, reference)
        return str(shown["state"]) if shown else "missing"

    def first_state_after_email(self, reference: str) -> str | None:
        """Where `email_confirmed` led."""
        shown = listing.show(self.context, reference) or {"events": []}
        return next((event["to"] for event in shown["events"] if event["event"] == "email_confirmed"), None)

    def references(self) -> set[str]:
        """All submissions."""
        return {row["reference"] for row in listing.submissions(self.context)}

    def link(self, address: str, reference: str) -> str:
        """The action link of the newest mail to `address` about `reference` that has one.

        Raises:
            LookupError: there is no such mail.
        """
        found = [
            (mail.date, mail.key, link)
            for mail in self._mailbox.messages()
            for link in mail.links
            if mail.to == address and reference in mail.subject and "/azione/" in link
        ]
        if not found:
            raise LookupError(f"no mail with a link about {reference} went to {address}")
        return max(found)[2]

    def mails_to(self, address: str) -> list[str]:
        """Subjects of all mails to `address`."""
        return [mail.subject for mail in self._mailbox.messages() if mail.to == address]

    def act(
        self, address: str, reference: str, event: str, answers: Mapping[str, str | list[str]] | None = None
    ) -> Page:
        """Have the person at `address` choose `event` behind their newest link, and let the stack settle.

        Raises:
            RuntimeError: the page did not take it.
        """
        with Visitor(self.settings.base_url) as visitor:
            page = visitor.choose(self.link(address, reference), event, answers)
        if page.code >= 400 or page.mistakes:  # noqa: PLR2004 - HTTP's line between done and refused
            raise RuntimeError(f"{event}: HTTP {page.code}, {page.mistakes}")
        self.settle()
        return page

    def partner(self, reviewer: str, reference: str) -> Partner:
        """The reviewer at work in the tab that has the row of `reference`.

        Raises:
            LookupError: no tab of this reviewer has it.
        """
        for tab in listing.sheets_status(self.context):
            if tab["reviewer"] == reviewer and tab["spreadsheet"]:
                partner = Partner(self.settings.sheets_url or "", tab["spreadsheet"], tab["tab"], reviewer)
                if any(row.get("codice") == reference for row in partner.rows()):
                    return partner
        raise LookupError(f"{reviewer} has no row for {reference}")

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
