"""What a tab of editions proposes."""

from __future__ import annotations

from app.services.sheets.edition_settings import proposals
from integrations.sheets.layout import CellValue, Column, TabLayout

LAYOUT = TabLayout(
    "Edizioni",
    "Edizioni",
    (
        Column("chiave"),
        Column("aula", "partner"),
        Column("conferma_edizione", "partner", "choice", ("sì", "no")),
        Column("ore", "partner", "integer"),
    ),
    reference="chiave",
)


def test_each_edition_says_what_stands_beside_it() -> None:
    seen: dict[str, dict[str, CellValue]] = {
        "uno": {"aula": " Sala 2 ", "conferma_edizione": "no", "ore": 8},
        "due": {},
        "passata": {"aula": "Sala 1"},
    }
    assert proposals(LAYOUT, seen, ["uno", "due", "senza riga"]) == {
        ("uno", "aula"): "Sala 2",
        ("uno", "conferma_edizione"): "no",
        ("due", "aula"): "",
        ("due", "conferma_edizione"): "",
    }


def test_a_word_that_is_not_in_the_list_proposes_nothing() -> None:
    assert proposals(LAYOUT, {"uno": {"conferma_edizione": "forse"}}, ["uno"]) == {("uno", "aula"): ""}
