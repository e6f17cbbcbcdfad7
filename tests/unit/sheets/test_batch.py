from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations.sheets.batch import cell_data, locale_requests, new_tabs_requests, repeatable, write_requests
from integrations.sheets.layout import Column, TabLayout, case_tab
from integrations.sheets.outcome import OurRow
from integrations.sheets.plan import MARKER_LIFE, CellWrite, TabWrite, WritePlan, marker_of, plan_write
from integrations.sheets.reconcile import reconcile
from integrations.sheets.snapshot import SheetSnapshot
from tests.unit.sheets.layouts import COWORKING, OTHER
from tests.unit.sheets.model import IdInUseError, Model

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)


def write_of(*cells: CellWrite) -> TabWrite:
    return TabWrite(1, COWORKING, cells=cells)


def test_texts_are_never_parsed() -> None:
    for text in ("=1+1", "+39 333", "-", "@nome", "\t=1", "82", "16/11/2026", "VERO"):
        assert cell_data(text) == {"userEnteredValue": {"stringValue": text}}
    assert cell_data(value=True) == {"userEnteredValue": {"boolValue": True}}
    assert cell_data(0) == {"userEnteredValue": {"numberValue": 0}}
    assert cell_data(None) == cell_data("") == {}


def test_adjoining_cells_share_a_request() -> None:
    cells = [CellWrite(row, column, row * 10 + column) for row in (4, 2, 3) for column in (7, 2, 3)]
    _, *updates = write_requests(WritePlan("o", 0, (write_of(*cells, CellWrite(9, 2, "x")),)))
    places = [(u["updateCells"]["start"]["rowIndex"], u["updateCells"]["start"]["columnIndex"]) for u in updates]
    assert sorted(places) == [(2, 2), (2, 7), (9, 2)]
    block = next(u["updateCells"] for u in updates if u["updateCells"]["start"]["columnIndex"] == 2)
    numbers = [[cell["userEnteredValue"]["numberValue"] for cell in row["values"]] for row in block["rows"]]
    assert numbers == [[22, 23], [32, 33], [42, 43]]


def test_a_thousand_rows_of_news_are_few_requests() -> None:
    cells = [CellWrite(row, column, "x") for row in range(1, 1001) for column in (2, 3, 4, 8, 9)]
    assert len(write_requests(WritePlan("o", 0, (write_of(*cells),)))) == 3


def test_the_marker_comes_first_and_a_repeat_is_refused_before_anything_is_done() -> None:
    model = Model.of(COWORKING)
    sheet_id = model.tab(COWORKING).sheet_id
    plan = WritePlan("cycle 7", 0, (TabWrite(sheet_id, COWORKING, rows=(("CWK-26-A",),)),))
    model.apply(write_requests(plan))
    with pytest.raises(IdInUseError):
        model.apply(write_requests(plan))
    assert [row[0] for row in model.tab(COWORKING).grid[:3]] == ["codice", "CWK-26-A", None]


def test_a_marker_is_31_bits_and_never_zero() -> None:
    assert all(0 < marker_of(f"operation {number}") < 2**31 for number in range(1000))
    assert marker_of("a") != marker_of("b")


def test_old_markers_go_with_the_next_write() -> None:
    old, young = int(NOW.timestamp()) - MARKER_LIFE - 1, int(NOW.timestamp()) - 5
    snapshot = SheetSnapshot("id", "", "", "it_IT", "Europe/Rome", (), {1: old, 2: young})
    plan = plan_write("o", snapshot, [write_of(CellWrite(1, 1, "x")), TabWrite(2, OTHER)], NOW)
    assert plan.stale_markers == (1,)
    assert [tab.sheet_id for tab in plan.tabs] == [1]
    assert plan_write("o", snapshot, [TabWrite(2, OTHER)], NOW + timedelta(days=1)).empty


def test_only_what_fails_when_repeated_is_sent_again() -> None:
    assert repeatable({"requests": write_requests(WritePlan("o", 0, ()))})
    assert repeatable({"requests": new_tabs_requests(Model().snapshot(), [COWORKING])})
    assert not repeatable({"requests": [{"appendCells": {}}]})
    assert not repeatable({"name": "file"})
    assert not repeatable(None)


def test_tabs_are_made_once_and_never_take_anothers_title() -> None:
    model = Model.of(COWORKING, OTHER)
    assert new_tabs_requests(model.snapshot(), [COWORKING, OTHER]) == []
    same_title = TabLayout("olt-3", "domande", COWORKING.columns)
    model.apply(new_tabs_requests(model.snapshot(), [same_title]))
    assert model.tab(same_title).title == "domande (2)"


def test_a_tab_is_found_by_its_tag_and_only_without_one_by_its_title() -> None:
    model = Model.of(COWORKING)
    tab = model.tab(COWORKING)
    tab.title = "Rinominato"
    assert model.snapshot().tab(COWORKING) is not None
    tab.key, tab.title = None, " DOMANDE "
    assert model.snapshot().tab(COWORKING) is not None
    tab.key = "another"
    assert model.snapshot().tab(COWORKING) is None


def test_partner_columns_get_their_rule_and_system_columns_a_warning() -> None:
    requests = new_tabs_requests(Model().snapshot(), [COWORKING])
    assert not any("setDataValidation" in request for request in requests)
    warning, answers = (request["addProtectedRange"] for request in requests if "addProtectedRange" in request)
    assert answers["protectedRange"]["range"]["endColumnIndex"] == len(COWORKING.columns)
    assert warning["protectedRange"]["warningOnly"] is True
    assert warning["protectedRange"]["range"]["endColumnIndex"] == len(COWORKING.system) - 1
    rows = {reference: OurRow({}) for reference in ("CWK-26-A", "CWK-26-B")}
    write = reconcile(COWORKING, {}, rows, Model.of(COWORKING).tab(COWORKING).snapshot()).write
    requests = write_requests(WritePlan("o", 0, (write,)))
    assert all(r["setDataValidation"]["range"]["endRowIndex"] == 3 for r in requests if "setDataValidation" in r)
    rules = [request["setDataValidation"]["rule"] for request in requests if "setDataValidation" in request]
    assert [rule["condition"]["type"] for rule in rules] == [
        "ONE_OF_LIST",
        "ONE_OF_LIST",
        "NUMBER_BETWEEN",
        "DATE_IS_VALID",
    ]
    assert rules[0]["condition"]["values"] == [{"userEnteredValue": "sì"}, {"userEnteredValue": "no"}]


def test_locale_and_zone_are_set_where_they_are_others() -> None:
    snapshot = SheetSnapshot("id", "", "", "en_US", "America/New_York", (), {})
    (request,) = locale_requests(snapshot)
    properties = request["updateSpreadsheetProperties"]["properties"]
    assert properties == {"locale": "it_IT", "timeZone": "Europe/Rome"}
    assert locale_requests(Model().snapshot()) == []


def test_a_layout_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="given twice: stato"):
        case_tab("k", "T", (Column("stato"),), ())
    with pytest.raises(ValueError, match="no system column codice"):
        TabLayout("k", "T", (Column("codice", "partner"),))
    with pytest.raises(ValueError, match="needs options"):
        Column("esito", "partner", "choice")
    with pytest.raises(ValueError, match="only a choice"):
        Column("esito", "partner", options=("a",))
