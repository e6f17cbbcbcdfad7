"""One process of the stack: started in a group of its own, tied to the life of its parent, heard in a log file."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 5_000_000  # bytes: a longer log is put aside when its process starts
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def tie_to(parent: int) -> Callable[[], None]:
    """What a new process runs first, so that it gets SIGTERM when `parent` dies, even of kill -9.

    Linux only; elsewhere a parent that is killed so leaves its children behind.
    """

    def tie() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    return tie


class Child:
    """A running shell command and everything it starts.

    Args:
        name: what the command is called in messages; its output goes to ``logs/<name>.log``.
        command: a line of the Procfile.
        environ: its whole environment.
        logs: folder of the log files.
        terminal: True where its output is for the person at the terminal and not for a log.
    """

    def __init__(
        self, name: str, command: str, environ: Mapping[str, str], logs: Path, *, terminal: bool = False
    ) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        _put_aside(self.log)
        with self.log.open("ab") as output:
            self._begin = output.tell()
            self._process = subprocess.Popen(  # noqa: S603 - the Procfile's own commands
                ["/bin/sh", "-c", f"exec {command}"],
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=None if terminal else output,
                stderr=None if terminal else subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tie_to(os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
            )

    @property
    def group(self) -> int:
        """Id of its process group, which is its own process id."""
        return self._process.pid

    def ended(self) -> int | None:
        """Its exit code (negative: the signal it died of), None while it runs."""
        return self._process.poll()

    def holds(self, process: int) -> bool:
        """Whether `process` belongs to its group."""
        try:
            return os.getpgid(process) == self.group
        except ProcessLookupError:
            return False

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the command alone, which stops what it started."""
        if self.ended() is None:
            self._process.send_signal(signal.SIGTERM)

    def finish(self, patience: float) -> None:
        """Wait `patience` seconds for the command's end, then end whatever its group still holds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self._process.wait()

    def last_lines(self, count: int = 15) -> list[str]:
        """The end of what it has written since its start."""
        with self.log.open("rb") as file:
            file.seek(self._begin)
            return file.read().decode(errors="replace").splitlines()[-count:]


def _put_aside(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
