"""Every transition of the seven workflows, reached by a real sequence of events."""

from __future__ import annotations

import pytest

from tests.unit.workflows.bodies import CITTA, ENTE
from tests.unit.workflows.conftest import NAMES, library
from tests.unit.workflows.courses import POSTI, STUDENTE
from tests.unit.workflows.desks import AMMISSIONE
from tests.unit.workflows.ideas import PROPOSTA
from tests.unit.workflows.selection import SELEZIONE
from tests.unit.workflows.tables import Row, Table, missing, missing_ways, told

TABLES = {
    "ammissione-posti": AMMISSIONE,
    "proposta-valutata": PROPOSTA,
    "iscrizione-posti": POSTI,
    "iscrizione-studente": STUDENTE,
    "adesione-ente": ENTE,
    "selezione-graduatoria": SELEZIONE,
    "doppia-approvazione": CITTA,
}
AFTER_A_NOTICE = {("ammissibilita", "not_admissible", "istruttore"), ("integrazione", "timer:P10D", "sistema")}
"""Ways of proposta-valutata after a notice of refusal, from which none leads back to the case officer: they are there
for the shape that the workflows share, and fired from a case made up for it in test_idea.py."""
ROWS = [pytest.param(name, table, row, id=f"{name}-{row}") for name, table in TABLES.items() for row in table.rows]


@pytest.mark.parametrize(("name", "table", "row"), ROWS)
def test_an_act_leads_where_the_table_says(name: str, table: Table, row: Row) -> None:
    outcome = table.play(library(name), row)
    assert (outcome.to_state, told(outcome.effects)) == (row.to, row.effects)


@pytest.mark.parametrize("name", TABLES)
def test_no_transition_is_left_out(name: str) -> None:
    left_out = [] if name != "proposta-valutata" else [(event, "decisione") for _, event, _ in sorted(AFTER_A_NOTICE)]
    assert sorted((event, to) for _, event, to in missing(library(name), TABLES[name])) == left_out


def test_every_workflow_has_a_table() -> None:
    assert sorted(TABLES) == NAMES


@pytest.mark.parametrize(("name", "but"), [("ammissione-posti", set()), ("proposta-valutata", AFTER_A_NOTICE)])
def test_no_way_is_left_out(name: str, but: set[tuple[str, str, str]]) -> None:
    assert set(missing_ways(library(name), TABLES[name])) == but
