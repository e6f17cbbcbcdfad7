"""The sum beside the points of a row."""

from __future__ import annotations

from integrations.sheets.layout import Column, case_tab
from integrations.sheets.outcome import OurRow
from integrations.sheets.reconcile import reconcile
from integrations.sheets.totals import with_totals
from tests.unit.sheets.model import Model

POINTS = ("merito", "rilevanza")
PANEL = case_tab(
    "presidente",
    "Presidente",
    (),
    (*(Column(name, "partner", "integer", min=0, max=50) for name in POINTS), Column("totale", "system", "integer")),
)


def test_the_points_of_the_original_count_though_a_copy_stands_above_it() -> None:
    ours = {"IMP-26-A": OurRow({"stato": "valutazione"})}
    model = Model.of(PANEL)
    tab = model.tab(PANEL)
    first = reconcile(PANEL, {}, ours, tab.snapshot())
    model.write(first.write)
    tab.type("IMP-26-A", "merito", 30)
    tab.type("IMP-26-A", "rilevanza", 10)
    rows = with_totals(PANEL, first.next_base, ours, tab.snapshot(), "totale", POINTS)
    assert rows["IMP-26-A"].cells["totale"] == 40
    second = reconcile(PANEL, first.next_base, rows, tab.snapshot())
    model.write(second.write)
    copy = list(tab.grid[1])
    copy[tab.column("merito")] = 1
    tab.grid.insert(1, copy)
    tab.height += 1
    rows = with_totals(PANEL, second.next_base, rows, tab.snapshot(), "totale", POINTS)
    assert rows["IMP-26-A"].cells["totale"] == 40
