"""A day's backlog of mails after an outage: how fast one worker delivers it, beside a bare smtplib loop.

The server is our sink in a process of its own; it answers when a mail is on disk, as a relay does. The bare loop sends
the very bytes that we sent, through one connection, knowing nothing of rows, cases and languages.
"""

from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import insert, select
from werkzeug.datastructures import MultiDict

from app.models import OutboxMessage
from app.services.context import Context
from app.services.intake import submissions
from app.services.mail import delivery
from forms.builder import JudgeContext, form_inputs, judge
from integrations.local.smtp import Mailbox

BACKLOG = 10_000
"""A day's mails."""

APPLICATIONS = 500
"""Each makes two mails, one with a link to confirm and one with the applicant's page; the rest are repeated."""

_HOST = "127.0.0.1"
_SERVE = "from pathlib import Path; from integrations.local.smtp import serve; serve(Path({home!r}), {host!r}, {port})"
_PATIENCE = 20.0  # seconds


@contextmanager
def sink(home: Path) -> Iterator[str]:
    """Our SMTP sink in a process of its own, into `home`; its address."""
    with socket.create_server((_HOST, 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", _SERVE.format(home=str(home), host=_HOST, port=port)])  # noqa: S603 - our own server
    try:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection((_HOST, port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        yield f"smtp://{_HOST}:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def fill(context: Context, mails: int, answers: dict[str, object]) -> None:
    """Put `mails` mails of `APPLICATIONS` applications into the outbox, each to an address of its own."""
    call = context.catalogue.calls["coworking-2026"]
    for number in range(min(APPLICATIONS, mails // 2)):
        inputs = MultiDict(form_inputs(call.form, {**answers, "email": f"persona{number}@example.org"}))
        judged = judge(call.form, inputs, JudgeContext.of(call.form, context.clock.now()))
        submissions.submit(
            context, submissions.Sending(call, judged, f"backlog-{number}", "en" if number % 4 else "it")
        )
    table = OutboxMessage.__table__
    with context.write() as session:
        rows = [dict(row) for row in session.execute(select(table).where(table.c.channel == "mail")).mappings()]
        copies = []
        for number in range(mails - len(rows)):
            row = {name: value for name, value in rows[number % len(rows)].items() if name != "id"}
            copies.append({**row, "dedupe_key": f"copy/{number}", "target": f"copia{number}@example.org"})
        if copies:
            session.execute(insert(OutboxMessage), copies)


def rates(context: Context, answers: dict[str, object], mails: int = BACKLOG) -> tuple[float, float]:
    """Mails a second: ours, and the bare loop's."""
    home = context.settings.home
    with sink(home / "ours") as url:
        ours = replace(context, settings=replace(context.settings, smtp_url=url))
        fill(ours, mails, answers)
        began = time.perf_counter()
        sent = delivery.send_due(ours)
        our_rate = mails / (time.perf_counter() - began)
        ours.transport.close()
    keys = Mailbox(home / "ours" / "mail").keys()
    if not sent == mails == len(keys):
        raise RuntimeError(f"{sent} of {mails} mails were sent, {len(keys)} arrived")
    raw = [(home / "ours" / "mail" / "new" / key).read_bytes().split(b"\r\n", 1)[1] for key in keys]
    with sink(home / "bare") as url, smtplib.SMTP(_HOST, int(url.rpartition(":")[2]), "[127.0.0.1]") as connection:
        began = time.perf_counter()
        for number, content in enumerate(raw):
            connection.sendmail("hubout@example.org", [f"persona{number}@example.org"], content)
        return our_rate, mails / (time.perf_counter() - began)
