"""The workflows of the library, and stories of two of them that have come some way."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from forms.document import parse
from tests.unit.workflows.story import TWO, Story, rome
from workflows.definition import WorkflowDefinition, load_workflow

DESK = {
    "sede": "cb-cofo",
    "posti": 1,
    "giorni": ["lun", "mar"],
    "fascia": "giornata",
    "inizio": "2026-12-01",
    "durata_mesi": "3",
}
Begin = Callable[..., Story]
LIBRARY = Path(__file__).parents[3] / "workflows" / "library"
NAMES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))


@cache
def library(name: str) -> WorkflowDefinition:
    """A workflow of the library, read once."""
    path = LIBRARY / f"{name}.yaml"
    return load_workflow(parse(path.read_text(encoding="utf-8"), path.name))


@pytest.fixture(scope="session")
def ammissione() -> WorkflowDefinition:
    return library("ammissione-posti")


@pytest.fixture(scope="session")
def proposta() -> WorkflowDefinition:
    return library("proposta-valutata")


@pytest.fixture
def desk(ammissione: WorkflowDefinition) -> Begin:
    """A desk application of 16 November 2026, brought to a state."""

    def begun(state: str = "da_confermare", **given: Any) -> Story:
        story = Story.begun(ammissione, rome("2026-11-16T09:30"), **{"answers": DESK, **given})
        for step in DESK_WAY[: DESK_WAY_STATES.index(state)]:
            step(story)
        assert story.state == state
        return story

    return begun


DESK_WAY: list[Callable[[Story], object]] = [
    lambda story: story.fire("email_confirmed", "richiedente"),
    lambda story: story.fire("admissible", "istruttore"),
    lambda story: story.fire("reviews_done", reviews=TWO),
    lambda story: story.fire(
        "approve", "coordinatore", {"protocollo_numero": "0012345", "protocollo_data": "2026-11-16"}
    ),
    lambda story: story.fire("accept", "richiedente"),
    lambda story: story.fire("hand_over", "istruttore", {"signed_on": "2026-11-16"}),
]
DESK_WAY_STATES = ["da_confermare", "verifica", "valutazione", "decisione", "posto_offerto", "assegnata", "attiva"]


@pytest.fixture
def idea(proposta: WorkflowDefinition) -> Begin:
    """A proposal of 16 November 2026, brought to a state."""

    def begun(state: str = "da_confermare", citta: str = "cinisello", **given: Any) -> Story:
        story = Story.begun(
            proposta,
            rome("2026-11-16T09:30"),
            **{"form": "clab-urbano-proposta", "answers": {"citta": citta}, "city": citta, "term_days": 60, **given},
        )
        for step in IDEA_WAY[: IDEA_WAY_STATES.index(state)]:
            step(story)
        assert story.state == state
        return story

    return begun


def _took_place(story: Story) -> object:
    story.until(rome("2026-12-12T17:30"))
    return story.fire("event_done", "istruttore")


IDEA_WAY: list[Callable[[Story], object]] = [
    lambda story: story.fire("email_confirmed", "richiedente"),
    lambda story: story.fire("admissible", "istruttore"),
    lambda story: story.fire("reviews_done", reviews=TWO),
    lambda story: story.fire(
        "approve", "coordinatore", {"protocollo_numero": "0012345", "protocollo_data": "2026-11-16"}
    ),
    lambda story: story.fire(
        "slot_booked", "istruttore", {"data": "2026-12-12", "ora": "15:30", "ore": 2, "sede": "Piazza"}
    ),
    _took_place,
]
IDEA_WAY_STATES = [
    "da_confermare",
    "ammissibilita",
    "valutazione",
    "decisione",
    "approvata",
    "programmata",
    "realizzata",
]
