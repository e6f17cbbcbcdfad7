"""`hubout diagram`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import hubout
from app.errors import HubOutError
from forms.document import DefinitionError


def test_a_workflow_is_drawn_by_name_and_by_file(repository: Path, tmp_path: Path) -> None:
    name, out = "doppia-approvazione", tmp_path / "exchange.svg"
    assert CliRunner().invoke(hubout, ["diagram", name, "--language", "en", "--out", str(out)]).output == ""
    assert out.read_text(encoding="utf-8").startswith("<svg ")
    path = str(repository / "workflows" / "library" / f"{name}.yaml")
    by_file = CliRunner().invoke(hubout, ["diagram", path, "--svg", "--language", "en"]).output
    assert by_file == out.read_text(encoding="utf-8")
    assert CliRunner().invoke(hubout, ["diagram", name, "--mermaid"]).output.startswith("stateDiagram-v2\n")


def test_what_cant_be_drawn_is_told(tmp_path: Path) -> None:
    with pytest.raises(HubOutError, match="there is no workflow `adesione`"):
        CliRunner().invoke(hubout, ["diagram", "adesione"], catch_exceptions=False)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("workflow: wrong\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"wrong.yaml:1: `title` is missing"):
        CliRunner().invoke(hubout, ["diagram", str(wrong)], catch_exceptions=False)
