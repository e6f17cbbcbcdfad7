from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from app.cli import COMMANDS, hubout, main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def names(group: click.Group, before: str = "hubout") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{before} {name}"
        if isinstance(command, click.Group):
            yield from names(command, f"{before} {name}")


def test_the_docs_name_every_command(repository: Path) -> None:
    docs = (repository / "docs" / "cli.md").read_text()
    assert [name for name in names(hubout) if f"`{name}" not in docs] == []


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(hubout, ["--help"]).output
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HUBOUT_PORT", "many")
    with pytest.raises(SystemExit) as ended:
        main(["time"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == "HUBOUT_PORT: `many` does not serve: give a whole number from 1 to 65533\n"


def test_time_is_told_set_and_advanced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("HUBOUT_HOME", str(tmp_path))
    monkeypatch.setenv("HUBOUT_CLOCK", "2090-11-16T09:00+01:00")
    for arguments in (["time"], ["time", "advance", "P5D"], ["time", "set", "2090-12-01T00:00Z"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    days = [line.partition("T")[0] for line in capsys.readouterr().out.splitlines()]
    assert days == ["2090-11-16", "2090-11-21", "2090-12-01"]


def test_an_unforeseen_error_gives_an_incident_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("HUBOUT_HOME", str(tmp_path))
    (tmp_path / "clock.json").write_text("not JSON")
    with pytest.raises(SystemExit) as ended:
        main(["time"])
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("unexpected error: JSONDecodeError (incident ")
    incident = line.partition("incident ")[2][:9]
    assert f"incident {incident}" in (tmp_path / "logs" / "incidents.log").read_text()
