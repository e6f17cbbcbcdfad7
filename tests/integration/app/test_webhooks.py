"""A workflow tells another program: signed, once, again when it was away, never with a name or to a forbidden place."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from app.catalogue.library import Catalogue, read_catalogue
from app.services.context import Context
from app.services.mail import webhooks
from integrations.webhooks import Target, signature
from tests.integration.app.calls_of_authors import EXAMPLE, EXAMPLE_ID, inline
from tests.integration.app.people import CHIARA, desk
from tests.integration.app.town import Town

SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


@dataclass
class Receiver:
    """Another program: what it was sent, and what it answers."""

    code: int = 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.calls.append((headers, self.rfile.read(int(headers["content-length"]))))
            self.send_response(told.code)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_address[1]}/hubout?da=prova"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        server.shutdown()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The example's call, whose own workflow tells `registro` that an address was confirmed."""
    folder: Path = tmp_path_factory.mktemp("calls")
    receipt = "- {mail: ricevuta, when: {law241: false}}"
    text = inline(EXAMPLE, "workflow").replace(receipt, f"{receipt}\n        - {{webhook: registro}}", 1)
    (folder / "esempio.yaml").write_text(text, encoding="utf-8")
    catalogue, faults = read_catalogue(folder)
    assert faults == []
    return catalogue


def allowed(town: Town, receiver: Receiver, *, at_home: str = "127.0.0.0/8") -> Context:
    """The house with `registro` in its settings."""
    networks = (ip_network(at_home),)
    target = Target("registro", receiver.url, (SECRET,))
    return replace(town.context, settings=replace(town.context.settings, webhooks=(target,), webhook_networks=networks))


def row(town: Town) -> dict[str, object]:
    (found,) = [row for row in town.dump()["outbox"] if row["channel"] == "webhook"]
    return found


def test_a_program_is_told_in_a_signed_call_without_personal_data(town: Town, receiver: Receiver) -> None:
    reference = town.confirmed(desk(), EXAMPLE_ID)
    assert webhooks.send_due(allowed(town, receiver)) == 1
    ((headers, body),) = receiver.calls
    told = json.loads(body)
    assert told["type"] == "submission.changed"
    assert set(told["data"]) == {"reference", "call", "event", "state", "at"}
    assert (told["data"]["reference"], told["data"]["event"]) == (reference, "email_confirmed")
    assert told["data"]["state"] == "ricevuta"
    assert told["timestamp"] == told["data"]["at"] == "2026-11-16T08:00:00+00:00"
    stamp = int(headers["webhook-timestamp"])
    assert stamp == town.clock.now().timestamp()
    assert headers["webhook-id"].startswith(f"{reference}-")
    assert headers["webhook-signature"] == signature((SECRET,), headers["webhook-id"], stamp, body)
    assert "chiara" not in body.decode().casefold()
    assert CHIARA not in str(row(town))
    assert webhooks.send_due(allowed(town, receiver)) == 0


def test_a_program_that_was_away_is_told_later_the_same(town: Town, receiver: Receiver) -> None:
    town.confirmed(desk(), EXAMPLE_ID)
    house = allowed(town, receiver)
    receiver.code = 503
    assert webhooks.send_due(house) == 0
    assert row(town)["last_error"] == "registro answered 503"
    receiver.code = 200
    assert webhooks.send_due(house) == 0  # not before its pause is over
    town.clock.set(town.clock.now() + timedelta(minutes=1))
    assert webhooks.send_due(house) == 1
    (first, one), (second, two) = receiver.calls
    assert one == two
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 60


def test_a_redirect_is_not_followed(town: Town, receiver: Receiver) -> None:
    town.confirmed(desk(), EXAMPLE_ID)
    receiver.code = 307
    assert webhooks.send_due(allowed(town, receiver)) == 0
    assert len(receiver.calls) == 1
    assert row(town)["dead_at"] is None


@pytest.mark.parametrize(
    ("at_home", "code", "reason"),
    [
        ("10.0.0.0/8", 200, "registro is at a private address, 127.0.0.1"),
        ("127.0.0.0/8", 410, "registro answered 410"),
    ],
)
def test_what_no_repeat_can_mend_is_given_up(
    town: Town, receiver: Receiver, at_home: str, code: int, reason: str
) -> None:
    town.confirmed(desk(), EXAMPLE_ID)
    receiver.code = code
    assert webhooks.send_due(allowed(town, receiver, at_home=at_home)) == 0
    assert (row(town)["last_error"], row(town)["dead_at"] is None) == (reason, False)


def test_a_program_that_the_settings_do_not_name_is_not_called(town: Town) -> None:
    town.confirmed(desk(), EXAMPLE_ID)
    assert webhooks.send_due(town.context) == 0
    assert row(town)["last_error"] == "HUBOUT_WEBHOOKS names no `registro`"
    assert row(town)["dead_at"] is not None
