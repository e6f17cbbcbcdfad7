"""Which file a workbook is: partners' own spreadsheets connected, lost ones made anew, full ones left behind."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from app.cli import workbooks as commands
from app.errors import HubOutError
from app.models import Spreadsheet
from app.services.sheets import sharing, sheet_tabs, syncing, workbooks
from app.services.sheets.sheet_export import tables_of
from app.story.partner import Partner
from integrations.local.service_account import CLIENT_EMAIL
from integrations.sheets.drive import Drive, Permission
from tests.integration.app import scenes
from tests.integration.app.people import desk
from tests.integration.app.town import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BOOK = "prova"
LUCIA = {"Authorization": "Bearer lucia@olt.example.org"}
THEIRS = [["Nome del progetto", "codice", "note_per_il_gruppo", "Mia colonna"], ["Vecchio", "", "da rivedere", "x"]]


def own_spreadsheet(town: Town, title: str = "Schede di Lucia", rows: list[list[str]] = THEIRS) -> str:
    """A spreadsheet that a partner made and filled in by herself."""
    root = f"{town.google.url}/v4/spreadsheets"
    body = {"properties": {"title": title}, "sheets": [{"properties": {"title": "Foglio1"}}]}
    made = requests.post(root, json=body, headers=LUCIA, timeout=10).json()["spreadsheetId"]
    values = {"values": rows}
    requests.put(
        f"{root}/{made}/values/Foglio1!A1?valueInputOption=RAW", json=values, headers=LUCIA, timeout=10
    ).raise_for_status()
    return str(made)


def tab(town: Town, spreadsheet: str, title: str) -> Partner:
    return Partner(town.google.url, spreadsheet, title, "lucia")


def run(town: Town, monkeypatch: pytest.MonkeyPatch, command: Any, *arguments: str, typed: str = "") -> Result:
    monkeypatch.setattr(commands, "opened", lambda: nullcontext(town.context))
    return CliRunner().invoke(command, list(arguments), input=typed)


def test_a_spreadsheet_in_use_is_connected_without_moving_anything(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    theirs = own_spreadsheet(town)
    address = f"https://docs.google.com/spreadsheets/d/{theirs}/edit#gid=0"
    arguments = ("sportello-piccolo", address, "--tab", "Domande – uno=Foglio1")
    asked = run(town, monkeypatch, commands.connect, *arguments, typed="n\n")
    assert asked.exit_code == 1
    assert "«Schede di Lucia» becomes the workbook prova." in asked.output
    assert "tab «Foglio1»: 1 of your rows stay where they are" in asked.output
    assert "never touched: Nome del progetto, Mia colonna" in asked.output
    assert "used as they are: codice, note_per_il_gruppo" in asked.output
    assert "+ tab «Domande – due»: new" in asked.output
    assert "get its background colours" in asked.output
    assert "Locale and time zone of the whole spreadsheet become Italian" in asked.output
    assert workbooks.file_of(town.context, BOOK) is None
    done = run(town, monkeypatch, commands.connect, *arguments, "--yes")
    assert done.exit_code == 0, done.output
    first, second = tab(town, theirs, "Foglio1").rows()
    assert list(first)[:4] == THEIRS[0]
    assert [first[name] for name in THEIRS[0]] == THEIRS[1]
    assert (second["codice"], second["stato"]) == (reference, "In valutazione")
    tab(town, theirs, "Foglio1").type_in(reference, {"esito_proposto": "Sì", "punteggio_0_100": "80"})
    assert syncing.sync(town.context, BOOK)
    town.work()
    assert town.show(reference)["reviews"][0]["score"] == 80


def test_what_is_not_shared_is_asked_for_with_our_address(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = own_spreadsheet(town)
    drive = f"{town.google.url}/drive/v3/files/{theirs}/permissions"
    grant = {"type": "user", "role": "writer", "emailAddress": CLIENT_EMAIL}
    given = requests.post(drive, json=grant, headers=LUCIA, timeout=10).json()["id"]
    requests.delete(f"{drive}/{given}", headers=LUCIA, timeout=10).raise_for_status()
    refused = run(town, monkeypatch, commands.connect, "sportello-piccolo", theirs, "--yes")
    assert isinstance(refused.exception, HubOutError)
    assert CLIENT_EMAIL in str(refused.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nessuno", "x"), "there is no call"),
        (("sportello-piccolo", "https://example.org"), "no address of a spreadsheet"),
        (("coworking-2026", "x"), "--workbook"),
    ],
)
def test_a_wrong_word_is_told(
    town: Town, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    assert said in str(run(town, monkeypatch, commands.connect, *arguments).exception)


def test_a_lost_file_is_made_anew_with_what_partners_wrote(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    town.partner("uno", reference).type_in(reference, {"note_per_il_gruppo": "Mi piace"})
    town.sync()
    old = workbooks.file_of(town.context, BOOK)
    requests.delete(f"{town.google.url}/drive/v3/files/{old}", headers=LUCIA, timeout=10).raise_for_status()
    done = run(town, monkeypatch, commands.rebuild, BOOK, "--yes")
    assert done.exit_code == 0, done.output
    new = workbooks.file_of(town.context, BOOK)
    assert new not in (None, old)
    assert town.row("uno", reference)["note_per_il_gruppo"] == "Mi piace"
    assert f"/sheets/{new}" in done.output


def test_a_full_file_is_left_behind_locked_with_a_pointer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    old = workbooks.file_of(town.context, BOOK)
    assert old
    drive = f"{town.google.url}/drive/v3/files"
    for grant in (
        {"type": "user", "role": "writer", "emailAddress": "uno@prova.example.org"},
        {"type": "user", "role": "reader", "emailAddress": "due@prova.example.org"},
    ):
        requests.post(f"{drive}/{old}/permissions", json=grant, headers=LUCIA, timeout=10).raise_for_status()
    town.partner("uno", reference).type_in(reference, {"note_per_il_gruppo": "Ultima nota"})
    done = run(town, monkeypatch, commands.rotate, BOOK, "--yes")
    assert done.exit_code == 0, done.output
    new = workbooks.file_of(town.context, BOOK)
    assert new
    assert town.row("uno", reference)["note_per_il_gruppo"] == "Ultima nota"
    roles = {each.who: each.role for each in town.context.gateway.drive.permissions(new)}
    assert roles["uno@prova.example.org"] == "writer"
    assert roles["due@prova.example.org"] == "reader"
    assert {each.who for each in town.context.gateway.drive.permissions(old) if each.writes} == {CLIENT_EMAIL}
    snapshot = town.context.gateway.read(old)
    assert snapshot.tabs[0].title == "Spostato"
    assert snapshot.tabs[0].cell(1, 0) == f"Quello nuovo è qui: {sheet_tabs.address_of(town.context, new)}"


def test_what_is_typed_until_the_last_moment_comes_along(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    hand, take = town.partner("uno", reference), Drive.make_reader
    old = workbooks.file_of(town.context, BOOK)
    grant = {"type": "user", "role": "writer", "emailAddress": "uno@prova.example.org"}
    address = f"{town.google.url}/drive/v3/files/{old}/permissions"
    requests.post(address, json=grant, headers=LUCIA, timeout=10).raise_for_status()

    def type_before(drive: Drive, spreadsheet_id: str, permission: Permission) -> None:
        if permission.who == grant["emailAddress"]:
            hand.type_in(reference, {"note_per_il_gruppo": "All'ultimo"})
        take(drive, spreadsheet_id, permission)

    monkeypatch.setattr(Drive, "make_reader", type_before)
    workbooks.rotate(town.context, BOOK)
    assert town.row("uno", reference)["note_per_il_gruppo"] == "All'ultimo"


def test_a_file_that_can_not_be_read_out_is_not_left(town: Town) -> None:
    scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    old = workbooks.file_of(town.context, BOOK)
    assert old
    with town.context.write() as session:
        session.get_one(Spreadsheet, BOOK).leased_until = town.clock.now() + syncing.LEASE
    before = town.context.gateway.drive.permissions(old)
    for leave in (workbooks.rotate, workbooks.rebuild):
        with pytest.raises(HubOutError, match="can't be read just now"):
            leave(town.context, BOOK)
    assert workbooks.file_of(town.context, BOOK) == old
    assert town.context.gateway.drive.permissions(old) == before


def test_the_file_from_before_is_read_a_last_time(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    town.partner("uno", reference).type_in(reference, {"note_per_il_gruppo": "Prima"})
    done = run(town, monkeypatch, commands.connect, "sportello-piccolo", own_spreadsheet(town), "--yes")
    assert done.exit_code == 0, done.output
    assert town.row("uno", reference)["note_per_il_gruppo"] == "Prima"


@pytest.mark.parametrize("command", [commands.rebuild, commands.rotate])
def test_a_file_that_is_not_ours_to_open_changes_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, command: Any
) -> None:
    scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    old = workbooks.file_of(town.context, BOOK)
    refused = run(town, monkeypatch, command, BOOK, "--into", "1" * 44, "--yes")
    assert "can't be opened" in str(refused.exception)
    assert workbooks.file_of(town.context, BOOK) == old


def test_status_tells_what_waits_and_what_is_wrong(town: Town) -> None:
    scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    (line,) = [each for each in workbooks.status(town.context) if each["workbook"] == BOOK]
    assert (line["waiting"], line["address"], line["problem"]) == (3, None, "")
    town.sync()
    with town.context.write() as session:
        session.get_one(Spreadsheet, BOOK).error = "Gone: deleted"
    (line,) = [each for each in workbooks.status(town.context) if each["workbook"] == BOOK]
    assert (line["waiting"], line["problem"]) == (0, "Gone: deleted")
    assert line["address"].startswith(town.google.url)
    reads, writes = workbooks.quota(town.context)
    assert reads.used > 0
    assert writes.used > 0
    assert not reads.closed


@pytest.mark.parametrize("kind", ["csv", "ods", "xlsx"])
def test_the_same_tabs_go_to_a_file_without_google(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    reference = scenes.reviewed_desk_waits(town, desk(attivita="=1+1 " + desk()["attivita"]), "sportello-piccolo")
    town.sync()
    town.partner("uno", reference).type_in(reference, {"punteggio_0_100": "88", "note_per_il_gruppo": "+1"})
    town.sync()
    town.google.fail("503", 1000)
    arguments = ("sportello-piccolo", "--format", kind, "--to", str(tmp_path / "fuori"))
    done = run(town, monkeypatch, commands.export, *arguments)
    assert done.exit_code == 0, done.output
    ending = {"csv": "zip"}.get(kind, kind)
    assert (tmp_path / "fuori" / f"prova.{ending}").read_bytes()[:2] == b"PK"
    first, *_ = tables_of(town.context, BOOK)
    (row,) = [dict(zip(first.headings, row, strict=True)) for row in first.rows]
    assert (row["codice"], row["punteggio_0_100"], row["note_per_il_gruppo"]) == (reference, 88, "+1")
    assert (row["ricevuta_il"], row["scadenza"]) == (datetime.fromisoformat("2026-11-16T09:00"), date(2026, 11, 26))
    assert str(row["attivita"]).startswith("=1+1")


def test_a_tab_is_read_behind_a_private_link(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = desk(attivita="<script>alert(1)</script> " + desk()["attivita"])
    reference = scenes.reviewed_desk_waits(town, answers, "sportello-piccolo")
    told = run(town, monkeypatch, commands.links, "sportello-piccolo", "--days", "7")
    first, second = told.output.splitlines()[:2]
    assert first.startswith("Domande – uno: ")
    path = first.partition(": ")[2].removeprefix(town.context.settings.base_url)
    browser = town.browser()
    page = browser.get(path)
    assert page.status_code == 200
    assert reference in page.text
    assert "<script>alert(1)" not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert 'content="noindex"' in page.text
    saved = browser.get(f"{path}/scarica/csv")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert reference in saved.get_data(as_text=True)
    assert browser.get(f"/en{path}").status_code == 200
    for wrong in (f"{path}x", path.replace("prova.", "corso."), "/foglio/x", f"{path}/scarica/pdf"):
        assert browser.get(wrong).status_code == 404
    assert browser.post(path).status_code == 405
    assert second.partition(": ")[2] != first.partition(": ")[2]
    town.later(days=8)
    assert browser.get(path).status_code == 404


def test_an_alarm_that_nobody_could_be_told_of_is_told_with_the_first_case(town: Town) -> None:
    syncing.sync(town.context, BOOK)
    drive = f"{town.google.url}/drive/v3/files/{workbooks.file_of(town.context, BOOK)}/permissions"
    requests.post(drive, json={"type": "anyone", "role": "reader"}, headers=LUCIA, timeout=10).raise_for_status()
    assert sharing.check_due(town.context) == 0
    scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    town.later(days=1)
    assert sharing.check_due(town.context) == 1
    town.later(hours=12)
    told = [mail.text for mail in town.mails("coordina@prova.example.org") if "chiunque abbia il link" in mail.text]
    assert len(told) == 1


def test_who_should_not_open_it_is_told_once(town: Town) -> None:
    scenes.reviewed_desk_waits(town, call="sportello-piccolo")
    town.sync()
    assert sharing.check_due(town.context) == 0
    assert sharing.check_due(town.context) == 0
    drive = f"{town.google.url}/drive/v3/files/{workbooks.file_of(town.context, BOOK)}/permissions"
    for grant in (
        {"type": "anyone", "role": "writer"},
        {"type": "user", "role": "reader", "emailAddress": "ignota@gmail.com"},
        {"type": "user", "role": "writer", "emailAddress": "nuovo@prova.example.org"},
    ):
        requests.post(drive, json=grant, headers=LUCIA, timeout=10).raise_for_status()
    assert sharing.check_due(town.context) == 0
    before = len(town.mails("coordina@prova.example.org"))
    town.later(days=1)
    calls = len(town.google.calls())
    assert sharing.check_due(town.context) == 3
    assert len(town.google.calls()) == calls + 1
    town.later(hours=12)
    *_, mail = town.mails("coordina@prova.example.org")
    assert len(town.mails("coordina@prova.example.org")) > before
    assert "Prova" in mail.subject
    told = " ".join(mail.text.split())
    assert "chiunque abbia il link, anche per modificarlo" in told
    assert "ignota@gmail.com, che non è un indirizzo dei partner" in told
    assert "nuovo@prova.example.org, che da poco può modificare" in told
    (line,) = [each for each in workbooks.status(town.context) if each["workbook"] == BOOK]
    assert line["problem"] == "shared with anyone:writer, domain:ignota@gmail.com, editor:nuovo@prova.example.org"
    town.later(days=2)
    assert sharing.check_due(town.context) == 0
    town.google.fail("503", 1000)
    town.later(days=2)
    assert sharing.check_due(town.context) == 0
