"""`make bench`: what an application costs, part by part, as ratios to an empty Flask answer measured in the same run.

One process, no network: the figures compare parts with each other and versions with each other, on one machine. A
fresh SQLite file in a temporary home takes the submissions, with synchronous=FULL as in production.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from flask import Flask
from rich.console import Console
from rich.table import Table
from werkzeug.datastructures import MultiDict

from app import migrate
from app.catalogue.calls import Call
from app.config import Settings
from app.services.context import Context, open_context
from app.services.intake import submissions
from forms.builder import JudgeContext, form_inputs, judge
from integrations.sheets.layout import Column, case_tab
from integrations.sheets.outcome import OurRow
from integrations.sheets.reconcile import reconcile
from integrations.sheets.snapshot import TabSnapshot
from tests.bench import sheet_calls
from tests.bench.mails import BACKLOG, rates
from workflows.case import Case, Facts, Visit
from workflows.engine import fire

SECONDS = 1.0
"""How long each part is repeated."""

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
APPLICATIONS = Path(__file__).resolve().parents[2] / "app" / "story" / "applications.jsonl"


def rate(work: Callable[[], object]) -> float:
    """How often `work` runs in a second, after one run that doesn't count."""
    work()
    began, runs = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        work()
        runs += 1
    return runs / (time.perf_counter() - began)


def story() -> dict[str, object]:
    """The answers of the demo's first application for a desk."""
    lines = (json.loads(line) for line in APPLICATIONS.read_text(encoding="utf-8").splitlines())
    answers: dict[str, object] = next(line["data"] for line in lines if line["form"] == "coworking-postazione")
    return answers


def parts(context: Context) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is measured, the empty answer first."""
    call = context.catalogue.calls["coworking-2026"]
    inputs = MultiDict(form_inputs(call.form, story()))
    empty = Flask("empty")
    empty.add_url_rule("/", view_func=lambda: "")
    client = empty.test_client()
    yield "Flask, an empty answer", lambda: client.get("/")
    yield "judge a whole form", lambda: judge(call.form, inputs, JudgeContext.of(call.form, NOW))
    yield "store an application (SQLite, one durable transaction)", _storing(context, call, inputs)
    yield "the engine: confirm an address", _confirming(call)
    yield "merge a sheet of 1,000 rows, nothing changed", _merging(1_000)


def _storing(context: Context, call: Call, inputs: MultiDict[str, str]) -> Callable[[], object]:
    numbers = count()

    def store() -> None:
        number = next(numbers)
        typed = inputs.copy()
        typed["email"] = f"persona{number}@example.org"
        judgement = judge(call.form, typed, JudgeContext.of(call.form, NOW))
        submissions.submit(context, submissions.Sending(call, judgement, f"key-{number}", "it"))

    return store


def _confirming(call: Call) -> Callable[[], object]:
    state = call.workflow.initial
    case = Case(
        "CWK-26-000000",
        call.form.form,
        call.id,
        state,
        NOW,
        NOW,
        history=(Visit(state, NOW),),
        law241=True,
        term_days=30,
    )
    return lambda: fire(call.workflow, case, "email_confirmed", Facts(NOW, "richiedente"))


def _merging(rows: int) -> Callable[[], object]:
    layout = case_tab("bench", "bench", [Column("titolo")], [Column("punteggio", "partner", "integer", min=0, max=100)])
    header = tuple(column.id for column in layout.columns)
    ours = {f"CWK-26-{n:06d}": OurRow({"codice": f"CWK-26-{n:06d}", "titolo": "Una proposta"}) for n in range(rows)}
    cells = [tuple(row.cells.get(name) for name in header) for row in ours.values()]
    theirs = TabSnapshot(0, "bench", "bench", (header, *cells), dict(enumerate(header)), rows + 10, len(header))
    base = reconcile(layout, {}, ours, theirs).next_base
    return lambda: reconcile(layout, base, ours, theirs)


@contextmanager
def bench_context() -> Iterator[Context]:
    """A context in a temporary home, without Redis: wake-ups fail at once and cost what they cost then."""
    with tempfile.TemporaryDirectory() as home:
        environ = {"HUBOUT_HOME": home, "HUBOUT_CLOCK": NOW.isoformat(), "PATH": os.environ["PATH"]}
        context = open_context(Settings.from_environment(environ))
        migrate.upgrade(context.database)
        try:
            yield context
        finally:
            context.close()


def main() -> None:
    """Measure and print."""
    logging.disable(logging.WARNING)  # Redis is away, and each wake-up would say so
    table = Table("part", "a second", "ratio to the empty answer")
    floor = 0.0
    with bench_context() as context:
        for name, work in parts(context):
            speed = rate(work)
            floor = floor or speed
            table.add_row(name, f"{speed:,.0f}", f"{speed / floor:.3f}")
    console = Console(width=100)
    console.print(table)
    mails = Table("a day's backlog of mails", "a second", "ratio to the bare loop")
    with bench_context() as context:
        ours, bare = rates(context, story())
    mails.add_row("a bare smtplib loop with the same mails", f"{bare:,.0f}", "1.000")
    mails.add_row(f"the outbox, one worker, {BACKLOG:,} mails", f"{ours:,.0f}", f"{ours / bare:.3f}")
    console.print(mails)
    console.print(sheet_calls.table())


if __name__ == "__main__":
    main()
