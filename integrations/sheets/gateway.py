"""The one door to Google Sheets; the only importer of gspread.

gspread's own retrying client never gives up (google-sheets.md §1), so its plain client carries our policy: few tries,
a deadline, jitter, and a write is tried again only when a repeat of it can't count twice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.auth.exceptions import GoogleAuthError, RefreshError
from gspread.exceptions import APIError
from gspread.http_client import FileType, HTTPClient, ParamsType
from gspread.urls import DRIVE_FILES_API_V3_URL, SPREADSHEET_URL
from gspread.utils import MimeType
from requests.exceptions import ConnectTimeout, RequestException

from integrations.google import service_account
from integrations.sheets import questions
from integrations.sheets.answers import Answer, answer_of, error_of
from integrations.sheets.batch import locale_requests, new_tabs_requests, repeatable, write_requests
from integrations.sheets.drive import Drive
from integrations.sheets.errors import Refused, SheetsError, Throttled, Unreachable
from integrations.sheets.layout import REFERENCE, Column, TabLayout
from integrations.sheets.moving import claim_requests, retire_requests
from integrations.sheets.snapshot import MARKER_MASK, MASK, parse_markers, parse_spreadsheet

if TYPE_CHECKING:
    from google.oauth2.service_account import Credentials
    from requests import Response

    from integrations.sheets.plan import WritePlan
    from integrations.sheets.quota import Call, Limiter
    from integrations.sheets.snapshot import SheetSnapshot

SHEETS_ROOT = "https://sheets.googleapis.com"
DRIVE_ROOT = "https://www.googleapis.com"
DOCTOR = TabLayout("doctor", "Doctor", (Column(REFERENCE), Column("note")))
"""The tab of a spreadsheet that is made to ask Google something."""

_CHANGES = f"{DRIVE_ROOT}/drive/v3/changes"
_CHANGES_MASK = "nextPageToken,newStartPageToken,changes(fileId,removed)"


@dataclass(frozen=True)
class SpreadsheetRef:
    """A spreadsheet: Google's id, and the address where people open it."""

    spreadsheet_id: str
    url: str


@dataclass(frozen=True)
class WriteReport:
    """How a write ended; `repeated` means that the batch had been applied before (found by its marker)."""

    written: bool
    repeated: bool = False


@dataclass(frozen=True)
class Changes:
    """What Drive tells: the ids of changed files (None: any may have changed), and from where to ask next time."""

    token: str
    changed: frozenset[str] | None


@dataclass(frozen=True)
class Patience:
    """How long one request goes on; times in seconds.

    Attributes:
        attempts: tries at most.
        first_wait: upper bound of the wait before the second try; doubles with each try.
        longest_wait: no wait is longer.
        deadline: no try begins later than this after the first.
        quota_wait: a longer wait for the quota is the caller's affair (Throttled): a worker has other work.
        timeout: to connect, and to read. A write that times out is not failed but unknown.
        sleep: waits; a test gives one that does not.
        monotonic: seconds that only grow.
        jitter: 0 to 1, the share of the upper bound that is really waited.
    """

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 16.0
    deadline: float = 90.0
    quota_wait: float = 5.0
    timeout: tuple[float, float] = (5, 60)
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random

    def pause(self, attempt: int) -> None:
        """Wait before the next try; `attempt` counts from 0."""
        self.sleep(self.jitter() * min(self.first_wait * 2**attempt, self.longest_wait))


class GoogleClient(HTTPClient):
    """gspread's HTTP client with another root, our retries, and the quota."""

    def __init__(self, credentials: Credentials, root_url: str | None, limiter: Limiter, patience: Patience) -> None:
        super().__init__(credentials)
        self.set_timeout(patience.timeout)
        self.client_email: str = credentials.service_account_email
        self._root_url = root_url.rstrip("/") if root_url else None
        self._limiter = limiter
        self._patience = patience

    def request(
        self,
        method: str,
        endpoint: str,
        params: ParamsType | None = None,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        files: FileType = None,
        headers: MutableMapping[str, str] | None = None,
    ) -> Response:
        """Send one request, again where that is safe and worth it.

        Raises:
            SheetsError: Throttled, Unreachable, Gone or Refused; never gspread's or requests' own errors.
        """
        call: Call = "read" if method.lower() == "get" else "write"
        again = call == "read" or repeatable(json)
        may_land = False
        give_up = self._patience.monotonic() + self._patience.deadline
        attempt = 0
        while True:
            if endpoint.startswith(SHEETS_ROOT):
                self._take(call, may_land=may_land)
            try:
                return super().request(method, self._at_root(endpoint), params, data, json, files, headers)
            except (APIError, RequestException, GoogleAuthError) as error:
                failure = self._failure(error, call)
                may_land = may_land or (call == "write" and _sent(error) and isinstance(failure, Unreachable))
                failure.may_land = may_land
                attempt += 1
                spent = attempt >= self._patience.attempts or self._patience.monotonic() >= give_up
                if spent or not (isinstance(failure, Throttled) or (again and isinstance(failure, Unreachable))):
                    raise failure from error
            self._patience.pause(attempt - 1)

    def _take(self, call: Call, *, may_land: bool) -> None:
        """Take a token of the quota; wait for it only if that is short."""
        wait = self._limiter.take(call)
        if 0 < wait <= self._patience.quota_wait:
            self._patience.sleep(wait)
            wait = self._limiter.take(call)
        if wait > 0:
            throttled = Throttled(wait)
            throttled.may_land = may_land
            raise throttled

    def _at_root(self, endpoint: str) -> str:
        if self._root_url is None:
            return endpoint
        for root in (SHEETS_ROOT, DRIVE_ROOT):
            if endpoint.startswith(root):
                return self._root_url + endpoint.removeprefix(root)
        return endpoint

    def _failure(self, error: APIError | RequestException | GoogleAuthError, call: Call) -> SheetsError:
        """What `error` means for the caller; a 429 closes the quota for all workers."""
        if isinstance(error, APIError):
            answer = _answer(error)
            if answer.throttled:
                self._limiter.close(call, answer.retry_after)
            return error_of(answer, self.client_email)
        if isinstance(error, RefreshError) and not error.retryable:
            return Refused(f"Google gives no token to {self.client_email}: {error}: is the key still valid?")
        return Unreachable(f"Google Sheets does not answer: {type(error).__name__}")


def _sent(error: Exception) -> bool:
    """Whether the request may have reached Google: not without a token or a connection."""
    return not isinstance(error, GoogleAuthError | ConnectTimeout)


def _answer(error: APIError) -> Answer:
    response = error.response
    try:
        body: object = response.json()
    except ValueError:  # a proxy's page
        body = None
    return answer_of(response.status_code, body, response.headers)


class Gateway:
    """Google Sheets as one service account sees it. Not thread-safe: one for each process.

    All methods raise errors.SheetsError: Throttled, Unreachable (transient), Gone, Refused (a person must act).
    """

    def __init__(
        self,
        credentials_file: Path,
        root_url: str | None,
        limiter: Limiter,
        patience: Patience | None = None,
    ) -> None:
        """Make a gateway; nothing is sent yet.

        Args:
            credentials_file: the service account's JSON key.
            root_url: another root of the Google APIs, as `http://127.0.0.1:8001`; None for Google.
            limiter: the quota, shared with other workers.
            patience: other retries than the usual ones.

        Raises:
            CredentialsError: the key file can't be used.
        """
        credentials = service_account(credentials_file, local=root_url is not None)
        self._client = GoogleClient(credentials, root_url, limiter, patience or Patience())

    @property
    def client_email(self) -> str:
        """The address with which people share a spreadsheet so that we may edit it."""
        return self._client.client_email

    @property
    def drive(self) -> Drive:
        """Who may open the spreadsheets."""
        return Drive(self._client)

    def close(self) -> None:
        """Close the connections."""
        self._client.session.close()

    def create_spreadsheet(self, title: str, tabs: Sequence[TabLayout], *, folder: str | None = None) -> SpreadsheetRef:
        """Make a spreadsheet with `tabs` and nothing else: 3 calls, once in its life.

        Args:
            title: the file's name.
            tabs: in the order in which people see them; at least one.
            folder: id of a shared-drive folder; a service account can own no file at Google, so outside of one this
                is Refused with what to do (connect a spreadsheet that a person made, see `ensure_tabs`).
        """
        file: dict[str, Any] = {"name": title, "mimeType": MimeType.google_sheets.value}
        if folder is not None:
            file["parents"] = [folder]
        answer = self._client.request(
            "post", DRIVE_FILES_API_V3_URL, json=file, params={"supportsAllDrives": True, "fields": "id"}
        )
        snapshot = self.read(_json(answer)["id"])
        deletions = [{"deleteSheet": {"sheetId": tab.sheet_id}} for tab in snapshot.tabs]
        requests = [*locale_requests(snapshot), *new_tabs_requests(snapshot, tabs), *deletions]
        self._make_tabs(snapshot.spreadsheet_id, requests, tabs)
        return SpreadsheetRef(snapshot.spreadsheet_id, snapshot.url)

    def ensure_tabs(self, spreadsheet_id: str, tabs: Sequence[TabLayout]) -> SheetSnapshot:
        """Make the tabs that are missing, and give the spreadsheet as it is then: 1 read, or 2 and a write.

        The way to connect a spreadsheet that a person made and shared with `client_email`. A tab is there if it
        carries our tag or, without a tag, the title; what it lacks inside comes with its next write (`reconcile`).
        """
        snapshot = self.read(spreadsheet_id)
        requests = new_tabs_requests(snapshot, tabs)
        if not requests:
            return snapshot
        self._make_tabs(spreadsheet_id, [*locale_requests(snapshot), *requests], tabs)
        return self.read(spreadsheet_id)

    def _make_tabs(self, spreadsheet_id: str, requests: Sequence[Mapping[str, Any]], tabs: Sequence[TabLayout]) -> None:
        """Apply `requests`, which make `tabs`. Their answer may be lost: the repeat is refused, and the tabs are there.

        Raises:
            Refused: and a tab is missing.
        """
        try:
            self._batch(spreadsheet_id, requests)
        except Refused:
            made = self.read(spreadsheet_id)
            if any(made.tab(layout) is None for layout in tabs):
                raise

    def claim_tab(self, spreadsheet_id: str, sheet_id: int, layout: TabLayout) -> None:
        """Say that a tab of the partners, whatever its name, is the one of `layout`."""
        self._batch(spreadsheet_id, claim_requests(sheet_id, layout))

    def retire(self, spreadsheet_id: str, notice: Sequence[str]) -> None:
        """Lock every tab and put one with `notice`, a line a row, before them; nothing is deleted."""
        self._batch(spreadsheet_id, retire_requests(self.read(spreadsheet_id), notice))

    def read(self, spreadsheet_id: str) -> SheetSnapshot:
        """The whole spreadsheet, typed cells and identities, in one call."""
        answer = self._client.request("get", SPREADSHEET_URL % spreadsheet_id, params={"fields": MASK})
        return parse_spreadsheet(_json(answer))

    def write(self, spreadsheet_id: str, plan: WritePlan) -> WriteReport:
        """Apply `plan` in one atomic call, exactly once however often it is repeated; no call for an empty plan.

        A refused batch may be a repeat: then its marker is there (Google's words for that are not documented, so
        they are not looked at), and the batch counts as done.

        Raises:
            SheetsError: as all methods; with `may_land` no other batch may be planned before LANDING is over, since
                that would have a marker of its own.
        """
        if plan.empty:
            return WriteReport(written=False)
        try:
            self._batch(spreadsheet_id, write_requests(plan))
        except Refused as refused:
            try:
                repeated = plan.marker in self._markers(spreadsheet_id)
            except SheetsError as error:
                error.may_land = refused.may_land
                raise
            if not repeated:
                raise
            return WriteReport(written=True, repeated=True)
        return WriteReport(written=True)

    def answers(self, spreadsheet_id: str | None = None, *, folder: str | None = None) -> dict[str, str]:
        """What this Google answers to the questions that its documents leave open: some 30 calls.

        Asked in tabs of their own, which are deleted again, or in a spreadsheet made for it, which is deleted too.
        """
        if spreadsheet_id is not None:
            return questions.ask(self._client, spreadsheet_id)
        made = self.create_spreadsheet("HubOut – doctor", [DOCTOR], folder=folder).spreadsheet_id
        try:
            return questions.ask(self._client, made)
        finally:
            self.drive.delete(made)

    def changes(self, token: str | None) -> Changes:
        """Which files changed since `token`; without one, where to begin: one call of Drive for all files.

        A file that was deleted or is no longer shared counts as changed.
        """
        every: dict[str, Any] = {"supportsAllDrives": True}
        if token is None:
            answer = self._client.request("get", f"{_CHANGES}/startPageToken", params=every)
            return Changes(_json(answer)["startPageToken"], None)
        wanted = {**every, "includeItemsFromAllDrives": True, "pageSize": 1000, "fields": _CHANGES_MASK}
        changed: set[str] = set()
        while True:
            body = _json(self._client.request("get", _CHANGES, params={**wanted, "pageToken": token}))
            changed |= {change["fileId"] for change in body.get("changes", ()) if "fileId" in change}
            if "nextPageToken" not in body:
                return Changes(body["newStartPageToken"], frozenset(changed))
            token = body["nextPageToken"]

    def _batch(self, spreadsheet_id: str, requests: Sequence[Mapping[str, Any]]) -> None:
        self._client.batch_update(spreadsheet_id, {"requests": requests})

    def _markers(self, spreadsheet_id: str) -> Mapping[int, int]:
        answer = self._client.request("get", SPREADSHEET_URL % spreadsheet_id, params={"fields": MARKER_MASK})
        return parse_markers(_json(answer))


def _json(response: Response) -> dict[str, Any]:
    """The body of a good answer; a page in its place (a captive proxy's) is no answer."""
    try:
        body: dict[str, Any] = response.json()
    except ValueError as error:
        raise Unreachable("Google Sheets does not answer: its answer is no JSON") from error
    return body
