"""Google's quota per minute, shared by all workers through Redis."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

Call: TypeAlias = Literal["read", "write"]


class Limiter(Protocol):
    """Says when the next call to Google may be made."""

    def take(self, call: Call) -> float:
        """Take one call's worth: 0.0 when it was taken, else seconds after which to ask again (nothing was taken)."""

    def close(self, call: Call, retry_after: float | None = None) -> None:
        """Google answered 429: take nothing for `retry_after` seconds, or until the next minute and a bit."""
