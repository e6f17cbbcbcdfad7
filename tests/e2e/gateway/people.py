"""People with their mail, as mail programs, hurry and colleagues have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy import update

from app.models import ActionToken
from tests.e2e.gateway.scanners import SCANNERS
from tests.e2e.gateway.scene import Mail, Person, Scene
from tests.integration.app import scenes
from tests.integration.app.crowd import at_once
from tests.integration.app.outside import StillClock
from tests.integration.app.people import COORDINATOR, DEPUTY, REASON, desk

Errand = Callable[[Scene], None]


def answers(scene: Scene) -> None:
    """Opens, reads, types the code, presses."""
    assert Person(scene.decide()).choose("approve").status_code == 200


def comes_after_scanners(scene: Scene) -> None:
    """Every scanner was there first."""
    mail = scene.decide()
    for scanner in SCANNERS.values():
        scanner(scene, mail)
    fresh = _fresh(scene, mail)  # the scanners' guesses have used the code up: another one comes by mail
    assert Person(fresh).choose("approve").status_code == 200


def scanners_come_after(scene: Scene) -> None:
    """Decides; then a gateway presses everything on the page that confirms it, while it can be taken back."""
    town = scene.town
    scene.town.context = kept = replace(town.context, settings=replace(town.context.settings, undo_minutes=10))
    town.app.config["HUBOUT"] = kept
    mail = scene.decide()
    assert Person(mail).choose("refuse", motivazione=REASON).status_code == 200
    for name in ("Chromium: fills in all at random, presses each button", "Chromium: scripts, submits the first form"):
        SCANNERS[name](scene, mail)
    town.later(minutes=11)


def without_javascript(scene: Scene) -> None:
    """Chromium without JavaScript."""
    mail = scene.decide()
    with scene.chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(mail.link)
        page.check("#esito-approve")
        page.fill("#conferma_codice", mail.code.lower())
        page.click("text=Conferma la decisione")
        assert "Decisione registrata" in page.content()


def double_clicks(scene: Scene) -> None:
    """The same page, sent four times at the same instant."""
    person = Person(scene.decide())
    page = person.open()
    pages = at_once(*[lambda: person.send(page, "approve")] * 4)
    assert all("Decisione registrata" in each.text for each in pages)


def goes_back(scene: Scene) -> None:
    """Decides, goes back to the page in the browser's memory, and decides otherwise."""
    person = Person(scene.decide())
    page = person.open()
    person.send(page, "approve")
    again = person.send(page, "refuse", motivazione=REASON)
    assert "«Approva»" in again.text


def two_in_one_instant(scene: Scene) -> None:
    """Coordinator and deputy, the one for, the other against, in the same instant."""
    reference = scenes.desk_to_decide(scene.town, desk(email="due@example.org"))
    scene.town.later(days=5)
    people = [Person(scene.mail(who, reference)) for who in (COORDINATOR, DEPUTY)]
    pages = [person.open() for person in people]
    at_once(
        lambda: people[0].send(pages[0], "approve"),
        lambda: people[1].send(pages[1], "refuse", motivazione=REASON),
    )


def through_a_wrapper(scene: Scene) -> None:
    """The gateway has encoded the link twice."""
    mail = scene.decide()
    start, _, token = mail.link.rpartition("/")
    twice = quote(quote("".join(f"%{ord(letter):02X}" for letter in token)))
    assert Person(mail).choose("approve", f"{start}/{twice}").status_code == 200


def broken_over_lines(scene: Scene) -> None:
    """Quoted-printable has broken the link, and the text ends with a full stop."""
    mail = scene.decide()
    cut = len(mail.link) - 20
    broken = f"{mail.link[:cut]}{quote('=' + chr(13) + chr(10))}{mail.link[cut:]}."
    assert Person(mail).choose("approve", broken).status_code == 200


def half_a_link(scene: Scene) -> None:
    """Half of the link is missing: told so, then the whole one."""
    mail = scene.decide()
    person = Person(mail)
    assert person.open(mail.link[:-20]).status_code == 404
    assert person.choose("approve").status_code == 200


def forwarded(scene: Scene) -> None:
    """A colleague gets the mail by forwarding, says «Non sei tu?», and decides with a link of their own."""
    reference = scenes.desk_to_decide(scene.town, desk(email="inoltrata@example.org"))
    person = Person(scene.mail(COORDINATOR, reference))
    page = person.open()
    assert "c•••o@comune-cinisello.example.org" in page.text
    colleague = "collega@comune-cinisello.example.org"
    handed = {"collega": "altri", "indirizzo": colleague, "conferma_codice": person.mail.code}
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    person.session.post(f"{page.url}/passa", data={"csrf_token": token, **handed}, timeout=30)
    scene.town.work()
    person.send(page, "approve")
    assert Person(scene.mail(colleague, reference)).choose("approve").status_code == 200


def too_late(scene: Scene) -> None:
    """The step is over: the applicant has withdrawn."""
    reference = scenes.desk_to_decide(scene.town, desk(email="tardi@example.org"))
    person = Person(scene.mail(COORDINATOR, reference))
    page = person.open()
    scene.town.own_page(reference).choose("withdraw")
    late = person.send(page, "approve")
    assert late.status_code == 410
    assert "chi ha fatto domanda" in late.text


def expired_then_fresh(scene: Scene) -> None:
    """The link is too old; a fresh one comes to the same address."""
    mail = scene.decide()
    with scene.town.context.write() as session:
        past = scene.town.clock.now() - timedelta(seconds=1)
        session.execute(update(ActionToken).where(ActionToken.person == COORDINATOR).values(expires_at=past))
    assert Person(mail).choose("approve").status_code == 410
    assert Person(_fresh(scene, mail)).choose("approve").status_code == 200


def by_another_clock(scene: Scene) -> None:
    """The machine that answers is ten minutes behind the one that wrote the mail."""
    mail, town = scene.decide(), scene.town
    behind = StillClock(town.context.settings.home, town.clock.now() - timedelta(minutes=10))
    town.app.config["HUBOUT"] = replace(town.context, clock=behind)
    assert Person(mail).choose("approve").status_code == 200


def mistypes(scene: Scene) -> None:
    """A wrong code, then the right one."""
    person = Person(scene.decide())
    assert person.choose("approve", conferma_codice="ZZZZ").status_code == 422
    assert person.choose("approve").status_code == 200


def _fresh(scene: Scene, mail: Mail) -> Mail:
    """The mail that comes when the page is asked for another one."""
    person = Person(mail)
    page = person.open()
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    scene.town.later(hours=1)
    person.session.post(f"{page.url}/email", data={"csrf_token": token}, timeout=30)
    scene.town.work()
    newest = scene.town.mails(COORDINATOR)[-1]
    reference = newest.subject.partition(": ")[2].partition(" ")[0]
    return scene.mail(COORDINATOR, reference)


PEOPLE: Mapping[str, tuple[Errand, int]] = {
    "opens, reads, types the code": (answers, 1),
    "after every scanner, with a fresh code": (comes_after_scanners, 1),
    "before scanners that press «Annulla»": (scanners_come_after, 1),
    "without JavaScript": (without_javascript, 1),
    "mistypes the code once": (mistypes, 1),
    "double click": (double_clicks, 1),
    "back button, another choice": (goes_back, 1),
    "two approvers in the same millisecond": (two_in_one_instant, 1),
    "link re-wrapped and encoded twice": (through_a_wrapper, 1),
    "link broken by quoted-printable, full stop": (broken_over_lines, 1),
    "half a link, then the whole": (half_a_link, 1),
    "forwarded: handed over, decided by the colleague": (forwarded, 1),
    "too late: the applicant's withdrawal stands": (too_late, 1),
    "expired, then a fresh link": (expired_then_fresh, 1),
    "clock ten minutes behind": (by_another_clock, 1),
}
"""What they do -> decisions to be counted."""
