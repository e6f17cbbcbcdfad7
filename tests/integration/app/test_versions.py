"""A workflow changes while cases are under way: each stays on its version, until somebody moves it and says how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.errors import HubOutError
from app.services.casework import migration, what_if
from app.services.casework.eventlog import broken_links
from tests.integration.app.people import COORDINATOR, desk
from tests.integration.app.scenes import active_desk, desk_to_decide, new_desk, reviewed_desk_waits
from tests.integration.app.town import Town
from workflows.definition import WorkflowDefinition, kept_workflow

DESKS = "coworking-2026"
RENAMED = {"valutazione": "lettura"}


def changed(town: Town, names: Mapping[str, str], *, days: int = 14) -> WorkflowDefinition:
    """The call's workflow with states of other names, and another deadline for reviews."""
    call = town.context.catalogue.calls[DESKS]
    plain = call.workflow.model_dump(mode="json", exclude_none=True, by_alias=True)

    def renamed(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: renamed(each) for key, each in part.items()}
        if isinstance(part, list):
            return [renamed(each) for each in part]
        return names.get(part, part) if isinstance(part, str) else part

    plain = renamed(plain)
    for limit in plain["deadlines"]:
        if limit["state"] == names.get("valutazione", "valutazione"):
            limit["after"] = f"P{days}D"
    return kept_workflow(plain)


def publish(town: Town, workflow: WorkflowDefinition) -> None:
    """Start the house anew on an edited file."""
    calls = dict(town.context.catalogue.calls)
    calls[DESKS] = replace(calls[DESKS], workflow=workflow)
    again = replace(town.context, catalogue=replace(town.context.catalogue, calls=calls))
    again.__dict__.update({name: each for name, each in vars(town.context).items() if name in ("transport", "gateway")})
    town.context = again
    town.app.config.update(HUBOUT=again)


def move(town: Town, states: Mapping[str, str], *, dry_run: bool = False) -> list[dict[str, Any]]:
    call = town.context.catalogue.calls[DESKS]
    return list(migration.migrate(town.context, call, call.workflow, states, dry_run=dry_run))


def test_an_open_case_stays_on_the_version_it_began_with(town: Town) -> None:
    reference = reviewed_desk_waits(town)
    before = town.row_of(reference)["workflow_sha256"]
    publish(town, changed(town, RENAMED))
    town.review(reference)
    assert town.state(reference) == "decisione"
    assert town.row_of(reference)["workflow_sha256"] == before
    later = reviewed_desk_waits(town, desk(email="altra@example.org"))
    assert town.state(later) == "lettura"
    assert town.row_of(later)["workflow_sha256"] != before


def test_looking_first_changes_nothing(town: Town) -> None:
    reference = reviewed_desk_waits(town)
    publish(town, changed(town, RENAMED))
    before = town.dump()
    (told,) = move(town, RENAMED, dry_run=True)
    assert town.dump() == before
    assert (told["reference"], told["from"], told["to"], told["note"]) == (reference, "valutazione", "lettura", "")


def test_a_case_moves_by_an_event_and_goes_on(town: Town) -> None:
    reference = reviewed_desk_waits(town)
    events = town.events(reference)
    publish(town, changed(town, RENAMED, days=4))
    town.at("2026-11-18T12:00")
    move(town, RENAMED)
    assert town.state(reference) == "lettura"
    assert town.events(reference) == [*events, "migrated"]
    with town.context.read() as session:
        assert broken_links(session) == []
    town.at("2026-11-20T09:01")  # the fourth day since the state was entered, not since the move
    assert "sollecito" in town.asked(reference, role="coordinatore")
    town.review(reference)
    assert town.state(reference) == "decisione"
    town.choose(COORDINATOR, reference, "approve")
    assert "In valutazione" in town.own_page(reference).open().text  # its former name is still known
    assert move(town, RENAMED) == []


def test_a_past_case_is_played_again_on_another_quorum_and_deadline(town: Town) -> None:
    decided = desk_to_decide(town)
    waiting = reviewed_desk_waits(town, desk(email="altra@example.org"))
    town.review(waiting, scores=(70,))
    town.at("2026-11-20T12:00")
    call = town.context.catalogue.calls[DESKS]
    before = town.dump()
    assert {
        each["reference"] for each in what_if.what_if(town.context, call, call.workflow) if each["differs"]
    } == set()
    told = {each["reference"]: each for each in what_if.what_if(town.context, call, quorum_of_one(call.workflow))}
    assert town.dump() == before
    assert not told[decided]["differs"]
    assert (told[waiting]["was"], told[waiting]["would_be"], told[waiting]["note"]) == ("valutazione", "decisione", "")
    town.choose(COORDINATOR, decided, "approve")
    short = {each["reference"]: each for each in what_if.what_if(town.context, call, hurried(call.workflow))}
    assert short[decided]["differs"]
    assert short[decided]["note"] == "`email_confirmed` would not have been open"


def quorum_of_one(workflow: WorkflowDefinition) -> WorkflowDefinition:
    plain = json.dumps(workflow.model_dump(mode="json", exclude_none=True, by_alias=True))
    return kept_workflow(json.loads(plain.replace('{"min_reviews": 2}', '{"min_reviews": 1}')))


def hurried(workflow: WorkflowDefinition) -> WorkflowDefinition:
    """Nobody who needs a moment to confirm their address is in time."""
    plain = json.dumps(workflow.model_dump(mode="json", exclude_none=True, by_alias=True))
    return kept_workflow(json.loads(plain.replace("timer:PT72H", "timer:PT0H")))


def test_who_cant_move_stays_and_is_told_why(town: Town) -> None:
    waiting, deciding = reviewed_desk_waits(town), desk_to_decide(town, desk(email="altra@example.org"))
    unconfirmed = town.apply(desk(email="terza@example.org"))
    publish(town, changed(town, RENAMED))
    told = {each["reference"]: each for each in move(town, {})}
    assert told[waiting]["note"] == "it was in `valutazione`, which the new version lacks: say what becomes of it"
    assert told[deciding]["to"] is None
    assert told[unconfirmed]["to"] == "da_confermare"
    assert town.state(waiting) == "valutazione"
    told = {each["reference"]: each for each in move(town, {"valutazione": "conclusa"})}
    assert told[waiting]["note"] == "`valutazione` is open and `conclusa` is closed: a move decides nothing"
    with pytest.raises(HubOutError, match="the new version has no state `letto`"):
        move(town, {"valutazione": "letto"})
    assert unconfirmed not in {each["reference"] for each in move(town, RENAMED)}


def test_what_is_due_in_the_new_version_is_told(town: Town) -> None:
    reference = new_desk(town)
    sooner = town.context.catalogue.calls[DESKS].workflow.model_dump(mode="json", exclude_none=True, by_alias=True)
    for transition in sooner["transitions"]:
        transition["event"] = transition["event"].replace("timer:PT72H", "timer:PT1H")
    publish(town, kept_workflow(sooner))
    town.later(hours=2)
    (told,) = move(town, {})
    assert told["note"] == "timer:PT1H is due at once"
    town.work()
    assert town.state(reference) == "scaduta"


def test_a_version_is_named_by_its_fingerprint(town: Town) -> None:
    active_desk(town)
    old = town.context.catalogue.calls[DESKS].workflow
    publish(town, changed(town, RENAMED))
    call = town.context.catalogue.calls[DESKS]
    assert migration.target_of(town.context, call, "current") is call.workflow
    assert migration.target_of(town.context, call, old.sha256[:12]).sha256 == old.sha256
    with pytest.raises(HubOutError, match="0 versions of `ammissione-posti` begin with `zzz`"):
        migration.target_of(town.context, call, "zzz")
