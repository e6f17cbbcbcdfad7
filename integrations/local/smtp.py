"""An SMTP server that keeps every mail in a Maildir, and the reader of that Maildir.

It stands where a relay stands in production: same protocol, nothing leaves the machine (design.md §4). Two recipients
are always refused and the mail of a third always comes back, so that each failure can be tried (as GOV.UK Notify's do).
"""

from __future__ import annotations

import asyncio
import email
import hashlib
import itertools
import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiosmtpd.smtp import Envelope, Session

REFUSALS = {
    "temp-fail@simulator.example.org": "451 4.3.0 This address always fails for now",
    "perm-fail@simulator.example.org": "550 5.1.1 This address never exists",
}
"""Recipients that are always refused, and the words."""

BOUNCES = "bounce@simulator.example.org"
"""A recipient whose mail is taken and comes back: the report (RFC 3464) is in the mailbox, addressed to the sender."""

_REPORT = """\
From: MAILER-DAEMON@simulator.example.org
To: {sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=us-ascii

Your mail to {recipient} could not be delivered: there is no such mailbox.

--{boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; simulator.example.org

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such mailbox

--{boundary}
Content-Type: text/rfc822-headers

{headers}
--{boundary}--
"""

_FOLDER = "mail"
_NEW = "new"
_KEY = re.compile(r"[0-9]{20}\.[0-9]+\.[0-9]+")
_URL = re.compile(r"https?://[^\s<>\"]+")


def serve(home: Path, host: str, port: int, *, ready: Callable[[], None] | None = None) -> None:
    """Take mail on `host`:`port` into the Maildir `home`/mail until SIGTERM or SIGINT; `ready` is called once.

    Raises:
        OSError: the port is taken.
    """
    asyncio.run(_serve(Maildir(home / _FOLDER), host, port, ready))


async def _serve(maildir: Maildir, host: str, port: int, ready: Callable[[], None] | None) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: SMTP(Sink(maildir), enable_SMTPUTF8=True, ident="HubOut"), host, port)
    try:
        if ready:
            ready()
        await stop.wait()
    finally:
        server.close()  # not waiting for clients: workers keep their connection open between mails


class Sink:
    """What aiosmtpd asks for each recipient and each mail."""

    def __init__(self, maildir: Maildir) -> None:
        self._maildir = maildir

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's argument
        session: Session,  # noqa: ARG002 - aiosmtpd's argument
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Accept everybody but the addresses of `REFUSALS`."""
        refusal = REFUSALS.get(address.lower())
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's
        """Keep the mail once for each recipient; the answer is given when it is on disk."""
        content = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            if recipient.lower() == BOUNCES:
                self._maildir.add(report_of(content, envelope.mail_from or "", recipient))
            else:
                self._maildir.add(f"Delivered-To: {recipient}\r\n".encode() + content)
        return "250 OK"


def report_of(content: bytes, sender: str, recipient: str) -> bytes:
    """The report that a mail server sends to `sender` when `recipient` turns out not to exist."""
    headers = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii", errors="replace")
    boundary = f"report-{hashlib.sha256(content).hexdigest()[:24]}"
    text = _REPORT.format(sender=sender, recipient=recipient, boundary=boundary, headers=headers)
    return f"Delivered-To: {sender}\n{text}".replace("\n", "\r\n").encode("ascii", errors="replace")


class Maildir:
    """A folder of mails, one file each; file names sort in order of arrival."""

    _counter = itertools.count()

    def __init__(self, path: Path) -> None:
        self.path = path
        for folder in ("tmp", _NEW, "cur"):
            (path / folder).mkdir(parents=True, exist_ok=True)

    def add(self, content: bytes) -> str:
        """Put a mail in, whole or not at all, and give its key."""
        key = f"{time.time_ns():020d}.{os.getpid()}.{next(self._counter)}"
        draft = self.path / "tmp" / key
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.path / _NEW / key)
        return key


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A mail as it arrived. `links` are the addresses a person can press, in order, each once."""

    key: str
    to: str
    sender: str
    subject: str
    date: datetime
    message_id: str
    text: str
    html: str
    links: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, object]:
        """The line of `hubout mail --json` (design.md §5)."""
        return {
            "to": self.to,
            "subject": self.subject,
            "date": self.date.isoformat(),
            "message_id": self.message_id,
            "text": self.text,
            "html": self.html,
            "links": list(self.links),
        }


class Mailbox:
    """Reads the Maildir at `path`; one that is not there yet is empty."""

    def __init__(self, path: Path) -> None:
        self._new = path / _NEW

    def messages(self) -> list[StoredMessage]:
        """All mails, the oldest first."""
        return [self._read(key) for key in self.keys()]

    def keys(self) -> list[str]:
        """The keys of all mails, the oldest first."""
        with suppress(FileNotFoundError):
            return sorted(file.name for file in self._new.iterdir() if _KEY.fullmatch(file.name))
        return []

    def message(self, key: str) -> StoredMessage | None:
        """One mail, or None if there is no such key."""
        if not _KEY.fullmatch(key) or not (self._new / key).is_file():
            return None
        return self._read(key)

    def _read(self, key: str) -> StoredMessage:
        mail = email.message_from_bytes((self._new / key).read_bytes(), policy=policy.default)
        text, html = _body(mail, "plain"), _body(mail, "html")
        return StoredMessage(
            key=key,
            to=str(mail["Delivered-To"]),
            sender=str(mail["From"]),
            subject=str(mail["Subject"] or "").strip(),
            date=mail["Date"].datetime if mail["Date"] else _arrival(key),
            message_id=str(mail["Message-ID"] or ""),
            text=text,
            html=html,
            links=tuple(dict.fromkeys(hrefs(html) if html else _URL.findall(text))),
            headers=tuple((name, str(value)) for name, value in mail.items()),
        )


def _arrival(key: str) -> datetime:
    """When the mail with this key came in, for mails of other programs that have no date."""
    return datetime.fromtimestamp(int(key.partition(".")[0]) / 1e9, UTC)


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if isinstance(part, EmailMessage) else ""


def hrefs(html: str) -> Iterator[str]:
    """The web addresses that anchors of `html` lead to, in order."""
    anchors = _Anchors()
    anchors.feed(html)
    anchors.close()
    return (href for href in anchors.found if href.startswith(("http://", "https://")))


class _Anchors(HTMLParser):
    """Collects the addresses of anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append(href)
