"""The connection: encrypted, signed in, and every failure of it temporary."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.local.smtp import Mailbox, Maildir, Sink
from integrations.mail import MailMessage, Permanent, SmtpTransport, Temporary
from tests.integration.mail.conftest import HOST, free_port

Make = Callable[..., MailMessage]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that nobody else trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


class Seen(Sink):
    """A sink that remembers whether mail came encrypted and who brought it."""

    def __init__(self, maildir: Maildir) -> None:
        super().__init__(maildir)
        self.encrypted: list[bool] = []
        self.users: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.encrypted.append(session.ssl is not None)
        return await super().handle_DATA(server, session, envelope)

    def sign_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append(data.login)
        return AuthResult(success=data.password == b"p@ss:word", handled=False)


@contextmanager
def relay(seen: Seen, **settings: Any) -> Iterator[int]:
    controller = Controller(seen, HOST, free_port(), **settings)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    return Seen(Maildir(tmp_path / "mail"))


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


def send(url: str, message: MailMessage, context: ssl.SSLContext | None = None) -> None:
    with SmtpTransport(url, timeout=5, context=context) as transport:
        transport.send(message)


def test_starttls_and_password_from_the_url(
    seen: Seen, mail: Make, mailbox: Mailbox, server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    settings = {"tls_context": server_tls, "require_starttls": True, "auth_required": True}
    with relay(seen, **settings, authenticator=seen.sign_in) as port:
        send(f"smtp+starttls://user%40example.org:p%40ss%3Aword@{HOST}:{port}", mail(), trusting)
    assert (seen.encrypted, seen.users) == ([True], [b"user@example.org"])
    assert len(mailbox.keys()) == 1


def test_plain_smtp_takes_tls_where_it_is_offered(seen: Seen, mail: Make, server_tls: ssl.SSLContext) -> None:
    with relay(seen, tls_context=server_tls) as port:
        send(f"smtp://{HOST}:{port}", mail())
    assert seen.encrypted == [True]


def test_plain_smtp_does_without_where_it_is_not(seen: Seen, mail: Make) -> None:
    with relay(seen) as port:
        send(f"smtp://{HOST}:{port}", mail())
    assert seen.encrypted == [False]


def test_smtps_speaks_tls_from_the_first_byte(
    seen: Seen, mail: Make, mailbox: Mailbox, server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    with relay(seen, ssl_context=server_tls, auth_require_tls=False) as port:
        send(f"smtps://{HOST}:{port}", mail(), trusting)
    assert len(mailbox.keys()) == 1


def test_starttls_that_is_not_offered_is_waited_for(seen: Seen, mail: Make) -> None:
    with relay(seen) as port, pytest.raises(Temporary, match="STARTTLS"):
        send(f"smtp+starttls://{HOST}:{port}", mail())
    assert seen.encrypted == []


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_certificate_nobody_vouches_for_is_not_trusted(
    seen: Seen, mail: Make, server_tls: ssl.SSLContext, scheme: str
) -> None:
    settings = {"ssl_context": server_tls} if scheme == "smtps" else {"tls_context": server_tls}
    with relay(seen, **settings) as port, pytest.raises(Temporary, match="certificate"):
        send(f"{scheme}://{HOST}:{port}", mail())
    assert seen.encrypted == []


def test_a_wrong_password_stops_no_mail_for_good(
    seen: Seen, mail: Make, server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    with (
        relay(seen, tls_context=server_tls, auth_required=True, authenticator=seen.sign_in) as port,
        pytest.raises(Temporary, match="535") as caught,
    ):
        send(f"smtp+starttls://user:wrong@{HOST}:{port}", mail(), trusting)
    assert "wrong" not in caught.value.reason


def test_a_server_that_is_not_there_is_waited_for(mail: Make) -> None:
    with pytest.raises(Temporary, match="refused"):
        send(f"smtp://{HOST}:{free_port()}", mail())


def test_a_name_that_means_nothing_is_waited_for(mail: Make) -> None:
    with pytest.raises(Temporary):
        send("smtp://relay.invalid", mail())


def test_a_silent_server_is_left_after_the_timeout(mail: Make) -> None:
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        transport = SmtpTransport(f"smtp://{HOST}:{mute.getsockname()[1]}", timeout=0.2)
        with transport, pytest.raises(Temporary, match="timed out"):
            transport.send(mail())


@contextmanager
def scripted(*answers: bytes) -> Iterator[int]:
    """A server that gives `answers` line by line, whatever it is told, then hangs up."""
    listener = socket.create_server((HOST, 0))
    listener.settimeout(5)

    def talk() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            for answer in answers:
                stream.write(answer + b"\r\n")
                stream.flush()
                while (line := stream.readline()) and answer.startswith(b"354") and line != b".\r\n":
                    pass

    thread = Thread(target=talk)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(timeout=5)
        listener.close()


HELLO = (b"220 hello", b"250 hello")
OK = b"250 ok"


@pytest.mark.parametrize(
    ("answers", "error", "reason"),
    [
        ((b"554 no service here",), Temporary, "554 no service here"),
        ((b"421 too busy",), Temporary, "421 too busy"),
        ((*HELLO, b"550 who are you"), Temporary, "550 who are you"),
        ((*HELLO, b"552 too big"), Permanent, "552 too big"),
        ((*HELLO, OK, b"450 mailbox busy", OK), Temporary, "450 mailbox busy"),
        ((*HELLO, OK, b"553 no such name", OK), Permanent, "553 no such name"),
        ((*HELLO, OK, OK, b"451 later", OK), Temporary, "451 later"),
        ((*HELLO, OK, OK, b"354 go on", b"452 disk full", OK), Temporary, "452 disk full"),
        ((*HELLO, OK, OK, b"354 go on", b"554 refused by policy", OK), Permanent, "554 refused by policy"),
        ((*HELLO, OK, OK, b"354 go on"), Temporary, "Connection"),
        ((*HELLO, OK), Temporary, "Connection"),
        ((b"this is no SMTP",), Temporary, "no SMTP"),
    ],
)
def test_each_answer_says_whether_to_try_again(
    mail: Make, answers: tuple[bytes, ...], error: type[Exception], reason: str
) -> None:
    with scripted(*answers) as port, pytest.raises(error, match=reason):
        send(f"smtp://{HOST}:{port}", mail())
