"""Signatures of Standard Webhooks, and who may be called."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from integrations.webhooks import NotTakenError, Target, call, read_secret, signature

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)


def test_the_specifications_own_example() -> None:
    secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = signature((secret,), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_both() -> None:
    one, other = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), b"x" * 24
    both = signature((one, other), "m", 1, b"{}").split()
    assert both == [signature((one,), "m", 1, b"{}"), signature((other,), "m", 1, b"{}")]


@pytest.mark.parametrize("text", ["whsec_c2hvcnQ=", "whsec_no base64", ""])
def test_a_weak_secret_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever Base64 says of it
        read_secret(text)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "[::]"])
def test_private_addresses_are_not_called(host: str) -> None:
    with pytest.raises(NotTakenError) as refused:
        call(Target("x", f"https://{host}/", (b"x" * 24,)), "m", NOW, b"{}")
    assert refused.value.final
    assert "private address" in refused.value.reason


@pytest.mark.parametrize("answer", [b"", b"220 mail.example.org ESMTP\r\n", b"\x00" * 5000])
def test_what_is_no_http_is_not_taken(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        target = Target("x", f"http://127.0.0.1:{server.getsockname()[1]}", (b"x" * 24,))
        with pytest.raises(NotTakenError) as refused:
            call(target, "m", NOW, b"{}", (ip_network("127.0.0.0/8"),))
    assert not refused.value.final
    assert refused.value.reason.startswith("x can't be reached")
