"""A person edits cells on the page, with plain forms."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from integrations.local.google import Behaviour
from tests.integration.google.running import Google, Start

TAB = 7
LIST = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "Sì"}, {"userEnteredValue": "No"}]}}
BETWEEN = {"type": "NUMBER_BETWEEN", "values": [{"userEnteredValue": "0"}, {"userEnteredValue": "100"}]}


class Fields(HTMLParser):
    """The inputs of a page as a browser would send them, and their labels."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.classes: dict[str, str] = {}
        self._open = self._cell = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "td":
            self._cell = given.get("class") or ""
        name = given.get("name") or ""
        if tag in ("input", "select", "textarea") and re.fullmatch(r"(was|r\d+c)\d+", name):
            self.labels[given.get("aria-label") or name] = name
            self.classes[name] = self._cell
            self._open = name if tag == "textarea" else ""
            if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
                self.sent[name] = given.get("value") or ""
            if tag == "select":
                self.sent[name], self._select = "", name
        elif tag == "select":
            self._select = ""
        if tag == "option" and "selected" in given and self._select:
            self._open = self._select

    def handle_data(self, data: str) -> None:
        if self._open:
            self.sent[self._open] = data.removeprefix("\n")
            self._open = ""


@pytest.fixture
def page(google: Google) -> str:
    """The address of a tab with a partner's columns."""
    cells = [["codice", "esito", "punteggio", "conflitto", "note"], ["CW-1"], ["CW-2"]]
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}} for text in row]} for row in cells]
    properties = {"title": "OltreSpazio", "sheetId": TAB, "gridProperties": {"frozenRowCount": 1, "rowCount": 50}}
    file = google.create({"properties": properties, "data": [{"rowData": rows}]}, locale="it_IT")

    def column(index: int) -> dict[str, Any]:
        return {"sheetId": TAB, "startRowIndex": 1, "startColumnIndex": index, "endColumnIndex": index + 1}

    yellow = {"userEnteredFormat": {"backgroundColor": {"red": 1, "green": 0.95, "blue": 0.8}}}
    checkbox = {"condition": {"type": "BOOLEAN"}, "strict": True}
    assert google.batch(
        file,
        {"setDataValidation": {"range": column(1), "rule": LIST | {"strict": True, "showCustomUi": True}}},
        {"setDataValidation": {"range": column(2), "rule": {"condition": BETWEEN, "strict": True}}},
        {"setDataValidation": {"range": column(3), "rule": checkbox}},
        {"repeatCell": {"range": column(2), "cell": yellow, "fields": "userEnteredFormat.backgroundColor"}},
    ).ok
    return f"{google.url}/sheets/{file}/{TAB}"


def file_of(page: str) -> str:
    return page.split("/")[-2]


def send(google: Google, page: str, sent: dict[str, str]) -> Any:
    return google.session.post(page, data=sent, timeout=10)


def test_a_person_finds_the_tab_and_sees_a_sheet(google: Google, page: str) -> None:
    front = google.session.get(google.url, timeout=10)
    assert f'href="/sheets/{file_of(page)}"' in front.text
    shown = google.session.get(f"{google.url}/sheets/{file_of(page)}", timeout=10)
    assert shown.url == page
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert "<script" not in shown.text
    assert "style=" not in shown.text
    fields = Fields(shown.text)
    score = fields.labels["punteggio, riga 2, CW-1"]
    assert "yellow" in fields.classes[score]
    assert re.search(r'<th scope="col"[^>]*>punteggio</th>', shown.text)
    assert (
        google.session.get(f"{google.url}/static/sheets.css", timeout=10).headers["Content-Type"].startswith("text/css")
    )


def test_a_person_types_a_score(google: Google, page: str) -> None:
    fields = Fields(google.session.get(page, timeout=10).text)
    fields.sent[fields.labels["punteggio, riga 3, CW-2"]] = "8,5"
    fields.sent[fields.labels["esito, riga 3, CW-2"]] = "Sì"
    fields.sent[fields.labels["conflitto, riga 3, CW-2"]] = "1"
    fields.sent[fields.labels["note, riga 3, CW-2"]] = "due\r\nrighe"
    done = send(google, page, fields.sent)
    assert (done.status_code, done.history[0].status_code) == (200, 303)
    assert "4 celle salvate." in done.text
    raw = google.values(file_of(page), "A3:E3", valueRenderOption="UNFORMATTED_VALUE")
    assert raw == [["CW-2", "Sì", 8.5, True, "due\nrighe"]]
    fields = Fields(done.text)
    assert fields.sent[fields.labels["punteggio, riga 3, CW-2"]] == "8,5"
    assert "Nessuna cella era cambiata." in send(google, page, fields.sent).text
    del fields.sent[fields.labels["conflitto, riga 3, CW-2"]]
    assert "Una cella salvata." in send(google, page, fields.sent).text
    assert google.values(file_of(page), "D3", valueRenderOption="UNFORMATTED_VALUE") == [[False]]


@pytest.mark.parametrize(
    ("label", "text", "words"),
    [
        ("punteggio, riga 2, CW-1", "101", "Serve un numero fra 0 e 100"),
        ("punteggio, riga 2, CW-1", "otto", "Serve un numero fra 0 e 100"),
        ("esito, riga 2, CW-1", "Forse", "Scegli una voce dell’elenco: Sì, No"),
    ],
)
def test_a_strict_rule_rejects_and_keeps_what_was_typed(
    google: Google, page: str, label: str, text: str, words: str
) -> None:
    fields = Fields(google.session.get(page, timeout=10).text)
    fields.sent[fields.labels[label]] = text
    fields.sent[fields.labels["note, riga 2, CW-1"]] = "resta"
    refused = send(google, page, fields.sent)
    assert refused.status_code == 422
    assert words in unescape(refused.text)
    again = Fields(refused.text)
    assert again.sent[again.labels[label]] == text
    assert again.sent[again.labels["note, riga 2, CW-1"]] == "resta"
    assert google.values(file_of(page), "A2:E2") == [["CW-1"]]


def test_a_page_left_open_undoes_nothing(google: Google, page: str) -> None:
    fields = Fields(google.session.get(page, timeout=10).text)
    file = file_of(page)
    google.api("PUT", f"/v4/spreadsheets/{file}/values/E2", {"values": [["di altri"]]}, valueInputOption="RAW")
    fields.sent[fields.labels["punteggio, riga 2, CW-1"]] = "70"
    assert send(google, page, fields.sent).status_code == 200
    assert google.values(file, "A2:E2") == [["CW-1", "", "70", "", "di altri"]]


def test_a_row_that_is_another_one_by_now_is_not_written(google: Google, page: str) -> None:
    fields = Fields(google.session.get(page, timeout=10).text)
    file = file_of(page)
    where = {"sheetId": TAB, "startRowIndex": 1, "endRowIndex": 3}
    spec = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    assert google.batch(file, {"sortRange": {"range": where, "sortSpecs": spec}}).ok
    fields.sent[fields.labels["punteggio, riga 2, CW-1"]] = "70"
    refused = send(google, page, fields.sent)
    assert (refused.status_code, "Questa riga è cambiata mentre scrivevi" in refused.text) == (422, True)
    assert google.values(file, "C:C") == [["punteggio"]]


def test_a_protected_cell_is_read_only_and_a_foreign_form_is_refused(google: Google, page: str) -> None:
    protect = {"protectedRange": {"range": {"sheetId": TAB, "startColumnIndex": 0, "endColumnIndex": 1}}}
    assert google.batch(file_of(page), {"addProtectedRange": protect}).ok
    text = google.session.get(page, timeout=10).text
    assert re.search(r'aria-label="codice, riga 2"[^>]* readonly', text)
    fields = Fields(text)
    fields.sent[fields.labels["codice, riga 2"]] = "CW-9"
    refused = send(google, page, fields.sent)
    assert (refused.status_code, "Questa cella è protetta" in refused.text) == (422, True)
    foreign = google.session.post(page, data={}, headers={"Sec-Fetch-Site": "cross-site"}, timeout=10)
    assert foreign.status_code == 403


def test_a_sheet_that_is_gone_is_said_so(google: Google) -> None:
    answer = google.session.get(f"{google.url}/sheets/none", timeout=10)
    assert (answer.status_code, "Questo foglio non c’è." in answer.text) == (404, True)


def test_a_person_sorts_the_rows_under_the_header(google: Google, page: str) -> None:
    done = send(google, page, {"ordina": "0", "verso": "giu"})
    assert "Righe ordinate." in done.text
    assert google.values(file_of(page), "A1:A5") == [["codice"], ["CW-2"], ["CW-1"]]


@pytest.mark.parametrize("allowed", [False, True])
def test_whether_people_may_sort_over_protected_cells_is_a_switch(start: Start, *, allowed: bool) -> None:
    google = start(behaviour=Behaviour(people_sort_protected=allowed))
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]} for text in ("b", "a")]
    file = google.create({"properties": {"title": "x", "sheetId": TAB}, "data": [{"rowData": rows}]})
    protection = {"range": {"sheetId": TAB}, "editors": {"users": ["hubout@example.org"]}}
    assert google.batch(file, {"addProtectedRange": {"protectedRange": protection}}).ok
    done = send(google, f"{google.url}/sheets/{file}/{TAB}", {"ordina": "0", "verso": "su"})
    assert done.status_code == (200 if allowed else 403)
    assert google.values(file, "A:A") == ([["a"], ["b"]] if allowed else [["b"], ["a"]])


def test_a_person_shows_only_some_rows_and_saves_them(google: Google, page: str) -> None:
    fields = Fields(google.session.get(page, params={"cerca": "cw-2"}, timeout=10).text)
    assert "punteggio, riga 2, CW-1" not in fields.labels
    fields.sent[fields.labels["punteggio, riga 3, CW-2"]] = "70"
    done = google.session.post(page, params={"cerca": "cw-2"}, data=fields.sent, timeout=10)
    assert "Una cella salvata." in done.text
    assert "punteggio, riga 2, CW-1" not in Fields(done.text).labels
    assert google.values(file_of(page), "C2:C3") == [[], ["70"]]


def test_a_person_pastes_a_block(google: Google, page: str) -> None:
    block = 'Sì\t8,5\tVERO\t"due\nrighe"\r\nNo\t7\tFALSO\tuna\r\n'
    done = send(google, page, {"colonna": "1", "riga": "2", "blocco": block})
    assert "8 celle salvate." in done.text
    raw = google.values(file_of(page), "B2:E3", valueRenderOption="UNFORMATTED_VALUE")
    assert raw == [["Sì", 8.5, True, "due\nrighe"], ["No", 7, False, "una"]]


def test_a_block_with_a_wrong_cell_is_not_pasted_and_not_lost(google: Google, page: str) -> None:
    refused = send(google, page, {"colonna": "1", "riga": "2", "blocco": "Sì\t8\nForse\t900"})
    assert refused.status_code == 422
    assert "Scegli una voce dell’elenco: Sì, No" in unescape(refused.text)
    assert "Forse\t900" in unescape(refused.text)
    assert google.values(file_of(page), "B2:C3") == []
    assert "Scrivi VERO o FALSO" in send(google, page, {"colonna": "3", "riga": "2", "blocco": "forse"}).text
    outside = send(google, page, {"colonna": "1", "riga": "50", "blocco": "Sì\nSì"})
    assert outside.status_code == 422
    assert "altre celle che non vanno, fuori da questa pagina: 1" in outside.text
