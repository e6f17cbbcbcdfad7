"""Keys, origins and limits: what the settings say of who may use the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services import listing
from tests.integration.api.conftest import API, KEY, ORIGIN, SENDS
from tests.integration.web.conftest import COWORKING, Site, body

ADDRESS = f"{API}/calls/{COWORKING}/submissions"
BEARER = {"Authorization": f"Bearer {KEY}"}


def people(data: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Answers of so many people."""
    return [{**data, "email": f"p{each}@example.org", "cognome": "D" + "o" * each} for each in range(1, number + 1)]


def send(browser: FlaskClient, data: dict[str, Any], **headers: str) -> TestResponse:
    return browser.post(ADDRESS, json=data, headers=headers)


def test_from_one_address_comes_so_much_and_no_more(public: Site, samples: dict[int, Any]) -> None:
    browser = public.browser()
    *fine, refused = [send(browser, person) for person in people(samples[1]["data"], SENDS + 1)]
    assert [answer.status_code for answer in fine] == [201] * SENDS
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert body(refused)["type"] == "too-many"
    assert 0 < int(refused.headers["Retry-After"]) <= 600


def test_a_repeat_is_no_new_sending(public: Site, samples: dict[int, Any]) -> None:
    answers = [send(public.browser(), samples[1]["data"], **{"Idempotency-Key": "a"}) for _ in range(SENDS + 1)]
    assert {answer.status_code for answer in answers} == {201}


def test_a_key_lifts_the_limit_and_names_its_owner(public: Site, samples: dict[int, Any]) -> None:
    browser = public.browser()
    answers = [send(browser, person, **BEARER) for person in people(samples[1]["data"], SENDS + 1)]
    assert {answer.status_code for answer in answers} == {201}
    shown = listing.show(public.context, body(answers[0])["reference"])
    assert shown is not None
    assert shown["events"][0]["origin"] == "biblioteca"


def test_without_a_key_nobody_is_named(public: Site, samples: dict[int, Any]) -> None:
    shown = listing.show(public.context, body(send(public.browser(), samples[1]["data"]))["reference"])
    assert shown is not None
    assert "origin" not in shown["events"][0]


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer ", "Bearer", f"Basic {KEY}", "", "Bearer \xe9"])
def test_an_unknown_key_is_refused_everywhere(public: Site, given: str) -> None:
    for address in ("calls", f"calls/{COWORKING}", "openapi.json"):
        answer = public.browser().get(f"{API}/{address}", headers={"Authorization": given})
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert public.browser().post(ADDRESS, json={}, headers={"Authorization": given}).status_code == 401


def test_a_listed_site_may_ask_and_read(public: Site) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,idempotency-key",
    }
    allowed = public.browser().options(ADDRESS, headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
    assert {"Content-Type", "Idempotency-Key"} <= set(allowed.headers["Access-Control-Allow-Headers"].split(", "))
    for address in ("calls", "nope"):
        read = public.browser().get(f"{API}/{address}", headers={"Origin": ORIGIN})
        assert read.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Origin" in read.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in read.headers


@pytest.mark.parametrize("origin", ["https://elsewhere.example.org", "null", ORIGIN + "/", ORIGIN.upper()])
def test_other_sites_may_not(public: Site, origin: str) -> None:
    for answer in (
        public.browser().options(ADDRESS, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
        public.browser().get(f"{API}/calls", headers={"Origin": origin}),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_pages_are_not_opened_to_listed_sites(public: Site) -> None:
    assert "Access-Control-Allow-Origin" not in public.browser().get("/", headers={"Origin": ORIGIN}).headers


def test_without_a_list_no_site_may(site: Site) -> None:
    assert "Access-Control-Allow-Origin" not in site.browser().get(f"{API}/calls", headers={"Origin": ORIGIN}).headers
