"""Every sample of the programme gets exactly its expected errors, or its expected state, by page and by API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.catalogue.calls import Call
from app.services import listing
from app.web.texts import load_texts
from forms.builder import form_inputs
from tests.integration.app.town import Town

SAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "unit" / "forms" / "samples.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def call_for(town: Town, sample: dict[str, Any]) -> Call:
    """The call that offers the form, and the answer that the applicant chose to be sent to."""
    calls = [call for call in town.context.catalogue.calls.values() if call.form.form == sample["form"]]
    fitting = [call for call in calls if not call.file.sites or call.site_of(sample["data"]) in call.file.sites]
    return (fitting or calls)[0]


def by_api(town: Town, sample: dict[str, Any]) -> tuple[TestResponse, list[list[str]]]:
    """Send a sample through the API: the answer, and its errors as (field, code)."""
    answer = town.browser().post(f"/api/v1/calls/{call_for(town, sample).id}/submissions", json=sample["data"])
    told = answer.get_json().get("errors", {}) if answer.status_code == 422 else {}
    return answer, [[field, code] for field, codes in told.items() for code in codes]


def by_page(town: Town, sample: dict[str, Any]) -> TestResponse:
    """Send a sample through the form's page, all inputs at once, with a real file where it declares one."""
    call = call_for(town, sample)
    browser, address = town.browser(), f"/bandi/{call.id}/domanda"
    hidden = dict(
        re.findall(r'name="(csrf_token|idempotency_key|iniziato)" value="([^"]*)"', browser.get(address).text)
    )
    inputs: dict[str, Any] = {name: [value] for name, value in hidden.items()}
    for name, value in form_inputs(call.form, sample["data"]):
        inputs.setdefault(name, []).append(value)
    for field in call.form.fields:
        if field.type == "file" and field.id in sample["data"]:
            inputs[field.id] = (BytesIO(PDF), sample["data"][field.id]["filename"])
    return browser.post(address, data=inputs)


def told_by(page: TestResponse, codes: Iterable[str]) -> list[list[str]]:
    """The errors of a page as (field, code), read off the words of its summary; a code that has no part is «?»."""
    texts = load_texts()
    patterns = {
        code: re.sub(r"\\{\w+\\}", ".+", re.escape(texts.raw(f"errors.{code}", "it"))) for code in dict.fromkeys(codes)
    }
    summary = page.text.partition('id="errori"')[2].partition("</ul>")[0]
    told = []
    for target, line in re.findall(r'<li><a href="#([^"]+)">(.*?)</a></li>', summary):
        words = unescape(line)
        code = next((code for code, pattern in patterns.items() if re.search(f": {pattern}$", words)), "?")
        told.append([target.partition("-")[0], code])
    return told


def in_time(town: Town) -> Iterator[dict[str, Any]]:
    """The samples in order of their instants, with the clock at each."""
    for sample in sorted(SAMPLES, key=lambda each: each["submitted_at"]):
        go_on_to(town, sample)
        yield sample


def go_on_to(town: Town, sample: dict[str, Any]) -> None:
    """Let time go on to a sample's instant; two are from an hour before the house opens on the same day."""
    moment = datetime.fromisoformat(sample["submitted_at"])
    if moment > town.clock.now():
        town.clock.set(moment)
    town.work()


def state_after_email(town: Town, reference: str, sample: dict[str, Any]) -> str:
    """Where the application is once its address is confirmed, where it has to be."""
    events = listing.show(town.context, reference)["events"]  # type: ignore[index] # it was just made
    if events[-1]["to"] == "da_confermare":
        town.choose(sample["data"]["email"].strip(), reference, "email_confirmed")
        events = listing.show(town.context, reference)["events"]  # type: ignore[index] # the same
        return next(str(event["to"]) for event in events if event["event"] == "email_confirmed")
    return str(events[0]["to"])


def test_every_sample_comes_out_as_expected_through_the_api(town: Town) -> None:
    came: dict[int, object] = {}
    wanted: dict[int, object] = {}
    references: dict[int, str] = {}
    for sample in in_time(town):
        expect, number = sample["expect"], sample["sample"]
        answer, errors = by_api(town, sample)
        if not expect["valid"]:
            came[number], wanted[number] = sorted(errors), sorted(expect["errors"])
            continue
        first = expect["first_state_after_email"]
        wanted[number] = first
        if first.startswith("duplicate_of:"):
            came[number] = first if answer.status_code == 409 else answer.status_code
            continue
        assert answer.status_code == 201, (number, answer.text)
        references[number] = answer.get_json()["reference"]
        assert answer.get_json().get("ignored", []) == expect["ignored"], number
        town.work()
        came[number] = state_after_email(town, references[number], sample)
    assert came == wanted


@pytest.mark.parametrize("number", [sample["sample"] for sample in SAMPLES])
def test_every_sample_comes_out_as_expected_through_its_page(town: Town, number: int) -> None:
    sample = next(sample for sample in SAMPLES if sample["sample"] == number)
    expect = sample["expect"]
    first = expect.get("first_state_after_email", "")
    duplicate = first.startswith("duplicate_of:")
    if duplicate:
        by_page(town, next(each for each in SAMPLES if each["sample"] == 1))
    go_on_to(town, sample)
    answer = by_page(town, sample)
    if not expect["valid"]:
        assert answer.status_code == 422
        assert sorted(told_by(answer, (code for _, code in expect["errors"]))) == sorted(expect["errors"])
        assert town.cases() == []
        return
    assert answer.status_code == (409 if duplicate else 303)
    (case,) = town.cases()
    town.work()
    if not duplicate:
        assert state_after_email(town, case.reference, sample) == first
    for name, _ in expect["ignored"]:
        assert name not in case.answers
