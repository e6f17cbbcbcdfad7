"""Faults, quotas, restarts, the log: what makes the local server worth testing against."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from integrations.local.google import Behaviour
from integrations.local.google.limits import LATE
from tests.integration.google.running import HOST, Google, Start

SERVE = "from pathlib import Path; from integrations.local.google import serve; serve(Path({home!r}), {host!r}, {port})"


@pytest.mark.parametrize(
    ("kind", "code", "word"),
    [("429", 429, "RESOURCE_EXHAUSTED"), ("500", 500, "INTERNAL"), ("503", 503, "UNAVAILABLE")],
)
def test_a_fault_is_answered_as_often_as_asked(google: Google, kind: str, code: int, word: str) -> None:
    file = google.create()
    google.session.post(f"{google.url}/_faults", json={"kind": kind, "count": 2}, timeout=10)
    answers = [google.api("GET", f"/v4/spreadsheets/{file}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [code, code, 200]
    assert answers[0].json()["error"]["status"] == word


def test_a_502_is_a_page(google: Google) -> None:
    google.session.post(f"{google.url}/_faults", json={"kind": "html502", "count": 1}, timeout=10)
    answer = google.api("GET", "/v4/spreadsheets/x")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=UTF-8")


def test_a_dropped_write_was_done(google: Google) -> None:
    file = google.create()
    google.session.post(f"{google.url}/_faults", json={"kind": "drop_after_write", "count": 1}, timeout=10)
    assert google.values(file, "A1") == []
    with pytest.raises(requests.ConnectionError):
        google.api("PUT", f"/v4/spreadsheets/{file}/values/A1", {"values": [["CW-1"]]}, valueInputOption="RAW")
    assert google.values(file, "A1") == [["CW-1"]]


def test_a_write_dropped_before_it_was_done_was_not_done(google: Google) -> None:
    file = google.create()
    google.session.post(f"{google.url}/_faults", json={"kind": "drop_before_write", "count": 1}, timeout=10)
    with pytest.raises(requests.ConnectionError):
        google.api("PUT", f"/v4/spreadsheets/{file}/values/A1", {"values": [["CW-1"]]}, valueInputOption="RAW")
    assert google.values(file, "A1") == []


def test_a_write_that_lands_later_is_done_when_its_time_comes(start: Start) -> None:
    google = start()
    file = google.create()
    google.session.post(f"{google.url}/_faults", json={"kind": "lands_later", "count": 1}, timeout=10)
    with pytest.raises(requests.ConnectionError):
        google.api("PUT", f"/v4/spreadsheets/{file}/values/A1", {"values": [["CW-1"]]}, valueInputOption="RAW")
    google.clock.advance(LATE - 1)
    assert google.values(file, "A1") == []
    google.clock.advance(1)
    assert google.values(file, "A1") == [["CW-1"]]


def test_a_slow_call_is_answered_late(google: Google) -> None:
    file = google.create()
    google.session.post(f"{google.url}/_faults", json={"kind": "slow", "count": 1}, timeout=10)
    address = f"{google.url}/v4/spreadsheets/{file}/values/A1"
    with pytest.raises(requests.ReadTimeout):
        google.session.get(address, headers={"Authorization": "Bearer x"}, timeout=(5, 0.1))
    assert google.values(file, "A1") == []


@pytest.mark.parametrize("told", [False, True])
def test_whether_a_429_says_when_to_come_back_is_a_switch(start: Start, *, told: bool) -> None:
    google = start(behaviour=Behaviour(says_when_again=told))
    file = google.create()
    google.session.post(f"{google.url}/_faults", json={"kind": "429", "count": 1}, timeout=10)
    assert google.api("GET", f"/v4/spreadsheets/{file}").headers.get("Retry-After") == ("60" if told else None)


@pytest.mark.parametrize("by_tab", [False, True])
def test_the_scope_of_the_room_for_metadata_is_a_switch(start: Start, *, by_tab: bool) -> None:
    google = start(behaviour=Behaviour(tags_limited_by_tab=by_tab))
    file = google.create({"properties": {"sheetId": 1, "title": "a"}}, {"properties": {"sheetId": 2, "title": "b"}})
    codes = [
        google.batch(file, {"createDeveloperMetadata": {"developerMetadata": tag}}).status_code
        for tag in (
            {"metadataKey": "k", "metadataValue": "x" * 20_000, "visibility": "DOCUMENT", "location": {"sheetId": one}}
            for one in (1, 2)
        )
    ]
    assert codes == [200, 200 if by_tab else 400]


def test_a_timeout_keeps_the_caller_waiting_and_does_nothing(google: Google) -> None:
    file = google.create()
    google.session.post(f"{google.url}/_faults", json={"kind": "timeout", "count": 1}, timeout=10)
    url = f"{google.url}/v4/spreadsheets/{file}/values/A1?valueInputOption=RAW"
    with pytest.raises(requests.ReadTimeout):
        google.session.put(url, json={"values": [["CW-1"]]}, headers={"Authorization": "Bearer x"}, timeout=(5, 0.2))
    assert google.values(file, "A1") == []


def test_an_unknown_fault_is_refused(google: Google) -> None:
    assert google.session.post(f"{google.url}/_faults", json={"kind": "fire"}, timeout=10).status_code == 400


def test_quotas_are_counted_by_identity_and_by_minute(start: Start) -> None:
    google = start(quota=True)
    file = google.create()
    path = f"/v4/spreadsheets/{file}/values/A1"
    assert {google.api("GET", path, bearer="ada").status_code for _ in range(60)} == {200}
    refused = google.api("GET", path, bearer="ada")
    assert refused.status_code == 429
    assert "Read requests per minute per user" in refused.json()["error"]["message"]
    assert google.api("GET", path, bearer="bruno").status_code == 200
    written = google.api("PUT", path, {"values": [["x"]]}, bearer="ada", valueInputOption="RAW")
    assert written.status_code == 200
    google.clock.advance(60)
    assert google.api("GET", path, bearer="ada").status_code == 200


def test_the_project_has_a_quota_too(start: Start) -> None:
    google = start(quota=True)
    file = google.create()
    path = f"/v4/spreadsheets/{file}/values/A1"
    codes = [google.api("GET", path, bearer=f"persona {n % 6}").status_code for n in range(301)]
    assert codes[:300] == [200] * 300
    assert codes[300] == 429


def test_the_log_has_a_line_for_each_call(google: Google) -> None:
    file = google.create()
    google.values(file, "A1", majorDimension="COLUMNS")
    lines = [json.loads(line) for line in (google.home / "log.jsonl").read_text().splitlines()]
    assert [set(line) for line in lines] == [{"method", "path", "query", "body"}] * 2
    assert lines[0]["body"] == {"properties": {"title": "Prova"}, "sheets": []}
    assert lines[1] == {
        "method": "GET",
        "path": f"/v4/spreadsheets/{file}/values/A1",
        "query": {"majorDimension": "COLUMNS"},
        "body": None,
    }


def test_a_restart_finds_everything_again(start: Start) -> None:
    first = start()
    file = first.create({"properties": {"title": "Cofò", "sheetId": 3, "gridProperties": {"frozenRowCount": 1}}})
    body = {"values": [["codice", "voto"], ["CW-1", "=1+1"], ["CW-2", "16/11/2026"], ["", ""], ["fine"]]}
    first.api("PUT", f"/v4/spreadsheets/{file}/values/A1", body, valueInputOption="USER_ENTERED")
    tab = {"sheetId": 3, "startColumnIndex": 1, "endColumnIndex": 2}
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "sì"}]}, "strict": True}
    where = {"dimensionRange": {"sheetId": 3, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}}
    message = {"metadataKey": "voto", "visibility": "DOCUMENT", "location": where}
    assert first.batch(
        file,
        {"createDeveloperMetadata": {"developerMetadata": message}},
        {"setDataValidation": {"range": tab, "rule": rule}},
        {"mergeCells": {"range": {"sheetId": 3, "startRowIndex": 8, "endRowIndex": 9, "endColumnIndex": 2}}},
        {"addDimensionGroup": {"range": {"sheetId": 3, "dimension": "ROWS", "startIndex": 1, "endIndex": 3}}},
        {"addNamedRange": {"namedRange": {"name": "Voti", "range": tab}}},
    ).ok
    before = first.api("GET", f"/v4/spreadsheets/{file}", includeGridData="true").json()
    second = start()
    assert second.api("GET", f"/v4/spreadsheets/{file}", includeGridData="true").json() == before
    listed = second.api("GET", "/drive/v3/files", q="mimeType='application/vnd.google-apps.spreadsheet'").json()
    assert [item["id"] for item in listed["files"]] == [file]


def test_changes_tell_which_files_were_written(google: Google) -> None:
    token = google.api("GET", "/drive/v3/changes/startPageToken").json()["startPageToken"]
    kept, gone = google.create(), google.create()
    google.api("DELETE", f"/drive/v3/files/{gone}")
    google.batch(kept, {"addSheet": {}})
    answer = google.api("GET", "/drive/v3/changes", pageToken=token).json()
    assert [(change["fileId"], change["removed"]) for change in answer["changes"]] == [(gone, True), (kept, False)]
    assert answer["changes"][1]["file"]["version"] == "2"
    again = google.api("GET", "/drive/v3/changes", pageToken=answer["newStartPageToken"]).json()
    assert again["changes"] == []


def test_a_killed_server_lost_nothing_that_it_answered(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE.format(home=str(tmp_path), host=HOST, port=port)]
    headers, url = {"Authorization": "Bearer x"}, f"http://{HOST}:{port}"
    first = subprocess.Popen(command)  # noqa: S603 - our own words
    try:
        _ready(url)
        file = requests.post(f"{url}/v4/spreadsheets", json={}, headers=headers, timeout=10).json()["spreadsheetId"]
        path = f"{url}/v4/spreadsheets/{file}/values/A1"
        requests.put(
            path, params={"valueInputOption": "RAW"}, json={"values": [["CW-1"]]}, headers=headers, timeout=10
        ).raise_for_status()
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    second = subprocess.Popen(command)  # noqa: S603 - our own words
    try:
        _ready(url)
        assert requests.get(path, headers=headers, timeout=10).json()["values"] == [["CW-1"]]
    finally:
        second.terminate()
        second.wait()


def _ready(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            requests.get(url, timeout=1)
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        else:
            return


def test_a_long_tab_is_kept_block_by_block(start: Start) -> None:
    google = start()
    file = google.create({"properties": {"title": "x", "gridProperties": {"rowCount": 1300, "columnCount": 2}}})

    def put(cells: str, rows: list[list[str]]) -> None:
        body = {"values": rows}
        assert google.api("PUT", f"/v4/spreadsheets/{file}/values/{cells}", body, valueInputOption="RAW").ok

    rows = [[f"CW-{number}"] for number in range(1201)]
    put("A1:A1201", rows)
    put("A700", [["altro"]])
    rows[699] = ["altro"]
    assert google.api("POST", f"/v4/spreadsheets/{file}/values/A1001:A1201:clear", {}).ok
    assert start().values(file, "A:A") == rows[:1000]
