"""The daily mail: reminders of one morning together, everything for who asks for it, and nothing that must not wait."""

from __future__ import annotations

import re

from app.services.mail import readers
from integrations.local.smtp import StoredMessage
from tests.integration.app import scenes
from tests.integration.app.journeys import student_before_the_school
from tests.integration.app.members import SCHOOL
from tests.integration.app.people import COORDINATOR, DEPUTY, desk
from tests.integration.app.test_bounces import come_back
from tests.integration.app.town import Town

NAMES = ("uno", "due", "tre")


def digests(town: Town, address: str) -> list[StoredMessage]:
    return [mail for mail in town.mails(address) if "riepilogo" in mail.subject]


def wants(town: Town, address: str, way: readers.Wants) -> None:
    with town.context.write() as session:
        readers.known(session, address, town.clock.now()).wants = way


def three_to_decide(town: Town) -> list[str]:
    return [scenes.desk_to_decide(town, desk(email=f"{name}@example.org")) for name in NAMES]


def test_three_reminders_of_one_morning_are_one_mail(town: Town) -> None:
    references = three_to_decide(town)
    before = len(town.mails(COORDINATOR))
    town.at("2026-11-19T09:01")
    (mail,) = town.mails(COORDINATOR)[before:]
    assert mail.subject == "Il tuo riepilogo: 3 cose da fare su HubOut"
    assert all(reference in mail.text for reference in references)
    assert len([link for link in mail.links if "/azione/" in link]) == 3
    headers = dict(mail.headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].strip("<>") in mail.links
    assert "coordinamento" not in headers["List-Unsubscribe"]


def test_each_thing_is_decided_behind_its_own_link(town: Town) -> None:
    three_to_decide(town)
    town.at("2026-11-19T09:01")
    (mail,) = digests(town, COORDINATOR)
    links = [link for link in mail.links if "/azione/" in link]
    pages = [town.browser().get(link.removeprefix("http://127.0.0.1:9500"), follow_redirects=True) for link in links]
    shown = [re.search(r"CWK-26-\w+", page.text) for page in pages]
    assert len({match[0] for match in shown if match}) == 3


def test_two_reminders_come_each_by_itself(town: Town) -> None:
    for name in NAMES[:2]:
        scenes.desk_to_decide(town, desk(email=f"{name}@example.org"))
    town.at("2026-11-19T09:01")
    assert not digests(town, COORDINATOR)
    assert len([mail for mail in town.mails(COORDINATOR) if mail.subject.startswith("Promemoria")]) == 2


def test_what_was_done_meanwhile_is_not_in_it(town: Town) -> None:
    references = three_to_decide(town)
    town.post.close()
    town.at("2026-11-19T09:01")  # gathered, but not sent
    town.door(COORDINATOR, references[0]).choose("approve")
    town.post.open()
    town.later(hours=1)
    (mail,) = digests(town, COORDINATOR)
    assert [reference in mail.text for reference in references] == [False, True, True]


def test_who_wants_one_mail_a_day_gets_new_things_in_the_morning(town: Town) -> None:
    wants(town, COORDINATOR, "daily")
    references = three_to_decide(town)
    assert not town.mails(COORDINATOR)
    town.at("2026-11-17T07:59")
    assert not town.mails(COORDINATOR)
    town.at("2026-11-17T08:00")
    (mail,) = town.mails(COORDINATOR)
    assert all(reference in mail.text for reference in references)


def test_one_thing_alone_is_its_own_mail(town: Town) -> None:
    wants(town, COORDINATOR, "daily")
    reference = scenes.desk_to_decide(town)
    town.at("2026-11-17T08:00")
    town.choose(COORDINATOR, reference, "approve")
    assert town.state(reference) == "posto_offerto"


def test_what_must_not_wait_does_not(town: Town) -> None:
    wants(town, DEPUTY, "daily")
    reference = scenes.desk_to_decide(town)
    town.choose(COORDINATOR, reference, "abstain")
    assert town.mails(DEPUTY, reference)


def test_a_school_is_asked_at_once_and_then_once_a_day(town: Town) -> None:
    first, second, third = (student_before_the_school(town, f"{name}@example.org") for name in NAMES)
    assert [bool(town.mails(SCHOOL, reference)) for reference in (first, second, third)] == [True, False, False]
    town.at("2026-11-17T08:00")
    (mail,) = digests(town, SCHOOL)
    assert (second in mail.text, third in mail.text, first in mail.text) == (True, True, False)


def test_the_reader_chooses_and_one_click_gives_single_mails_again(town: Town) -> None:
    three_to_decide(town)
    town.at("2026-11-19T09:01")
    (mail,) = digests(town, COORDINATOR)
    path = dict(mail.headers)["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:9500")
    browser = town.browser()
    for _ in range(3):
        assert browser.get(path).status_code == 200
        assert browser.head(path).status_code == 200
    with town.context.read() as session:
        assert readers.wants_of(session, COORDINATOR) == "reminders"
    assert browser.post(path, data={"avvisi": "daily"}).status_code == 200
    with town.context.read() as session:
        assert readers.wants_of(session, COORDINATOR) == "daily"
    assert browser.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with town.context.read() as session:
        assert readers.wants_of(session, COORDINATOR) == "each"
    assert browser.post(path, data={}).status_code == 422
    assert browser.post(path[:-1] + ("0" if path[-1] != "0" else "1"), data={"avvisi": "each"}).status_code == 404


def test_a_daily_mail_that_comes_back_is_told_for_each_case(town: Town) -> None:
    references = three_to_decide(town)
    town.at("2026-11-19T09:01")
    (mail,) = digests(town, COORDINATOR)
    come_back(town, mail)
    assert all("mail_non_consegnata" in town.asked(reference) for reference in references)
    assert all(any("ora aspetta te" in mail.text for mail in town.mails(DEPUTY, reference)) for reference in references)
