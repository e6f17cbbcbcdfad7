"""The API: the same judgement as the page, told to programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.api.conftest import API
from tests.integration.web.conftest import CLOSED, COWORKING, IDEAS, Site, body, heading

CALLS = {"coworking-postazione": COWORKING, "clab-urbano-proposta": IDEAS}


def test_the_calls(site: Site) -> None:
    listed = body(site.browser().get(f"{API}/calls"))["calls"]
    assert {call["call"] for call in listed} >= {COWORKING, IDEAS, CLOSED}
    assert set(listed[0]) == {"call", "form", "workflow", "title", "opens", "closes", "open"}


def test_a_call_has_its_form_as_json_schema(site: Site) -> None:
    call = body(site.browser().get(f"{API}/calls/{COWORKING}"))
    assert call["workflow"] == "ammissione-posti"
    assert call["schema"]["properties"]["sede"]["enum"] == ["cb-cofo", "cb-ampliamento", "mt-hubout"]


@pytest.mark.parametrize("number", [1, 4, 5, 21])
def test_the_samples_are_judged_as_expected(site: Site, samples: dict[int, Any], number: int) -> None:
    sample = samples[number]
    answer = site.browser().post(f"{API}/calls/{CALLS[sample['form']]}/submissions", json=sample["data"])
    if sample["expect"]["valid"]:
        assert answer.status_code == 201
        assert body(answer)["ignored"] == sample["expect"]["ignored"]
    else:
        assert answer.status_code == 422
        assert answer.content_type == "application/problem+json"
        told = [[field, code] for field, codes in body(answer)["errors"].items() for code in codes]
        assert sorted(told) == sorted(sample["expect"]["errors"])


def test_the_same_key_gets_the_same_answer(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    sent = {"json": samples[1]["data"], "headers": {"Idempotency-Key": "k-1"}}
    first, second = (browser.post(f"{API}/calls/{COWORKING}/submissions", **sent) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert body(first) == body(second)
    assert site.states() == ["da_confermare"]
    address = body(first)["status_url"].removeprefix(site.context.settings.base_url)
    assert heading(browser.get(address)) == "Domanda inviata"
    status = body(browser.get(f"{API}/submissions/{address.rpartition('/')[2]}"))
    assert status["reference"] == body(first)["reference"]
    assert status["state"] == "da_confermare"


def test_a_duplicate_is_a_conflict_that_tells_nothing(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    browser.post(f"{API}/calls/{COWORKING}/submissions", json=samples[1]["data"])
    answer = browser.post(f"{API}/calls/{COWORKING}/submissions", json=samples[2]["data"])
    assert answer.status_code == 409
    assert body(answer)["type"] == "duplicate"
    assert "CWK" not in answer.text


def test_a_closed_call_is_a_conflict_with_its_date(site: Site, samples: dict[int, Any]) -> None:
    closes = site.close_call()
    answer = site.browser().post(f"{API}/calls/{CLOSED}/submissions", json=samples[1]["data"])
    assert answer.status_code == 409
    assert body(answer)["type"] == "closed"
    assert body(answer)["closed_at"] == closes.isoformat()


@pytest.mark.parametrize("text", ["", "[]", '"x"', "{", "null", "[" * 100_000, "1" * 10_000])
def test_what_is_no_object_is_refused(site: Site, text: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = site.browser().post(f"{API}/calls/{COWORKING}/submissions", data=text, headers=headers)
    assert answer.status_code == 400
    assert body(answer)["type"] == "not-json"


def test_errors_are_problems_with_an_incident(site: Site) -> None:
    for address in (f"{API}/nope", f"{API}/calls/nope", f"{API}/submissions/nope"):
        answer = site.browser().get(address)
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
        assert body(answer)["incident"]


def test_the_description_has_every_route_and_no_loose_end(site: Site) -> None:
    described = body(site.browser().get(f"{API}/openapi.json"))
    rules = {
        rule.rule.removeprefix(API).replace("<", "{").replace(">", "}")
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith(API)
    }
    sendings = {f"/calls/{call}/submissions" for call in site.context.catalogue.calls}
    assert set(described["paths"]) == rules | sendings
    for reference in _references(described):
        _, _, kind, name = reference.split("/")
        assert name in described["components"][kind]


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [reference for value in part.values() for reference in _references(value)]
    return [reference for value in part for reference in _references(value)] if isinstance(part, list) else []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["nome", "email", "data_nascita", "posti", "team", "giorni", "inizio", "regole_accettate", "telefono"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5))
def test_whatever_is_sent_is_judged_and_never_a_fault_of_ours(site: Site, sent: dict[str, Any]) -> None:
    answer = site.browser().post(
        f"{API}/calls/{COWORKING}/submissions", data=json.dumps(sent), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
