"""What partners write beside an edition counts once the case officer has confirmed it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from app.errors import HubOutError
from app.services.calls import view_of
from app.services.sheets import edition_answers, edition_settings
from tests.integration.app.members import COURSE, COURSE_OFFICER, learner
from tests.integration.app.test_course import wide
from tests.integration.app.test_summaries import rows, synced, tab
from tests.integration.app.town import Door, Town

FIRST, SECOND = "prova-01", "prova-02"
REASON = "Chi tiene il corso non c’è: ci dispiace, riproviamo in primavera."

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def typed(town: Town, edition: str, **cells: str) -> None:
    tab(town, "corso", "Edizioni").type_in(edition, cells)
    synced(town, "corso")


def shown(town: Town, edition: str) -> dict[str, Any]:
    return next(row for row in rows(town, "corso", "Edizioni") if row["chiave"] == edition)


def asked(town: Town) -> list[Any]:
    return [mail for mail in town.mails(COURSE_OFFICER) if mail.subject.startswith("Edizioni da confermare")]


def door(town: Town) -> Door:
    (link,) = [link for link in asked(town)[-1].links if "/edizioni/" in link]
    return Door(town.browser(), link.removeprefix(town.context.settings.base_url))


def answer(town: Town, reply: str) -> str:
    """Press a button of the page's first proposal; what the page says then."""
    link = door(town)
    page = link.open()
    number = re.search(r'name="proposta" value="(\d+)"', page.text)
    assert number
    told = link.post("", page, proposta=number[1], risposta=reply)
    assert told.status_code == 200, told.text
    town.work()
    return told.text


def in_force(town: Town) -> dict[tuple[str, str], str]:
    with town.context.read() as session:
        return dict(edition_settings.in_force(session, COURSE))


def test_a_room_counts_once_the_officer_confirmed_it(town: Town) -> None:
    reference = town.confirmed(learner("anna@example.org"), COURSE)
    synced(town, "corso")
    assert asked(town) == []
    typed(town, FIRST, aula="Sala 2")
    synced(town, "corso")
    (mail,) = asked(town)  # once, however often the sheet is read
    assert "Prima prova – aula: Sala 2 (ora: –)" in mail.text
    assert in_force(town) == {}
    page = door(town).open()
    assert (page.status_code, "Sala 2" in page.text, in_force(town)) == (200, True, {})
    assert "Confermato: Prima prova, aula: Sala 2." in answer(town, "accept")
    assert in_force(town) == {(FIRST, "aula"): "Sala 2"}
    bea = town.confirmed(learner("bea@example.org", edizione=SECOND), COURSE)
    assert "Dove:" not in town.mails("bea@example.org", bea)[-1].text
    town.own_page(reference).choose("withdraw")
    town.work()
    carla = town.confirmed(learner("carla@example.org"), COURSE)
    assert "Dove: Sala 2" in town.mails("carla@example.org", carla)[-1].text


def test_the_sheet_shows_again_what_is_in_force_after_a_no(town: Town) -> None:
    synced(town, "corso")
    typed(town, FIRST, aula="Sala 2")
    answer(town, "accept")
    typed(town, FIRST, aula="Sala 9")
    assert "Rifiutato: Prima prova, aula." in answer(town, "decline")
    synced(town, "corso")
    assert (shown(town, FIRST)["aula"], in_force(town)) == ("Sala 2", {(FIRST, "aula"): "Sala 2"})
    synced(town, "corso")
    typed(town, FIRST, aula="Sala 9")  # the same again is a new proposal
    assert len(asked(town)) == 3
    assert "Sala 9" in door(town).open().text
    typed(town, FIRST, aula="Sala 2")  # and is taken back
    assert "Non c’è niente da confermare" in door(town).open().text
    typed(town, FIRST, aula="")
    assert "Rifiutato" in answer(town, "decline")
    synced(town, "corso")
    assert shown(town, FIRST)["aula"] == "Sala 2"


@one_database
def test_an_edition_that_is_called_off_is_cancelled_by_its_own_act(town: Town) -> None:
    anna = town.confirmed(learner("anna@example.org"), COURSE)
    synced(town, "corso")
    typed(town, FIRST, conferma_edizione="no")
    assert "ti mandiamo il link per annullarla" in door(town).open().text
    assert town.state(anna) == "ammessa"
    answer(town, "accept")
    assert town.state(anna) == "ammessa"
    form = view_of(town.context, town.context.catalogue.calls[COURSE], "it").form
    assert [option.value for option in form.field("edizione").options] == [SECOND]
    town.choose(COURSE_OFFICER, anna, "edition_cancelled", motivazione=REASON)
    assert town.state(anna) == "annullata"


@one_database
def test_nobody_is_asked_about_a_confirmed_edition(town: Town) -> None:
    town = wide(town, 3)
    town.confirmed(learner("anna@example.org"), COURSE)
    synced(town, "corso")
    typed(town, FIRST, conferma_edizione="sì")
    answer(town, "accept")
    town.at("2027-01-06T09:01")
    assert [mail for mail in town.mails(COURSE_OFFICER) if mail.subject.startswith("Pochi iscritti")] == []


@one_database
def test_a_link_answers_only_what_waits_and_only_for_the_officer(town: Town) -> None:
    synced(town, "corso")
    typed(town, FIRST, aula="Sala 2")
    call = town.context.catalogue.calls[COURSE]
    link = door(town)
    page = link.open()
    assert town.browser().post(link.address, data={"proposta": "1", "risposta": "accept"}).status_code == 400
    assert town.browser().get(link.address[:-1] + ("0" if link.address[-1] != "0" else "1")).status_code == 404
    (waiting,) = edition_answers.waiting(town.context, call)
    edition_answers.answer(town.context, call, waiting.number, "accept", by="hubout")
    assert link.post("", page, proposta=str(waiting.number), risposta="decline").status_code == 409
    with pytest.raises(HubOutError, match="does not wait"):
        edition_answers.answer(town.context, call, waiting.number, "decline", by="hubout")
    assert in_force(town) == {(FIRST, "aula"): "Sala 2"}
    people = {**call.file.people, "case_officer": call.file.people["coordinator"]}
    other = town.with_call(replace(call, file=call.file.model_copy(update={"people": people})))
    assert edition_answers.behind(other.context, link.address.rpartition("/")[2], "it") is None
    town.later(days=91)
    assert link.open().status_code == 404
