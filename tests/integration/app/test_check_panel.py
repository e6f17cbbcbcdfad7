"""What `check` tells the author of a selection whose panel can't rank."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalogue.check import check_paths
from app.services.context import CARRIED_OUT

CALL = (Path(__file__).parent / "calls" / "selezione-di-prova.yaml").read_text(encoding="utf-8")

LAST_TWO = """\
    - {id: membro-3, body: Comune, email: membro3@selezione.example.org}
    - {id: supplente, body: Comune, email: supplente@selezione.example.org}
"""

SLIPS = (
    (", asks: panel", "", "the panel has no column for its points"),
    (LAST_TWO, "", "the panel has 2 members"),
    ("places: 1, tab: Valutazione}", "tab: Valutazione}", "the ranking has no number of places for site `ainm`"),
)


@pytest.mark.parametrize(("written", "instead", "told"), SLIPS, ids=[told for _, _, told in SLIPS])
def test_a_panel_that_cannot_rank_is_told(tmp_path: Path, written: str, instead: str, told: str) -> None:
    assert written in CALL
    path = tmp_path / "selezione-di-prova.yaml"
    path.write_text(CALL.replace(written, instead), encoding="utf-8")
    faults = [fault.what for fault in check_paths(CARRIED_OUT, [path])]
    assert any(told in fault for fault in faults), faults
