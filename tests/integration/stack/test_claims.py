from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from app.config import Settings
from app.stack.claims import StackError, check_ports, claim_home

if TYPE_CHECKING:
    from pathlib import Path


def test_a_taken_port_is_named_with_its_use_and_the_setting_to_change(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        settings = Settings.from_environment({"HUBOUT_HOME": str(tmp_path), "HUBOUT_PORT": str(taken)})
        with pytest.raises(StackError) as caught:
            check_ports(settings)
    assert str(caught.value) == (
        f"port {taken}, for the web pages, is taken: "
        f"stop what listens there, or set HUBOUT_PORT (now {taken}) to another number"
    )


def test_a_home_has_one_stack(tmp_path: Path) -> None:
    with claim_home(tmp_path), pytest.raises(StackError) as caught, claim_home(tmp_path):
        pass
    assert str(caught.value).startswith(f"another stack (process {os.getpid()}) runs on {tmp_path}: stop it")


def test_a_home_is_free_again_after_its_stack(tmp_path: Path) -> None:
    for _ in range(2):
        with claim_home(tmp_path):
            pass


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match="can't be used"), claim_home(tmp_path / "file" / "home"):
        pass
