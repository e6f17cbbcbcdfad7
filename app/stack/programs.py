"""What a stack consists of: embedded services, and the processes of the Procfile, which production starts too."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from honcho.environ import parse_procfile

import app
from app.stack import readiness
from app.stack.claims import StackError
from app.stack.redis_server import server_command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redis import Redis

    from app.config import Settings
    from app.stack.child import Child


@dataclass(frozen=True)
class Program:
    """A command that is to run all the time, and how it is seen to answer."""

    name: str
    command: str
    ready: Callable[[Child], bool]
    embedded: bool = False


def embedded_services(settings: Settings, redis: Redis) -> list[Program]:
    """The stand-ins for those outside services that `settings` do not name."""
    programs = []
    if settings.embedded_redis:
        ready = readiness.redis_answers(redis)
        programs.append(Program("redis", server_command(settings.redis_url), ready, embedded=True))
    if settings.embedded_sheets:
        ready = readiness.page_answers(settings.sheets_port, "/")
        programs.append(Program("google", "hubout google", ready, embedded=True))
    if settings.embedded_smtp:
        ready = readiness.mail_answers(settings.smtp_port)
        programs.append(Program("smtp", "hubout smtp", ready, embedded=True))
    return programs


def procfile_programs(settings: Settings, redis: Redis) -> list[Program]:
    """The processes of the Procfile, with the commands it gives.

    Raises:
        StackError: there is no Procfile.
    """
    checks: Mapping[str, Callable[[Child], bool]] = {
        "web": readiness.page_answers(settings.port, "/healthz"),
        "worker": readiness.workers_listen(redis, settings.workers),
        "clock": readiness.clock_beats(redis),
    }
    processes: Mapping[str, str] = parse_procfile(find_procfile().read_text()).processes
    # A process that a deployment adds counts as ready once it runs.
    return [Program(name, command, checks.get(name, lambda _child: True)) for name, command in processes.items()]


def find_procfile() -> Path:
    """The Procfile: beside the packages in a checkout, inside `app` when installed.

    Raises:
        StackError: neither is there.
    """
    package = Path(app.__file__).parent
    for folder in (package.parent, package):
        if (folder / "Procfile").is_file():
            return folder / "Procfile"
    raise StackError("the Procfile is missing", f"put it back beside {package}")


def environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process of the stack: `environ`, this installation's commands, one home for all."""
    commands = str(Path(sys.executable).parent)
    return {
        **environ,
        "PATH": os.pathsep.join([commands, environ.get("PATH", os.defpath)]),
        "HUBOUT_HOME": str(settings.home),
        "PYTHONUNBUFFERED": "1",
    }
