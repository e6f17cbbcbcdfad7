"""The partners' sheets: true to the database, read for what partners type, whatever breaks on the way."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from app.cli import doctor
from app.services import listing
from app.services.sheets import syncing
from app.story.partner import Partner
from integrations.sheets import questions
from integrations.sheets.errors import SheetsError
from integrations.sheets.gateway import Gateway
from tests.integration.app import scenes
from tests.integration.app.crowd import at_once, dying_at
from tests.integration.app.people import CHIARA, COORDINATOR, MATERA_COORDINATOR, REASON, TAX_CODE, desk
from tests.integration.app.town import Town

BOOK = "coworking-cinisello"

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what partners type: it reaches the database in the same way whatever they typed."""


def type_in(town: Town, reference: str, reviewer: str, **cells: str) -> None:
    town.partner(reviewer, reference).type_in(reference, cells)


def score(town: Town, reference: str, *scores: str, outcome: str = "Sì") -> None:
    """The reviewers type outcome and score, one after the other."""
    for number, each in enumerate(scores, 1):
        type_in(town, reference, f"olt-{number}", esito_proposto=outcome, punteggio_0_100=each)


def desk_in_sheet(town: Town, answers: dict[str, Any] | None = None) -> str:
    """With the partners, its rows written."""
    reference = scenes.reviewed_desk_waits(town, answers)
    town.sync()
    return reference


def calls_of_a_sync(town: Town) -> list[str]:
    """What one sync asks of the Sheets API: `GET` a read, `POST` a write."""
    before = len(town.google.calls())
    assert syncing.sync(town.context, BOOK)
    return [call["method"] for call in town.google.calls()[before:]]


def cells_of(town: Town) -> list[str]:
    """Every cell of every tab as text."""
    tabs = [tab for tab in listing.sheets_status(town.context) if tab["spreadsheet"]]
    partners = [Partner(town.google.url, tab["spreadsheet"], tab["tab"], "check") for tab in tabs]
    return [str(value) for partner in partners for row in partner.rows() for value in row.values()]


# --- ours -----------------------------------------------------------------------------------------------------------


def test_a_case_has_its_row_in_each_reviewer_s_tab(town: Town) -> None:
    reference = desk_in_sheet(town)
    row = town.row("olt-1", reference)
    assert row == town.row("olt-2", reference)
    for name, start in (("attivita", "Disegno percorsi"), ("scambio", "Posso tenere"), ("sede", "Coworking Cofò")):
        assert str(row.pop(name)).startswith(start)
    assert row == {
        "codice": reference,
        "ricevuta_il": 46342.375,
        "stato": "In valutazione",
        "prossimo_passo": "chi valuta",
        "scadenza": 46352,
        "fascia_eta": "25_30",
        "profilo": "Lavoro in proprio",
        "posti": 1,
        "giorni": "Lunedì, Mercoledì, Venerdì",
        "fascia": "Mattina",
        "inizio": 46357,
        "durata_mesi": "6 mesi",
        "aggiornato_il": 46342.375,
        "versione": 1,
    }


def test_before_the_address_is_confirmed_there_is_no_row(town: Town) -> None:
    town.apply(desk())
    assert town.workbooks() == []


def test_nothing_personal_is_in_any_sheet(town: Town) -> None:
    mate = {"nome": "Ada", "cognome": "Provetti", "email": "ada@example.org", "data_nascita": "01/02/1999"}
    desk_in_sheet(town, desk(posti=2, team=[mate]))
    scenes.idea_in_review(town)
    scenes.idea_with_consent(town)
    town.sync()
    everything = " ".join(cells_of(town))
    assert everything.count("Ombra e acqua in piazza") == 3  # of the adult: two reviewers, and the Provincia
    for personal in (
        *("Chiara", "Esempio", "example.org", "3331234567", "333 123", "00000009993", "1998", "14/02"),
        *("Ada", "Provetti", "1999", "Eufemia", "Inventati", "Maria", "2009"),
    ):
        assert personal not in everything


@one_database
def test_what_an_applicant_writes_stays_text(town: Town) -> None:
    starts = ('=HYPERLINK("https://example.org";"x")', "+39", "-1", "@ciao", "'via")
    texts = [f"{start} {desk()['attivita']}" for start in starts]
    references = [
        town.confirmed(desk(email=f"p{number}@example.org", attivita=text)) for number, text in enumerate(texts)
    ]
    town.sync()
    assert [town.row("olt-1", each)["attivita"] for each in references] == texts
    (tab,) = [tab for tab in listing.sheets_status(town.context) if tab["reviewer"] == "olt-1" and tab["rows"]]
    address = f"{town.google.url}/v4/spreadsheets/{tab['spreadsheet']}?includeGridData=true"
    grid = requests.get(address, headers={"Authorization": "Bearer check"}, timeout=10).text
    assert "formulaValue" not in grid


def test_the_sheet_follows_the_case(town: Town) -> None:
    reference = desk_in_sheet(town)
    town.review(reference)
    states = []
    for who, event, answers in (
        (COORDINATOR, "approve", {}),
        (CHIARA, "accept", {"codice_fiscale": TAX_CODE}),
        (COORDINATOR, "revoke", {"motivazione": REASON}),
    ):
        town.choose(who, reference, event, **answers)
        town.sync()
        states.append(town.row("olt-1", reference)["stato"])
    assert states == ["Posto offerto", "Posto assegnato", "Revocata"]


@one_database
def test_what_a_minor_writes_freely_stays_with_the_office(town: Town) -> None:
    reference = scenes.idea_with_consent(town)
    town.sync()
    row = town.row("olt-1", reference)
    assert [row[name] for name in ("titolo", "luogo", "idea")] == ["—", "—", "—"]
    assert row["durata_mesi"] == 6


@one_database
def test_each_site_s_rows_go_to_its_own_workbook(town: Town) -> None:
    reference = town.confirmed(desk(sede="mt-hubout"))
    town.sync()
    assert town.workbooks() == ["coworking-matera"]
    assert town.row("bc-1", reference)["codice"] == reference


@one_database
def test_our_cells_are_restored(town: Town) -> None:
    reference = desk_in_sheet(town)
    type_in(town, reference, "olt-1", stato="Accolta", attivita="cambiata")
    town.sync()
    row = town.row("olt-1", reference)
    assert row["stato"] == "In valutazione"
    assert str(row["attivita"]).startswith("Disegno percorsi")
    assert town.state(reference) == "valutazione"


def test_a_sync_costs_one_read_and_at_most_one_write(town: Town) -> None:
    reference = desk_in_sheet(town)
    for number in range(5):
        town.confirmed(desk(email=f"persona{number}@example.org"))
    assert calls_of_a_sync(town) == ["GET", "POST"]
    type_in(town, reference, "olt-1", note_per_il_gruppo="Bene")
    assert calls_of_a_sync(town) == ["GET"]
    type_in(town, reference, "olt-1", stato="rotto")
    assert calls_of_a_sync(town) == ["GET", "POST"]
    assert calls_of_a_sync(town) == ["GET"]


# --- theirs ---------------------------------------------------------------------------------------------------------


def test_scores_in_the_sheet_lead_to_the_decision_s_mail(town: Town) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "88", "81")
    town.sync()
    assert town.state(reference) == "decisione"
    assert [(each["reviewer"], each["score"]) for each in town.show(reference)["reviews"]] == [
        ("olt-1", 88),
        ("olt-2", 81),
    ]
    (mail,) = town.mails(COORDINATOR, reference)
    assert "84,5" in mail.text
    assert town.show(reference)["events"][-1]["actor"] == "sistema"


def test_one_review_is_not_enough_for_two(town: Town) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "88")
    town.sync()
    assert town.state(reference) == "valutazione"


@one_database
@pytest.mark.parametrize("typed", ["otto", "8,5", "150", "-1", ""])
def test_a_score_that_is_none_does_not_count(town: Town, typed: str) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "88", typed)
    town.sync()
    assert town.state(reference) == "valutazione"
    assert town.show(reference)["reviews"][1]["score"] is None
    type_in(town, reference, "olt-2", punteggio_0_100="81")
    town.sync()
    assert town.state(reference) == "decisione"


@one_database
def test_an_outcome_that_is_none_of_the_list_does_not_count(town: Town) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "88", "81", outcome="Forse")
    town.sync()
    assert town.state(reference) == "valutazione"


@one_database
@pytest.mark.parametrize("cells", [{"conflitto": "sì"}, {"esito_proposto": "Mi astengo", "punteggio_0_100": ""}])
def test_who_is_in_conflict_or_abstains_is_not_waited_for(town: Town, cells: dict[str, str]) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "20", "81")
    type_in(town, reference, "olt-1", **cells)
    town.sync()
    assert town.state(reference) == "decisione"
    (mail,) = town.mails(COORDINATOR, reference)
    assert "81" in mail.text
    assert "50,5" not in mail.text


@one_database
def test_when_all_are_in_conflict_nobody_decides_for_them(town: Town) -> None:
    reference = desk_in_sheet(town)
    for reviewer in ("olt-1", "olt-2"):
        type_in(town, reference, reviewer, conflitto="sì", esito_proposto="Sì", punteggio_0_100="90")
    town.sync()
    assert town.state(reference) == "valutazione"


def test_after_the_decision_partners_cells_are_put_back(town: Town) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "88", "81")
    town.sync()
    type_in(town, reference, "olt-1", punteggio_0_100="90")
    town.sync()
    assert town.show(reference)["reviews"][0]["score"] == 90
    town.choose(COORDINATOR, reference, "approve")
    type_in(town, reference, "olt-1", punteggio_0_100="10", esito_proposto="No")
    town.sync()
    row = town.row("olt-1", reference)
    assert (row["punteggio_0_100"], row["esito_proposto"]) == (90, "Sì")
    assert town.show(reference)["reviews"][0]["score"] == 90
    assert town.state(reference) == "posto_offerto"


def test_most_who_want_changes_send_an_idea_back(town: Town) -> None:
    reference = scenes.idea_in_review(town)
    town.sync()
    for reviewer in ("bc-1", "gl-1"):
        type_in(town, reference, reviewer, esito_proposto="Sì con modifiche", punteggio_0_100="70")
    town.sync()
    assert town.state(reference) == "coprogettazione"


def test_the_provincia_may_answer_in_its_tab(town: Town) -> None:
    reference = scenes.idea_before_the_province(town)
    town.sync()
    type_in(town, reference, "provincia", parere_provincia="Favorevole")
    town.sync()
    assert town.state(reference) == "decisione"
    assert town.show(reference)["events"][-1]["inputs"] == {"parere": "Favorevole"}
    assert len(town.mails(MATERA_COORDINATOR, reference)) == 1


# --- trouble --------------------------------------------------------------------------------------------------------


def test_while_google_is_away_rows_wait(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.google.fail("503", 1000)
    with pytest.raises(SheetsError):
        syncing.sync(town.context, BOOK)
    waiting = [letter for letter in listing.letters(town.context) if letter["channel"] == "sheet"]
    assert waiting != []
    assert all(letter["last_error"] and letter["state"] == "waiting" for letter in waiting)
    assert town.send(desk(email="altra@example.org")).status_code == 201
    town.google.recover()
    town.later(minutes=3)  # a write of before may still have landed
    town.sync()
    assert town.row("olt-1", reference)["stato"] == "In valutazione"
    assert [letter for letter in listing.letters(town.context) if letter["channel"] == "sheet"] == []


def test_a_crash_between_import_and_write_heals(town: Town) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "88", "81")
    type_in(town, reference, "olt-1", stato="rotto")
    with dying_at(Gateway, "write"):
        syncing.sync(town.context, BOOK)
    assert len(town.show(reference)["reviews"]) == 2
    town.work()
    assert town.state(reference) == "decisione"
    assert not syncing.sync(town.context, BOOK)
    town.clock.set(town.clock.now() + syncing.WRITING)
    town.sync()
    assert town.row("olt-1", reference)["stato"] == "Da decidere"
    assert len(town.mails(COORDINATOR, reference)) == 1


def test_a_crash_between_write_and_note_makes_no_second_row(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    with dying_at(syncing, "_finish"):
        syncing.sync(town.context, BOOK)
    assert town.row("olt-1", reference)["codice"] == reference
    town.clock.set(town.clock.now() + syncing.WRITING)
    town.sync()
    assert town.row("olt-1", reference)["stato"] == "In valutazione"
    assert {tab["dirty"] for tab in listing.sheets_status(town.context)} == {0}


def test_an_answer_that_gets_lost_makes_no_second_row(town: Town) -> None:
    desk_in_sheet(town)
    second = town.confirmed(desk(email="altra@example.org"))
    town.google.fail("drop_after_write")
    syncing.sync(town.context, BOOK)
    assert town.row("olt-1", second)["codice"] == second


def test_a_late_worker_stores_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first worker hangs between reading and storing until another had its turn."""
    reference = desk_in_sheet(town)
    score(town, reference, "88", "81")
    other = town.worker()
    read = Gateway.read

    def hang(self: Gateway, spreadsheet_id: str) -> Any:
        snapshot = read(self, spreadsheet_id)
        if self is town.context.gateway:
            town.clock.set(town.clock.now() + syncing.LEASE)
            assert syncing.sync(other, BOOK)
            type_in(town, reference, "olt-1", punteggio_0_100="90")
            assert syncing.sync(other, BOOK)
        return snapshot

    monkeypatch.setattr(Gateway, "read", hang)
    syncing.sync(town.context, BOOK)
    monkeypatch.undo()
    town.work()
    assert town.show(reference)["reviews"][0]["score"] == 90
    assert town.row("olt-1", reference)["punteggio_0_100"] == 90


def test_two_syncs_at_once_are_one_turn(town: Town) -> None:
    reference = desk_in_sheet(town)
    workers = [town.worker() for _ in range(3)]
    town.confirmed(desk(email="altra@example.org"))
    turns = at_once(*[lambda worker=worker: syncing.sync(worker, BOOK) for worker in workers])
    assert turns.count(True) >= 1
    assert len(town.partner("olt-1", reference).rows()) == 2


def test_two_first_syncs_at_once_make_one_workbook(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    workers = [town.worker() for _ in range(3)]
    turns = at_once(*[lambda worker=worker: syncing.sync(worker, BOOK) for worker in workers])
    assert turns.count(True) >= 1
    assert len([call for call in town.google.calls() if call["path"] == "/drive/v3/files"]) == 1
    assert len(town.partner("olt-1", reference).rows()) == 1


def test_a_row_that_a_partner_deletes_comes_back_with_what_they_wrote(town: Town) -> None:
    reference = desk_in_sheet(town)
    score(town, reference, "88")
    town.sync()
    (tab,) = [tab for tab in listing.sheets_status(town.context) if tab["reviewer"] == "olt-1" and tab["rows"]]
    address = f"{town.google.url}/v4/spreadsheets/{tab['spreadsheet']}"
    bearer = {"Authorization": "Bearer olt-1"}
    properties = requests.get(address, headers=bearer, timeout=10).json()["sheets"]
    (number,) = [each["properties"]["sheetId"] for each in properties if each["properties"]["title"] == tab["tab"]]
    rows = {"sheetId": number, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    body = {"requests": [{"deleteDimension": {"range": rows}}]}
    requests.post(f"{address}:batchUpdate", json=body, headers=bearer, timeout=10).raise_for_status()
    town.sync()
    row = town.row("olt-1", reference)
    assert (row["punteggio_0_100"], row["stato"]) == (88, "In valutazione")
    assert town.show(reference)["reviews"][0]["score"] == 88


@one_database
def test_doctor_asks_google_and_new_rows_go_by_the_answer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "opened", lambda: nullcontext(town.context))
    told = CliRunner().invoke(doctor.doctor, ["--google"])
    assert told.exit_code == 0, told.output
    assert "appendCells counts a cell with only a rule as data: no" in told.output
    assert town.workbooks() == []
    assert {row["question"] for row in town.dump()["google_answers"]} == set(questions.QUESTIONS)
    first = desk_in_sheet(town)
    second = town.confirmed(desk(email="altra@example.org"))
    town.sync()
    rules = [
        request["setDataValidation"]["range"]
        for call in town.google.calls()
        for request in (call.get("body") or {}).get("requests", ())
        if "setDataValidation" in request and request["setDataValidation"]["range"].get("startRowIndex")
    ]
    assert rules
    assert all("endRowIndex" not in each for each in rules)
    assert [row["codice"] for row in town.partner("olt-1", first).rows()] == [first, second]
