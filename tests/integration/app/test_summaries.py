"""Summary tabs: places, lists, editions, calendar, indicators and decisions, reckoned and kept current."""

from __future__ import annotations

from typing import Any

import pytest

from app.catalogue.sheet_settings import CASE_COLUMNS
from app.models import Spreadsheet
from app.services.sheets import indicators, syncing
from app.services.sheets.case_columns import LOOKS
from app.services.sheets.small_counts import SMALL
from app.story.partner import Partner
from tests.integration.app import scenes
from tests.integration.app.members import CHAIR, COURSE, SELECTION_COORDINATOR, learner
from tests.integration.app.people import CHIARA, desk
from tests.integration.app.people import SMALL as SMALL_DESKS
from tests.integration.app.scenes import ENTRY
from tests.integration.app.test_selection import in_scoring, score, scored
from tests.integration.app.town import Town

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

DESKS = "coworking-cinisello"


def tab(town: Town, workbook: str, title: str) -> Partner:
    with town.context.read() as session:
        sheet = session.get_one(Spreadsheet, workbook)
        assert sheet.spreadsheet_id
        return Partner(town.google.url, sheet.spreadsheet_id, title, "lettrice")


def rows(town: Town, workbook: str, title: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if value not in (None, "")}
        for row in tab(town, workbook, title).rows()
    ]


def synced(town: Town, workbook: str) -> None:
    assert syncing.sync(town.context, workbook)
    town.work()


def calls_of_a_sync(town: Town, workbook: str) -> list[str]:
    before = len(town.google.calls())
    synced(town, workbook)
    return [call["method"] for call in town.google.calls()[before:]]


@one_database
def test_places_tell_what_is_taken_and_who_waits(town: Town) -> None:
    scenes.active_desk(town)
    synced(town, DESKS)
    found = rows(town, DESKS, "Postazioni")
    assert len(found) == 2 * 6 * 2
    monday = next(row for row in found if row["chiave"] == "cb-cofo/lun/mattina")
    assert monday == {
        "chiave": "cb-cofo/lun/mattina",
        "sede": "Coworking Cofò, Villa Forno (Cinisello Balsamo)",
        "giorno": "Lunedì",
        "fascia_oraria": "Mattina",
        "posti_totali": 12,
        "occupati": 1,
        "liberi": 11,
        "in_lista": 0,
    }


@one_database
def test_a_summary_costs_no_call_of_its_own_and_is_written_only_when_it_changes(town: Town) -> None:
    scenes.offered_desk(town)
    synced(town, DESKS)
    assert calls_of_a_sync(town, DESKS) == ["GET"]
    town.confirmed(desk(email="altra@example.org"))
    assert calls_of_a_sync(town, DESKS) == ["GET", "POST"]
    assert calls_of_a_sync(town, DESKS) == ["GET"]


@one_database
def test_who_leaves_the_list_leaves_the_tab(town: Town) -> None:
    first = scenes.small_desk_to_decide(town, "prima@example.org")
    second = scenes.small_desk_to_decide(town, "seconda@example.org")
    for reference in (first, second):
        town.choose("coordina@prova.example.org", reference, "approve")
    assert town.state(second) == "lista_attesa"
    synced(town, "prova")
    (row,) = rows(town, "prova", "Lista")
    assert (row["codice"], row["posizione"], row["stato"]) == (second, 1, "In lista d’attesa")
    tab(town, "prova", "Lista").type_in(second, {"posizione": "7"})
    town.choose("prima@example.org", first, "decline")
    assert town.state(second) == "posto_offerto"
    synced(town, "prova")
    assert rows(town, "prova", "Lista") == []
    assert [row["tab"] for row in town.dump()["summary_rows"] if row["tab"] == "Lista"] == []


@one_database
def test_an_edition_s_row_keeps_what_the_partner_writes(town: Town) -> None:
    for email in ("anna@example.org", "bea@example.org"):
        town.confirmed(learner(email), COURSE)
    synced(town, "corso")
    listed = rows(town, "corso", "Edizioni")
    assert [(row["chiave"], row["posti"], row["iscritti"], row["in_lista"]) for row in listed] == [
        ("prova-01", 1, 1, 1),
        ("prova-02", 1, 0, 0),
    ]
    second = next(row for row in rows(town, "corso", "Iscrizioni") if row.get("posizione_lista"))
    assert second["posizione_lista"] == 1
    edition = tab(town, "corso", "Edizioni")
    edition.type_in("prova-01", {"aula": "Sala 2", "conferma_edizione": "sì", "posti": "99"})
    synced(town, "corso")
    (row, _) = rows(town, "corso", "Edizioni")
    assert (row["aula"], row["conferma_edizione"], row["posti"]) == ("Sala 2", "sì", 1)
    (kept, _) = town.dump()["summary_rows"]
    assert (kept["base"]["aula"], kept["base"]["conferma_edizione"]) == ("Sala 2", "sì")


@one_database
def test_decisions_are_told_by_code_only(town: Town) -> None:
    reference = scenes.small_desk_to_decide(town, CHIARA)
    synced(town, "prova")
    assert rows(town, "prova", "Registro") == []
    town.choose("coordina@prova.example.org", reference, "approve")
    synced(town, "prova")
    (row,) = rows(town, "prova", "Registro")
    assert row["codice"] == reference
    assert (row["modulo"], row["esito"], row["ruolo"]) == (
        "Chiedi una postazione nel coworking",
        "Posto offerto",
        "chi coordina",
    )
    assert (row["deciso_il"], row["protocollo_numero"], row["protocollo_data"]) == (46342, "0001234", 46342)


def test_indicators_hide_small_counts(town: Town) -> None:
    for number in range(6):
        age = "1992-05-05" if number == 5 else "1998-05-05"
        town.confirmed(desk(email=f"p{number}@example.org", data_nascita=age), SMALL_DESKS)
    town.apply(desk(email="mai@example.org"), SMALL_DESKS)
    with town.context.read() as session:
        (line,) = indicators.figures(session, town.context)
    assert (line.applications, line.bands) == (6, {"under_18": 0, "18_24": 0, "25_30": 5, "31_35": 1})
    synced(town, "prova")
    (row,) = rows(town, "prova", "Indicatori")
    assert (row["mese"], row["citta"], row["domande"], row["ammesse"]) == ("2026-11", "Cinisello Balsamo", 6, SMALL)
    assert [row[band] for band in indicators.BANDS] == [SMALL, SMALL, 5, SMALL]


@one_database
def test_the_sum_of_points_stands_beside_them(town: Town) -> None:
    (reference,) = in_scoring(town, "anna@example.org")
    score(town, reference, "membro-2", team_0_10="dieci")
    town.sync()
    assert "totale" not in town.row("membro-2", reference)
    score(town, reference, "membro-2")
    town.sync()
    assert town.row("membro-2", reference)["totale"] == 78
    assert "totale" not in town.row("presidente", reference)


@one_database
def test_a_tab_for_those_admitted_has_no_others(town: Town) -> None:
    first, _ = scored(town, "anna@example.org", "bea@example.org")
    assert rows(town, "selezione", "Percorsi") == []
    town.choose(CHAIR, first, "panel_closes", seduta_del="25/11/2026")
    town.at("2026-12-06T10:00")
    town.choose(SELECTION_COORDINATOR, first, "final_ranking", **ENTRY)
    assert town.state(first) == "ammessa"
    synced(town, "selezione")
    (row,) = rows(town, "selezione", "Percorsi")
    assert (row["codice"], row["inizio"], row["fine"]) == (first, 46447, 46568)
    tab(town, "selezione", "Percorsi").type_in(first, {"tutor_sigla": "MR"})
    synced(town, "selezione")
    assert rows(town, "selezione", "Percorsi")[0]["tutor_sigla"] == "MR"


def test_every_column_of_the_case_is_looked_up() -> None:
    assert set(LOOKS) == set(CASE_COLUMNS)
