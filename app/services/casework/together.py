"""One act for many cases: what a person does on one case is fired on each other of its group, with its own guard.

The others are timers due at once, written with the act: each is handled in a transaction of its own, under its own
lock. A case whose guard does not hold stays where it is, and is listed to whoever acted (clarifications.md §1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import ActionToken, Event, EventPayload, Submission, Timer
from app.services.context import ask_for
from app.services.mail import mailing
from app.services.people import delegations
from forms.definition import FieldDefinition, SubForm
from forms.model import Text
from workflows.definition import SYSTEM, Transition

KIND = "together"
"""Kind of the timers that carry an act to the other cases."""

ONE_BY_ONE = frozenset({"scuola"})
"""Roles that may also answer for one case only: a school confirms or refuses each student, or many at once."""

ALSO = "insieme"
"""The field in which such a role says that its answer is for the others too."""

Key = Callable[[Call, Submission], object]

GROUPS: Mapping[str, Key] = {
    "call": lambda _, case: case.call,
    "edition": lambda call, case: edition.id if (edition := call.edition_of(case.answers)) else "",
    "class": lambda _, case: str(case.answers.get("codice_invito", "")).upper(),
    "ranking": lambda _, case: case.site,
}
"""Value of `together` -> what cases of one group have in common, beside their call."""


@dataclass(frozen=True)
class Asked:
    """An act that was done on another case: who did it, with which inputs."""

    role: str
    person: str
    inputs: Mapping[str, Any]


def others(
    session: Session, call: Call, submission: Submission, transition: Transition, role: str, person: str
) -> Sequence[Submission]:
    """The other cases that an act of this person is for: of the same group, where the event exists and is theirs."""
    if transition.together is None or role == SYSTEM:
        return ()
    key = GROUPS[transition.together]
    states = {state.id for state in call.workflow.states if call.workflow.leaving(state.id, transition.event)}
    query = select(Submission).where(
        Submission.call == call.id, Submission.state.in_(states), Submission.id != submission.id
    )
    return [
        case
        for case in session.scalars(query.order_by(Submission.id))
        if key(call, case) == key(call, submission) and _holds(call, case, role, person)
    ]


def _holds(call: Call, case: Submission, role: str, person: str) -> bool:
    """Whether the person has the role on the case, or stands in for whoever has it in its present step."""
    wanted = person.casefold()
    kept = case.record.get(delegations.KEPT, {}).get(role, {})
    if kept.get("by") == person and kept.get("seq") == case.entered_seq and not kept.get("over"):
        return True
    return any(holder.email.casefold() == wanted for holder in mailing.holders(call, case, role))


def spread(
    session: Session, call: Call, submission: Submission, event: Event, transition: Transition, asked: Asked
) -> None:
    """Carry the act that `event` recorded to the other cases of the group."""
    if asked.role in ONE_BY_ONE and not asked.inputs.get(ALSO):
        return
    for case in others(session, call, submission, transition, asked.role, asked.person):
        session.add(
            Timer(
                submission_id=case.id,
                entered_seq=case.entered_seq,
                kind=KIND,
                name=transition.event,
                payload={"case": submission.id, "seq": event.seq},
                due_at=event.at,
            )
        )
        ask_for(session, "fire_timers")
    session.flush()


def asked_by(session: Session, timer: Timer) -> Asked:
    """The act that a timer carries; it holds no name and no words itself."""
    case, seq = timer.payload["case"], timer.payload["seq"]
    of_case = (Event.submission_id == case, Event.seq == seq)
    role = session.scalars(select(Event.actor).where(*of_case)).one()
    body = session.scalars(select(EventPayload.body).join(Event, Event.id == EventPayload.event_id).where(*of_case))
    token = select(ActionToken.person).where(ActionToken.submission_id == case, ActionToken.used_seq == seq)
    inputs: Mapping[str, Any] = (body.one_or_none() or {}).get("inputs", {})
    return Asked(role, session.scalars(token).first() or "", inputs)


def report(session: Session, call: Call, submission: Submission, event: Event, language: str) -> tuple[str, ...]:
    """What became of an act on the other cases, in words: how many it reached, and which stay, and why."""
    query = (
        select(Timer, Submission.reference)
        .join(Submission, Submission.id == Timer.submission_id)
        .where(Submission.call == call.id, Timer.kind == KIND, Timer.name == event.event)
        .order_by(Timer.id)
    )
    origin = {"case": submission.id, "seq": event.seq}
    rows = [(row, ref) for row, ref in session.execute(query) if origin.items() <= row.payload.items()]
    done = sum(row.outcome == "fired" for row, _ in rows)
    waiting = sum(row.done_at is None for row, _ in rows)
    stayed = [(ref, row.payload.get("why", {})) for row, ref in rows if row.done_at and row.outcome != "fired"]
    lines = [DONE.in_(language).format(n=done)] if done else []
    lines += [WAITING.in_(language).format(n=waiting)] if waiting else []
    lines += [STAYS.in_(language).format(code=ref, why=why.get(language, "")).rstrip(" :") for ref, why in stayed]
    return tuple(lines)


def label(transition: Transition, number: int, language: str) -> str:
    """How the choice reads where it is for `number` more cases."""
    words = transition.label.in_(language) if transition.label else transition.event
    return f"{words} {FOR_MORE.in_(language).format(n=number)}" if number else words


def with_question(sub_form: SubForm | None, number: int) -> SubForm | None:
    """The act's sub-form with the question whether the answer is for the `number` others too."""
    if sub_form is None or not number:
        return sub_form
    words = Text(it=ALSO_FOR.it.format(n=number), en=ALSO_FOR.in_("en").format(n=number))
    field = FieldDefinition(id=ALSO, type="checkbox", label=words, pii="none")
    return sub_form.model_copy(update={"fields": (*sub_form.fields, field)})


DONE = Text(it="Fatto anche per altre domande: {n}.", en="Done for other applications too: {n}.")
WAITING = Text(it="Ancora da fare per altre domande: {n}.", en="Still to do for other applications: {n}.")
STAYS = Text(it="{code} resta com’è: {why}", en="{code} stays as it is: {why}")
FOR_MORE = Text(it="(per questa e per altre {n})", en="(this one and {n} more)")
ALSO_FOR = Text(
    it="Rispondo allo stesso modo per tutte le altre della classe che aspettano: {n}",
    en="The same answer for all others of the class who are waiting: {n}",
)
