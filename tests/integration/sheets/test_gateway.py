from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.google import CredentialsError, service_account
from integrations.local.google import Behaviour
from integrations.local.service_account import ensure_service_account
from integrations.sheets.errors import Gone, Refused, Throttled, Unreachable
from integrations.sheets.gateway import Gateway, Patience
from integrations.sheets.outcome import Base, OurRow, Reconciled
from integrations.sheets.plan import CellWrite, TabWrite, WritePlan, plan_write
from integrations.sheets.quota import RedisLimiter
from integrations.sheets.reconcile import reconcile
from integrations.sheets.snapshot import SheetSnapshot
from tests.integration.google.conftest import start  # noqa: F401 - a fixture
from tests.integration.google.running import Google, Start
from tests.integration.sheets.conftest import Calls, Naps
from tests.unit.sheets.layouts import COWORKING, OTHER

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
SCORE = "punteggio_0_100"


def ours(count: int, *, final: bool = False, state: str = "valutazione") -> dict[str, OurRow]:
    cells = {"ricevuta_il": "2026-11-16T09:00+01:00", "scadenza": "2026-12-16", "stato": state, "attivita": "=1+1"}
    return {f"CWK-26-{number:06}": OurRow(cells, final) for number in range(count)}


def merge(snapshot: SheetSnapshot, base: Base, rows: dict[str, OurRow]) -> Reconciled:
    tab = snapshot.tab(COWORKING)
    assert tab is not None
    return reconcile(COWORKING, base, rows, tab)


def cycle(gateway: Gateway, id_: str, base: Base, rows: dict[str, OurRow], operation: str) -> Reconciled:
    snapshot = gateway.read(id_)
    result = merge(snapshot, base, rows)
    gateway.write(id_, plan_write(operation, snapshot, [result.write], NOW))
    return result


def shown(google: Google, id_: str, cells: str) -> list[list[object]]:
    return google.values(id_, cells, valueRenderOption="FORMATTED_VALUE")


# --- making and connecting ---------------------------------------------------------------------------------------


def test_a_spreadsheet_is_made_with_its_tabs_and_no_other(gateway: Gateway, calls: Calls) -> None:
    made = gateway.create_spreadsheet("HubOut – Coworking Cinisello", [COWORKING, OTHER])
    assert calls() == ["POST files", f"GET {made.spreadsheet_id}", "POST batchUpdate"]
    snapshot = gateway.read(made.spreadsheet_id)
    assert [(tab.title, tab.key) for tab in snapshot.tabs] == [("Domande", "olt-1"), ("Domande 2", "olt-2")]
    assert (snapshot.title, snapshot.locale, snapshot.time_zone) == (
        "HubOut – Coworking Cinisello",
        "it_IT",
        "Europe/Rome",
    )
    assert made.url == snapshot.url
    ids = [column.id for column in COWORKING.columns]
    assert snapshot.tabs[0].rows == (tuple(ids),)
    assert snapshot.tabs[0].columns == dict(enumerate(ids))


def test_a_spreadsheet_that_a_person_made_is_connected(gateway: Gateway, local_google: Google, calls: Calls) -> None:
    theirs = local_google.create({"properties": {"title": "Domande"}}, locale="en_US")
    local_google.api(
        "PUT",
        f"/v4/spreadsheets/{theirs}/values/Domande!A1",
        {"values": [["i miei conti", "stato"], [12]]},
        valueInputOption="RAW",
    )
    calls()
    snapshot = gateway.ensure_tabs(theirs, [COWORKING, OTHER])
    assert calls() == [f"GET {theirs}", "POST batchUpdate", f"GET {theirs}"]
    assert [(tab.title, tab.key) for tab in snapshot.tabs] == [("Domande", None), ("Domande 2", "olt-2")]
    assert snapshot.locale == "it_IT"
    result = merge(snapshot, {}, ours(2))
    gateway.write(theirs, plan_write("first", snapshot, [result.write], NOW))
    tab = gateway.read(theirs).tab(COWORKING)
    assert tab is not None
    assert tab.key == "olt-1"
    assert tab.rows[1][0] == 12
    assert [tab.columns[at] for at in (1, 2, 3)] == ["stato", "codice", "ricevuta_il"] if tab.columns else False
    assert [tab.cell(row, 2) for row in (2, 3)] == ["CWK-26-000000", "CWK-26-000001"]
    calls()
    assert gateway.ensure_tabs(theirs, [COWORKING, OTHER]).tab(OTHER) is not None
    assert calls() == [f"GET {theirs}"]


def test_a_spreadsheet_whose_tabs_were_made_by_a_lost_request_is_made(gateway: Gateway, local_google: Google) -> None:
    local_google.api("POST", "/_faults", {"kind": "drop_after_write", "count": 1, "after": 1})
    made = gateway.create_spreadsheet("prova", [COWORKING, OTHER])
    assert [tab.key for tab in gateway.read(made.spreadsheet_id).tabs] == ["olt-1", "olt-2"]


def test_tabs_made_by_a_lost_request_are_not_made_again(gateway: Gateway, local_google: Google) -> None:
    theirs = local_google.create()
    local_google.api("POST", "/_faults", {"kind": "drop_after_write", "count": 1})
    snapshot = gateway.ensure_tabs(theirs, [COWORKING])
    assert [tab.key for tab in snapshot.tabs].count("olt-1") == 1
    assert len(snapshot.tabs) == 2


# --- a cycle -----------------------------------------------------------------------------------------------------


def test_a_cycle_is_one_read_and_one_write_whatever_the_tabs_and_rows(gateway: Gateway, calls: Calls) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING, OTHER]).spreadsheet_id
    calls()
    for operation, count in (("a", 30), ("b", 60)):
        snapshot = gateway.read(id_)
        parts = []
        for layout in (COWORKING, OTHER):
            tab = snapshot.tab(layout)
            assert tab is not None
            parts.append(reconcile(layout, {}, ours(count, state=operation), tab).write)
        gateway.write(id_, plan_write(operation, snapshot, parts, NOW))
        assert calls() == [f"GET {id_}", "POST batchUpdate"]
    assert [len(tab.rows) for tab in gateway.read(id_).tabs] == [61, 61]


def test_nothing_new_is_no_write(gateway: Gateway, calls: Calls) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    base = cycle(gateway, id_, {}, ours(3), "a").next_base
    calls()
    result = cycle(gateway, id_, base, ours(3), "b")
    assert (result.edits, result.findings) == ((), ())
    assert calls() == [f"GET {id_}"]


def test_cells_have_their_type_and_texts_stay_texts(gateway: Gateway, local_google: Google) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    cycle(gateway, id_, {}, ours(1), "a")
    cells = dict(zip(*shown(local_google, id_, "Domande!A1:P2"), strict=False))
    assert cells["ricevuta_il"] == "16/11/2026 09:00"
    assert cells["scadenza"] == "16/12/2026"
    assert cells["attivita"] == "=1+1"


def test_what_a_partner_types_comes_back_once_and_after_the_decision_is_undone(
    gateway: Gateway, local_google: Google
) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    base = cycle(gateway, id_, {}, ours(3), "a").next_base
    typed = {"values": [["no", "sì con modifiche", "82", "bene: 8/10", "16/11/2026"]]}
    path = f"/v4/spreadsheets/{id_}/values/Domande!L3:P3"
    assert local_google.api("PUT", path, typed, valueInputOption="USER_ENTERED").status_code == 200
    result = cycle(gateway, id_, base, ours(3), "b")
    assert [(edit.reference, edit.column, edit.new) for edit in result.edits] == [
        ("CWK-26-000001", "conflitto", "no"),
        ("CWK-26-000001", "esito_proposto", "Sì con modifiche"),
        ("CWK-26-000001", SCORE, 82),
        ("CWK-26-000001", "note_per_il_gruppo", "bene: 8/10"),
        ("CWK-26-000001", "valutato_il", "2026-11-16"),
    ]
    assert result.write.empty
    local_google.api("PUT", path, {"values": [[None, None, 95]]}, valueInputOption="RAW")
    late = cycle(gateway, id_, result.next_base, ours(3, final=True), "c")
    assert [(edit.old, edit.new, edit.problem and edit.problem.code) for edit in late.edits] == [(82, 95, "final")]
    assert local_google.values(id_, "Domande!N3") == [["82"]]


def test_rows_and_columns_are_found_wherever_people_put_them(gateway: Gateway, local_google: Google) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    base = cycle(gateway, id_, {}, ours(4), "a").next_base
    snapshot = gateway.read(id_)
    sheet = snapshot.tabs[0].sheet_id
    everything = {"sheetId": sheet, "startRowIndex": 1, "endRowIndex": 5, "startColumnIndex": 0, "endColumnIndex": 16}
    columns = {"sheetId": sheet, "dimension": "COLUMNS"}
    rows = {"sheetId": sheet, "dimension": "ROWS", "startIndex": 2, "endIndex": 3}
    title = {"sheetId": sheet, "title": "Le mie domande"}
    answer = local_google.batch(
        id_,
        {"sortRange": {"range": everything, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]}},
        {"insertDimension": {"range": {**columns, "startIndex": 1, "endIndex": 3}}},
        {"moveDimension": {"source": {**columns, "startIndex": 15, "endIndex": 16}, "destinationIndex": 0}},
        {"insertDimension": {"range": rows}},
        {"updateSheetProperties": {"properties": title, "fields": "title"}},
    )
    assert answer.status_code == 200, answer.text
    result = cycle(gateway, id_, base, ours(4, state="decisione"), "b")
    assert (result.edits, result.findings, result.missing) == ((), (), ())
    assert cycle(gateway, id_, result.next_base, ours(4, state="decisione"), "c").write.empty
    after = gateway.read(id_).tab(COWORKING)
    assert after is not None
    assert after.columns is not None
    state = next(at for at, tag in after.columns.items() if tag == "stato")
    assert [after.cell(row, state) for row in range(1, 6)].count("decisione") == 4


def test_a_full_grid_grows_and_its_new_rows_are_dressed(gateway: Gateway, local_google: Google) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    base = cycle(gateway, id_, {}, ours(499), "a").next_base
    cycle(gateway, id_, base, ours(502), "b")
    tab = gateway.read(id_).tabs[0]
    assert (len(tab.rows), tab.row_count) == (503, 700)
    body = local_google.api(
        "GET",
        f"/v4/spreadsheets/{id_}",
        ranges="Domande!M503",
        fields="sheets.data.rowData.values(dataValidation.condition.type,userEnteredFormat.backgroundColor)",
    ).json()
    (cell,) = body["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert cell["dataValidation"]["condition"]["type"] == "ONE_OF_LIST"
    assert cell["userEnteredFormat"]["backgroundColor"]["blue"] < 0.9


@pytest.mark.parametrize("rules_are_data", [False, True])
def test_new_rows_follow_the_last_one_however_google_appends(
    start: Start,  # noqa: F811 - the fixture
    limiter: RedisLimiter,
    *,
    rules_are_data: bool,
) -> None:
    google = start(behaviour=Behaviour(rules_are_data=rules_are_data))
    gateway = Gateway(ensure_service_account(google.home, f"{google.url}/token"), google.url, limiter)
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    base = cycle(gateway, id_, {}, ours(2), "a").next_base
    cycle(gateway, id_, base, ours(4), "b")
    (tab,) = gateway.read(id_).tabs
    gateway.close()
    assert [row[0] for row in tab.rows] == ["codice", *ours(4)]


# --- exactly once ------------------------------------------------------------------------------------------------


def append_of(snapshot: SheetSnapshot, operation: str) -> WritePlan:
    return plan_write(operation, snapshot, [merge(snapshot, {}, ours(2)).write], NOW)


def test_a_batch_sent_twice_is_done_once(gateway: Gateway) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    plan = append_of(gateway.read(id_), "cycle 1")
    first, second = gateway.write(id_, plan), gateway.write(id_, plan)
    assert (first.written, first.repeated) == (True, False)
    assert (second.written, second.repeated) == (True, True)
    assert len(gateway.read(id_).tabs[0].rows) == 3


def test_a_batch_whose_answer_was_lost_is_done_once(gateway: Gateway, local_google: Google, calls: Calls) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    plan = append_of(gateway.read(id_), "cycle 1")
    local_google.api("POST", "/_faults", {"kind": "drop_after_write", "count": 1})
    calls()
    report = gateway.write(id_, plan)
    assert (report.written, report.repeated) == (True, True)
    assert calls() == ["POST batchUpdate", "POST batchUpdate", f"GET {id_}"]
    assert len(gateway.read(id_).tabs[0].rows) == 3


def test_markers_are_read_and_go_with_a_later_write(gateway: Gateway) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    snapshot = gateway.read(id_)
    first = append_of(snapshot, "cycle 1")
    gateway.write(id_, first)
    snapshot = gateway.read(id_)
    assert dict(snapshot.markers) == {first.marker: int(NOW.timestamp())}
    cell = TabWrite(snapshot.tabs[0].sheet_id, COWORKING, cells=(CellWrite(1, 2, "x"),))
    second = plan_write("cycle 2", snapshot, [cell], NOW.replace(hour=9))
    gateway.write(id_, second)
    assert set(gateway.read(id_).markers) == {second.marker}


def test_a_refused_batch_without_its_marker_is_an_error_and_nothing_is_done(gateway: Gateway) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    sheet = gateway.read(id_).tabs[0].sheet_id
    good = TabWrite(sheet, COWORKING, cells=(CellWrite(1, 2, "x"),))
    bad = TabWrite(sheet, COWORKING, cells=(CellWrite(10**6, 0, "x"),))
    with pytest.raises(Refused, match="refuses the request") as error:
        gateway.write(id_, WritePlan("cycle 1", 0, (good, bad)))
    assert error.value.code == 400
    assert len(gateway.read(id_).tabs[0].rows) == 1


# --- when Google is unkind ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["500", "503", "html502"])
def test_a_passing_fault_is_sat_out(gateway: Gateway, local_google: Google, naps: Naps, kind: str) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    local_google.api("POST", "/_faults", {"kind": kind, "count": 2})
    assert gateway.read(id_).title == "prova"
    assert naps.taken == [0.5, 1.0]
    plan = append_of(gateway.read(id_), "cycle 1")
    local_google.api("POST", "/_faults", {"kind": kind, "count": 2})
    assert gateway.write(id_, plan).written
    assert len(gateway.read(id_).tabs[0].rows) == 3


def test_a_fault_that_stays_ends_after_five_tries(
    gateway: Gateway, local_google: Google, calls: Calls, naps: Naps
) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    local_google.api("POST", "/_faults", {"kind": "html502", "count": 99})
    calls()
    with pytest.raises(Unreachable, match="HTTP 502"):
        gateway.read(id_)
    assert len(calls()) == 5
    assert naps.taken == [0.5, 1.0, 2.0, 4.0]


def test_a_hanging_server_is_given_up(
    gateway: Gateway, local_google: Google, limiter: RedisLimiter, naps: Naps, calls: Calls
) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    account = ensure_service_account(local_google.home, f"{local_google.url}/token")
    hasty = Gateway(account, local_google.url, limiter, Patience(attempts=2, sleep=naps.sleep, timeout=(5, 0.2)))
    local_google.api("POST", "/_faults", {"kind": "timeout", "count": 2})
    calls()
    with pytest.raises(Unreachable, match="does not answer: ReadTimeout"):
        hasty.read(id_)
    hasty.close()
    assert len(calls()) == 2


def test_making_a_file_is_never_repeated(gateway: Gateway, local_google: Google, calls: Calls) -> None:
    local_google.api("POST", "/_faults", {"kind": "503", "count": 1})
    with pytest.raises(Unreachable):
        gateway.create_spreadsheet("prova", [COWORKING])
    assert calls() == ["POST files"]


def test_a_429_closes_the_quota_for_everyone(gateway: Gateway, local_google: Google, calls: Calls) -> None:
    id_ = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    local_google.api("POST", "/_faults", {"kind": "429", "count": 1})
    calls()
    with pytest.raises(Throttled) as error:
        gateway.read(id_)
    assert 59 < error.value.retry_after < 66
    with pytest.raises(Throttled):
        gateway.read(id_)
    assert len(calls()) == 1


def test_a_spreadsheet_that_is_not_there_says_what_to_do(gateway: Gateway) -> None:
    with pytest.raises(Gone, match="share it again with hubout@"):
        gateway.read("1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefgh")


def test_nobody_there_is_unreachable(gateway: Gateway, local_google: Google, limiter: RedisLimiter) -> None:
    assert gateway.client_email == "hubout@hubout-locale.iam.gserviceaccount.com"
    naps = Naps()
    account = local_google.home / "google" / "service-account.json"
    nowhere = Gateway(account, "http://127.0.0.1:1", limiter, Patience(sleep=naps.sleep))
    with pytest.raises(Unreachable, match="ConnectionError"):
        nowhere.read("any")
    nowhere.close()
    assert len(naps.taken) == 4


def test_a_key_that_google_does_not_know_is_refused(
    tmp_path: Path, local_google: Google, limiter: RedisLimiter
) -> None:
    account = ensure_service_account(tmp_path, f"{local_google.url}/token")
    stranger = Gateway(account, local_google.url, limiter)
    with pytest.raises(Refused, match="is the key still valid"):
        stranger.read("any")
    stranger.close()


@pytest.mark.parametrize("content", [None, "no json", "{}", '{"type": "authorized_user"}'])
def test_a_wrong_key_file_is_named_with_what_to_do(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CredentialsError, match=r"key\.json.*GOOGLE_APPLICATION_CREDENTIALS"):
        service_account(path)
