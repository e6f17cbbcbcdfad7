"""The local Google beside what the real one answered: gspread's recordings, interaction by interaction."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.google.running import Google
from tests.sheets_kit import KIT, check_requests, run

pytestmark = pytest.mark.skipif(not KIT.exists(), reason="the recordings lie beside the project, not in it")

ALL = {"status": 1380, "shape": 1380, "exact": 1380}


def test_every_recorded_interaction_is_answered_as_google_did(google: Google, tmp_path: Path) -> None:
    floor = tmp_path / "floor.json"
    floor.write_text(json.dumps(ALL), encoding="utf-8")
    answer = run("replay_cassettes.py", google.url, "--floor", str(floor))
    assert answer.returncode == 0, answer.stdout
    assert "floor: kept" in answer.stdout


def test_a_request_with_a_misspelt_field_is_found(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    wrong = {"requests": [{"deleteSheet": {"sheetID": 1}}]}
    line = {"method": "POST", "path": "/v4/spreadsheets/x:batchUpdate", "query": {}, "body": wrong}
    log.write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="sheetID"):
        check_requests(log)
