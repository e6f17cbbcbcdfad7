"""Each activity of the programme has its call, its sites and its workbook, as docs/calls.md tells them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.catalogue.library import Catalogue, read_catalogue

ACTIVITIES = "ABCDEFGHIJKLMN"
ROW = re.compile(r"^\| ([A-N]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
PROVINCE = "M"
"""It applies for nothing: it decides and gives opinions in other activities."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    read, faults = read_catalogue(None)
    assert faults == []
    return read


@pytest.fixture(scope="module")
def rows(repository: Path) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Calls, sites and workbooks of each activity."""
    page = (repository / "docs" / "calls.md").read_text(encoding="utf-8")
    return {
        row: (re.findall(r"`([^`]+)`", calls), re.findall(r"`([^`]+)`", sites), re.split(r", ", workbooks.strip()))
        for row, _, calls, sites, workbooks in ROW.findall(page)
    }


def test_the_table_has_every_activity_and_every_call(
    rows: dict[str, tuple[list[str], list[str], list[str]]], catalogue: Catalogue
) -> None:
    assert "".join(rows) == ACTIVITIES
    assert {call for calls, _, _ in rows.values() for call in calls} == set(catalogue.calls)
    told = {(call, site) for calls, sites, _ in rows.values() for call in calls for site in sites}
    assert told == {(call.id, site) for call in catalogue.calls.values() for site in call.file.sites}


@pytest.mark.parametrize("row", [row for row in ACTIVITIES if row != PROVINCE])
def test_an_activity_leads_to_its_workbook(
    rows: dict[str, tuple[list[str], list[str], list[str]]], catalogue: Catalogue, row: str
) -> None:
    (name,), sites, workbooks = rows[row]
    call = catalogue.calls[name]
    for site in sites or [""]:
        assert {tab.workbook for tab in call.tabs(site)} == set(workbooks)
        assert call.people("coordinatore", site)


def test_the_provincia_decides_on_schools_and_gives_opinions(catalogue: Catalogue) -> None:
    (decides,) = catalogue.calls["scuole-clab-2026"].people("coordinatore", "matera")
    (opinion, *_) = catalogue.calls["clab-urbano-2026"].people("provincia", "matera")
    assert decides.email.endswith("@provincia-matera.example.org")
    assert opinion.email.endswith("@provincia-matera.example.org")
    assert not catalogue.calls["clab-urbano-2026"].people("provincia", "cinisello")
