from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from app.stack.child import Child
from app.stack.claims import StackError
from app.stack.programs import Program
from app.stack.supervisor import StoppedError, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.stack.programs import Program as ProgramType

DEADLINE = 20.0  # seconds


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def supervisor(tmp_path: Path, said: StringIO) -> Supervisor:
    return Supervisor(os.environ, tmp_path, Console(file=said, width=200))


def program(name: str, command: str, ready: Callable[[Child], bool] = lambda _: True) -> ProgramType:
    return Program(name, command, ready)


def test_a_crashed_process_is_started_again(tmp_path: Path) -> None:
    said = StringIO()
    mark = tmp_path / "mark"
    command = f"sh -c 'if [ -e {mark} ]; then echo up; exec cat /dev/zero > /dev/null; fi; touch {mark}; exit 3'"
    with supervisor(tmp_path, said) as running:
        running.launch([program("web", command, lambda child: child.last_lines() == ["up"])])
        running.await_ready()
    assert "web ended with 3; it is started again in 0.5 s" in said.getvalue()


def test_three_crashes_in_a_row_end_it_with_the_last_lines(tmp_path: Path) -> None:
    said = StringIO()
    with supervisor(tmp_path, said) as running:
        running.launch([program("web", "sh -c 'echo no database today; exit 1'", lambda _: False)])
        with pytest.raises(StackError) as caught:
            running.await_ready()
    assert "web ended with 1, 3 times in a row" in str(caught.value)
    assert "no database today" in str(caught.value)


def test_a_preparation_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="`sh -c 'echo broken; exit 2'` failed"), supervisor(tmp_path, StringIO()) as s:
        s.prepare({"db": "true", "check": "sh -c 'echo broken; exit 2'"})


def test_the_end_leaves_no_grandchild(tmp_path: Path) -> None:
    # The shell passes SIGTERM to nobody, and its child ignores it: only the group's end reaches that one.
    script = tmp_path / "script"
    script.write_text("(trap '' TERM; sleep 1000) & echo $!; exec sleep 1000")
    with supervisor(tmp_path, StringIO()) as running:
        running.launch([program("web", f"sh {script}", lambda child: bool(child.last_lines()))])
        running.await_ready()
        grandchild = int((tmp_path / "web.log").read_text())
        assert alive(grandchild)
    until(lambda: not alive(grandchild))


def test_a_signal_asks_for_the_end(tmp_path: Path) -> None:
    with supervisor(tmp_path, StringIO()) as running:
        running.launch([program("web", "sleep 1000")])
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StoppedError):
            running.attend(lambda: False)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell a child of its parent's death")
def test_kill_9_of_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, sys
        from pathlib import Path
        from rich.console import Console
        from app.stack.programs import Program
        from app.stack.supervisor import Supervisor
        with Supervisor(os.environ, Path(sys.argv[1]), Console()) as supervisor:
            supervisor.launch([Program("web", "sh -c 'echo $$; exec sleep 1000'", lambda c: bool(c.last_lines()))])
            supervisor.await_ready()
            print("ready", flush=True)
            supervisor.attend(lambda: False)
        """
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - the script above
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        child = int((tmp_path / "web.log").read_text())
        process.kill()
    until(lambda: not alive(child))


def test_a_story_gives_its_exit_code(tmp_path: Path) -> None:
    with supervisor(tmp_path, StringIO()) as running:
        assert running.play("story", "sh -c 'exit 4'") == 4
