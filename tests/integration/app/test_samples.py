"""Every sample of the programme gets exactly its expected errors, or its expected state, by page and by API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.catalogue.calls import Call
from app.services import listing
from forms.builder import form_inputs
from tests.integration.app.town import Town

SAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "unit" / "forms" / "samples.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


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
    """Send a sample through the form's page, all inputs at once."""
    call = call_for(town, sample)
    browser, address = town.browser(), f"/bandi/{call.id}/domanda"
    hidden = dict(
        re.findall(r'name="(csrf_token|idempotency_key|iniziato)" value="([^"]*)"', browser.get(address).text)
    )
    inputs: dict[str, list[str]] = {name: [value] for name, value in hidden.items()}
    for name, value in form_inputs(call.form, sample["data"]):
        inputs.setdefault(name, []).append(value)
    return browser.post(address, data=inputs)


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
        town.work()
        came[number] = state_after_email(town, references[number], sample)
    assert came == wanted


@pytest.mark.parametrize(
    "number", [sample["sample"] for sample in SAMPLES if '"mb":' not in json.dumps(sample["data"])]
)
def test_every_sample_without_a_file_comes_out_as_expected_through_its_page(town: Town, number: int) -> None:
    sample = next(sample for sample in SAMPLES if sample["sample"] == number)
    if sample["expect"].get("first_state_after_email", "").startswith("duplicate_of:"):
        first = next(each for each in SAMPLES if each["sample"] == 1)
        by_page(town, first)
    go_on_to(town, sample)
    answer = by_page(town, sample)
    fields = {each.id for each in call_for(town, sample).form.fields}
    summary = answer.text.partition('id="errori"')[2].partition("</ul>")[0]
    told = sorted(target for target in re.findall(r'href="#([a-z0-9_]+)', summary) if target in fields)
    if sample["expect"]["valid"]:
        duplicate = sample["expect"]["first_state_after_email"].startswith("duplicate_of:")
        assert (answer.status_code, told) == (409 if duplicate else 303, [])
    else:
        assert answer.status_code == 422
        assert told == sorted(field for field, _ in sample["expect"]["errors"])
