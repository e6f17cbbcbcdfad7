"""What people wrote at each step of a case, for those whom it concerns: asked for, answered, decided.

Whoever acts next must read the answer to what was asked, the observations before a refusal is confirmed, the
Provincia's opinion; and whoever applied, the reasons of what was decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.models import Event
from app.services.roles import role_label
from forms.definition import FormDefinition, SubForm
from forms.fields import shown
from forms.model import Text
from workflows.definition import APPLICANT_SIDE, SYSTEM, TIMER_PREFIX, Transition, WorkflowDefinition
from workflows.undo import TAKEN_BACK

FOR_THE_APPLICANT = frozenset({"motivazione", "elenco", "campi", "data", "ora", "ore", "sede"})
"""Inputs of the office's acts that are written to the applicant."""

INTERNAL = frozenset({"motivazione-interna"})
"""Sub-forms whose words stay in the file."""

UNTOLD = frozenset({"checkbox", "file", "form_fields"})
"""Field types that say nothing in words: ticks, files (listed apart), answers that were corrected."""

OPINIONATED = frozenset({"provincia", "revisore"})
"""Who speaks to the office only."""

CHANGED = Text(it="Risposte cambiate", en="Answers changed")
REASON = Text(it="Motivazione", en="Reasons")
OPINION = Text(it="Parere", en="Opinion")
TIME_PASSED = Text(it="Il tempo è passato", en="The time has passed")

BESIDES: Mapping[str, Text] = {
    "delegated": Text(it="Passa a chi sostituisce", en="Passed to a stand-in"),
    "delegation_ended": Text(it="Sostituzione finita", en="The stand-in’s time is over"),
    "reassigned": Text(it="Affidata a un’altra persona", en="Given to somebody else"),
    TAKEN_BACK: Text(it="Decisione annullata da chi l’aveva presa", en="Decision taken back by whoever took it"),
    "address_corrected": Text(it="Indirizzo email corretto", en="E-mail address corrected"),
    "mail_returned": Text(
        it="Email non consegnata: passa a chi sostituisce", en="E-mail not delivered: handed to the deputy"
    ),
    "contacts_corrected": Text(it="Telefono corretto", en="Phone number corrected"),
    "new_address_asked": Text(it="Nuovo indirizzo email da confermare", en="New e-mail address to be confirmed"),
    "address_changed": Text(it="Indirizzo email cambiato", en="E-mail address changed"),
    "handed_over": Text(it="Passata a un’altra persona", en="Handed over to another person"),
    "privacy_request": Text(it="Richiesta sui dati personali", en="Request about personal data"),
}
"""What happens beside every workflow."""


@dataclass(frozen=True)
class Reading:
    """Who reads which case: the definitions it stays on, the reader's language, whether they are of the office."""

    workflow: WorkflowDefinition
    form: FormDefinition
    sub_forms: Mapping[str, SubForm]
    language: str
    staff: bool


def event_label(workflow: WorkflowDefinition, event: Event, language: str) -> str:
    """What happened, as the choice read on the page; where nobody chose, the state it led to."""
    if event.event.startswith(TIMER_PREFIX):
        return f"{TIME_PASSED.in_(language)}: {workflow.state(event.to_state).label.in_(language)}"
    if event.event in BESIDES:
        return BESIDES[event.event].in_(language)
    labelled = next((each.label for each in _taken(workflow, event) if each.label), None)
    return labelled.in_(language) if labelled else workflow.state(event.to_state).label.in_(language)


def detail(reading: Reading, event: Event, body: Mapping[str, Any]) -> str:
    """What was done, by whom and in which words, a line each; empty where there is nothing to tell this reader."""
    lines = []
    if reading.staff and event.actor != SYSTEM and event.from_state is not None:
        lines.append(f"{event_label(reading.workflow, event, reading.language)} – {_who(reading, event)}")
    elif reading.staff and event.event in BESIDES:
        lines.append(BESIDES[event.event].in_(reading.language))
    elif reading.staff and event.event.startswith(TIMER_PREFIX):
        lines.append(TIME_PASSED.in_(reading.language))
    lines += [f"{label}: {text}" for label, text in _words(reading, event, body.get("inputs", {}))]
    changed = [name for name, value in body.get("after", {}).items() if body.get("before", {}).get(name) != value]
    if reading.staff and changed:
        lines.append(f"{CHANGED.in_(reading.language)}: {_labels(reading, changed)}")
    return "\n".join(lines)


def _taken(workflow: WorkflowDefinition, event: Event) -> tuple[Transition, ...]:
    """The transitions that the event may have been, the actor's own first."""
    leaving = workflow.leaving(event.from_state or "", event.event)
    led = [each for each in leaving if each.to in (event.to_state, None)]
    return tuple(sorted(led, key=lambda each: event.actor not in each.actor))


def _who(reading: Reading, event: Event) -> str:
    return role_label(event.actor, reading.language)


def _words(reading: Reading, event: Event, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The answers of the act's sub-form that this reader may see, each with its question."""
    name = next((each.inputs for each in _taken(reading.workflow, event) if each.inputs), None)
    sub_form = reading.sub_forms.get(name or "")
    told = set()
    for field in sub_form.fields if sub_form else ():
        value = inputs.get(field.id)
        told.add(field.id)
        if value in (None, "", []) or field.type in UNTOLD or not _may_read(reading, event, field.id, name):
            continue
        if field.type == "field_list":
            yield field.label.in_(reading.language), _labels(reading, value)
        elif field.options or field.type != "checkboxes":  # options that the call gives are not told again
            yield field.label.in_(reading.language), shown(field, value, reading.language)
    for extra, label in (("motivazione", REASON), ("parere", OPINION)):
        if extra in inputs and extra not in told and _may_read(reading, event, extra, name):
            yield label.in_(reading.language), str(inputs[extra])


def _may_read(reading: Reading, event: Event, field: str, sub_form: str | None) -> bool:
    if reading.staff or event.actor == "richiedente":
        return True
    from_office = event.actor not in APPLICANT_SIDE | OPINIONATED and sub_form not in INTERNAL
    return from_office and field in FOR_THE_APPLICANT


def _labels(reading: Reading, names: list[str]) -> str:
    known = {field.id: field.label.in_(reading.language) for field in reading.form.fields}
    return ", ".join(known.get(name, name) for name in names)
