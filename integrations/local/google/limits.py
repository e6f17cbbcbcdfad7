"""What makes the local Google as unkind as the real one, when asked: quotas per minute, faults; and the log."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from werkzeug.wrappers import Request

from integrations.local.google.wire import ApiError, Json, bad_request

PER_USER = 60
PER_PROJECT = 300
OF_WRITES = frozenset({"drop_before_write", "drop_after_write", "lands_later"})
"""Faults that wait for a write."""

FAULT_KINDS = ("429", "500", "503", "html502", "slow", "timeout", *sorted(OF_WRITES))
"""429 to html502 are answers; a slow call is answered late, a timeout never; a dropped write is done or not, one that
lands later is done LATE seconds after its connection was closed."""

LATE = 170
"""Seconds; Google gives up on a request after 180."""
MESSAGES = {
    429: "Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute{whose}' "
    "of service 'sheets.googleapis.com' for consumer 'project_number:100000000001'.",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}
HTML_502 = (
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Error 502 (Server Error)!!1</title>"
    "<p><b>502.</b> <ins>That’s an error.</ins><p>The server encountered a temporary error and could not "
    "complete your request.<p>Please try again in 30 seconds.  <ins>That’s all we know.</ins>"
)


def over_quota(*, reads: bool, per_user: bool) -> ApiError:
    """Google's 429."""
    kind = "Read" if reads else "Write"
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {"service": "sheets.googleapis.com", "quota_unit": "1/min/{project}" + "/{user}" * per_user},
    }
    message = MESSAGES[429].format(kind=kind, whose=" per user" if per_user else "")
    return ApiError(429, message, details=[detail], reason="rateLimitExceeded")


class Quota:
    """Reads and writes of the Sheets API in the running minute: 60 of each an identity, 300 of each in all."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._minute = 0
        self._used: Counter[tuple[str, bool]] = Counter()

    def take(self, identity: str, *, reads: bool) -> None:
        """Count a call; a 429 when the minute is used up (a refused call does not count)."""
        with self._guard:
            minute = int(self._now().timestamp() // 60)
            if minute != self._minute:
                self._minute = minute
                self._used.clear()
            own, everyone = ("user " + identity, reads), ("project", reads)
            if self._used[own] >= PER_USER or self._used[everyone] >= PER_PROJECT:
                raise over_quota(reads=reads, per_user=self._used[own] >= PER_USER)
            self._used.update((own, everyone))


class Faults:
    """Faults asked for, each for `count` calls of the APIs after `after` good ones; the first asked for comes first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: list[tuple[str, int, int]] = []

    def ask(self, body: Json) -> Json:
        """Take an order `{"kind": …, "count": 1, "after": 0}`; 400 on a kind that is not known."""
        kind, count, after = str(body.get("kind")), body.get("count", 1), body.get("after", 0)
        if kind not in FAULT_KINDS:
            raise bad_request(f"kind must be one of {', '.join(FAULT_KINDS)}.")
        for name, number in (("count", count), ("after", after)):
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise bad_request(f"{name} must be a number, zero or more.")
        with self._guard:
            self._waiting = [item for item in self._waiting if item[0] != kind]
            if count:
                self._waiting.append((kind, count, after))
        return self.listed()

    def clear(self) -> None:
        """Forget every fault asked for."""
        with self._guard:
            self._waiting.clear()

    def listed(self) -> Json:
        """What is still to come."""
        with self._guard:
            return {"faults": [{"kind": kind, "count": count, "after": after} for kind, count, after in self._waiting]}

    def next(self, *, writes: bool) -> str | None:
        """The fault of this call, or None."""
        with self._guard:
            for place, (kind, count, after) in enumerate(self._waiting):
                if kind in OF_WRITES and not writes:
                    continue
                if after:
                    self._waiting[place] = (kind, count, after - 1)
                    continue
                self._waiting[place : place + 1] = [(kind, count - 1, 0)] if count > 1 else []
                return kind
        return None


class Late:
    """Writes that nobody waits for any more, each done LATE seconds after it was sent."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._guard = threading.RLock()
        self._waiting: list[tuple[datetime, Callable[[], object]]] = []

    def put(self, write: Callable[[], object]) -> None:
        """Have `write` done later."""
        with self._guard:
            self._waiting.append((self._now() + timedelta(seconds=LATE), write))

    def land(self) -> None:
        """Do the writes whose time has come, in the order in which they were sent; nobody hears how one ends."""
        with self._guard:
            now = self._now()
            due = [write for at, write in self._waiting if at <= now]
            self._waiting = [(at, write) for at, write in self._waiting if at > now]
            for write in due:
                with suppress(ApiError, AttributeError, KeyError, TypeError):
                    write()

    def __len__(self) -> int:
        """How many are still to land."""
        with self._guard:
            return len(self._waiting)


class RequestLog:
    """One JSON object a line for every call of the APIs: method, path, query, body."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()

    def write(self, request: Request) -> None:
        """Append a call; a body that is no JSON is kept as text."""
        text = request.get_data(cache=True).decode("utf-8", "replace")
        try:
            body = json.loads(text) if text.strip() else None
        except ValueError:
            body = text
        query = {name: values if len(values) > 1 else values[0] for name, values in request.args.lists()}
        line = {"method": request.method, "path": request.path, "query": query, "body": body}
        with self._guard, self._path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
