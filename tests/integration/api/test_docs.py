"""The commands of docs/api.md run as they stand and answer what stands below them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from app.setting_values import api_keys
from tests.integration.web.conftest import Site

BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)
PUBLIC_ADDRESS = "https://moduli.example.org"


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Where the site listens, on a port of its own."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def blocks(repository: Path) -> list[tuple[str, str]]:
    return BLOCK.findall((repository / "docs" / "api.md").read_text(encoding="utf-8"))


def run(script: str, folder: Path, site: str = "") -> str:
    """What the commands print, in a shell that stops at the first that fails."""
    environment = {**os.environ, "SITE": site}
    done = subprocess.run(  # noqa: S603 - our own documentation
        ["bash", "-euc", script],  # noqa: S607 - the shell of the PATH
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None and not os.environ.get("HUBOUT_REQUIRE_ALL"), reason="no curl here")
def test_the_commands_answer_what_the_docs_say(repository: Path, tmp_path: Path, address: str) -> None:
    found = blocks(repository)
    told = [
        (text, found[number + 1][1]) for number, (kind, text) in enumerate(found) if kind == "sh" and "curl" in text
    ]
    assert len(told) == 3
    for script, example in told:
        answer = json.loads(run(script.replace(f"SITE={PUBLIC_ADDRESS}\n", ""), tmp_path, address))
        said = json.loads(example)
        assert shape(answer) >= shape(said), answer
        for name in ("ignored", "warnings", "files_to_come", "type", "title", "status"):
            assert answer.get(name) == said.get(name)
    assert set(answer["errors"]) > {"sede", "nome"}


def shape(answer: dict[str, Any]) -> set[str]:
    """The names in an answer, and in the first of a list of objects."""
    inside = [value[0] for value in answer.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return set(answer).union(*inside)


@pytest.mark.skipif(shutil.which("openssl") is None and not os.environ.get("HUBOUT_REQUIRE_ALL"), reason="no openssl")
def test_the_line_for_a_key_is_one_that_the_settings_take(repository: Path, tmp_path: Path) -> None:
    script = next(text for kind, text in blocks(repository) if kind == "sh" and "openssl" in text)
    assert [key.name for key in api_keys(run(script, tmp_path).strip())] == ["biblioteca"]
