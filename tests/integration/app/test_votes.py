"""A call whose reviewers decide by a rule of votes: what they type into their sheets is the decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalogue.check import check_paths
from app.catalogue.library import Catalogue, read_catalogue
from app.services.context import CARRIED_OUT
from tests.integration.app.calls_of_authors import EXAMPLE, EXAMPLE_ID, by_votes
from tests.integration.app.people import desk
from tests.integration.app.town import Town

OFFICER, COORDINATOR = "sportello@comune.example.org", "coordinamento@comune.example.org"
CALL = by_votes(EXAMPLE)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped calls and the one by votes."""
    folder: Path = tmp_path_factory.mktemp("calls")
    (folder / "esempio.yaml").write_text(CALL, encoding="utf-8")
    catalogue, faults = read_catalogue(folder)
    assert faults == []
    return catalogue


@pytest.mark.parametrize(
    ("first", "second", "event", "state"),
    [
        ({"esito_proposto": "Sì"}, {"esito_proposto": "Sì"}, "reviews_done", "decisione"),
        ({"esito_proposto": "Sì"}, {"esito_proposto": "No"}, "voted_no", "preavviso"),
        ({"conflitto": "sì"}, {}, "votes_short", "decisione"),
    ],
)
def test_what_reviewers_type_decides(
    town: Town, first: dict[str, str], second: dict[str, str], event: str, state: str
) -> None:
    reference = town.confirmed(desk(), EXAMPLE_ID)
    town.choose(OFFICER, reference, "admissible")
    town.sync()
    town.partner("olt-1", reference).type_in(reference, {"punteggio_0_100": "80", **first})
    if second:
        town.sync()
        assert town.state(reference) == "valutazione"
        town.partner("olt-2", reference).type_in(reference, {"punteggio_0_100": "40", **second})
    town.sync()
    assert (town.state(reference), town.events(reference)[-1]) == (state, event)


SLIPS = (
    ("", "", None),
    ("minimum: 2", "minimum: 3", "3 must vote, but only 2 can for site `cb-cofo`"),
    (
        "[Sì, Sì con modifiche, No, Mi astengo]",
        "[Pro, Contro]",
        "nobody can vote for: no outcome is «Sì» or «Favorevole»",
    ),
    ("rule: all", "rule: {mean: 60}", None),
    ("    - {id: punteggio_0_100, type: integer, min: 0, max: 100}\n", "", None),
    (
        "votes: {rule: all",
        "panel_votes: {rule: {mean: 60, weights: {innovazione: 1}}",
        "the panel gives no points for `innovazione`",
    ),
    (", is: short", ", is: approved", "where the votes come to `short` nothing leads on from the state `valutazione`"),
)


@pytest.mark.parametrize(("written", "instead", "told"), SLIPS, ids=[instead or "as-it-is" for _, instead, _ in SLIPS])
def test_votes_that_cannot_decide_are_told(tmp_path: Path, written: str, instead: str, told: str | None) -> None:
    assert written in CALL
    path = tmp_path / "esempio.yaml"
    path.write_text(CALL.replace(written, instead), encoding="utf-8")
    faults = [fault.what for fault in check_paths(CARRIED_OUT, [path])]
    assert any(each.startswith(told) for each in faults) if told else faults == [], faults


def test_a_mean_needs_scores(tmp_path: Path) -> None:
    path = tmp_path / "esempio.yaml"
    path.write_text(
        CALL.replace("rule: all", "rule: {mean: 60}").replace("punteggio_0_100, type: integer", "punti, type: integer"),
        encoding="utf-8",
    )
    told = [fault.what for fault in check_paths(CARRIED_OUT, [path])]
    assert told == ["votes are scores, and no column asks for one up to 100"]
