"""Programs that misuse forms are stopped with words, and with everything typed kept; people are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app import migrate
from app.clock import parse_instant
from app.config import Settings
from app.queues import connect
from app.services import limits
from app.services.context import open_context
from app.web import create_app
from app.web.abuse import STARTED, TRAP
from tests.integration.app.outside import StillClock
from tests.integration.web.conftest import COWORKING, START, Site, hidden, mistakes

FORM = f"/bandi/{COWORKING}/domanda"
SENT = 303


@pytest.fixture
def public(tmp_path: Path, redis_url: str) -> Iterator[Site]:
    """A site that writes to real people, on a clock that stands still, taking three applications from an address."""
    environment = {"HUBOUT_HOME": str(tmp_path), "HUBOUT_REDIS_URL": redis_url, "HUBOUT_SENDS_PER_ADDRESS": "3"}
    context = open_context(Settings.from_environment(environment))
    clock = StillClock(tmp_path, parse_instant(START))
    context = replace(context, settings=replace(context.settings, embedded_smtp=False), clock=clock)
    migrate.upgrade(context.database)
    yield Site(context, create_app(context))
    context.close()


class Person:
    """Somebody at the form, in a browser of their own."""

    def __init__(self, site: Site, data: dict[str, Any], address: str = FORM) -> None:
        self.site, self.browser, self.address = site, site.browser(), address
        self.inputs = site.inputs(COWORKING, data)
        self.page = self.browser.get(address)

    def wait(self, seconds: float) -> Person:
        self.site.context.clock.set(self.site.context.clock.now() + timedelta(seconds=seconds))
        return self

    def send(self, **more: str) -> TestResponse:
        """Fill in all questions at once and press the button; what comes back is the next page to press it on."""
        names = ("csrf_token", "idempotency_key", STARTED)
        carried = [(name, hidden(self.page, name)) for name in names]
        sent = MultiDict([*self.inputs.items(multi=True), *carried, *more.items()])
        answer = self.browser.post(self.address, data=sent)
        if answer.status_code != SENT:
            self.page = answer
        return answer


def people(site: Site, data: dict[str, Any]) -> Iterator[Person]:
    """One person after another, each slow enough, all behind the same address."""
    number = 0
    while True:
        number += 1
        own = {"email": f"persona{number}@example.org", "cognome": "D" + "o" * number}
        yield Person(site, {**data, **own}).wait(3)


def kept(page: TestResponse) -> bool:
    """Whether the page still has what was typed."""
    return 'value="Chiara"' in page.text


# --- the field that people don't meet -------------------------------------------------------------------------------


def test_the_trap_is_hidden_from_everybody_and_never_filled_in_by_browsers(public: Site, repository: Path) -> None:
    page = public.browser().get(FORM)
    found = re.search(r'<div class="hub-extra" aria-hidden="true">(.*?)</div>', page.text, re.DOTALL)
    assert found
    assert f'name="{TRAP}" value="" tabindex="-1" autocomplete="off"' in found[1]
    assert "Lascia vuoto questo campo" in found[1]
    assert ".hub-extra { display: none; }" in (repository / "app/static/hubout.css").read_text()


def test_no_form_asks_a_question_by_the_trap_s_name(public: Site) -> None:
    for call in public.context.catalogue.calls.values():
        assert {TRAP, STARTED}.isdisjoint(field.id for field in call.form.fields)


def test_what_fell_into_the_trap_comes_back_with_words(public: Site, samples: dict[int, Any]) -> None:
    person = Person(public, samples[1]["data"]).wait(60)
    page = person.send(**{TRAP: "https://spam.example"})
    assert page.status_code == 422
    assert "Era compilato un campo che deve restare vuoto" in page.text
    assert "spam.example" not in page.text
    assert kept(page)
    assert public.states() == []
    assert person.send().status_code == SENT


# --- the shortest time ----------------------------------------------------------------------------------------------


def test_a_form_that_comes_at_once_comes_back_and_is_taken_later(public: Site, samples: dict[int, Any]) -> None:
    person = Person(public, samples[1]["data"]).wait(1.9)
    page = person.send()
    assert page.status_code == 422
    assert "prima del tempo che serve per scriverla" in page.text
    assert kept(page)
    assert mistakes(page) == []
    assert public.states() == []
    assert person.wait(0.1).send().status_code == SENT


def test_in_english_it_is_said_in_english(public: Site, samples: dict[int, Any]) -> None:
    page = Person(public, samples[1]["data"], f"/en{FORM}").send()
    assert "sooner than anybody can write it" in page.text


@pytest.mark.parametrize("made_up", ["", "2026-11-16T07:00:00+00:00", f"2026-11-16T07:00:00+00:00~{'0' * 64}", "~é"])
def test_nobody_makes_up_when_they_started(public: Site, samples: dict[int, Any], made_up: str) -> None:
    person = Person(public, samples[1]["data"]).wait(60)
    person.page = Altered(person.page, STARTED, made_up)  # type: ignore[assignment] # all that `hidden` reads
    page = person.send()
    assert page.status_code == 422
    assert person.wait(2).send().status_code == SENT


class Altered:
    """A page on which somebody changed the value of a hidden input."""

    def __init__(self, page: TestResponse, name: str, value: str) -> None:
        self.text = re.sub(rf'name="{name}" value="[^"]*"', f'name="{name}" value="{value or " "}"', page.text)


def test_a_local_stack_has_no_shortest_time(site: Site, samples: dict[int, Any]) -> None:
    assert Person(site, samples[1]["data"]).send().status_code == SENT


# --- how often ------------------------------------------------------------------------------------------------------


def test_too_many_from_one_address_wait_and_lose_nothing(public: Site, samples: dict[int, Any]) -> None:
    crowd = people(public, samples[1]["data"])
    for _ in range(3):
        assert next(crowd).send().status_code == SENT
    late = next(crowd)
    page = late.send()
    assert page.status_code == 429
    assert page.headers["Retry-After"] == str(600 - 4 * 3)
    assert "Arrivano troppi invii in poco tempo. Le tue risposte sono ancora qui: riprova dalle 09:1" in page.text
    assert kept(page)
    assert len(public.states()) == 3
    assert late.wait(int(page.headers["Retry-After"])).send().status_code == SENT


def test_somebody_else_s_address_is_counted_for_itself(public: Site, samples: dict[int, Any]) -> None:
    crowd = people(public, samples[1]["data"])
    for _ in range(4):
        next(crowd).send()
    other = next(crowd)
    other.browser.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert other.send().status_code == SENT


def test_one_e_mail_address_is_not_written_to_without_end(public: Site) -> None:
    waits = [limits.wait_for(public.context, limits.PER_EMAIL, "ada@example.org") for _ in range(limits.PER_EMAIL.most)]
    assert set(waits) == {0}
    assert limits.wait_for(public.context, limits.PER_EMAIL, "ada@example.org") == limits.PER_EMAIL.seconds
    assert limits.wait_for(public.context, limits.PER_EMAIL, "bea@example.org") == 0


def test_a_repeat_counts_for_its_e_mail_whatever_its_case(
    public: Site, samples: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_EMAIL", limits.Limit("email", 1, 3600))
    first = Person(public, {**samples[1]["data"], "email": "Ada@example.org"}).wait(3)
    assert first.send().status_code == SENT
    assert Person(public, {**samples[1]["data"], "email": "ada@example.org"}).wait(3).send().status_code == 429


def test_programs_are_told_when_to_come_back(public: Site, samples: dict[int, Any]) -> None:
    api = f"/api/v1/calls/{COWORKING}/submissions"
    answers = [
        public.browser().post(api, json={**samples[1]["data"], "email": f"p{number}@example.org"})
        for number in range(4)
    ]
    assert answers[-1].status_code == 429
    assert answers[-1].mimetype == "application/problem+json"
    assert answers[-1].headers["Retry-After"] == "600"


def test_acts_through_one_link_are_limited(
    site: Site, samples: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_LINK", limits.Limit("link", 2, 600))
    person = Person(site, samples[1]["data"])
    status = person.send().headers["Location"]
    _, token = site.token("richiedente")
    case = person.browser.get(f"/azione/{token}", follow_redirects=True)
    sent = {"csrf_token": hidden(case, "csrf_token"), "esito": "nothing"}
    assert act(person, case.request.path, sent) == [422, 422, 429]
    monkeypatch.setattr(limits, "PER_LINK", limits.Limit("other", 2, 600))
    confirmed = person.browser.post(case.request.path, data={**sent, "esito": "email_confirmed"})
    assert confirmed.status_code == SENT
    page = person.browser.get(status)
    sent = {"csrf_token": hidden(page, "csrf_token"), "esito": "nothing"}
    assert act(person, status, sent) == [422, 422, 429]


def act(person: Person, address: str, sent: dict[str, str]) -> list[int]:
    """Three acts, the last of which is one too many."""
    answers = [person.browser.post(address, data=sent) for _ in range(3)]
    assert answers[-1].headers["Retry-After"].isdigit()
    assert "Arrivano troppi invii in poco tempo" in answers[-1].text
    return [answer.status_code for answer in answers]


def test_without_redis_people_pass(public: Site, samples: dict[int, Any], caplog: pytest.LogCaptureFixture) -> None:
    away = replace(public.context, redis=connect("unix:///nowhere/redis.sock"))
    site = Site(away, create_app(away))
    crowd = people(site, samples[1]["data"])
    assert {next(crowd).send().status_code for _ in range(5)} == {SENT}
    assert "nobody's acts are counted" in caplog.text


def test_redis_holds_no_address(public: Site, samples: dict[int, Any]) -> None:
    next(people(public, samples[1]["data"])).send()
    keys = str(public.context.redis.keys("hubout:limit:*"))
    assert keys.count("hubout:limit:") == 2
    assert "127.0.0.1" not in keys
    assert "example.org" not in keys


# --- whose address --------------------------------------------------------------------------------------------------


def seen_from(site: Site, proxies: int, forwarded: str) -> str:
    """The address that the application takes for the visitor's."""
    settings = replace(site.context.settings, trusted_proxies=proxies)
    app: Flask = create_app(replace(site.context, settings=settings))

    @app.get("/whoami")
    def whoami() -> str:
        return request.remote_addr or ""

    client: FlaskClient = app.test_client()
    return client.get("/whoami", headers={"X-Forwarded-For": forwarded}).text


@pytest.mark.parametrize(
    ("proxies", "address"),
    [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")],
)
def test_only_our_own_proxies_are_believed(site: Site, proxies: int, address: str) -> None:
    assert seen_from(site, proxies, "192.0.2.1, 198.51.100.7, 203.0.113.9") == address
