"""The e-mail that a message becomes: its headers, its parts, and what it refuses."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mail import (
    MailMessage,
    Permanent,
    SmtpServer,
    Temporary,
    build,
    domain_of,
    message_id_for,
    thread_id_for,
)

LINK = "https://hubout.example.org/azione/" + "aB3-_" * 40 + "?x=1&y=%2F+z"
MESSAGE = MailMessage(
    sender="HubOut – Comune <hubout@example.org>",
    to="anna@example.org",
    subject="È arrivata la tua domanda «Università» CWK-26-7F3K9Q, e questo oggetto è più lungo di una riga sola",
    text=f"Ciao,\n\n{LINK}\n\nperché sì\n",
    html=f'<!doctype html><html lang="it"><body><a href="{LINK}">Apri</a> perché sì</body></html>',
    date=datetime(2026, 11, 16, 8, 0, tzinfo=UTC),
    message_id=message_id_for("mail:ricevuta:1", "example.org"),
    thread_id=thread_id_for("CWK-26-7F3K9Q", "example.org"),
    reply_to="Sportello <sportello@comune.example.org>",
    language="it",
)


def changed(header: str, value: str) -> MailMessage:
    values: dict[str, Any] = {header: value}
    return replace(MESSAGE, **values)


def sent(message: MailMessage) -> EmailMessage:
    return email.message_from_bytes(build(message).as_bytes(), policy=policy.default)


def test_headers_say_who_what_when_and_that_a_machine_wrote() -> None:
    mail = sent(MESSAGE)
    assert mail["From"] == "HubOut – Comune <hubout@example.org>"
    assert mail["To"] == "anna@example.org"
    assert mail["Reply-To"] == "Sportello <sportello@comune.example.org>"
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Date"].datetime == MESSAGE.date
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "it"


def test_all_mails_of_a_submission_make_one_thread() -> None:
    mail = sent(MESSAGE)
    assert mail["In-Reply-To"] == mail["References"] == thread_id_for("CWK-26-7F3K9Q", "example.org")
    assert mail["Message-ID"] != mail["References"]
    assert "CWK" not in str(mail["References"])


def test_a_mail_without_a_case_has_no_thread() -> None:
    assert sent(replace(MESSAGE, thread_id=None))["References"] is None


def test_the_same_dedupe_key_is_the_same_mail() -> None:
    assert message_id_for("a:1", "example.org") == message_id_for("a:1", "example.org")
    assert message_id_for("a:1", "example.org") != message_id_for("a:2", "example.org")
    assert domain_of("HubOut <hubout@Example.org>") == "example.org"


def test_both_parts_survive_the_journey_unchanged() -> None:
    mail = sent(MESSAGE)
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().replace("\r\n", "\n") == MESSAGE.text
    assert html.get_content().replace("\r\n", "\n").rstrip("\n") == MESSAGE.html


def test_no_line_is_too_long_and_every_byte_is_ascii() -> None:
    raw = build(MESSAGE).as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.isascii()


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='<>"'), max_size=300))
def test_any_link_survives_quoted_printable(tail: str) -> None:
    mail = sent(replace(MESSAGE, text=f"https://example.org/{tail}\n"))
    part = mail.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    assert part.get_content().split() == [f"https://example.org/{tail}"]


@pytest.mark.parametrize(
    "to",
    [
        "anna@example.org\r\nBcc: evil@example.org",
        "anna@example.org\nBcc: evil@example.org",
        "anna@example.org, evil@example.org",
        "anna@example.org; evil@example.org",
        "anna@example.org evil@example.org",
        "Anna <anna@example.org>, <evil@example.org>",
        "amici: anna@example.org, evil@example.org;",
        "anna@example.org\x00",
        "anna\u2028@example.org",
        "=?utf-8?q?anna=0D=0ABcc=3A_evil?=@example.org",
        "=?utf-8?q?Anna=0D=0ABcc=3A_evil=40example=2Eorg?= <anna@example.org>",
        "anna",
        " ",
        "@example.org",
        "anna@",
    ],
)
@pytest.mark.parametrize("header", ["to", "sender", "reply_to"])
def test_an_address_is_one_address(to: str, header: str) -> None:
    with pytest.raises(Permanent):
        build(changed(header, to))


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1e", "\x85", "\u2028", "\x00"])
@pytest.mark.parametrize("header", ["subject", "message_id", "thread_id", "language"])
def test_no_value_starts_a_header(breaker: str, header: str) -> None:
    with pytest.raises(Permanent, match="control character"):
        build(changed(header, f"x{breaker}Bcc: evil@example.org"))


ENCODED = "=?utf-8?q?=0D=0ABcc=3A_evil=40example=2Eorg?="


@given(st.text(max_size=9), st.sampled_from(["q", "Q", "b", "B"]), st.sampled_from(["utf-8", "us-ascii", "x*en"]))
def test_an_encoded_word_in_a_subject_is_no_header(before: str, how: str, charset: str) -> None:
    word = "DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=" if how in "bB" else ENCODED[10:-2]
    try:
        mail = sent(replace(MESSAGE, subject=f"{before}=?{charset}?{how}?{word}?= {ENCODED}"))
    except Permanent:
        return
    assert mail["Bcc"] is None
    assert "evil" not in str(mail.keys())


@given(st.text(max_size=120), st.text(max_size=40))
def test_whatever_is_typed_there_is_one_recipient_and_no_foreign_header(subject: str, name: str) -> None:
    try:
        mail = sent(replace(MESSAGE, subject=subject, to=f"{name} <anna@example.org>"))
    except Permanent:
        return
    assert [address.addr_spec for address in mail["To"].addresses] == ["anna@example.org"]
    assert set(mail.keys()) <= {
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
        *("Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"),
    }


@pytest.mark.parametrize(
    ("url", "host", "port", "security", "user"),
    [
        ("smtp://localhost:2525", "localhost", 2525, "offered", None),
        ("smtp://relay.example.org", "relay.example.org", 25, "offered", None),
        ("smtp+starttls://relay.example.org", "relay.example.org", 587, "starttls", None),
        ("smtps://relay.example.org", "relay.example.org", 465, "tls", None),
        ("smtp://user:p%40ss@relay.example.org:587", "relay.example.org", 587, "starttls", "user"),
        ("smtp://user:p%40ss@127.0.0.1:587", "127.0.0.1", 587, "offered", "user"),
        ("smtps://me%40example.org:p%40ss@relay.example.org", "relay.example.org", 465, "tls", "me@example.org"),
    ],
)
def test_the_url_says_how_to_reach_the_server(url: str, host: str, port: int, security: str, user: str | None) -> None:
    server = SmtpServer.parse(url)
    assert (server.host, server.port, server.security, server.user) == (host, port, security, user)
    assert server.password == ("p@ss" if user else None)


@pytest.mark.parametrize("url", ["http://x", "relay.example.org:25", "smtp://", "smtp://u:secret@x/?tls=1", "smtp:/x"])
def test_another_url_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP address") as caught:
        SmtpServer.parse(url)
    assert "secret" not in str(caught.value)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(SmtpServer.parse("smtp://user:secret@relay.example.org"))


def test_a_reason_is_one_short_line() -> None:
    assert Temporary("451 try\r\nlater\x00 " + "x" * 500).reason.startswith("451 try later x")
    assert len(Temporary("x" * 500).reason) == 200


@pytest.mark.parametrize("header", ["to", "sender", "reply_to"])
def test_a_domain_with_accents_goes_out_in_ascii(header: str) -> None:
    """So that no server needs SMTPUTF8; an accent before the @ is refused by the form already."""
    raw = build(changed(header, "Anna <anna@città.example.it>")).as_bytes()
    assert raw.isascii()
    assert b"<anna@xn--citt-3na.example.it>" in raw


def test_a_domain_that_cannot_be_is_refused_for_good() -> None:
    with pytest.raises(Permanent, match="not a mail address"):
        build(changed("to", "anna@citt\u0378.example.it"))
