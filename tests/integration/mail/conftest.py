"""The real sink in a process of its own, on a free port."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.local.smtp import Mailbox
from integrations.mail import MailMessage, message_id_for, thread_id_for

START = "from pathlib import Path; from integrations.local.smtp import serve; serve(Path({home!r}), {host!r}, {port})"
HOST = "127.0.0.1"
START_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A running sink."""

    port: int
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(self.home / "mail")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=0.2):
            return
        time.sleep(0.02)
    raise AssertionError(f"no mail server on port {port}")


@contextlib.contextmanager
def running_sink(home: Path, port: int) -> Iterator[Server]:
    command = [sys.executable, "-c", START.format(home=str(home), host=HOST, port=port)]
    process = subprocess.Popen(command)  # noqa: S603 - our own server
    try:
        wait_until_open(port, process)
        yield Server(port, home, process)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_sink(tmp_path_factory.mktemp("home"), free_port()) as server:
        yield server


@pytest.fixture
def mail() -> Callable[..., MailMessage]:
    def make(to: str = "anna@example.org", key: str = "mail:ricevuta:1", **changed: Any) -> MailMessage:
        link = "https://hubout.example.org/azione/" + "mM7xkQ2_v3b-9Zt=" * 8
        message = MailMessage(
            sender="HubOut <hubout@example.org>",
            to=to,
            subject="Perché «sì»: domanda CWK-26-7F3K9Q",
            text=f"Ciao,\n\nApri:\n{link}\n",
            html=f'<p>Ciao,</p><a href="{link}">Apri</a> <a href="https://hubout.example.org/privacy">Dati</a>',
            date=datetime(2026, 11, 16, 8, 0, tzinfo=UTC),
            message_id=message_id_for(key, "example.org"),
            thread_id=thread_id_for("CWK-26-7F3K9Q", "example.org"),
        )
        return replace(message, **changed)

    return make
