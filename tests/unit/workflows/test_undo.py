"""Taking a decision back, reckoned from the log alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from forms.document import DefinitionError, parse
from tests.unit.workflows.conftest import library
from tests.unit.workflows.story import rome
from workflows.definition import WorkflowDefinition, load_workflow
from workflows.engine import Outcome, Refusal
from workflows.undo import TAKEN_BACK, Decision, revocable, standing, take_back

NOON = rome("2026-11-16T12:00")
DECISION = Decision(7, "anna@example.org", "decisione", "posto_offerto", NOON + timedelta(minutes=10))


@dataclass(frozen=True)
class Entry:
    """One line of a log."""

    event: str
    from_state: str | None
    to_state: str


def test_the_same_person_takes_it_back_in_time(ammissione: WorkflowDefinition) -> None:
    outcome = take_back(ammissione, DECISION, 7, "Anna@example.org", DECISION.until)
    assert isinstance(outcome, Outcome)
    assert (outcome.event, outcome.from_state, outcome.to_state) == (TAKEN_BACK, "posto_offerto", "decisione")
    assert outcome.changed
    assert outcome.notify == ()


@pytest.mark.parametrize(
    ("decision", "last_seq", "person", "late", "code"),
    [
        (None, 7, "anna@example.org", 0, "no_transition"),
        (DECISION, 8, "anna@example.org", 0, "no_transition"),
        (DECISION, 7, "anna@example.org", 601, "no_transition"),
        (DECISION, 7, "bruno@example.org", 0, "not_your_turn"),
        (DECISION, 7, "", 0, "not_your_turn"),
    ],
)
def test_it_is_refused_otherwise(
    ammissione: WorkflowDefinition, decision: Decision | None, last_seq: int, person: str, late: int, code: str
) -> None:
    outcome = take_back(ammissione, decision, last_seq, person, NOON + timedelta(seconds=late))
    assert isinstance(outcome, Refusal)
    assert outcome.code == code


def test_only_what_the_office_decides_on_one_case(ammissione: WorkflowDefinition) -> None:
    (approve, *_) = ammissione.leaving("decisione", "approve")
    outcome = Outcome("approve", approve, "decisione", "posto_offerto")
    assert revocable(outcome, "coordinatore")
    assert revocable(outcome, "backup_coordinatore")
    assert not revocable(outcome, "richiedente")
    assert not revocable(outcome, "sistema")
    together = approve.model_copy(update={"together": "ranking"})
    assert not revocable(Outcome("approve", together, "decisione", "posto_offerto"), "coordinatore")
    assert not revocable(Outcome("abstain", approve, "decisione", "decisione"), "coordinatore")


def test_the_log_without_what_was_taken_back() -> None:
    received = Entry("submit", None, "verifica")
    judged = Entry("admissible", "verifica", "decisione")
    refused = Entry("refuse", "decisione", "preavviso")
    back = Entry(TAKEN_BACK, "preavviso", "decisione")
    approved = Entry("approve", "decisione", "posto_offerto")
    assert standing([received, judged, refused, back, approved]) == (received, judged, approved)
    assert standing([received, judged, refused, back, approved, back]) == (received, judged)


@pytest.mark.parametrize("span", ["10 minuti", "PT61M", "PT90M", "P1D"])
def test_the_time_to_take_it_back_is_minutes(span: str) -> None:
    text = f"workflow: prova\ntitle: {{it: Prova, en: Trial}}\ninitial: a\nrecorded_from: a\nundo: {span}\n"
    text += (
        "states: [{id: a, label: {it: A, en: A}, public: {it: A, en: A}, kind: open, clock: run}]\ntransitions: []\n"
    )
    with pytest.raises(DefinitionError, match="no time to take a decision back"):
        load_workflow(parse(text, "prova.yaml"))


def test_without_it_nothing_is_taken_back(ammissione: WorkflowDefinition) -> None:
    assert library("doppia-approvazione").undo_window == timedelta()
    assert ammissione.undo_window == timedelta(minutes=10)
