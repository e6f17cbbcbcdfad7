"""A selection from sending to its ends: blind scores, a second look, the final ranking, who gives up, who is next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from app.catalogue.calls import Person
from app.dates import ROME
from app.models import Submission
from app.services.casework import erasure, rankings
from app.services.mail import newsletter
from tests.integration.app.members import (
    CHAIR,
    SELECTION,
    SELECTION_COORDINATOR,
    SELECTION_OFFICER,
    SUBSTITUTE,
    team,
)
from tests.integration.app.people import REASON
from tests.integration.app.scenes import ENTRY
from tests.integration.app.town import Town

ANNA, BEA, CARLA = "anna@example.org", "bea@example.org", "carla@example.org"
TYPED = {
    "innovazione_0_25": "20",
    "fattibilita_0_25": "20",
    "sostenibilita_0_20": "15",
    "impatto_0_20": "15",
    "team_0_10": "8",
}
MEMBERS = ("presidente", "membro-2", "membro-3")
MEETING = {"seduta_del": "25/11/2026"}
SIGNED = {"signed_on": "10/12/2026"}


def score(town: Town, reference: str, member: str, **typed: str) -> None:
    town.partner(member, reference).type_in(reference, {**TYPED, **typed})


def in_scoring(town: Town, *teams: str) -> list[str]:
    """Applications of `teams`, found admissible after the call has closed."""
    references = []
    for email in teams:
        references.append(town.confirmed(team(email), SELECTION))
        town.later(minutes=1)  # of equal scores, the one that confirmed earlier comes first
    town.at("2026-11-20T12:01")
    for reference in references:
        assert town.state(reference) == "ammissibilita"
        town.choose(SELECTION_OFFICER, reference, "admissible")
    town.sync()
    town.later(minutes=1)  # the mails that link to the sheet waited for it
    return references


def scored(town: Town, *teams: str) -> list[str]:
    """As `in_scoring`, all points given: each team has a point less than the one before."""
    references = in_scoring(town, *teams)
    for place, reference in enumerate(references):
        for member in MEMBERS:
            score(town, reference, member, team_0_10=str(10 - place))
    town.sync()
    town.at("2026-11-25T10:00")
    return references


def ranked(town: Town, *teams: str) -> list[str]:
    references = scored(town, *teams)
    town.choose(CHAIR, references[0], "panel_closes", **MEETING)
    return references


def decided(town: Town, *teams: str) -> list[str]:
    """The final ranking is approved, on the first day on which it can be."""
    references = ranked(town, *teams)
    town.at("2026-12-06T09:00")
    town.choose(SELECTION_COORDINATOR, references[-1], "final_ranking", **ENTRY)
    return references


def states(town: Town, references: list[str]) -> list[str]:
    return [town.state(reference) for reference in references]


def offered(town: Town, who: str, reference: str, event: str) -> bool:
    return f'name="esito" value="{event}"' in town.door(who, reference).open().text


def test_each_member_scores_in_a_tab_of_their_own(town: Town) -> None:
    (reference,) = in_scoring(town, ANNA)
    assert len(town.mails(CHAIR, reference)) == 2  # the sheet, and the link to close the scoring
    assert [mail.to for mail in town.post.messages() if mail.to == SUBSTITUTE] == []
    assert "nome" not in town.row("membro-2", reference)
    assert town.door(CHAIR, reference).open().status_code == 200


def test_one_act_of_the_chair_closes_the_scoring_of_all(town: Town) -> None:
    first, second, third = in_scoring(town, ANNA, BEA, CARLA)
    for reference in (first, second):
        for member in MEMBERS:
            score(town, reference, member)
    score(town, third, "presidente")
    town.sync()
    door = town.door(CHAIR, first)
    assert "(per questa e per altre 2)" in door.open().text
    town.choose(CHAIR, first, "panel_closes", seduta_del="20/11/2026")
    assert states(town, [first, second, third]) == ["graduatoria_provvisoria", "graduatoria_provvisoria", "valutazione"]
    told = door.open().text
    assert "altre domande: 1" in told
    assert f"{third} resta com’è: Mancano ancora punteggi" in told
    assert town.events(second).count("panel_closes") == 1


def test_the_score_is_told_to_the_team_only_and_frozen(town: Town) -> None:
    first, second = ranked(town, ANNA, BEA)
    mail = town.mails(BEA, second)[-1].text
    assert "Punteggio su 100: 79" in mail
    assert "Posto in graduatoria: 2" in mail
    score(town, first, "membro-2", innovazione_0_25="0")
    town.sync()
    assert town.row("membro-2", first)["innovazione_0_25"] == 20  # closed: what was typed is undone


def test_a_second_look_makes_a_new_line(town: Town) -> None:
    first, second = ranked(town, ANNA, BEA)
    town.own_page(second).choose("review_request", testo="Vi chiediamo di rileggere la parte sul mercato.")
    town.work()
    assert "Vi chiediamo di rileggere la parte sul mercato." in town.door(CHAIR, second).open().text
    town.sync()
    score(town, second, "membro-3", innovazione_0_25="25", team_0_10="9")
    town.sync()
    town.choose(CHAIR, second, "answered", motivazione=REASON)
    mail = town.mails(BEA, second)[-1].text
    assert "Posto in graduatoria: 1" in mail
    assert "Punteggio su 100: 80,67" in mail
    assert town.state(first) == "graduatoria_provvisoria"


def test_the_final_ranking_waits_ten_days_and_for_whoever_asked_again(town: Town) -> None:
    first, second = ranked(town, ANNA, BEA)
    assert not offered(town, SELECTION_COORDINATOR, first, "final_ranking")
    town.own_page(second).choose("review_request", testo="Vi chiediamo di rileggere la parte sul mercato.")
    town.at("2026-12-06T09:00")
    assert not offered(town, SELECTION_COORDINATOR, first, "final_ranking")
    town.choose(CHAIR, second, "answered", motivazione=REASON)
    town.choose(SELECTION_COORDINATOR, first, "final_ranking", **ENTRY)
    assert states(town, [first, second]) == ["ammessa", "idonea"]


def test_one_act_gives_the_place_the_reserve_and_the_refusal(town: Town) -> None:
    references = in_scoring(town, ANNA, BEA, CARLA)
    for place, reference in enumerate(references):
        for member in MEMBERS:
            score(town, reference, member, **({"innovazione_0_25": "0", "fattibilita_0_25": "0"} if place == 2 else {}))
    town.sync()
    town.at("2026-11-25T10:00")
    town.choose(CHAIR, references[0], "panel_closes", **MEETING)
    town.at("2026-12-06T09:00")
    town.choose(SELECTION_COORDINATOR, references[2], "final_ranking", **ENTRY)
    assert states(town, references) == ["ammessa", "idonea", "non_idonea"]  # equal points: the earlier comes first
    assert ["published" in town.row_of(each)["record"] for each in references] == [True, False, False]


def admitted_page(town: Town, language: str = "") -> str:
    page = town.browser().get(f"{language}/bandi/{SELECTION}/ammessi")
    assert page.headers["X-Robots-Tag"] == "noindex"
    return page.text


def test_only_codes_of_the_admitted_are_published_for_sixty_days(town: Town) -> None:
    assert "Non c’è un elenco pubblicato" in admitted_page(town)
    assert "/ammessi" not in town.browser().get(f"/bandi/{SELECTION}").text
    first, second = decided(town, ANNA, BEA)
    page = admitted_page(town)
    assert first in page
    assert second not in page
    assert "6 dicembre 2026" in page
    assert "4 febbraio 2027" in page
    assert not [word for word in ("Anna", "Idea di", "79", ANNA) if word in page]
    assert "/en/bandi/selezione-di-prova/ammessi" in town.browser().get(f"/en/bandi/{SELECTION}").text
    assert "Shown until" in admitted_page(town, "/en")
    town.choose(ANNA, first, "accept", signed_on="06/12/2026")
    town.at("2027-02-04T23:00")
    assert first in admitted_page(town)
    town.at("2027-02-05T00:00")
    assert first not in admitted_page(town)


def test_who_gives_up_leaves_the_list_and_the_next_comes_in(town: Town) -> None:
    first, second = decided(town, ANNA, BEA)
    town.choose(ANNA, first, "decline")
    page = admitted_page(town)
    assert first not in page
    assert second in page


def test_nothing_is_published_of_a_minor(town: Town) -> None:
    (first,) = decided(town, ANNA)
    with town.context.write() as session:
        case = session.scalars(select(Submission)).one()
        case.answers = {**case.answers, "data_nascita": "2009-12-12"}
    assert first not in admitted_page(town)


def test_a_place_given_up_goes_to_the_next(town: Town) -> None:
    first, second, third = decided(town, ANNA, BEA, CARLA)
    assert states(town, [first, second, third]) == ["ammessa", "idonea", "idonea"]
    town.choose(ANNA, first, "decline")
    assert states(town, [first, second, third]) == ["rinuncia", "ammessa", "idonea"]
    town.later(days=8)
    assert states(town, [first, second, third]) == ["rinuncia", "rinuncia", "ammessa"]


def test_the_programme_ends_with_a_certificate(town: Town) -> None:
    (first,) = decided(town, ANNA)
    town.at("2026-12-10T10:00")
    town.choose(ANNA, first, "accept", **SIGNED)
    assert town.state(first) == "percorso"
    town.at("2027-07-08T10:00")
    town.choose(SELECTION_OFFICER, first, "programme_end")
    assert town.state(first) == "conclusa"
    assert "attestato" in town.asked(first)
    assert [row["field"] for row in town.dump()["files"]] == ["attestato"]


def test_the_reserve_ends_after_a_year(town: Town) -> None:
    first, second = decided(town, ANNA, BEA)
    town.choose(ANNA, first, "accept", signed_on="06/12/2026")
    town.at("2027-12-06T23:00")
    assert town.state(second) == "idonea"
    town.at("2027-12-07T00:00")
    assert town.state(second) == "conclusa"


def test_a_substitute_is_asked_in_the_place_of_one_in_conflict(town: Town) -> None:
    (reference,) = in_scoring(town, ANNA)
    score(town, reference, "presidente")
    score(town, reference, "membro-2")
    town.partner("membro-3", reference).type_in(reference, {"conflitto": "sì"})
    town.sync()
    assert len(town.mails(SUBSTITUTE, reference)) == 1
    score(town, reference, "supplente", innovazione_0_25="25")
    town.sync()
    town.sync()
    assert len(town.mails(SUBSTITUTE, reference)) == 1
    town.choose(CHAIR, reference, "panel_closes", seduta_del="20/11/2026")
    assert "Punteggio su 100: 79,67" in town.mails(ANNA, reference)[-1].text


def test_two_are_enough_when_the_third_is_late_and_the_coordinator_says_why(town: Town) -> None:
    (reference,) = in_scoring(town, ANNA)
    for member in MEMBERS[:2]:
        score(town, reference, member)
    town.sync()
    assert not offered(town, CHAIR, reference, "panel_closes")
    town.at("2026-12-11T10:00")
    town.choose(SELECTION_COORDINATOR, reference, "panel_closes", seduta_del="10/12/2026", motivazione=REASON)
    assert town.state(reference) == "graduatoria_provvisoria"


def test_each_programme_is_a_ranking_of_its_own(town: Town) -> None:
    first = town.confirmed(team(ANNA), SELECTION)
    other = town.confirmed(team(BEA, percorso="lucania"), SELECTION)
    town.at("2026-11-20T12:01")
    for reference in (first, other):
        town.choose(SELECTION_OFFICER, reference, "admissible")
    town.sync()
    for member in MEMBERS:
        score(town, first, member)
        score(town, other, member, innovazione_0_25="10")
    town.sync()
    town.choose(CHAIR, first, "panel_closes", seduta_del="20/11/2026")
    assert states(town, [first, other]) == ["graduatoria_provvisoria", "valutazione"]
    town.choose(CHAIR, other, "panel_closes", seduta_del="20/11/2026")
    assert "Posto in graduatoria: 1" in town.mails(BEA, other)[-1].text


@pytest.mark.parametrize("state", ["ammissibilita", "valutazione", "graduatoria_provvisoria"])
def test_a_team_may_withdraw_until_the_end(town: Town, state: str) -> None:
    if state == "ammissibilita":
        reference = town.confirmed(team(ANNA), SELECTION)
        town.at("2026-11-20T12:01")
    else:
        (reference,) = (in_scoring if state == "valutazione" else ranked)(town, ANNA)
    assert town.state(reference) == state
    town.own_page(reference).choose("withdraw")
    assert town.state(reference) == "ritirata"


def test_an_application_may_be_excluded(town: Town) -> None:
    reference = town.confirmed(team(ANNA), SELECTION)
    town.at("2026-11-20T12:01")
    town.choose(SELECTION_OFFICER, reference, "exclude", motivazione=REASON, **ENTRY)
    assert town.state(reference) == "esclusa"
    assert REASON in town.mails(ANNA, reference)[-1].text


def test_an_archived_case_keeps_its_line_of_the_ranking(town: Town) -> None:
    first, second = decided(town, ANNA, BEA)
    line = town.row_of(first)["record"]["ranking"]
    town.choose(ANNA, first, "accept", signed_on="06/12/2026")
    with town.context.write() as session:
        case = session.scalars(select(Submission).where(Submission.reference == first)).one()
        erasure.anonymise(town.context, session, case)
    assert town.row_of(first)["record"]["ranking"] == line
    with town.context.read() as session:
        case = session.scalars(select(Submission).where(Submission.reference == second)).one()
        standing = rankings.standing_of(session, town.context.catalogue.calls[SELECTION], case)
    assert standing is not None
    assert (standing.position, standing.total) == (2, 2)


def test_the_newsletter_is_told_once_in_the_last_week(town: Town) -> None:
    call = town.context.catalogue.calls[SELECTION]
    people = {**call.file.people, "newsletter": {"": (Person(email="notizie@example.org"),)}}
    closes = datetime(2026, 11, 30, 12, tzinfo=ROME)
    town = town.with_call(replace(call, file=call.file.model_copy(update={"people": people, "closes": closes})))
    town.at("2026-11-23T08:59")
    assert newsletter.tell_due(town.context) == 0
    town.at("2026-11-23T09:00")
    assert [newsletter.tell_due(town.context) for _ in range(2)] == [1, 0]
    town.work()
    (mail,) = town.mails("notizie@example.org")
    assert mail.subject == "Ultimi giorni per candidarsi: Selezione di prova"
    assert "30 novembre 2026, ore 12:00" in mail.text
    assert f"/bandi/{SELECTION}" in mail.text


def test_the_welcome_says_who_follows_the_team(town: Town) -> None:
    call = town.context.catalogue.calls[SELECTION]
    people = {**call.file.people, "tutor": {"ainm": (Person(body="AINM", email="tutor@ainm.example.org"),)}}
    town = town.with_call(replace(call, file=call.file.model_copy(update={"people": people})))
    (first,) = decided(town, ANNA)
    town.choose(ANNA, first, "accept", signed_on="06/12/2026")
    assert "AINM (tutor@ainm.example.org)" in town.mails(ANNA, first)[-1].text
