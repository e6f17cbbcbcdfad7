"""A mail as a value, the e-mail it becomes, and the SMTP connection that carries it.

Delivery is at least once (design.md §2), so the Message-ID comes from the outbox row's dedupe key: a mail that is
sent twice is the same mail. All mails of one submission form one thread (reference/approvals.md part 1, rule 18).
"""

from __future__ import annotations

import hashlib
import re
import select
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import unquote, urlsplit

import idna

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

Security = Literal["offered", "starttls", "tls"]

_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("offered", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ENCODED_WORD = "=?"
"""What begins an encoded word (RFC 2047). `email` decodes one that stands in a value, line breaks and all, and writes
what comes out: typed into a form it would be a header of its own."""
_SPEC = r"[^\s<>,;:()\"\\\[\]@]+@[^\s<>,;:()\"\\@]+"
_ONE_ADDRESS = re.compile(rf"(?P<bare>{_SPEC})|(?P<name>[^<>]*)<(?P<named>{_SPEC})>")
_TOO_BIG = 552
_PERMANENT = 500
_REASON_CHARS = 200
_FRESH = 5.0  # seconds for which a connection that was just used is taken to be alive


class MailError(Exception):
    """A mail that was not handed over; `reason` is one line that may be shown to staff."""

    def __init__(self, reason: str) -> None:
        self.reason = " ".join(_CONTROL.sub(" ", reason).split())[:_REASON_CHARS]
        super().__init__(self.reason)


class Temporary(MailError):  # noqa: N818 - callers read `except Temporary`
    """It may work later: server away, busy, or misconfigured. The mail itself is not at fault."""


class Away(Temporary):
    """The server itself can't be reached, or takes nobody in: no other mail would fare better now."""


class Permanent(MailError):  # noqa: N818 - callers read `except Permanent`
    """It will never work: this address or this message is refused."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A date for the reader's calendar (iCalendar text), as an attachment; one that `cancels` takes it away."""

    text: str
    cancels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailMessage:
    """One mail to one person, with all that its headers need; `date` is aware.

    `sender` is an address with or without a display name; `message_id` and `thread_id` are made by
    `message_id_for` and `thread_id_for`; `language` is `it` or `en`. `unsubscribe`: where one POST ends a daily mail
    (RFC 8058).
    """

    sender: str
    to: str
    subject: str
    text: str
    html: str
    date: datetime
    message_id: str
    thread_id: str | None = None
    reply_to: str | None = None
    language: str = "it"
    unsubscribe: str | None = None
    invitation: Invitation | None = None


def message_id_for(dedupe_key: str, domain: str) -> str:
    """The Message-ID of the mail with this dedupe key: always the same, and telling nothing."""
    return f"<{_digest(dedupe_key)}@{domain}>"


def thread_id_for(reference: str, domain: str) -> str:
    """The id that all mails about one submission refer to, so that mailboxes show them as one thread."""
    return f"<thread-{_digest(reference)}@{domain}>"


def domain_of(sender: str) -> str:
    """The domain of an address such as `HubOut <hubout@example.org>`, for the ids above."""
    return parseaddr(sender)[1].rpartition("@")[2].lower()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def build(message: MailMessage) -> EmailMessage:
    """The e-mail: text and HTML with the same content, quoted-printable so that no link is broken.

    Raises:
        Permanent: an address is not exactly one address, or a header holds a control character.
    """
    headers = (message.subject, message.message_id, message.thread_id or "", message.language)
    for header in (*headers, message.unsubscribe or ""):
        if _CONTROL.search(header):
            raise Permanent("a mail header holds a line break or another control character")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(message.sender)
    mail["To"] = _address(message.to)
    if message.reply_to:
        mail["Reply-To"] = _address(message.reply_to)
    mail["Subject"] = message.subject.replace(_ENCODED_WORD, "= ?")
    mail["Date"] = format_datetime(message.date)
    mail["Message-ID"] = message.message_id
    if message.thread_id:
        mail["In-Reply-To"] = message.thread_id
        mail["References"] = message.thread_id
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office replies stay away
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    if message.invitation:
        mail.add_attachment(
            message.invitation.text.encode(),
            maintype="text",
            subtype="calendar",
            filename="data.ics",
            params={"charset": "utf-8", "method": "CANCEL" if message.invitation.cancels else "PUBLISH"},
        )
    mail["Content-Language"] = message.language  # last: an earlier one would move into the text part
    return mail


def _address(text: str) -> Address:
    """`text` as the one address it is; a list, a group or a smuggled header is refused."""
    unsafe = _CONTROL.search(text) or _ENCODED_WORD in text
    match = None if unsafe else _ONE_ADDRESS.fullmatch(text.strip())
    if match is None:
        raise Permanent("not a single mail address")
    name = (match["name"] or "").strip().removeprefix('"').removesuffix('"')
    local, _, domain = (match["named"] or match["bare"]).rpartition("@")
    try:
        return Address(name, addr_spec=f"{local}@{_ascii(domain)}")
    except (ValueError, IndexError, MessageError) as error:
        raise Permanent("not a mail address") from error


def _ascii(domain: str) -> str:
    """`domain` as every mail server writes it: `città.example.it` is `xn--citt-3na.example.it` (RFC 5891).

    Raises:
        ValueError: no domain can be called so.
    """
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over, read from an URL.

    `smtp://` uses STARTTLS where the server offers it, `smtp+starttls://` insists on it, `smtps://` speaks TLS from
    the first byte. A password never travels in clear text, except to this machine.
    """

    host: str
    port: int
    security: Security
    user: str | None
    password: str | None

    @classmethod
    def parse(cls, url: str) -> SmtpServer:
        """The server that `url` names.

        Raises:
            ValueError: another scheme, no host, or more than user, password, host and port. The text has no password.
        """
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES:
            raise ValueError(f"begin the SMTP address with one of {', '.join(f'{name}://' for name in _SCHEMES)}")
        if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("write the SMTP address as smtp://user:password@host:port")
        security, port = _SCHEMES[parts.scheme]
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        if user and password and security == "offered" and parts.hostname not in _LOOPBACK:
            security = "starttls"
        return cls(parts.hostname, parts.port or port, security, user, password)

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port}, {self.security})"


class SmtpTransport:
    """Hands mails to one SMTP server; the connection stays open between mails. One thread at a time."""

    def __init__(self, url: str, *, timeout: float = 30.0, context: ssl.SSLContext | None = None) -> None:
        """Remember the server of `url` (see `SmtpServer`); `timeout` in seconds holds for each network step."""
        self.server = SmtpServer.parse(url)
        self._timeout = timeout
        self._context = context or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None
        self._used_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, message: MailMessage) -> None:
        """Hand `message` over; on return the server has taken responsibility for it.

        Raises:
            Away: try again later, and no other mail before.
            Temporary: try again later.
            Permanent: never try again; the address or the message is refused.
        """
        mail = build(message)
        try:
            self._ready().send_message(mail)
            self._used_at = time.monotonic()
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refusal(code, text) from error
        except smtplib.SMTPSenderRefused as error:
            # Who may send is the operator's business: every mail would fail, and none is at fault.
            kind = Permanent if error.smtp_code == _TOO_BIG else Temporary
            raise kind(_reason(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Permanent("the mail server cannot write to this address (SMTPUTF8)") from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Temporary(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Leave the server politely; harmless when there is no connection."""
        connection, self._connection = self._connection, None
        if connection:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _ready(self) -> smtplib.SMTP:
        """A living connection: servers close idle ones, so an old one is asked first."""
        if self._connection:
            if time.monotonic() - self._used_at < _FRESH and not _has_closed(self._connection):
                return self._connection
            with suppress(smtplib.SMTPException, OSError):
                if self._connection.noop()[0] < _PERMANENT - 100:
                    return self._connection
            self.close()
        self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        """A greeted, encrypted and signed-in connection. Nothing that fails here is a mail's fault."""
        server = self.server
        connection: smtplib.SMTP | None = None
        try:
            if server.security == "tls":
                connection = smtplib.SMTP_SSL(
                    server.host, server.port, _own_name(), timeout=self._timeout, context=self._context
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, _own_name(), timeout=self._timeout)
            connection.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                connection.starttls(context=self._context)
            elif server.security == "offered" and connection.has_extn("starttls"):
                connection.starttls(context=_unverified())
            if server.user and server.password:
                connection.login(server.user, server.password)
        except smtplib.SMTPResponseException as error:
            _drop(connection)
            raise Away(_reason(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            _drop(connection)
            raise Away(f"{type(error).__name__}: {error}") from error
        return connection


def _has_closed(connection: smtplib.SMTP) -> bool:
    """Whether the server has closed the connection, or said that it will: there is something to read, unasked."""
    return connection.sock is None or bool(select.select([connection.sock], [], [], 0)[0])


def _drop(connection: smtplib.SMTP | None) -> None:
    if connection:
        connection.close()


def _unverified() -> ssl.SSLContext:
    """TLS with any certificate: better than none on `smtp://` without password, where none would do as well."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _own_name() -> str:
    """The name for EHLO. smtplib would look it up in the DNS, which can take seconds in a container."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _refusal(code: int, text: bytes | str) -> MailError:
    kind = Permanent if code >= _PERMANENT else Temporary
    return kind(_reason(code, text))


def _reason(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {words}"
