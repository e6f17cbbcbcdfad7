"""Applicants are written to in their language, staff in Italian."""

from __future__ import annotations

from tests.integration.app import scenes
from tests.integration.app.people import CHIARA, COORDINATOR, EUFEMIA, MOTHER, OFFICER, REASON, desk, idea_of_a_minor
from tests.integration.app.town import Town


def english(town: Town) -> str:
    return scenes.desk_to_decide(town, desk(lingua="en"))


def subjects(town: Town, who: str, reference: str) -> list[str]:
    return [mail.subject.replace(reference, "…") for mail in town.mails(who, reference)]


def expected(town: Town, reference: str, role: str, language: str) -> list[str]:
    """The subjects of the mails that were asked for, from their files."""
    messages = town.context.catalogue.messages
    names = town.asked(reference, role=role)
    title = town.context.catalogue.calls[town.show(reference)["call"]].file.title.in_(language)
    return [messages[name].subject.in_(language).replace("{codice}", "…").replace("{modulo}", title) for name in names]


def test_an_english_speaker_reads_english_to_the_end(town: Town) -> None:
    reference = english(town)
    town.choose(COORDINATOR, reference, "refuse", motivazione=REASON)
    town.choose(CHIARA, reference, "observations_received", testo="I can adapt to the opening hours.")
    town.choose(COORDINATOR, reference, "approve")
    town.at("2026-11-18T09:00")
    assert "promemoria_offerta" in town.asked(reference, role="richiedente")
    assert "preavviso" in town.asked(reference, role="richiedente")
    assert subjects(town, CHIARA, reference) == expected(town, reference, "richiedente", "en")
    for mail in town.mails(CHIARA, reference):
        assert dict(mail.headers)["Content-Language"] == "en"
        assert mail.text.startswith("Hello Chiara")
        assert all("/en/" in link for link in mail.links)


def test_an_english_case_opened_without_en_takes_what_is_chosen(town: Town) -> None:
    """A mail program or a person may have cut `/en` off: the cookie has to reach the page that the form posts to."""
    reference = town.apply(desk(lingua="en"))
    door = town.door(CHIARA, reference)
    door.address = door.address.removeprefix("/en")
    page = door.open()
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    form_goes_to = page.text.partition('action="/')[2].partition('"')[0]
    assert f"/{form_goes_to}" == door.opened
    assert door.send(page, "email_confirmed").status_code == 303


def test_staff_read_italian_about_everybody(town: Town) -> None:
    reference = english(town)
    assert subjects(town, COORDINATOR, reference) == expected(town, reference, "coordinatore", "it")
    assert subjects(town, OFFICER, reference) == expected(town, reference, "istruttore", "it")
    assert '<html lang="it">' in town.door(COORDINATOR, reference).open().text


def test_a_reminder_is_in_the_applicant_s_language(town: Town) -> None:
    reference = town.apply(desk(lingua="en"))
    town.at("2026-11-17T09:00")
    assert subjects(town, CHIARA, reference) == expected(town, reference, "richiedente", "en")
    assert town.asked(reference).count("conferma_email") == 2


def test_a_parent_reads_the_language_of_the_application(town: Town) -> None:
    reference = town.confirmed(idea_of_a_minor(lingua="en"))
    (mail,) = town.mails(MOTHER, reference)
    assert "/en/azione/" in mail.links[0]
    assert '<html lang="en">' in town.door(MOTHER, reference).open().text
    town.choose(MOTHER, reference, "consent_refused")
    assert town.mails(EUFEMIA, reference)[-1].text.startswith("Hello")


def test_each_mail_has_one_link_besides_the_privacy_notice(town: Town) -> None:
    scenes.offered_desk(town)
    scenes.idea_to_decide(town)
    town.sync()
    town.later(days=30)
    mails = town.post.messages()
    assert len(mails) > 15
    for mail in mails:
        links = [link for link in mail.links if not link.endswith("/privacy")]
        assert len(links) <= 1, mail.subject
        assert len(mail.links) - len(links) == 1, mail.subject
        assert "Chiara" not in mail.subject
        assert "{" not in mail.subject + mail.text
