"""Courses: first come, first served, with a list for each edition, a parent's word, attendance and a certificate."""

from __future__ import annotations

from dataclasses import replace

from app.story.partner import Partner
from forms.model import Text
from tests.integration.app.members import COURSE, COURSE_OFFICER, MOTHER_OF_MATTEO, learner, young_learner
from tests.integration.app.people import CONSENT, REASON
from tests.integration.app.town import Town

ANNA, BEA, CARLA = "anna@example.org", "bea@example.org", "carla@example.org"
MATTEO = "matteo.definti@example.org"


def spreadsheet(town: Town) -> str:
    return next(str(row["spreadsheet_id"]) for row in town.dump()["spreadsheets"] if row["workbook"] == "corso")


def test_the_last_place_then_the_list_then_the_end(town: Town) -> None:
    first, second = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA))
    refuses_list = town.confirmed(learner(CARLA, lista_attesa_ok="no"), COURSE)
    assert [town.state(each) for each in (first, second, refuses_list)] == ["ammessa", "lista_attesa", "annullata"]
    assert "Il tuo numero in lista: 1" in town.mails(BEA, second)[-1].text


def test_a_place_given_back_goes_to_the_first_of_its_own_edition(town: Town) -> None:
    taken, other = town.confirmed(learner(ANNA), COURSE), town.confirmed(learner(BEA, edizione="prova-02"), COURSE)
    waits_for_the_other = town.confirmed(learner(CARLA, edizione="prova-02"), COURSE)
    waits = town.confirmed(learner("dora@example.org"), COURSE)
    town.own_page(taken).choose("withdraw")
    town.work()
    states = [town.state(each) for each in (taken, other, waits_for_the_other, waits)]
    assert states == ["ritirata", "ammessa", "lista_attesa", "posto_offerto"]
    town.choose("dora@example.org", waits, "accept")
    assert town.state(waits) == "ammessa"


def test_in_one_instant_who_came_onto_the_list_first_is_first(town: Town) -> None:
    """However many steps it took them to get there."""
    taken = town.confirmed(learner(ANNA), COURSE)
    child = town.confirmed(young_learner(), COURSE)
    town.choose(MOTHER_OF_MATTEO, child, "consent_given", **{**CONSENT, "cognome": "De’ Finti", "nome": "Ilaria"})
    adult = town.confirmed(learner(BEA), COURSE)
    assert town.row_of(child)["state_entered_at"] == town.row_of(adult)["state_entered_at"]
    town.own_page(taken).choose("withdraw")
    town.work()
    assert [town.state(each) for each in (child, adult)] == ["posto_offerto", "lista_attesa"]


def test_who_holds_another_place_keeps_nobody_waiting(town: Town) -> None:
    """A person has one place of a course: at the head of another edition's list they are passed over, not refused."""
    anna, bea = town.confirmed(learner(ANNA), COURSE), town.confirmed(learner(BEA, edizione="prova-02"), COURSE)
    head, carla = (town.confirmed(learner(each, edizione="prova-02"), COURSE) for each in (ANNA, CARLA))
    assert [town.state(each) for each in (anna, bea, head, carla)] == ["ammessa", "ammessa", *["lista_attesa"] * 2]
    town.own_page(bea).choose("withdraw")
    town.work()
    assert [town.state(each) for each in (head, carla)] == ["lista_attesa", "posto_offerto"]


def test_who_gives_up_one_place_is_looked_at_for_the_other(town: Town) -> None:
    anna, bea = town.confirmed(learner(ANNA), COURSE), town.confirmed(learner(BEA, edizione="prova-02"), COURSE)
    head = town.confirmed(learner(ANNA, edizione="prova-02"), COURSE)
    for each in (bea, anna):
        town.own_page(each).choose("withdraw")
        town.work()
    assert town.state(head) == "posto_offerto"


def test_a_newcomer_passes_nobody_though_the_workers_are_away(town: Town) -> None:
    anna, bea = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA))
    newcomer = town.apply(learner(CARLA), COURSE)
    town.own_page(anna).choose("withdraw")
    assert town.state(bea) == "lista_attesa"  # nobody has looked at the list yet
    town.door(CARLA, newcomer).choose("email_confirmed")
    assert town.state(newcomer) == "lista_attesa"
    town.work()
    assert [town.state(each) for each in (bea, newcomer)] == ["posto_offerto", "lista_attesa"]


def test_more_places_go_to_the_list_before_a_newcomer(town: Town) -> None:
    _, bea = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA))
    town = with_seats(town, 2)
    newcomer = town.confirmed(learner(CARLA), COURSE)
    assert [town.state(each) for each in (bea, newcomer)] == ["posto_offerto", "lista_attesa"]


def with_seats(town: Town, seats: int) -> Town:
    """The course with so many places an edition."""
    call = town.context.catalogue.calls[COURSE]
    editions = tuple(edition.model_copy(update={"seats": seats}) for edition in call.file.editions)
    return town.with_call(replace(call, file=call.file.model_copy(update={"editions": editions})))


def test_an_offer_lapses_to_the_end_of_the_list_once_then_ends(town: Town) -> None:
    first, second, third = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA, CARLA))
    town.own_page(first).choose("withdraw")
    town.work()
    town.later(hours=49)
    assert [town.state(each) for each in (second, third)] == ["lista_attesa", "posto_offerto"]
    town.later(hours=49)
    assert [town.state(each) for each in (second, third)] == ["posto_offerto", "lista_attesa"]
    town.later(hours=49)
    assert [town.state(each) for each in (second, third)] == ["scaduta", "posto_offerto"]


def test_a_parent_answers_for_a_child(town: Town) -> None:
    reference = town.confirmed(young_learner(), COURSE)
    assert town.state(reference) == "consenso"
    town.choose(MOTHER_OF_MATTEO, reference, "consent_given", **{**CONSENT, "cognome": "De’ Finti", "nome": "Ilaria"})
    assert town.state(reference) == "ammessa"
    town.choose(MOTHER_OF_MATTEO, reference, "consent_withdrawn")
    assert town.state(reference) == "non_autorizzata"
    assert town.dump()["seats"] == []


def test_a_parent_who_says_nothing_has_not_authorised(town: Town) -> None:
    reference = town.confirmed(young_learner(), COURSE)
    town.at("2026-12-01T00:00")
    assert town.state(reference) == "non_autorizzata"


def test_who_came_once_takes_part_and_gets_a_certificate(town: Town) -> None:
    reference = town.confirmed(learner(ANNA), COURSE)
    town.sync()
    (tab,) = [row["tab"] for row in town.dump()["sheet_rows"]]
    assert tab == "Iscrizioni"
    town.at("2027-01-12T10:00")
    Partner(town.google.url, spreadsheet(town), "Iscrizioni", "docente").type_in(reference, {"presenze": "1"})
    town.sync()
    assert town.state(reference) == "partecipa"
    town.at("2027-02-01T19:31")
    town.at("2027-02-02T00:00")
    assert town.state(reference) == "conclusa"
    assert "attestato_se_previsto" in town.asked(reference)
    assert [row["filename"] for row in town.dump()["files"]] == [f"attestato-{reference}.pdf"]


def test_who_never_came_was_absent(town: Town) -> None:
    reference = town.confirmed(learner(ANNA), COURSE)
    town.at("2027-02-02T00:00")
    assert town.state(reference) == "assente"


def test_the_list_closes_a_day_before_the_start(town: Town) -> None:
    _, second = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA))
    town.at("2027-01-10T17:29")
    assert town.state(second) == "lista_attesa"
    town.at("2027-01-11T00:00")
    assert town.state(second) == "scaduta"


def test_one_act_cancels_an_edition_for_all(town: Town) -> None:
    first, second = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA))
    other = town.confirmed(learner(CARLA, edizione="prova-02"), COURSE)
    child = town.confirmed(young_learner(), COURSE)  # the officer's link came with it
    town.choose(COURSE_OFFICER, child, "edition_cancelled", motivazione=REASON)
    assert [town.state(each) for each in (first, second, child)] == ["annullata"] * 3
    assert town.state(other) == "ammessa"
    assert REASON in town.mails(BEA, second)[-1].text
    assert town.mails(MATTEO, child)


def wide(town: Town, minimum: int) -> Town:
    """The course with ten places an edition, of which `minimum` must be taken."""
    call = town.context.catalogue.calls[COURSE]
    bring = Text(it="Il tuo telefono, carico", en="Your phone, charged")
    more = {"seats": 10, "min": minimum, "place": Text(it="Sala rossa", en="Red room"), "bring": bring}
    editions = tuple(edition.model_copy(update=more) for edition in call.file.editions)
    return town.with_call(replace(call, file=call.file.model_copy(update={"editions": editions})))


def test_with_too_few_the_officer_is_asked_once_and_may_cancel(town: Town) -> None:
    town = wide(town, 3)
    first, second = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA))
    other = town.confirmed(learner(CARLA, edizione="prova-02"), COURSE)
    late = town.apply(learner("dora@example.org"), COURSE)
    town.at("2027-01-06T08:59")
    assert "pochi_iscritti" not in town.asked(first)
    town.later(minutes=2)
    asked = [mail for mail in town.mails(COURSE_OFFICER) if mail.subject.startswith("Pochi iscritti")]
    assert len(asked) == 1
    assert "Edizione: Prima prova" in asked[0].text
    assert "Iscritti: 2" in asked[0].text
    assert "Minimo: 3" in asked[0].text
    new = town.apply(learner("elio@example.org"), COURSE)  # has still to confirm when the edition is cancelled
    town.choose(COURSE_OFFICER, first, "edition_cancelled", motivazione=REASON)
    assert [town.state(each) for each in (first, second, new)] == ["annullata"] * 3
    assert town.state(other) == "ammessa"
    assert town.state(late) == "scaduta"  # its address was never confirmed
    assert REASON in town.mails(BEA, second)[-1].text
    assert f"/bandi/{COURSE}" in town.mails(BEA, second)[-1].text
    assert town.send(learner(ANNA), COURSE).get_json()["errors"] == {"edizione": ["choice"]}
    assert town.send(learner(ANNA, edizione="prova-02"), COURSE).status_code == 201


def test_with_enough_nobody_is_asked(town: Town) -> None:
    town = wide(town, 2)
    first, _ = (town.confirmed(learner(email), COURSE) for email in (ANNA, BEA))
    town.at("2027-01-07T09:00")
    assert not [mail for mail in town.mails(COURSE_OFFICER) if mail.subject.startswith("Pochi iscritti")]
    told = town.mails(ANNA, first)[-1].text
    assert "Cosa portare: Il tuo telefono, carico" in told


def test_an_edition_that_is_over_is_not_offered(town: Town) -> None:
    town.at("2027-02-01T20:00")
    assert town.send(learner(ANNA), COURSE).get_json()["errors"] == {"edizione": ["choice"]}
    assert town.send(learner(ANNA, edizione="prova-02"), COURSE).status_code == 201
