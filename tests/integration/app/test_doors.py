"""Whoever a state waits for has one door: a mailed link. Looking changes nothing, pressing the button decides once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.integration.app import scenes
from tests.integration.app.people import (
    CHIARA,
    COORDINATOR,
    DEPUTY,
    EUFEMIA,
    MATERA_COORDINATOR,
    MATERA_OFFICER,
    OBSERVATIONS,
    OFFICER,
    PROVINCE,
    REASON,
    TAX_CODE,
    idea,
)
from tests.integration.app.town import Town

LOOKS = 20
REVISION = {name: value for name, value in idea().items() if name not in ("partner", "lingua")}


@dataclass(frozen=True)
class Turn:
    """Somebody's turn: the scene before, who acts behind which link, and where that leads."""

    scene: Callable[[Town], str]
    who: str
    event: str
    leads_to: str
    answers: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.scene.__name__}-{self.event}"


TURNS = (
    Turn(scenes.new_desk, CHIARA, "email_confirmed", "verifica"),
    Turn(scenes.checked_desk, OFFICER, "request_info", "integrazione", {"elenco": "In quali giorni, di preciso?"}),
    Turn(scenes.checked_desk, OFFICER, "admissible", "valutazione", {"requisiti": ["r1", "r2"]}),
    Turn(scenes.checked_desk, OFFICER, "not_admissible", "preavviso", {"motivazione": REASON}),
    Turn(scenes.incomplete_desk, CHIARA, "info_received", "verifica", {"risposta": "Martedì.", "giorni": ["mar"]}),
    Turn(scenes.desk_to_decide, COORDINATOR, "approve", "posto_offerto"),
    Turn(scenes.desk_to_decide, COORDINATOR, "refuse", "preavviso", {"motivazione": REASON}),
    Turn(scenes.desk_to_decide, COORDINATOR, "ask_more", "integrazione", {"motivazione": REASON}),
    Turn(scenes.desk_without_coordinator, DEPUTY, "approve", "posto_offerto"),
    Turn(scenes.refused_once_desk, CHIARA, "observations_received", "decisione", {"testo": OBSERVATIONS}),
    Turn(scenes.offered_desk, CHIARA, "accept", "assegnata", {"codice_fiscale": TAX_CODE}),
    Turn(scenes.offered_desk, CHIARA, "decline", "ritirata"),
    Turn(scenes.assigned_desk, OFFICER, "hand_over", "attiva", {"signed_on": "16/11/2026"}),
    Turn(scenes.assigned_desk, COORDINATOR, "revoke", "revocata", {"motivazione": REASON}),
    Turn(scenes.idea_without_consent, OFFICER, "consent_given", "ammissibilita", {"signed_on": "16/11/2026"}),
    Turn(scenes.idea_to_change, EUFEMIA, "revised", "valutazione", {**REVISION, "titolo": "Ombra in piazza"}),
    Turn(scenes.idea_before_the_province, PROVINCE, "opinion_given", "decisione", {"parere": "favorevole"}),
    Turn(scenes.idea_to_decide, MATERA_COORDINATOR, "approve", "approvata"),
    Turn(scenes.idea_to_decide, MATERA_COORDINATOR, "ask_changes", "coprogettazione", {"motivazione": REASON}),
    Turn(
        scenes.approved_idea,
        MATERA_OFFICER,
        "slot_booked",
        "programmata",
        {"data": "28/11/2026", "ora": "15:00", "ore": "3"},
    ),
    Turn(scenes.scheduled_idea, MATERA_OFFICER, "slot_released", "approvata"),
    Turn(
        scenes.carried_out_idea,
        EUFEMIA,
        "report_received",
        "conclusa",
        {"partecipanti": "40", "cosa_ha_funzionato": "Tutto."},
    ),
)


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_the_mailed_link_decides_once(town: Town, turn: Turn) -> None:
    reference = turn.scene(town)
    door = town.door(turn.who, reference)
    before = town.dump()
    for _ in range(LOOKS):
        page = door.open()
        assert page.status_code == 200
        assert f'name="esito" value="{turn.event}"' in page.text
    assert town.door(turn.who, reference).browser.head(door.address).status_code == 303
    assert town.dump() == before

    assert door.send(page, turn.event, **turn.answers).status_code == 303
    town.work()
    assert town.state(reference) == turn.leads_to
    decided = town.events(reference)
    assert decided.count(turn.event) == 1
    after = door.open()
    assert after.status_code == 200
    assert 'name="esito"' not in after.text
    again = door.send(page, turn.event, **turn.answers)
    assert again.status_code == 200
    assert after.text == again.text
    assert town.events(reference) == decided
