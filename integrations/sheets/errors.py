"""What can go wrong between us and Google, by what the caller must do about it."""
# ruff: noqa: N818 - read at the caller's except: `except Throttled`; all of them are SheetsError

from __future__ import annotations


class SheetsError(Exception):
    """Base of all; its text is for the operator, one line.

    Attributes:
        may_land: a write was sent and its end is not known: it may have been done, or may be within `plan.LANDING`.
    """

    may_land: bool = False


class Throttled(SheetsError):
    """The quota is used up: this try did nothing. Try again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(f"Google Sheets: quota used up, again in {retry_after:.0f} s")


class Unreachable(SheetsError):
    """Google did not answer, or not sensibly, after all tries. Transient; a write may or may not have been done."""


class Gone(SheetsError):
    """The spreadsheet is not there for us any more (404) or not shared with us (403): a person must act."""


class Refused(SheetsError):
    """Google refuses the request and would again: a person or a developer must act; the text says what to do.

    Attributes:
        code: HTTP status of the answer, 0 where there was none.
    """

    def __init__(self, text: str, code: int = 0) -> None:
        self.code = code
        super().__init__(text)
