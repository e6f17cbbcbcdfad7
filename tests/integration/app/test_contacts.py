"""Telephone and e-mail corrected after confirmation: the number at once, a new address once its owner says so."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from app.services.casework import eventlog
from tests.integration.app import scenes
from tests.integration.app.people import CHIARA, CONSENT, IDEAS, MOTHER, desk, idea_of_a_minor
from tests.integration.app.town import Town
from tests.integration.web.conftest import heading, hidden, mistakes

NEW = "chiara.nuova@example.org"


def own_path(town: Town, reference: str) -> str:
    """The address of the applicant's own page."""
    return town.own_page(reference).address


def save(town: Town, path: str, **typed: str) -> TestResponse:
    browser = town.browser()
    page = browser.get(f"{path}/contatti")
    inputs = {"telefono": "+393331234567", "email": CHIARA, **typed}
    return browser.post(f"{path}/contatti", data={"csrf_token": hidden(page, "csrf_token"), **inputs})


def confirm(town: Town, link: str) -> TestResponse:
    browser = town.browser()
    page = browser.get(link)
    return browser.post(link, data={"csrf_token": hidden(page, "csrf_token")})


def link_to(town: Town, address: str) -> str:
    link = next(link for link in town.mails(address)[-1].links if "/indirizzo/" in link)
    return link.removeprefix(town.context.settings.base_url)


def test_a_number_counts_at_once_and_is_an_event(town: Town) -> None:
    reference = town.confirmed(desk())
    path = own_path(town, reference)
    assert "Correggi telefono o email" in town.browser().get(path).text
    answer = save(town, path, telefono="340 7654321")
    assert heading(answer) == "Contatti aggiornati"
    assert town.row_of(reference)["answers"]["telefono"] == "+393407654321"
    assert town.events(reference)[-1] == "contacts_corrected"
    assert "Telefono corretto" in town.browser().get(path).text
    with town.context.read() as session:
        assert eventlog.broken_links(session) == []


def test_the_same_data_change_nothing(town: Town) -> None:
    reference = town.confirmed(desk())
    before = town.events(reference)
    assert "Non è cambiato niente" in save(town, own_path(town, reference)).text
    assert town.events(reference) == before


def test_wrong_data_are_told_at_their_question(town: Town) -> None:
    reference = town.confirmed(desk())
    answer = save(town, own_path(town, reference), telefono="12", email="chiara")
    assert answer.status_code == 422
    assert mistakes(answer) == ["email", "telefono"]
    assert 'value="12"' in answer.text


def test_the_parent_s_address_is_no_address_of_the_applicant(town: Town) -> None:
    reference = town.confirmed(idea_of_a_minor(), IDEAS)
    town.choose(MOTHER, reference, "consent_given", **CONSENT)
    assert mistakes(save(town, own_path(town, reference), email=MOTHER)) == ["email"]


def test_a_new_address_counts_when_its_owner_confirms(town: Town) -> None:
    reference = scenes.offered_desk(town)
    path = own_path(town, reference)
    assert "c•••a@example.org" in save(town, path, email=NEW).text
    town.work()
    assert town.row_of(reference)["answers"]["email"] == CHIARA
    link = link_to(town, NEW)
    seen = town.events(reference)
    assert "Confermi il nuovo indirizzo?" in town.browser().get(link).text
    assert town.events(reference) == seen, "looking changes nothing"
    answer = confirm(town, link)
    assert answer.status_code == 303
    assert town.row_of(reference)["answers"]["email"] == NEW
    assert town.events(reference)[-2:] == ["new_address_asked", "address_changed"]
    town.work()
    assert town.browser().get(path).status_code == 404, "the old page is closed"
    own, told = town.mails(NEW, reference)[-1], town.mails(CHIARA, reference)[-1]
    assert own.subject == told.subject == f"Indirizzo email cambiato: domanda {reference}"
    assert [path.split("/")[3] for path in own.links if "/stato/" in path]
    assert not [link for link in told.links if "/stato/" in link or NEW in told.text]
    own_page = town.own_page(reference)
    own_page.post("/codice", own_page.open())
    town.work()
    town.own_page(reference).choose("accept", codice_fiscale="NVNCHR98B54C707U")
    assert town.state(reference) == "assegnata"


def test_links_to_act_that_went_to_the_old_address_end(town: Town) -> None:
    reference = scenes.offered_desk(town)
    offer = town.door(CHIARA, reference).address
    save(town, own_path(town, reference), email=NEW)
    town.work()
    confirm(town, link_to(town, NEW))
    answer = town.browser().get(offer, follow_redirects=True)
    assert answer.status_code == 410


def test_a_link_confirms_once_and_for_72_hours(town: Town) -> None:
    reference = town.confirmed(desk())
    save(town, own_path(town, reference), email=NEW)
    town.work()
    link = link_to(town, NEW)
    town.later(hours=72)
    assert town.browser().get(link).status_code == 410
    save(town, own_path(town, reference), email=NEW)
    town.work()
    newest = link_to(town, NEW)
    assert confirm(town, newest).status_code == 303
    assert town.browser().get(newest).status_code == 410


def test_only_five_addresses_are_written_to(town: Town) -> None:
    reference = town.confirmed(desk())
    path = own_path(town, reference)
    for number in range(5):
        assert save(town, path, email=f"a{number}@example.org").status_code == 200
    assert save(town, path, email="a5@example.org").status_code == 409
    town.work()
    assert town.browser().get(link_to(town, "a0@example.org")).status_code == 410, "only the last one waits"


@pytest.mark.parametrize("state", ["unconfirmed", "closed"])
def test_contacts_of_an_unconfirmed_or_closed_case_stay(town: Town, state: str) -> None:
    reference = town.apply(desk()) if state == "unconfirmed" else town.confirmed(desk())
    path = own_path(town, reference)
    if state == "closed":
        town.own_page(reference).choose("withdraw")
    answer = town.browser().get(f"{path}/contatti")
    assert answer.status_code == 303
    assert "Correggi telefono" not in town.browser().get(path).text
