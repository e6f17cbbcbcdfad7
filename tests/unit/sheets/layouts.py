"""Tabs as the two calls have them, and small ones."""

from __future__ import annotations

from integrations.sheets.layout import Column, case_tab

PARTNER = (
    Column("conflitto", "partner", "choice", options=("sì", "no")),
    Column("esito_proposto", "partner", "choice", options=("Sì", "Sì con modifiche", "No", "Mi astengo")),
    Column("punteggio_0_100", "partner", "integer", min=0, max=100),
    Column("note_per_il_gruppo", "partner"),
    Column("valutato_il", "partner", "date"),
)
COWORKING = case_tab(
    "olt-1",
    "Domande",
    (Column("sede"), Column("posti", kind="integer"), Column("attivita")),
    PARTNER,
)
OTHER = case_tab("olt-2", "Domande 2", (Column("sede"),), PARTNER[:3])
