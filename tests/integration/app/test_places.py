"""Places: counted under lock, never more than there are, and the next in line hears of it."""

from __future__ import annotations

from tests.integration.app import scenes
from tests.integration.app.crowd import at_once
from tests.integration.app.people import CHIARA, SMALL, SMALL_COORDINATOR, TAX_CODE, desk
from tests.integration.app.town import Town

ANNA, BEA, CARLA = "anna@example.org", "bea@example.org", "carla@example.org"


def approve(town: Town, reference: str) -> None:
    town.choose(SMALL_COORDINATOR, reference, "approve")


def seats(town: Town) -> list[tuple[int, str]]:
    """Who holds how many places of which key."""
    return sorted((row["submission_id"], row["key"]) for row in town.dump()["seats"])


def test_a_full_site_means_the_waiting_list(town: Town) -> None:
    first, second = (scenes.small_desk_to_decide(town, who) for who in (ANNA, BEA))
    approve(town, first)
    page = town.door(SMALL_COORDINATOR, second).open()
    assert "Metti in lista d’attesa" in page.text
    approve(town, second)
    assert (town.state(first), town.state(second)) == ("posto_offerto", "lista_attesa")
    assert town.asked(second)[-1] == "lista_attesa"
    assert len(town.dump()["seats"]) == 3  # one place on each of three mornings


def test_a_place_given_back_goes_to_the_first_of_the_list(town: Town) -> None:
    holder = scenes.small_desk_to_decide(town, ANNA)
    second = scenes.small_desk_to_decide(town, BEA, scores=(60, 70))
    best = scenes.small_desk_to_decide(town, CARLA, scores=(90, 95))
    for reference in (holder, second, best):
        approve(town, reference)
    town.own_page(holder).choose("withdraw")
    town.work()
    assert town.state(holder) == "ritirata"
    assert town.state(best) == "posto_offerto"
    assert town.state(second) == "lista_attesa"
    assert town.asked(best)[-1] == "offerta"


def test_the_first_whose_request_fits_is_taken(town: Town) -> None:
    mornings = scenes.small_desk_to_decide(town, ANNA)
    other = scenes.desk_to_decide(town, desk(email=BEA, giorni=["sab"]), SMALL)
    all_days = scenes.desk_to_decide(town, desk(email=CARLA, giorni=["lun", "sab"]), SMALL, (99, 99))
    monday = scenes.desk_to_decide(town, desk(email=CHIARA, giorni=["lun"]), SMALL, (60, 60))
    for reference in (mornings, other, all_days, monday):
        approve(town, reference)
    assert [town.state(each) for each in (all_days, monday)] == ["lista_attesa", "lista_attesa"]
    town.choose(ANNA, mornings, "decline")
    assert town.state(monday) == "posto_offerto"
    assert town.state(all_days) == "lista_attesa"


def test_who_leaves_the_list_leaves_the_place_to_the_next(town: Town) -> None:
    """Also in the moment between a place's being freed and its being offered."""
    holder = scenes.small_desk_to_decide(town, ANNA)
    second = scenes.small_desk_to_decide(town, BEA, scores=(60, 70))
    best = scenes.small_desk_to_decide(town, CARLA, scores=(90, 95))
    for reference in (holder, second, best):
        approve(town, reference)
    town.own_page(holder).choose("withdraw")
    town.own_page(best).choose("withdraw")
    town.work()
    assert town.state(second) == "posto_offerto"


def test_half_days_and_other_sites_do_not_meet(town: Town) -> None:
    morning = scenes.small_desk_to_decide(town, ANNA)
    afternoon = scenes.desk_to_decide(town, desk(email=BEA, fascia="pomeriggio"), SMALL)
    elsewhere = scenes.desk_to_decide(town, desk(email=CARLA, sede="mt-hubout"), SMALL)
    whole_day = scenes.desk_to_decide(town, desk(email=CHIARA, fascia="giornata"), SMALL)
    for reference in (morning, afternoon, elsewhere, whole_day):
        approve(town, reference)
    states = [town.state(each) for each in (morning, afternoon, elsewhere, whole_day)]
    assert states == ["posto_offerto", "posto_offerto", "posto_offerto", "lista_attesa"]


def test_one_person_holds_one_place(town: Town) -> None:
    first = scenes.small_desk_to_decide(town, ANNA)
    second = scenes.desk_to_decide(town, desk(email=ANNA.upper(), sede="mt-hubout"), SMALL)
    approve(town, first)
    approve(town, second)
    assert (town.state(first), town.state(second)) == ("posto_offerto", "lista_attesa")


def test_two_approvals_at_once_share_no_last_place(town: Town) -> None:
    first, second = (scenes.small_desk_to_decide(town, who) for who in (ANNA, BEA))
    doors = [town.door(SMALL_COORDINATOR, each) for each in (first, second)]
    pages = [door.open() for door in doors]
    answers = at_once(
        lambda: doors[0].send(pages[0], "approve"),
        lambda: doors[1].send(pages[1], "approve"),
    )
    assert [answer.status_code for answer in answers] == [303, 303]
    assert sorted([town.state(first), town.state(second)]) == ["lista_attesa", "posto_offerto"]
    assert len({holder for holder, _ in seats(town)}) == 1


def test_a_team_needs_as_many_places_as_people(town: Town) -> None:
    mate = {"nome": "Ada", "cognome": "Prova", "email": "ada@example.org", "data_nascita": "01/02/1999"}
    team = scenes.desk_to_decide(town, desk(email=ANNA, posti=2, team=[mate]), SMALL)
    approve(town, team)
    assert town.state(team) == "lista_attesa"
    assert seats(town) == []


def test_an_offer_that_lapses_goes_to_the_next(town: Town) -> None:
    first, second = (scenes.small_desk_to_decide(town, who) for who in (ANNA, BEA))
    approve(town, first)
    approve(town, second)
    town.at("2026-11-24T00:00")
    assert (town.state(first), town.state(second)) == ("decaduta", "posto_offerto")
    town.choose(BEA, second, "accept", codice_fiscale=TAX_CODE)
    assert town.state(second) == "assegnata"


def test_a_waiting_list_ends_after_a_year(town: Town) -> None:
    first, second = (scenes.small_desk_to_decide(town, who) for who in (ANNA, BEA))
    approve(town, first)
    approve(town, second)
    town.choose(ANNA, first, "accept", codice_fiscale=TAX_CODE)
    town.at("2027-11-16T23:59")
    assert town.state(second) == "lista_attesa"
    town.at("2027-11-17T00:00")
    assert town.state(second) == "scaduta"
    assert town.asked(second)[-1] == "scaduta"
