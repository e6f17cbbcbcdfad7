"""The pages for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from werkzeug.wrappers import Request, Response

from integrations.local.google.store import Store


class Pages:
    """The list of files and the grid of a tab."""

    def __init__(self, store: Store, today: Callable[[str], date]) -> None:
        self.store = store
        self.today = today

    def respond(self, request: Request) -> Response:
        """The page of a request."""
        return Response(f"Not found: {request.path}", 404)
