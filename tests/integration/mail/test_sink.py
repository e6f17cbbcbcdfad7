"""Mails over real SMTP into the Maildir and back."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.local.smtp import Mailbox
from integrations.mail import MailMessage, Permanent, SmtpTransport, Temporary
from tests.integration.mail.conftest import HOST, START, Server, free_port, running_sink

Make = Callable[..., MailMessage]


def test_a_mail_comes_back_as_it_was_written(sink: Server, mail: Make) -> None:
    message = mail(to="uno@example.org")
    with SmtpTransport(sink.url) as transport:
        transport.send(message)
    stored = sink.mailbox.messages()[-1]
    assert (stored.to, stored.subject, stored.message_id) == (message.to, message.subject, message.message_id)
    assert stored.date == message.date
    assert (stored.text, stored.html.rstrip("\n")) == (message.text, message.html)
    assert stored.sender == "HubOut <hubout@example.org>"
    assert ("Auto-Submitted", "auto-generated") in stored.headers
    assert sink.mailbox.message(stored.key) == stored


def test_a_subject_folded_after_its_name_comes_back_whole(sink: Server, mail: Make) -> None:
    subject = "Promemoria: da decidere CWK-26-QGWZG8 (Chiedi una postazione nel coworking)"
    with SmtpTransport(sink.url) as transport:
        transport.send(mail(subject=subject))
    assert sink.mailbox.messages()[-1].subject == subject


def test_links_come_back_exact_and_each_once(sink: Server, mail: Make) -> None:
    message = mail()
    with SmtpTransport(sink.url) as transport:
        transport.send(message)
    link = message.text.splitlines()[-1]
    assert sink.mailbox.messages()[-1].links == (link, "https://hubout.example.org/privacy")


def test_as_json_has_what_scripts_rely_on(sink: Server, mail: Make) -> None:
    with SmtpTransport(sink.url) as transport:
        transport.send(mail())
    line = sink.mailbox.messages()[-1].as_json()
    assert list(line) == ["to", "subject", "date", "message_id", "text", "html", "links"]
    assert line["date"] == "2026-11-16T08:00:00+00:00"


def test_one_connection_carries_many_mails_in_order(sink: Server, mail: Make) -> None:
    before = len(sink.mailbox.keys())
    with SmtpTransport(sink.url) as transport:
        for number in range(30):
            transport.send(mail(to=f"m{number}@example.org", key=f"many:{number}"))
    recipients = [message.to for message in sink.mailbox.messages()[before:]]
    assert recipients == [f"m{number}@example.org" for number in range(30)]


@pytest.mark.parametrize(
    ("to", "error", "code"),
    [
        ("temp-fail@simulator.example.org", Temporary, "451"),
        ("perm-fail@simulator.example.org", Permanent, "550"),
        ("Perm-Fail@Simulator.example.org", Permanent, "550"),
    ],
)
def test_refused_addresses_say_whether_to_try_again(
    sink: Server, mail: Make, to: str, error: type[Exception], code: str
) -> None:
    with SmtpTransport(sink.url) as transport:
        with pytest.raises(error, match=code):
            transport.send(mail(to=to))
        transport.send(mail(to="dopo@example.org"))  # the connection is still good
    assert sink.mailbox.messages()[-1].to == "dopo@example.org"
    assert not [message for message in sink.mailbox.messages() if "simulator" in message.to]


def test_smuggled_headers_reach_nobody(sink: Server, mail: Make) -> None:
    before = sink.mailbox.keys()
    with SmtpTransport(sink.url) as transport:
        for message in (
            mail(to="a@example.org\r\nBcc: evil@example.org"),
            mail(to="a@example.org, evil@example.org"),
            mail(subject="Ciao\r\nBcc: evil@example.org"),
            mail(reply_to="b@example.org\nX-Evil: 1"),
        ):
            with pytest.raises(Permanent):
                transport.send(message)
    assert sink.mailbox.keys() == before


def test_lines_that_begin_with_a_dot_do_not_end_the_mail(sink: Server, mail: Make) -> None:
    message = mail(text="uno\n.\n..due\nQUIT\n")
    with SmtpTransport(sink.url) as transport:
        transport.send(message)
    assert sink.mailbox.messages()[-1].text == message.text


def test_mail_of_another_program_without_date_and_html_is_read_too(sink: Server) -> None:
    with smtplib.SMTP(HOST, sink.port, "[127.0.0.1]", timeout=10) as connection:
        connection.sendmail("x@example.org", ["y@example.org"], "Subject: ciao\r\n\r\nvedi http://a.example/b?c=d\r\n")
    stored = sink.mailbox.messages()[-1]
    assert (stored.to, stored.subject, stored.html) == ("y@example.org", "ciao", "")
    assert stored.links == ("http://a.example/b?c=d",)
    assert abs(datetime.now(UTC) - stored.date).total_seconds() < 60


@pytest.mark.parametrize("key", ["../secret", "", "x", "1.2.3", "00000000000000000000.1.1"])
def test_an_unknown_key_opens_nothing(sink: Server, key: str) -> None:
    assert sink.mailbox.message(key) is None


def test_a_mailbox_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert Mailbox(tmp_path / "mail").messages() == []


def test_a_second_start_keeps_the_mail_and_sigterm_ends_it_at_once(tmp_path: Path, mail: Make) -> None:
    port = free_port()
    with running_sink(tmp_path, port) as first, SmtpTransport(first.url) as transport:
        transport.send(mail())
        first.process.terminate()  # while a worker still holds its connection
        assert first.process.wait(timeout=10) == 0
    with running_sink(tmp_path, port) as second:
        assert [message.to for message in second.mailbox.messages()] == ["anna@example.org"]


def test_a_restarted_server_is_found_again(tmp_path: Path, mail: Make) -> None:
    port = free_port()
    with SmtpTransport(f"smtp://{HOST}:{port}") as transport:
        with running_sink(tmp_path, port):
            transport.send(mail(key="first"))
        with pytest.raises(Temporary):
            transport.send(mail(key="between"))
        with running_sink(tmp_path, port) as again:
            transport.send(mail(key="second"))
            assert len(again.mailbox.keys()) == 2


def test_a_taken_port_ends_the_start(sink: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-c", START.format(home=str(tmp_path), host=HOST, port=sink.port)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - our own server
    assert ended.returncode != 0
    assert "in use" in ended.stderr
