"""The real gspread and google-auth against the local server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import gspread
import pytest
from google.auth.exceptions import RefreshError

from tests.integration.google.running import Google


@pytest.fixture
def client(google: Google) -> Iterator[gspread.Client]:
    client = google.client()
    yield client
    client.http_client.session.close()


def test_a_spreadsheet_lives_and_dies_through_gspread(client: gspread.Client) -> None:
    book = client.create("Candidature")
    sheet = book.add_worksheet("Cofò", rows=20, cols=5)
    sheet.update([["codice", "punteggio"], ["CW-1", 8.5]], "A1")
    sheet.append_row(["CW-2", 7])
    sheet.freeze(rows=1)
    assert sheet.get_all_values() == [["codice", "punteggio"], ["CW-1", "8.5"], ["CW-2", "7"]]
    assert sheet.get_all_records() == [{"codice": "CW-1", "punteggio": 8.5}, {"codice": "CW-2", "punteggio": 7}]
    assert [one.title for one in client.open_by_key(book.id).worksheets()] == ["Sheet1", "Cofò"]
    assert client.open("Candidature").id == book.id
    twin = client.copy(book.id, title="Copia")
    assert twin.worksheet("Cofò").acell("B2").value == "8.5"
    client.del_spreadsheet(book.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        client.open_by_key(book.id)


def test_sharing_is_listed_and_taken_away(client: gspread.Client) -> None:
    book = client.create("Condiviso")
    book.share("partner@oltrespazio.example.org", perm_type="user", role="writer")
    assert "partner@oltrespazio.example.org" in [item["emailAddress"] for item in book.list_permissions()]
    book.remove_permissions("partner@oltrespazio.example.org", role="writer")
    assert len(book.list_permissions()) == 1


def test_an_identity_without_permission_is_answered_403(client: gspread.Client, google: Google) -> None:
    book = client.create("Tolto")
    assert google.api("GET", f"/v4/spreadsheets/{book.id}", bearer="ada@example.org").status_code == 200
    book.share("ada@example.org", perm_type="user", role="writer")
    book.remove_permissions("ada@example.org", role="writer")
    refused = google.api("GET", f"/v4/spreadsheets/{book.id}", bearer="ada@example.org")
    assert (refused.status_code, refused.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    book.share("ada@example.org", perm_type="user", role="writer")
    assert google.api("GET", f"/v4/spreadsheets/{book.id}", bearer="ada@example.org").status_code == 200


def test_a_forged_signature_gets_no_token(google: Google) -> None:
    google.client().http_client.session.close()
    path = google.home / "google" / "accounts"
    account = json.loads((google.home / "google" / "service-account.json").read_text())
    kept = path / f"{account['private_key_id']}.json"
    (google.home / "other").mkdir()
    other = Google(google.home / "other", google.clock, google.server, google.store)
    stranger = other.client()
    with pytest.raises(RefreshError, match="account not found"):
        stranger.create("Nulla")
    strange = json.loads((other.home / "google" / "service-account.json").read_text())
    # The stranger claims a key id that the server knows, and signs with a key that it does not.
    kept.rename(path / f"{strange['private_key_id']}.json")
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        stranger.create("Nulla")
    for one in (stranger, other):
        (one.http_client.session if isinstance(one, gspread.Client) else one.session).close()


def test_a_call_without_a_bearer_is_401(google: Google) -> None:
    answer = google.session.get(f"{google.url}/v4/spreadsheets/x", timeout=10)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_eight_clients_append_at_once_and_no_row_is_lost(google: Google) -> None:
    file = google.create({"properties": {"title": "Righe", "sheetId": 5}})

    def append(number: int) -> int:
        row = {"values": [{"userEnteredValue": {"stringValue": f"CW-{number}"}}]}
        rows = {"appendCells": {"sheetId": 5, "rows": [row], "fields": "userEnteredValue"}}
        url = f"{google.url}/v4/spreadsheets/{file}:batchUpdate"
        answer = google.session.post(url, json={"requests": [rows]}, headers={"Authorization": "Bearer x"}, timeout=10)
        return int(answer.status_code)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(append, range(80))) == {200}
    assert sorted(google.values(file, "A:A")) == sorted([f"CW-{number}"] for number in range(80))
