"""What the scanner's daemon says of content, and what is told when it says nothing."""

from __future__ import annotations

import io
import socket
import threading
from pathlib import Path

import pytest

from integrations.clamd import ScannerAway, ping, scan
from tests.integration.files.conftest import CLEAN, VIRUS


def test_clean_is_clean_and_a_virus_has_a_name(clamd_url: str) -> None:
    assert scan(clamd_url, io.BytesIO(CLEAN)) == ""
    assert scan(clamd_url, io.BytesIO(b"")) == ""
    assert scan(clamd_url, io.BytesIO(VIRUS)) == "HubOut.Test.UNOFFICIAL"
    assert ping(clamd_url).startswith("ClamAV ")


def test_what_is_too_long_for_the_daemon_has_no_verdict(clamd_url: str) -> None:
    with pytest.raises(ScannerAway, match=r"size limit|reset|pipe"):
        scan(clamd_url, io.BytesIO(b"x" * 3_000_000))


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:9", "unix:///nowhere/clamd.ctl"])
def test_nobody_there(url: str) -> None:
    with pytest.raises(ScannerAway):
        scan(url, io.BytesIO(CLEAN))


@pytest.mark.parametrize("answer", [b"", b"stream: ERROR\0", b"\xff\xfe"])
def test_what_is_no_verdict_is_none(answer: bytes, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()

        def mumble() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1 << 20)
                connection.sendall(answer)

        thread = threading.Thread(target=mumble)
        thread.start()
        with pytest.raises(ScannerAway, match="no verdict"):
            scan(f"unix://{tmp_path / 's'}", io.BytesIO(b""))
        thread.join()
