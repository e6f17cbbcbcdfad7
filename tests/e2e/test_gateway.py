"""No decision by any simulated scanner, exactly one by each simulated person: the matrix of both is printed."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import Browser

from tests.e2e.gateway.matrix import Record, note
from tests.e2e.gateway.people import PEOPLE
from tests.e2e.gateway.scanners import SCANNERS, Scanner, fills_what_shows, picks_one_and_presses
from tests.e2e.gateway.scene import Done, Mail, Scene
from tests.integration.app.town import Town

LIKE_PEOPLE = (fills_what_shows, picks_one_and_presses)
"""What leaves alone all that people don't meet, and presses as they do: at a step that asks for nothing that only a
person knows, such as confirming an address, it is a person to us (docs/adr/0010). It decides nothing all the same."""


@pytest.fixture
def scene(town: Town, town_address: str, chromium: Browser) -> Scene:
    return Scene(town, town_address, chromium)


def test_no_scanner_decides(scene: Scene, record_property: Record) -> None:
    weighty = (scene.decide(), scene.consent(), scene.opinion(), scene.offer(), scene.school())
    found, wanted = [], []
    for name, scanner in SCANNERS.items():
        done = scene.after(partial(_let_loose, scanner, scene, (*weighty, scene.confirm())))
        expected = Done(0, 1 if scanner in LIKE_PEOPLE else 0)
        note(record_property, "scanner", name, done, expected)
        found.append((name, done))
        wanted.append((name, expected))
    assert found == wanted


def test_no_scanner_decides_for_an_office(scene: Scene, record_property: Record) -> None:
    """What takes a case one step on asks for no code there: scanners that are like people may do it, and only it."""
    for name, scanner in SCANNERS.items():
        mails = (scene.check(), scene.register())  # fresh ones: a step that was taken leaves nothing to press
        done = scene.after(partial(_let_loose, scanner, scene, mails))
        expected = Done(0, done.steps if scanner in LIKE_PEOPLE else 0)
        note(record_property, "scanner", f"office: {name}", done, expected)
        assert done == expected, name


@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_decides_once(scene: Scene, name: str, record_property: Record) -> None:
    errand, decisions = PEOPLE[name]
    done = scene.after(lambda: errand(scene))
    expected = Done(decisions, done.steps)  # what led the case to this turn are steps
    note(record_property, "person", name, done, expected)
    assert done == expected


def _let_loose(scanner: Scanner, scene: Scene, mails: tuple[Mail, ...]) -> None:
    for mail in mails:
        scanner(scene, mail)
