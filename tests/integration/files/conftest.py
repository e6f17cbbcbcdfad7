"""A real ClamAV daemon that knows one virus, by the hash of a harmless text: no signatures are downloaded."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.stack.child import Child
from integrations.clamd import ScannerAway, ping
from tests.integration.web.conftest import samples, site

__all__ = ["CLEAN", "VIRUS", "samples", "site"]

CLEAN = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
VIRUS = b"%PDF-1.4\nnot really a virus, but its hash is on the list\n"
_LARGEST = 1_000_000  # bytes of a stream
_DEADLINE = 30.0  # seconds


@pytest.fixture(scope="session")
def clamd_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a ClamAV daemon that lives as long as the session."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        if os.environ.get("HUBOUT_REQUIRE_ALL"):
            pytest.fail("there is no clamd: install Debian's clamav-daemon")
        pytest.skip("there is no clamd here")
    home = tmp_path_factory.mktemp("c")
    child = Child("clamd", f"{program} -c {_configured(home)}", os.environ, home / "logs")
    url = f"unix://{home / 's'}"
    try:
        deadline = time.monotonic() + _DEADLINE
        while not _answers(url):
            assert time.monotonic() < deadline, child.last_lines()
            time.sleep(0.05)
        yield url
    finally:
        child.ask_to_stop()
        child.finish(_DEADLINE)


def _configured(home: Path) -> Path:
    """The configuration of a daemon that lives in `home`."""
    signatures = home / "signatures"
    signatures.mkdir()
    (signatures / "test.hsb").write_text(f"{sha256(VIRUS).hexdigest()}:{len(VIRUS)}:HubOut.Test:73\n")
    settings = {
        "LocalSocket": home / "s",
        "DatabaseDirectory": signatures,
        "TemporaryDirectory": home,
        "Foreground": "yes",
        "StreamMaxLength": _LARGEST,
    }
    written = home / "clamd.conf"
    written.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return written


def _answers(url: str) -> bool:
    try:
        return bool(ping(url))
    except ScannerAway:
        return False
