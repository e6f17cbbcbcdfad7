"""What a stack has to itself while it runs: its home and its ports."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.config import LOOPBACK
from app.errors import HubOutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.config import Settings


class StackError(HubOutError):
    """The stack can't start, or can't go on."""


@contextmanager
def claim_home(home: Path) -> Iterator[None]:
    """Hold `home` for this stack; its lock goes with the process, however that ends.

    Raises:
        StackError: another stack holds it, or it can't be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = (home / "stack.lock").open("a+")
    except OSError as error:
        what = f"the data folder {home} can't be used ({error.strerror})"
        raise StackError(what, "make it writable, or set HUBOUT_HOME") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            what = f"another stack (process {file.read().strip()}) runs on {home}"
            raise StackError(what, "stop it, or set HUBOUT_HOME to another folder") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def check_ports(settings: Settings) -> None:
    """See that every port the stack is to listen on is free.

    Raises:
        StackError: names the first one that is taken, and how to change it.
    """
    wanted = {settings.port: "the web pages"}
    if settings.embedded_sheets:
        wanted[settings.sheets_port] = "the local Google"
    if settings.embedded_smtp:
        wanted[settings.smtp_port] = "the SMTP sink"
    for port, use in wanted.items():
        if not _free(port):
            fix = f"stop what listens there, or set HUBOUT_PORT (now {settings.port}) to another number"
            raise StackError(f"port {port}, for {use}, is taken", fix)


def _free(port: int) -> bool:
    with socket.socket() as trial:
        # As servers do: an address that waits out its last connections is free, one with a listener is not.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
