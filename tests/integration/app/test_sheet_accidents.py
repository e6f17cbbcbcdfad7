"""What people do to a sheet by accident: what it answers them, what waits for the office, what is asked of whom."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from click.testing import CliRunner

from app.errors import HubOutError
from app.models import DriveHint
from app.services import listing
from app.services.sheets import hints, quarantine, sheet_tabs, syncing
from integrations.sheets.errors import Gone
from integrations.sheets.layout import CHECK
from tests.integration.app import scenes
from tests.integration.app.people import COORDINATOR, desk
from tests.integration.app.town import Town

BOOK = "coworking-cinisello"
SCORE = "punteggio_0_100"

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what people do in the sheet: it reaches the database in the same way whatever they did."""


class Sheet:
    """A reviewer's tab as a person has it on screen: whole blocks are changed at once."""

    def __init__(self, town: Town, reviewer: str, reference: str) -> None:
        (tab,) = [
            tab
            for tab in listing.sheets_status(town.context)
            if tab["reviewer"] == reviewer and tab["workbook"] == BOOK and tab["spreadsheet"]
        ]
        self.title, self.id = tab["tab"], tab["spreadsheet"]
        self._address = f"{town.google.url}/v4/spreadsheets/{self.id}"
        self._drive = f"{town.google.url}/drive/v3/files/{self.id}"
        self._bearer = {"Authorization": f"Bearer {reviewer}"}
        self._partner = town.partner(reviewer, reference)

    def call(self, method: str, address: str, body: Any = None) -> Any:
        answer = requests.request(method, address, json=body, headers=self._bearer, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    @property
    def number(self) -> int:
        tabs = self.call("GET", self._address)["sheets"]
        return next(
            int(tab["properties"].get("sheetId", 0)) for tab in tabs if tab["properties"]["title"] == self.title
        )

    @property
    def headings(self) -> list[str]:
        return [str(cell) for cell in self.call("GET", f"{self._address}/values/'{self.title}'!1:1")["values"][0]]

    def do(self, **request: Any) -> None:
        self.call("POST", f"{self._address}:batchUpdate", {"requests": [request]})

    def column(self, name: str) -> list[Any]:
        return [row.get(name, "") for row in self._partner.rows()]

    def put(self, name: str, values: list[Any]) -> None:
        """Paste values down a column, from the first case on; "" empties a cell."""
        at = self.headings.index(name)
        cells = f"'{self.title}'!R2C{at + 1}:R{len(values) + 1}C{at + 1}"
        body = {"valueInputOption": "USER_ENTERED", "data": [{"range": cells, "values": [[each] for each in values]}]}
        self.call("POST", f"{self._address}/values:batchUpdate", body)

    def move_to_bin(self, *, gone: bool) -> None:
        self.call("PATCH", self._drive, {"trashed": gone})

    def delete_tab(self) -> None:
        self.do(deleteSheet={"sheetId": self.number})

    def unshare(self, address: str) -> None:
        found = self.call("GET", f"{self._drive}/permissions?fields=permissions(id,emailAddress)")["permissions"]
        (own,) = [each["id"] for each in found if each.get("emailAddress") == address]
        self.call("DELETE", f"{self._drive}/permissions/{own}")

    def share(self, address: str) -> None:
        self.call("POST", f"{self._drive}/permissions", {"type": "user", "role": "writer", "emailAddress": address})


@pytest.fixture
def seven(town: Town) -> list[str]:
    """Seven desks before the reviewers."""
    references = [scenes.reviewed_desk_waits(town)]
    references += [town.confirmed(desk(email=f"persona{number}@example.org")) for number in range(6)]
    town.sync()
    return references


@pytest.fixture
def sheet(town: Town, seven: list[str]) -> Sheet:
    return Sheet(town, "olt-1", seven[0])


@pytest.fixture
def emptied(town: Town, sheet: Sheet) -> Sheet:
    """All scores were typed and read, then deleted with one key."""
    sheet.put(SCORE, list(range(71, 78)))
    town.sync()
    sheet.put(SCORE, [""] * 7)
    town.sync()
    return sheet


def scores(town: Town, references: list[str]) -> list[int | None]:
    return [review["score"] for each in references for review in town.show(each)["reviews"]]


def alerts(town: Town) -> list[str]:
    return [mail.text for mail in town.mails(COORDINATOR) if "ha bisogno di te" in mail.subject]


# --- what the sheet answers -----------------------------------------------------------------------------------------


@one_database
def test_a_bad_value_comes_back_to_the_partner_and_goes_when_it_is_mended(
    town: Town, seven: list[str], sheet: Sheet
) -> None:
    sheet.put(SCORE, ["otto", "8,5", "80"])
    town.sync()
    answers = [row[CHECK] for row in (town.row("olt-1", each) for each in seven[:2])]
    assert answers == [
        "Da correggere – punteggio_0_100: «otto» non è un numero intero: scrivere solo cifre, per esempio 8.",
        "Da correggere – punteggio_0_100: «8,5» non è un numero intero: scrivere solo cifre, per esempio 8.",
    ]
    assert sheet.column(SCORE)[:3] == ["otto", 8.5, 80]
    assert scores(town, seven) == [None, None, 80]
    sheet.put(SCORE, ["8", "9"])
    town.sync()
    assert CHECK not in town.row("olt-1", seven[0])
    assert scores(town, seven) == [8, 9, 80]


@one_database
def test_the_heading_tells_how_fresh_the_tab_is(town: Town, sheet: Sheet) -> None:
    assert sheet.headings[-1] == "controllo – aggiornato alle 09:00 del 16/11, nulla in attesa"
    before = len(town.google.calls())
    town.later(minutes=9)
    syncing.sync(town.context, BOOK)
    assert [call["method"] for call in town.google.calls()[before:]] == ["GET"]
    town.later(minutes=1)
    before = len(town.google.calls())
    syncing.sync(town.context, BOOK)
    assert [call["method"] for call in town.google.calls()[before:]] == ["GET", "POST"]
    assert sheet.headings[-1] == "controllo – aggiornato alle 09:10 del 16/11, nulla in attesa"


# --- quarantine -----------------------------------------------------------------------------------------------------


def test_an_emptied_column_waits_for_the_office(town: Town, seven: list[str], emptied: Sheet) -> None:
    assert emptied.column(SCORE) == [""] * 7
    assert scores(town, seven) == list(range(71, 78))
    assert "vale «71»" in str(town.row("olt-1", seven[0])[CHECK])
    assert emptied.headings[-1].endswith("7 celle in sospeso")
    (mail,) = alerts(town)
    assert "7 celle di 7 righe" in mail
    assert "hubout sheets quarantine restore 1" in mail
    town.sync()
    assert len(alerts(town)) == 1
    (record,) = quarantine.listed(town.context)
    assert (record["id"], record["rows"], record["cells"][0]["was"]) == (1, 7, 71)


def test_what_was_emptied_can_be_put_back(town: Town, seven: list[str], emptied: Sheet) -> None:
    assert quarantine.restore(town.context, 1) == 7
    town.sync()
    assert emptied.column(SCORE) == list(range(71, 78))
    assert str(town.row("olt-1", seven[0])[CHECK]).startswith("Ripristinato – punteggio_0_100: l'ufficio")
    town.sync()
    assert scores(town, seven) == list(range(71, 78))
    assert emptied.headings[-1].endswith("nulla in attesa")
    assert [each["state"] for each in quarantine.listed(town.context, everything=True)] == ["restored"]
    assert not any(cell["held"] for each in quarantine.listed(town.context, everything=True) for cell in each["cells"])


def test_what_was_emptied_can_be_taken_as_it_is(town: Town, seven: list[str], emptied: Sheet) -> None:
    assert quarantine.accept(town.context, 1) == 7
    assert scores(town, seven) == [None] * 7
    town.sync()
    assert emptied.column(SCORE) == [""] * 7
    assert CHECK not in town.row("olt-1", seven[0])
    assert quarantine.listed(town.context) == []
    with pytest.raises(HubOutError, match="is over: accepted"):
        quarantine.restore(town.context, 1)


@one_database
def test_who_undoes_it_themselves_needs_nobody(town: Town, seven: list[str], emptied: Sheet) -> None:
    emptied.put(SCORE, list(range(71, 78)))
    town.sync()
    assert quarantine.listed(town.context) == []
    assert [each["state"] for each in quarantine.listed(town.context, everything=True)] == ["mended"]
    assert CHECK not in town.row("olt-1", seven[0])


@one_database
def test_a_quarantine_outlives_the_tab_it_is_in(town: Town, seven: list[str], emptied: Sheet) -> None:
    emptied.delete_tab()
    town.sync()
    town.sync()
    assert emptied.column(SCORE) == [""] * 7
    assert "vale «71»" in str(town.row("olt-1", seven[0])[CHECK])
    assert scores(town, seven) == list(range(71, 78))
    assert quarantine.accept(town.context, 1) == 7
    town.sync()
    assert scores(town, seven) == [None] * 7


@one_database
@pytest.mark.usefixtures("emptied")
def test_a_quarantine_of_a_tab_that_left_the_calls_can_be_ended(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_tabs, "work_tabs", lambda *_: ())
    with pytest.raises(HubOutError, match="no call has the tab"):
        quarantine.accept(town.context, 1)
    assert quarantine.restore(town.context, 1) == 7


@one_database
def test_a_block_pasted_one_row_off_waits_for_the_office(town: Town, seven: list[str], sheet: Sheet) -> None:
    sheet.put(SCORE, list(range(71, 78)))
    sheet.put("note_per_il_gruppo", [f"nota {number}" for number in range(7)])
    town.sync()
    sheet.put(SCORE, [71, 71, 72, 73, 74])
    sheet.put("note_per_il_gruppo", ["nota 0", "nota 0", "nota 1", "nota 2", "nota 3"])
    town.sync()
    assert scores(town, seven) == list(range(71, 78))
    (record,) = quarantine.listed(town.context)
    assert len(record["cells"]) == 8
    quarantine.restore(town.context, 1)
    town.sync()
    assert sheet.column(SCORE) == list(range(71, 78))


@one_database
def test_a_part_sorted_without_the_codes_is_put_right(town: Town, seven: list[str], sheet: Sheet) -> None:
    sheet.put(SCORE, list(range(71, 78)))
    town.sync()
    part = {"sheetId": sheet.number, "startRowIndex": 1, "endRowIndex": 8, "startColumnIndex": 1}
    order = [{"dimensionIndex": sheet.headings.index(SCORE), "sortOrder": "DESCENDING"}]
    sheet.do(sortRange={"range": part, "sortSpecs": order})
    town.sync()
    assert scores(town, seven) == list(range(71, 78))
    assert len(quarantine.listed(town.context)) == 1
    quarantine.restore(town.context, 1)
    town.sync()
    assert sheet.column(SCORE) == list(range(71, 78))
    assert sheet.column("codice") == seven


@one_database
def test_nothing_that_was_decided_meanwhile_is_taken(town: Town, seven: list[str], emptied: Sheet) -> None:
    town.partner("olt-2", seven[0]).type_in(seven[0], {"esito_proposto": "Sì", SCORE: "80"})
    town.partner("olt-1", seven[0]).type_in(seven[0], {"esito_proposto": "Sì"})
    town.sync()
    town.choose(COORDINATOR, seven[0], "approve")
    quarantine.accept(town.context, 1)
    town.sync()
    assert emptied.column(SCORE) == [71, *[""] * 6]
    assert "decisione già presa" in str(town.row("olt-1", seven[0])[CHECK])
    assert scores(town, seven[:1]) == [71, 80]


# --- what is gone ---------------------------------------------------------------------------------------------------


@one_database
def test_a_deleted_tab_is_made_again_with_what_was_in_it(town: Town, seven: list[str], sheet: Sheet) -> None:
    sheet.put(SCORE, list(range(71, 78)))
    town.sync()
    sheet.delete_tab()
    town.sync()
    assert sheet.column("codice") == seven
    assert sheet.column(SCORE) == list(range(71, 78))
    (mail,) = alerts(town)
    assert "era stata eliminata" in mail


@one_database
def test_a_sheet_in_the_bin_is_parked_told_and_found_again(town: Town, seven: list[str], sheet: Sheet) -> None:
    sheet.put(SCORE, ["80"])
    sheet.unshare(town.context.gateway.client_email)
    with pytest.raises(Gone):
        syncing.sync(town.context, BOOK)
    town.work()
    (mail,) = alerts(town)
    assert town.context.gateway.client_email in mail
    reference = town.confirmed(desk(email="tardi@example.org"))
    before = len(town.google.calls())
    hints.ask(town.context)
    assert all("drive" in call["path"] for call in town.google.calls()[before:])
    sheet.share(town.context.gateway.client_email)
    town.later(hours=1)
    town.sync()
    assert scores(town, seven) == [80]
    assert reference in sheet.column("codice")
    assert len(alerts(town)) == 1


@one_database
def test_without_its_codes_a_tab_stands_still_and_asks(town: Town, sheet: Sheet) -> None:
    columns = {"sheetId": sheet.number, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
    before = len(sheet.headings)
    sheet.do(deleteDimension={"range": columns})
    town.sync()
    town.sync()
    assert len(sheet.headings) == before - 1
    (mail,) = alerts(town)
    assert "Cronologia delle versioni" in mail


# --- what a sync costs ----------------------------------------------------------------------------------------------


@one_database
def test_a_sheet_that_nobody_changed_is_not_read(town: Town, sheet: Sheet) -> None:
    assert hints.ask(town.context) == 1  # nothing is known yet
    town.sync()
    before = len(town.google.calls())
    assert hints.ask(town.context) == 0
    assert [call["path"] for call in town.google.calls()[before:]] == ["/drive/v3/changes"]
    sheet.put(SCORE, ["80"])
    assert hints.ask(town.context) == 1
    assert hints.ask(town.context) == 0


@one_database
def test_without_drive_every_sheet_is_read(town: Town, sheet: Sheet) -> None:
    hints.ask(town.context)
    town.google.fail("503", 20)
    assert hints.ask(town.context) == 1
    town.google.recover()
    sheet.put(SCORE, ["80"])
    assert hints.ask(town.context) == 1


@one_database
@pytest.mark.usefixtures("sheet")
def test_a_token_that_drive_refuses_is_forgotten(town: Town) -> None:
    hints.ask(town.context)
    with town.context.write() as session:
        session.get_one(DriveHint, 1).page_token = "stale"
    assert hints.ask(town.context) == 1
    assert hints.ask(town.context) == 1
    assert hints.ask(town.context) == 0


# --- the command ----------------------------------------------------------------------------------------------------


@one_database
def test_the_office_decides_at_the_command_line(town: Town, emptied: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext  # noqa: PLC0415 - beside the command that needs it

    from app.cli import quarantine as command  # noqa: PLC0415 - the same

    monkeypatch.setattr(command, "opened", lambda: nullcontext(town.context))
    run = CliRunner().invoke
    listed = run(command.quarantine, ["list"]).output
    assert "punteggio_0_100" in listed
    assert run(command.quarantine, ["restore", "1"]).output == "7 cells to be put back\n"
    town.sync()
    assert emptied.column(SCORE) == list(range(71, 78))
