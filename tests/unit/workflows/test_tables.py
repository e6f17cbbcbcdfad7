"""Every transition of the workflows that have a table, reached by a real sequence of events."""

from __future__ import annotations

import pytest

from tests.unit.workflows.bodies import CITTA, ENTE
from tests.unit.workflows.conftest import library
from tests.unit.workflows.courses import POSTI, STUDENTE
from tests.unit.workflows.selection import SELEZIONE
from tests.unit.workflows.tables import Row, Table, missing, told

TABLES = {
    "iscrizione-posti": POSTI,
    "iscrizione-studente": STUDENTE,
    "adesione-ente": ENTE,
    "selezione-graduatoria": SELEZIONE,
    "doppia-approvazione": CITTA,
}
ROWS = [pytest.param(name, table, row, id=f"{name}-{row}") for name, table in TABLES.items() for row in table.rows]


@pytest.mark.parametrize(("name", "table", "row"), ROWS)
def test_an_act_leads_where_the_table_says(name: str, table: Table, row: Row) -> None:
    outcome = table.play(library(name), row)
    assert (outcome.to_state, told(outcome.effects)) == (row.to, row.effects)


@pytest.mark.parametrize("name", TABLES)
def test_no_transition_is_left_out(name: str) -> None:
    assert missing(library(name), TABLES[name]) == []
