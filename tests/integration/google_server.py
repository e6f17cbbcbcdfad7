"""A local Google for tests: one a session, without quotas; each test makes its own spreadsheets."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integrations.local.google import Behaviour, Store, create_app
from integrations.local.google.server import Server
from tests.integration.google.running import HOST, Google, HandClock
from tests.sheets_kit import check_requests

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def local_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    """The server, its folder (`home`, with `log.jsonl` of all calls) and an `api` to it as another person."""
    with running_google(tmp_path_factory.mktemp("google"), Behaviour()) as google:
        yield google


@contextmanager
def running_google(home: Path, behaviour: Behaviour) -> Iterator[Google]:
    """A server on a free port; at its end every request that it was sent is checked against Google's schemas."""
    clock = HandClock(datetime(2026, 11, 16, 8, tzinfo=UTC))
    store = Store(home / "google", clock.now)
    server = Server(create_app(store, log_to=home / "log.jsonl", behaviour=behaviour), HOST, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    google = Google(home, clock, server, store)
    try:
        yield google
    finally:
        google.session.close()
        server.shutdown()
        thread.join()
        server.server_close()
        store.close()
    check_requests(home / "log.jsonl")


@pytest.fixture
def google(local_google: Google) -> str:
    """The root address of a local Google, as HUBOUT_SHEETS_URL takes it."""
    return local_google.url
