"""The local Google on a free port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from integrations.local.google import Behaviour, Store, create_app
from integrations.local.google.server import Server
from tests.integration.google.running import HOST, Google, HandClock, Start


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a local Google: `start(quota=True, …)`; a second start on the same home finds what the first kept."""
    with ExitStack() as stack:

        def begin(home: Path = tmp_path, *, quota: bool = False, behaviour: Behaviour | None = None) -> Google:
            clock = HandClock()
            store = Store(home / "google", clock.now)
            app = create_app(store, log_to=home / "log.jsonl", quota=quota, behaviour=behaviour)
            server = Server(app, HOST, 0)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            google = Google(home, clock, server, store)

            def end() -> None:
                google.session.close()
                server.shutdown()
                thread.join()
                server.server_close()
                store.close()

            stack.callback(end)
            return google

        yield begin


@pytest.fixture
def google(start: Start) -> Google:
    """A local Google without quotas."""
    return start()
