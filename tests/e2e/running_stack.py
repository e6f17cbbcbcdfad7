"""A whole stack as a person starts it: `hubout up` in a process of its own, on free ports and a fresh home."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.sheets_kit import check_requests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

HUBOUT = str(Path(sys.executable).parent / "hubout")
DEADLINE = 90.0  # seconds


def free_ports() -> int:
    """The first of three ports in a row that nobody listens on."""
    for first in range(20_000 + os.getpid() % 8_000, 32_000, 3):
        try:
            for port in range(first, first + 3):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def processes_of(home: Path) -> list[int]:
    """The processes of this machine whose environment names `home`."""
    wanted = f"HUBOUT_HOME={home}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environ = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if wanted in environ:
                found.append(int(entry.name))
    return found


class RunningStack:
    """`hubout up`; entered when everything answers, ended by SIGTERM."""

    def __init__(self, home: Path, port: int, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.sheets_url = f"http://127.0.0.1:{port + 1}"
        self.smtp_port = port + 2
        own = {name: text for name, text in os.environ.items() if not name.startswith(("HUBOUT_", "GOOGLE_"))}
        address = {"HUBOUT_HOME": str(home), "HUBOUT_PORT": str(port), "HUBOUT_LOG_SHEETS": "1"}
        self.environ = {**own, **address, **(settings or {})}
        self.said = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it and wait until it says that it is ready."""
        self.process = subprocess.Popen([HUBOUT, "up"], env=self.environ, stdout=subprocess.PIPE)  # noqa: S603 - ours
        self.hear("Ready in")
        return self

    def hear(self, words: str) -> None:
        """Wait until it has said `words`."""
        assert self.process is not None
        assert self.process.stdout is not None
        deadline = time.monotonic() + DEADLINE
        while words not in self.said:
            readable, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            assert readable, f"not said in time: {words}\n{self.said}"
            said = os.read(self.process.stdout.fileno(), 65_536)
            assert said, f"ended with {self.process.wait()}:\n{self.said}"
            self.said += said.decode()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def hubout(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command on this stack's home."""
        return subprocess.run(  # noqa: S603 - our own command
            [HUBOUT, *arguments], env=self.environ, capture_output=True, text=True, timeout=DEADLINE, check=False
        )

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self._end()
            raise

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._end()
        check_requests(self.home / "sheets-requests.jsonl")

    def _end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()
