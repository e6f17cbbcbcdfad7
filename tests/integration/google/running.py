"""A running local Google, and the real gspread with the real JWT grant in front of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import gspread
import requests
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient

from integrations.local.google import Store
from integrations.local.google.server import Server
from integrations.local.service_account import ensure_service_account

HOST = "127.0.0.1"
SCOPES = ["https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive"]


@dataclass
class HandClock:
    """A clock that a test turns."""

    moment: datetime = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def rewriting(root: str) -> type[HTTPClient]:
    """gspread's client with the two prefixes of Google's addresses rewritten."""

    class LocalClient(HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **options: Any) -> requests.Response:
            for prefix in ("https://sheets.googleapis.com", "https://www.googleapis.com"):
                endpoint = endpoint.replace(prefix, root)
            return super().request(method, endpoint, *args, **options)

    return LocalClient


@dataclass
class Google:
    """A running local Google. `api` speaks to it as a bearer of its own."""

    home: Path
    clock: HandClock
    server: Server
    store: Store
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server.port}"

    def client(self) -> gspread.Client:
        account = ensure_service_account(self.home, f"{self.url}/token")
        credentials = Credentials.from_service_account_file(str(account), scopes=SCOPES)  # type: ignore[no-untyped-call]
        return gspread.Client(auth=credentials, http_client=rewriting(self.url))

    def api(self, method: str, path: str, body: object = None, bearer: str = "prova", **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {bearer}"}
        return self.session.request(method, self.url + path, json=body, params=query, headers=headers, timeout=10)

    def batch(self, spreadsheet_id: str, *wanted: dict[str, Any], **options: Any) -> Any:
        return self.api("POST", f"/v4/spreadsheets/{spreadsheet_id}:batchUpdate", {"requests": list(wanted), **options})

    def create(self, *sheets: dict[str, Any], **properties: str) -> str:
        body = {"properties": {"title": "Prova", **properties}, "sheets": list(sheets)}
        answer = self.api("POST", "/v4/spreadsheets", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["spreadsheetId"])

    def values(self, spreadsheet_id: str, cells: str, **query: str) -> list[list[Any]]:
        answer = self.api("GET", f"/v4/spreadsheets/{spreadsheet_id}/values/{cells}", **query)
        assert answer.status_code == 200, answer.text
        return list(answer.json().get("values", []))


Start = Callable[..., Google]
