"""The log of each case, played again through the engine, leads to the state that is stored, since the same instant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.services.casework import what_if
from tests.integration.app import journeys, scenes
from tests.integration.app.members import COURSE, DONOR, RECEIVER, learner, young_learner
from tests.integration.app.people import CHIARA, COORDINATOR, EUFEMIA, OBSERVATIONS, REASON
from tests.integration.app.test_selection import decided, ranked
from tests.integration.app.town import Town

ANNA, BEA = "anna@example.org", "bea@example.org"


def desk_given_up(town: Town) -> None:
    scenes.active_desk(town)
    town.own_page(town.cases()[-1].reference).choose("give_up", motivo_ritiro="Ho finito.")


def desk_refused(town: Town) -> None:
    reference = scenes.refused_once_desk(town)
    town.choose(CHIARA, reference, "observations_received", testo=OBSERVATIONS)
    town.choose(COORDINATOR, reference, "refuse", motivazione=REASON)


def idea_reported(town: Town) -> None:
    reference = scenes.carried_out_idea(town)
    town.choose(EUFEMIA, reference, "report_received", partecipanti="40", cosa_ha_funzionato="Tutto.")


def ranking_published(town: Town) -> None:
    decided(town, ANNA, BEA)


def ranking_with_a_second_look(town: Town) -> None:
    ranked(town, ANNA, BEA)


def course_with_a_list(town: Town) -> None:
    taken = town.confirmed(learner(ANNA), COURSE)
    town.confirmed(learner(BEA), COURSE)
    town.later(hours=1)
    town.confirmed(young_learner(), COURSE)
    town.own_page(taken).choose("withdraw")
    town.later(hours=50)


def student_of_a_class(town: Town) -> None:
    journeys.student_before_the_school(town, "nicolo@example.org")


def exchange_agreed(town: Town) -> None:
    reference = journeys.exchange_in_opinion(town)
    for city in (DONOR, RECEIVER):
        town.choose(city, reference, "opinion", parere="ok")


STORIES: tuple[Callable[[Town], object], ...] = (
    desk_given_up,
    desk_refused,
    scenes.incomplete_desk,
    idea_reported,
    scenes.idea_to_change,
    scenes.idea_with_consent,
    ranking_published,
    ranking_with_a_second_look,
    course_with_a_list,
    journeys.agreed,
    student_of_a_class,
    exchange_agreed,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_stored_state_follows_from_the_log(town: Town, story: Callable[[Town], object]) -> None:
    story(town)
    town.work()
    stored = {each.reference: (each.state, each.state_entered_at.isoformat()) for each in town.cases()}
    calls = [town.context.catalogue.calls[name] for name in sorted({each.call for each in town.cases()})]
    played = {
        each["reference"]: (each["was"], each["was_since"])
        for call in calls
        for each in what_if.what_if(town.context, call, call.workflow)
    }
    assert played == stored
    assert all(len(town.events(reference)) > 1 for reference in stored)
