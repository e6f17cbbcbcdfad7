from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

import pytest
from honcho.environ import parse_procfile
from ruamel.yaml import YAML

from app import queues
from app.cli import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path


def test_the_hooks_before_a_commit_are_the_commands_of_make_lint(repository: Path) -> None:
    config = YAML(typ="safe").load(repository / ".pre-commit-config.yaml")
    hooks = [hook["entry"].removeprefix(".venv/bin/") for repo in config["repos"] for hook in repo["hooks"]]
    recipe = (repository / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    assert hooks == re.findall(r"^\t\$\(BIN\)/(.+)$", recipe, re.MULTILINE)


def test_every_process_of_the_procfile_is_a_command(repository: Path) -> None:
    processes = parse_procfile((repository / "Procfile").read_text()).processes
    assert set(processes) == {"web", "worker", "clock"}
    assert [command.split()[1] for command in processes.values() if command.split()[1] not in COMMANDS] == []


@pytest.mark.parametrize("name", sorted(queues.DRAINS))
def test_every_drain_is_a_job_on_a_queue_that_workers_empty(name: str) -> None:
    function, queue = queues.DRAINS[name]
    module, _, attribute = function.rpartition(".")
    assert attribute == name
    assert callable(getattr(importlib.import_module(module), attribute))
    assert queue in queues.QUEUES


def test_the_ci_runs_the_readmes_test_command_with_nothing_skipped(repository: Path) -> None:
    assert "HUBOUT_REQUIRE_ALL=1 make test" in (repository / ".ci" / "run").read_text()
