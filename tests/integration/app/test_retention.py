"""A closed case is anonymised on its day: who it was is gone, how it went stays."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.dates import local_day
from app.services import listing
from app.services.casework.eventlog import broken_links
from tests.integration.app import scenes
from tests.integration.app.people import (
    CHIARA,
    COORDINATOR,
    EUFEMIA,
    MOTHER,
    OBSERVATIONS,
    OFFICER,
    REASON,
    TAX_CODE,
)
from tests.integration.app.town import Town

PERSONAL = (
    *("Chiara", "D'Esempio", "chiara.desempio", "+393331234567", "00000009993", "1998-02-14", "Disegno percorsi"),
    *("NVNCHR98B54C707U", "martedì, grazie", "sala riunioni"),
)


def withdrawn_desk(town: Town) -> str:
    """Asked for more, refused once with observations, then withdrawn: as much as a case can gather."""
    reference = scenes.incomplete_desk(town)
    town.choose(CHIARA, reference, "info_received", risposta="Il martedì, grazie.", giorni=["mar"])
    town.choose(OFFICER, reference, "not_admissible", motivazione=REASON)
    town.choose(CHIARA, reference, "observations_received", testo=OBSERVATIONS)
    town.own_page(reference).choose("withdraw")
    town.work()
    return reference


def everything_kept(town: Town) -> str:
    return json.dumps(town.dump(), default=str, ensure_ascii=False)


def test_before_its_day_a_closed_case_is_whole(town: Town) -> None:
    reference = withdrawn_desk(town)
    town.at("2027-11-16T02:59")
    assert town.state(reference) == "ritirata"
    assert town.show(reference)["answers"]["nome"] == "Chiara"


def test_on_its_day_everything_personal_goes(town: Town) -> None:
    reference = withdrawn_desk(town)
    kept = everything_kept(town)
    assert all(word in kept for word in PERSONAL[:6])
    town.at("2027-11-16T03:00")
    assert town.state(reference) == "archiviata"
    kept = everything_kept(town)
    assert [word for word in PERSONAL if word in kept] == []
    answers: dict[str, Any] = town.show(reference)["answers"]
    assert answers["sede"] == "cb-cofo"
    assert answers["posti"] == 1
    with town.context.read() as session:
        assert broken_links(session) == []


def test_links_of_an_anonymised_case_are_dead(town: Town) -> None:
    reference = withdrawn_desk(town)
    page, action = town.own_page(reference), town.door(CHIARA, reference)
    town.at("2027-11-16T03:00")
    assert page.open().status_code == 404
    assert action.open().status_code == 410
    assert "Chiara" not in action.open().text


def test_partners_sheets_forget_what_was_written(town: Town) -> None:
    reference = withdrawn_desk(town)
    town.sync()
    assert "attivita" in town.row("olt-1", reference)
    town.at("2027-11-16T03:00")
    town.sync()
    row = town.row("olt-1", reference)
    assert "attivita" not in row
    assert "fascia_eta" not in row
    assert row["stato"] == "Archiviata"
    assert "Disegno percorsi" not in everything_kept(town)


def test_what_partners_wrote_in_words_is_blanked_and_does_not_come_back(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.sync()
    note = {"esito_proposto": "Sì", "punteggio_0_100": "80", "note_per_il_gruppo": "Conosco Chiara dal liceo"}
    town.partner("olt-1", reference).type_in(reference, note)
    town.sync()
    town.own_page(reference).choose("withdraw")
    town.sync()
    assert "note_per_il_gruppo" in town.row("olt-1", reference)
    town.at("2027-11-16T03:00")
    town.sync()
    town.sync()
    row = town.row("olt-1", reference)
    assert "note_per_il_gruppo" not in row
    assert row["punteggio_0_100"] == 80
    assert [name for name, rows in town.dump().items() if "liceo" in str(rows)] == []


def test_uploads_are_removed_from_the_store(town: Town) -> None:
    reference = scenes.incomplete_desk(town)
    door = town.door(CHIARA, reference)
    page = door.open()
    upload = (BytesIO(b"%PDF-1.4\n%%EOF\n"), "carta.pdf")
    assert door.send(page, "info_received", risposta="Ecco.", giorni=["mar"], allegato=upload).status_code == 303
    folder = Path(town.context.files[1])
    assert [path.read_bytes() for path in folder.iterdir()] == [b"%PDF-1.4\n%%EOF\n"]
    town.work()
    town.own_page(reference).choose("withdraw")
    town.at("2027-11-16T03:00")
    assert list(folder.iterdir()) == []
    assert "carta.pdf" not in everything_kept(town)


def test_after_retention_nothing_is_mailed(town: Town) -> None:
    withdrawn_desk(town)
    before = len(town.post.messages())
    town.at("2027-11-16T03:00")
    town.later(days=400)
    assert len(town.post.messages()) == before
    assert [letter for letter in listing.letters(town.context) if letter["channel"] == "mail"] == []


def retention_of(town: Town, reference: str) -> date:
    own = town.row_of(reference)["id"]
    timers = [row for row in town.dump()["timers"] if row["submission_id"] == own and row["name"] == "retention"]
    due: datetime = timers[-1]["due_at"]
    return local_day(due)


def test_an_unconfirmed_case_is_kept_for_a_week(town: Town) -> None:
    reference = scenes.new_desk(town)
    town.at("2026-11-19T09:00")
    assert retention_of(town, reference) == date(2026, 11, 26)
    town.at("2026-11-26T03:00")
    assert town.state(reference) == "archiviata"


def test_without_consent_a_case_is_kept_for_a_month(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    town.choose(MOTHER, reference, "consent_refused")
    assert retention_of(town, reference) == date(2026, 12, 16)


def test_a_success_is_kept_longer(town: Town) -> None:
    used = scenes.active_desk(town)
    town.own_page(used).choose("give_up")
    town.work()
    assert town.state(used) == "conclusa"
    assert retention_of(town, used) == date(2028, 11, 16)
    idea = scenes.carried_out_idea(town)
    town.choose(EUFEMIA, idea, "report_received", partecipanti="40", cosa_ha_funzionato="Tutto.")
    assert retention_of(town, idea) == date(2031, 11, 28)


@pytest.mark.parametrize("event", ["decline", "revoke"])
def test_what_came_to_nothing_is_kept_for_a_year(town: Town, event: str) -> None:
    reference = scenes.offered_desk(town)
    if event == "decline":
        town.choose(CHIARA, reference, "decline")
    else:
        town.choose(CHIARA, reference, "accept", codice_fiscale=TAX_CODE)
        town.choose(COORDINATOR, reference, "revoke", motivazione=REASON)
    assert retention_of(town, reference) == date(2027, 11, 16)
