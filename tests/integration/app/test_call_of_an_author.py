"""The call file of design.md §6, put into a folder: it opens, works and has its own sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.catalogue.library import Catalogue, read_catalogue
from tests.integration.app import scenes
from tests.integration.app.calls_of_authors import EXAMPLE, EXAMPLE_ID
from tests.integration.app.people import CHIARA, TAX_CODE, desk
from tests.integration.app.town import Town

OFFICER, COORDINATOR = "sportello@comune.example.org", "coordinamento@comune.example.org"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped calls and the example."""
    folder: Path = tmp_path_factory.mktemp("calls")
    (folder / "esempio.yaml").write_text(EXAMPLE, encoding="utf-8")
    catalogue, faults = read_catalogue(folder)
    assert faults == []
    return catalogue


def test_it_is_open_and_offers_its_own_sites_only(town: Town) -> None:
    calls = town.browser().get("/api/v1/calls").get_json()["calls"]
    (mine,) = [call for call in calls if call["call"] == EXAMPLE_ID]
    assert (mine["form"], mine["workflow"], mine["open"]) == ("coworking-postazione", "ammissione-posti", True)
    answer = town.send(desk(sede="mt-hubout"), EXAMPLE_ID)
    assert answer.get_json()["errors"] == {"sede": ["choice"]}


def test_an_application_goes_the_whole_way(town: Town) -> None:
    reference = town.confirmed(desk(), EXAMPLE_ID)
    town.choose(OFFICER, reference, "admissible")
    town.sync()
    for reviewer in ("olt-1", "olt-2"):
        town.partner(reviewer, reference).type_in(reference, {"esito_proposto": "Sì", "punteggio_0_100": "80"})
    assert town.row("olt-1", reference)["fascia_eta"] == "25_30"
    town.sync()
    town.choose(COORDINATOR, reference, "approve", **scenes.ENTRY)
    town.choose(CHIARA, reference, "accept", codice_fiscale=TAX_CODE)
    town.sync()
    assert town.state(reference) == "assegnata"
    assert town.row("olt-2", reference)["stato"] == "Posto assegnato"
    assert "cowo-esempio" in town.workbooks()


def test_a_case_stays_on_the_form_it_was_made_with(town: Town) -> None:
    reference = town.confirmed(desk(), EXAMPLE_ID)
    calls = dict(town.context.catalogue.calls)
    calls[EXAMPLE_ID] = replace(calls[EXAMPLE_ID], form=calls[EXAMPLE_ID].form.narrowed({"giorni": ("mar",)}))
    changed = replace(town.context, catalogue=replace(town.context.catalogue, calls=calls))
    later = replace(town, context=changed)
    assert later.send(desk(email="altra@example.org"), EXAMPLE_ID).get_json()["errors"] == {"giorni": ["choice"]}
    later.choose(OFFICER, reference, "admissible")
    assert later.state(reference) == "valutazione"
    assert "Lunedì, Mercoledì, Venerdì" in later.own_page(reference).open().text
