"""How many calls and how long it takes to bring waiting rows into sheets, beside one append a row with plain gspread.

Both speak to the local Google with Google's quotas of a minute enforced. Its clock is turned by hand: a wait for the
quota costs nothing here but counts in full, so the seconds of the table are work on this machine plus waiting.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import gspread
from google.oauth2.service_account import Credentials
from gspread.exceptions import APIError
from redis import Redis
from rich.table import Table

from integrations.local.google import Store, create_app
from integrations.local.google.server import Server
from integrations.local.service_account import ensure_service_account
from integrations.sheets.gateway import Gateway, Patience
from integrations.sheets.layout import REFERENCE, Column, case_tab
from integrations.sheets.outcome import Base, OurRow
from integrations.sheets.plan import parts, plan_write
from integrations.sheets.quota import Call, Limiter, RedisLimiter
from integrations.sheets.reconcile import reconcile
from tests.integration.google.running import HOST, SCOPES, rewriting
from tests.integration.redis_server import running_redis

LAYOUT = case_tab("bench", "Domande", [Column("titolo")], [Column("punteggio", "partner", "integer", min=0, max=100)])
SIZES = (100, 1_000, 10_000, 100_000)
NAIVE_SIZES = (100, 1_000)
"""One append a row is measured only so far: it takes a minute for each sixty rows."""
WORKBOOKS = (1, 12)
MINUTE = 60.0


@dataclass
class Turned:
    """Google's clock, in unix seconds: it moves only by waiting."""

    now: float = datetime(2026, 11, 16, 8, tzinfo=UTC).timestamp()
    waited: float = 0.0

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.waited += seconds


@dataclass
class Counted:
    """The workers' quota, and how often it was asked with success: each is one call of the Sheets API."""

    limiter: Limiter
    calls: int = 0

    def take(self, call: Call) -> float:
        wait = self.limiter.take(call)
        self.calls += not wait
        return wait

    def close(self, call: Call, retry_after: float | None = None) -> None:
        self.limiter.close(call, retry_after)


@dataclass
class Bench:
    """A local Google that counts quotas, and the two ways to it."""

    url: str
    account: Path
    redis: Redis
    clock: Turned = field(default_factory=Turned)

    def ours(self, rows: int, workbooks: int) -> tuple[int, float]:
        """Calls and seconds of our sync for so many rows, spread evenly over spreadsheets that are there."""
        self.redis.flushall()
        counted = Counted(RedisLimiter(self.redis, "hubout@example.org", clock=lambda: self.clock.now))
        patience = Patience(sleep=self.clock.wait, quota_wait=MINUTE * 2, jitter=lambda: 1.0)
        gateway = Gateway(self.account, self.url, counted, patience)
        made = [gateway.create_spreadsheet(f"bench {number}", [LAYOUT]) for number in range(workbooks)]
        self.clock.wait(2 * MINUTE)
        share, counted.calls, self.clock.waited = rows // workbooks, 0, 0.0
        began = time.perf_counter()
        for number, spreadsheet in enumerate(made):
            self._sync(gateway, spreadsheet.spreadsheet_id, share + (rows % workbooks if number == 0 else 0))
        seconds = time.perf_counter() - began + self.clock.waited
        gateway.close()
        return counted.calls, seconds

    def _sync(self, gateway: Gateway, spreadsheet_id: str, rows: int) -> None:
        ours = {f"CWK-26-{n:06d}": OurRow(_cells(n)) for n in range(rows)}
        base: Base = {}
        more, cycle = True, 0
        while more:
            cycle += 1
            snapshot = gateway.read(spreadsheet_id)
            tab = snapshot.tab(LAYOUT)
            if tab is None:
                raise AssertionError("the bench's own tab is gone")
            merged = reconcile(LAYOUT, base, ours, tab)
            now = datetime.fromtimestamp(self.clock.now, UTC)
            plan = plan_write(f"{spreadsheet_id}:{cycle}", snapshot, [merged.write], now)
            for part in parts(plan):
                gateway.write(spreadsheet_id, part)
            base, more = merged.next_base, merged.more

    def naive(self, rows: int) -> tuple[int, float]:
        """Calls and seconds of one `append_row` a row with gspread, again after each 429."""
        self.clock.wait(2 * MINUTE)
        credentials = Credentials.from_service_account_file(str(self.account), scopes=SCOPES)  # type: ignore[no-untyped-call]
        client = gspread.Client(auth=credentials, http_client=rewriting(self.url))
        sheet = client.create("bench").sheet1
        self.clock.wait(2 * MINUTE)
        calls, self.clock.waited = 0, 0.0
        began = time.perf_counter()
        for number in range(rows):
            while True:
                calls += 1
                try:
                    sheet.append_row(list(_cells(number).values()))
                except APIError:
                    self.clock.wait(MINUTE - self.clock.now % MINUTE)
                else:
                    break
        return calls, time.perf_counter() - began + self.clock.waited


def _cells(number: int) -> dict[str, str]:
    reference = f"CWK-26-{number:06d}"
    return {REFERENCE: reference, "stato": "valutazione", "titolo": f"Una proposta per il quartiere, numero {number}"}


@contextmanager
def running() -> Iterator[Bench]:
    """A bench with servers of its own, in a folder that goes with it."""
    with ExitStack() as stack:
        home = Path(tempfile.mkdtemp())
        stack.callback(shutil.rmtree, home)
        redis = stack.enter_context(Redis.from_url(stack.enter_context(running_redis(home))))
        clock = Turned()
        store = Store(home / "google", lambda: datetime.fromtimestamp(clock.now, UTC))
        stack.callback(store.close)
        server = stack.enter_context(Server(create_app(store, quota=True), HOST, 0))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        stack.callback(server.shutdown)
        url = f"http://{HOST}:{server.port}"
        yield Bench(url, ensure_service_account(home, f"{url}/token"), redis, clock)


def table() -> Table:
    """Measure, and say it as a table."""
    shown = Table("waiting rows", "spreadsheets", "calls", "seconds", "calls, one append a row", "seconds")
    with running() as bench:
        naive = {rows: bench.naive(rows) for rows in NAIVE_SIZES}
        for rows in SIZES:
            for workbooks in WORKBOOKS:
                calls, seconds = bench.ours(rows, workbooks)
                beside = [f"{naive[rows][0]:,}", f"{naive[rows][1]:,.0f}"] if rows in naive else ["not measured"] * 2
                shown.add_row(f"{rows:,}", str(workbooks), f"{calls:,}", f"{seconds:,.1f}", *beside)
    return shown
