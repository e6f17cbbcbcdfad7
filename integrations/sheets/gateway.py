"""The one door to Google Sheets; the only importer of gspread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from integrations.sheets.layout import TabLayout
    from integrations.sheets.plan import WritePlan
    from integrations.sheets.quota import Limiter
    from integrations.sheets.snapshot import SheetSnapshot


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


class Gateway:
    """Google Sheets as one service account sees it. Not thread-safe: one for each process.

    All methods raise errors.SheetsError: Throttled, Unreachable (transient), Gone, Refused (a person must act).
    """

    def __init__(self, credentials_file: Path, root_url: str | None, limiter: Limiter) -> None:
        raise NotImplementedError

    @property
    def client_email(self) -> str:
        """The address with which people share a spreadsheet so that we may edit it."""
        raise NotImplementedError

    def create_spreadsheet(self, title: str, tabs: Sequence[TabLayout], *, folder: str | None = None) -> SpreadsheetRef:
        """Make a spreadsheet with `tabs`, in the shared-drive folder `folder` (id) where one is given. 3 calls."""
        raise NotImplementedError

    def ensure_tabs(self, spreadsheet_id: str, tabs: Sequence[TabLayout]) -> SheetSnapshot:
        """Make the tabs that are missing and give the spreadsheet as it is then: 1 read, or 2 and a write."""
        raise NotImplementedError

    def read(self, spreadsheet_id: str) -> SheetSnapshot:
        """The whole spreadsheet in one call."""
        raise NotImplementedError

    def write(self, spreadsheet_id: str, plan: WritePlan) -> WriteReport:
        """Apply `plan` in one atomic call, exactly once however often it is repeated; no call for an empty plan."""
        raise NotImplementedError
