from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from tests.e2e.running_stack import RunningStack, free_ports, processes_of

if TYPE_CHECKING:
    from collections.abc import Callable

DEADLINE = 30.0  # seconds
CLOCK = "2090-11-16T09:00+01:00"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def command(process: int) -> list[str]:
    return Path(f"/proc/{process}/cmdline").read_text().split("\0")


def test_up_serves_shows_and_leaves_nothing_but_data(tmp_path: Path) -> None:
    home = tmp_path / "home"
    stack = RunningStack(home, free_ports(), {"HUBOUT_CLOCK": CLOCK})
    with stack:
        for shown in (f"{stack.url}/", f"{stack.url}/posta", f"{stack.sheets_url}/", str(home)):
            assert shown in stack.said
        for page in (f"{stack.url}/", f"{stack.url}/posta", f"{stack.url}/api/v1/calls", f"{stack.sheets_url}/"):
            assert answers(page), page
        doctor = stack.hubout("doctor")
        assert doctor.returncode == 0, doctor.stdout
        assert stack.hubout("check").stdout == "No faults.\n"
        assert stack.hubout("verify").stdout == "Every event chain holds.\n"
        assert stack.hubout("wait").returncode == 0
        assert stack.hubout("time", "advance", "P5D").stdout.startswith("2090-11-21T09:")
        with smtplib.SMTP("127.0.0.1", stack.smtp_port) as smtp:
            smtp.sendmail("a@example.org", ["b@example.org"], "Subject: resta\r\nTo: b@example.org\r\n\r\nCiao")

        second = stack.hubout("up")
        assert second.returncode == 1
        assert "another stack" in second.stderr

        assert stack.stop() == 0
        assert processes_of(home) == []

    with RunningStack(home, free_ports(), {"HUBOUT_CLOCK": CLOCK}) as again:
        assert again.hubout("time").stdout.startswith("2090-11-21T09:")
        (mail,) = again.hubout("mail", "--json").stdout.splitlines()
        assert json.loads(mail)["subject"] == "resta"
        assert again.stop(signal.SIGINT) == 0
        assert processes_of(home) == []


def test_a_killed_process_comes_back_and_kill_9_leaves_no_orphan(tmp_path: Path) -> None:
    stack = RunningStack(tmp_path, free_ports())
    with stack:
        assert stack.process is not None
        until(lambda: answers(f"{stack.url}/healthz"))
        web = min(process for process in processes_of(tmp_path) if "web" in command(process))
        os.kill(web, signal.SIGKILL)
        stack.hear("web was killed by SIGKILL; it is started again in 0.5 s")
        until(lambda: answers(f"{stack.url}/healthz"))
        stack.stop(signal.SIGKILL)
        until(lambda: processes_of(tmp_path) == [])


def test_a_taken_port_ends_the_start_and_is_named(tmp_path: Path) -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + 1)):
        ended = RunningStack(tmp_path, port).hubout("up")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        f"port {port + 1}, for the local Google, is taken: "
        f"stop what listens there, or set HUBOUT_PORT (now {port}) to another number\n"
    )
    assert processes_of(tmp_path) == []


def test_a_wrong_call_ends_the_start_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "mia.yaml").write_text("call: mia\nfrom: nowhere\n")
    stack = RunningStack(tmp_path / "home", free_ports(), {"HUBOUT_CALLS_DIR": str(tmp_path / "calls")})
    ended = stack.hubout("up")
    assert ended.returncode == 1
    assert "mia.yaml:2: unknown key `from`" in ended.stderr
    assert processes_of(tmp_path / "home") == []
