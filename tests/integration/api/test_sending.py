"""Sending: files in JSON, files only declared, keys that make a repeat harmless, problems of every kind."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.services import listing
from app.services.intake import submissions
from forms.uploads import File
from tests.integration.api.conftest import API
from tests.integration.web.conftest import COWORKING, Site, body, hidden

LABS = "laboratori-2026"
ADDRESS = f"{API}/calls/{COWORKING}/submissions"
WITH_FILE = f"{API}/calls/{LABS}/submissions"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
PROBLEM = "application/problem+json"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
def lab(samples: dict[int, Any]) -> dict[str, Any]:
    """A valid proposal for a lab, without its file."""
    data: dict[str, Any] = samples[11]["data"]
    return data


def shown(site: Site, reference: str) -> dict[str, Any]:
    found = listing.show(site.context, reference)
    assert found is not None
    return found


def test_a_file_in_json_is_kept(site: Site, lab: dict[str, Any]) -> None:
    sent = {**lab, "allegato": {"filename": "../piano.pdf", "content_base64": encoded(PDF)}}
    answer = site.browser().post(WITH_FILE, json=sent)
    assert answer.status_code == 201, answer.text
    assert body(answer)["files_to_come"] == []
    (file,) = shown(site, body(answer)["reference"])["files"]
    assert (file["field"], file["filename"], file["size"]) == ("allegato", "piano.pdf", len(PDF))
    filesystem, folder = site.context.files
    assert [filesystem.cat_file(path) for path in filesystem.ls(folder, detail=False)] == [PDF]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ({"filename": "a.pdf", "content_base64": encoded(b"MZ\x90 no document")}, "file_type"),
        ({"filename": "a.pdf", "content_base64": "%%%"}, "file_type"),
        ({"filename": "a.pdf", "content_base64": 7}, "file_type"),
        ({"filename": "a.pdf"}, "file_type"),
        ("a.pdf", "file_type"),
        ({"filename": "a.pdf", "content_base64": encoded(PDF + b"x" * 5_000_001)}, "file_size"),
        ({"filename": "a.pdf", "mb": 5.1}, "file_size"),
        ({"filename": "a.exe", "mb": 1}, "file_type"),
        ({"filename": "a.pdf", "mb": 1e308}, "file_type"),
        ({"filename": "a.pdf", "mb": 10**400}, "file_type"),
        ({"filename": "a.pdf", "mb": float("nan")}, "file_type"),
    ],
)
def test_a_file_is_judged_by_its_content_and_size(site: Site, lab: dict[str, Any], file: Any, code: str) -> None:
    answer = site.browser().post(WITH_FILE, json={**lab, "allegato": file})
    assert answer.status_code == 422
    assert body(answer)["errors"] == {"allegato": [code]}


def test_a_declared_file_is_still_to_be_asked_for(site: Site, lab: dict[str, Any]) -> None:
    answer = site.browser().post(WITH_FILE, json={**lab, "allegato": {"filename": "piano.pdf", "mb": 3.1, "pages": 9}})
    assert answer.status_code == 201
    assert body(answer)["files_to_come"] == ["allegato"]
    declared = {"field": "allegato", "filename": "piano.pdf", "size": 3_100_000, "state": "declared", "note": ""}
    assert shown(site, body(answer)["reference"])["files"] == [declared]
    page = site.browser().get(body(answer)["status_url"].removeprefix(site.context.settings.base_url))
    assert "piano.pdf (dichiarato, ancora da inviare)" in page.text


def test_the_office_is_told_of_a_declared_file(site: Site, lab: dict[str, Any]) -> None:
    site.browser().post(WITH_FILE, json={**lab, "allegato": {"filename": "piano.pdf", "mb": 3.1}})
    browser = site.browser()
    page = opened(site, browser, "richiedente")
    assert "Da chiedere" not in page.text
    confirmation = {"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"}
    assert browser.post(page.request.path, data=confirmation).status_code == 303
    site.go_on()
    page = opened(site, site.browser(), "istruttore")
    assert "li ha solo dichiarati: Un documento utile (facoltativo)." in page.text


def opened(site: Site, browser: FlaskClient, role: str) -> TestResponse:
    """The page behind the newest link of `role`."""
    _, token = site.token(role)
    return browser.get(f"/azione/{token}", follow_redirects=True)


def test_a_form_without_files_takes_no_long_text(site: Site) -> None:
    answer = site.browser().post(ADDRESS, json={"nome": "x" * 1_100_000})
    assert answer.status_code == 413
    assert answer.content_type == PROBLEM


def test_the_schema_says_how_large_a_file_may_be(site: Site) -> None:
    field = next(each for each in site.context.catalogue.calls[LABS].form.fields if each.type == "file")
    sent, declared = File().json_schema(field)["anyOf"]
    assert sent["properties"]["content_base64"]["maxLength"] == len(encoded(b"x" * 5_000_000))
    assert declared["properties"]["mb"]["maximum"] == 5


def test_hidden_answers_are_dropped_and_told_on_every_repeat(site: Site, samples: dict[int, Any]) -> None:
    data = {**samples[1]["data"], "profilo": "studio", "partita_iva": "12345678903"}
    first, second = [site.browser().post(ADDRESS, json=data, headers={"Idempotency-Key": "dropped"}) for _ in range(2)]
    assert first.status_code == 201
    assert body(first)["ignored"] == [["partita_iva", "hidden_field_dropped"]]
    assert body(second) == body(first)


def test_a_repeat_is_answered_after_the_call_has_closed(site: Site, samples: dict[int, Any]) -> None:
    address = f"{API}/calls/bando-chiuso/submissions"
    sent = {"json": samples[1]["data"], "headers": {"Idempotency-Key": "late"}}
    first = site.browser().post(address, **sent)
    site.close_call()
    site.context.clock.set(site.context.clock.now().replace(year=2027))
    again = site.browser().post(address, **sent)
    assert (first.status_code, again.status_code) == (201, 201)
    assert body(again) == body(first)


def test_somebody_elses_key_opens_nothing(site: Site, samples: dict[int, Any]) -> None:
    headers = {"Idempotency-Key": "1"}
    first = site.browser().post(ADDRESS, json=samples[1]["data"], headers=headers)
    other = {**samples[1]["data"], "email": "altri@example.org", "cognome": "Altri"}
    answer = site.browser().post(ADDRESS, json=other, headers=headers)
    assert answer.status_code == 409
    assert body(answer)["type"] == "idempotency-key"
    assert body(first)["reference"] not in answer.text
    assert len(site.states()) == 1


@pytest.mark.parametrize(
    ("method", "address", "more", "code"),
    [
        ("GET", f"{API}/nope", {}, 404),
        ("GET", f"{API}/calls/nope", {}, 404),
        ("POST", f"{API}/calls/nope/submissions", {"json": {}}, 404),
        ("DELETE", f"{API}/calls", {}, 405),
        ("GET", ADDRESS, {}, 405),
        ("POST", ADDRESS, {"data": {"nome": "x"}}, 415),
        ("POST", ADDRESS, {"data": "{}", "content_type": "text/plain"}, 415),
        ("POST", ADDRESS, {"json": {}, "headers": {"Idempotency-Key": "x" * 256}}, 400),
        ("POST", WITH_FILE, {"data": b"{}" + b" " * 33 * 1024 * 1024, "content_type": "application/json"}, 413),
    ],
)
def test_every_refusal_is_a_problem(site: Site, method: str, address: str, more: dict[str, Any], code: int) -> None:
    answer = site.browser().open(address, method=method, **more)
    assert answer.status_code == code
    assert answer.content_type == PROBLEM
    assert json.loads(answer.text)["status"] == code


def test_our_own_faults_are_problems_with_an_incident(
    site: Site, samples: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [(OperationalError("INSERT", {}, Exception("disk is full")), 503), (KeyError("a slip"), 500)]
    for fault, code in faults:

        def fail(*_: object, fault: Exception = fault) -> None:
            raise fault

        monkeypatch.setattr(submissions, "submit", fail)
        answer = site.browser().post(ADDRESS, json=samples[1]["data"])
        assert answer.status_code == code
        assert answer.content_type == PROBLEM
        assert body(answer)["incident"]
        assert "disk" not in answer.text
        assert "slip" not in answer.text
