"""Whoever applied leaves: everyone who still had something to do hears of it, once, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.app import scenes
from tests.integration.app.people import OFFICER, REASON
from tests.integration.app.town import Town

LEFT = ("staff_ritiro", "genitore_ritiro")


def told(town: Town, reference: str) -> list[str]:
    """The roles that were told, in order."""
    own = town.row_of(reference)["id"]
    rows = [row for row in town.dump()["outbox"] if row["submission_id"] == own and row["channel"] == "mail"]
    return sorted(row["payload"]["role"] for row in rows if row["payload"]["message"] in LEFT)


def leave(town: Town, reference: str) -> None:
    town.own_page(reference).choose("withdraw")
    town.work()
    assert town.state(reference) == "ritirata"


@pytest.mark.parametrize(
    ("scene", "roles"),
    [
        (scenes.checked_desk, ["istruttore"]),
        (scenes.incomplete_desk, ["istruttore"]),
        (scenes.reviewed_desk_waits, ["istruttore", "revisore", "revisore"]),
        (scenes.desk_to_decide, ["coordinatore", "istruttore"]),
        (scenes.desk_without_coordinator, ["backup_coordinatore", "coordinatore", "istruttore"]),
        (scenes.offered_desk, ["istruttore"]),
        (scenes.idea_without_consent, ["genitore", "istruttore"]),
        (scenes.idea_before_the_province, ["istruttore", "provincia"]),
        (scenes.scheduled_idea, ["istruttore"]),
    ],
)
def test_who_had_something_to_do_is_told(town: Town, scene: Callable[[Town], str], roles: list[str]) -> None:
    reference = scene(town)
    leave(town, reference)
    assert told(town, reference) == roles


def test_a_reviewer_who_has_reviewed_is_left_alone(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.review(reference, scores=(80,))
    leave(town, reference)
    assert told(town, reference) == ["istruttore", "revisore"]


def test_the_deputy_who_was_called_in_is_told(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    town.at("2026-11-21T09:00")
    leave(town, reference)
    assert told(town, reference) == ["backup_coordinatore", "coordinatore", "istruttore"]


def test_a_decision_is_no_withdrawal(town: Town) -> None:
    reference = scenes.checked_desk(town)
    town.choose(OFFICER, reference, "not_admissible", motivazione=REASON)
    assert told(town, reference) == []
