"""One tab behind a private link, to be read only: for partners where Google is not allowed, or away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.dates import local_day
from app.security import sign, signed
from app.services.context import Context
from app.services.sheets import sheet_tabs
from app.services.sheets.sheet_export import table_of
from integrations.tables import Table

DAYS = 90
"""How long a link works unless it is said otherwise."""

_PURPOSE = "sheet"


@dataclass(frozen=True)
class TabPage:
    """A tab as its page shows it, and the last day on which its link works."""

    file: str
    table: Table
    until: date


def links(context: Context, workbook: str, days: int = DAYS) -> Iterator[tuple[str, str]]:
    """Each tab's name and its link, which works for `days` from today."""
    until = local_day(context.clock.now()) + timedelta(days=days)
    for each in sheet_tabs.work_tabs(context, workbook):
        token = sign(context.settings.secret_keys[-1], _PURPOSE, f"{workbook}.{_mark(each)}.{until:%Y%m%d}")
        yield each.tab.title, f"{context.settings.base_url}/foglio/{token}"


def behind(context: Context, token: str) -> TabPage | None:
    """The tab behind a link, as it is now; None for a link that nobody made, or whose day is over."""
    text = signed(context.settings.secret_keys, _PURPOSE, token)
    if text is None:
        return None
    workbook, mark, day = text.rsplit(".", 2)
    until = date.fromisoformat(day)
    found = next((each for each in sheet_tabs.work_tabs(context, workbook) if _mark(each) == mark), None)
    if found is None or until < local_day(context.clock.now()):
        return None
    with context.read() as session:
        return TabPage(sheet_tabs.title_of(context, workbook), table_of(session, context, workbook, found), until)


def _mark(each: sheet_tabs.WorkTab) -> str:
    """The tab in a link: nothing that tells what it is."""
    return hashlib.sha256(each.tab.title.encode()).hexdigest()[:12]
