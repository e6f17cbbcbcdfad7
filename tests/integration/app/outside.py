"""The outside world as tests can turn it on and off: a clock that stands still, a post office, a local Google."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from aiosmtpd.controller import Controller

from app.clock import Clock
from integrations.local.google import Store, create_app
from integrations.local.google.server import Server
from integrations.local.smtp import Mailbox, Maildir, Sink, StoredMessage

HOST = "127.0.0.1"


class StillClock(Clock):
    """Time that stands still until a test moves it forward."""

    def __init__(self, home: Path, start: datetime) -> None:
        super().__init__(home)
        self._moment = start

    def now(self) -> datetime:
        return self._moment

    def set(self, instant: datetime) -> datetime:
        assert instant >= self._moment, f"{instant} is past"
        self._moment = instant
        return instant


class PostOffice:
    """A real SMTP server with a Maildir; closed, its address refuses connections."""

    def __init__(self, folder: Path) -> None:
        self._sink = Sink(Maildir(folder))
        self.port = _free_port()
        self._mailbox = Mailbox(folder)
        self._read: dict[str, StoredMessage] = {}
        self._server: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def messages(self) -> list[StoredMessage]:
        """All mails, the oldest first; each is read once."""
        for key in self._mailbox.keys():  # noqa: SIM118 - no mapping
            if key not in self._read and (message := self._mailbox.message(key)):
                self._read[key] = message
        return list(self._read.values())

    def open(self) -> None:
        self._server = Controller(self._sink, hostname=HOST, port=self.port, enable_SMTPUTF8=True, ident="HubOut")
        self._server.start()

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None


class LocalGoogle:
    """A running local Google that notes every request."""

    def __init__(self, home: Path, now: Callable[[], datetime]) -> None:
        self._log = home / "requests.jsonl"
        self._store = Store(home / "google", now)
        self._server = Server(create_app(self._store, log_to=self._log), HOST, 0)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.port}"

    def calls(self) -> list[dict[str, Any]]:
        """Every request to the APIs so far."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def fail(self, kind: str, count: int = 1) -> None:
        """Have the next `count` requests fail."""
        requests.post(f"{self.url}/_faults", json={"kind": kind, "count": count}, timeout=10).raise_for_status()

    def recover(self) -> None:
        """Forget every fault asked for."""
        requests.delete(f"{self.url}/_faults", timeout=10).raise_for_status()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._store.close()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
