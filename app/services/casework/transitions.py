"""The one door for state: every change goes through the engine, with an event, under the submission's lock."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.catalogue.calls import Call
from app.errors import HubOutError
from app.models import ActionToken, Submission, Timer
from app.services.casework import cases, editions, eventlog, places, together, undo
from app.services.casework.effects import LEAVES, Happened, carry_out
from app.services.casework.facts import Question, facts_of
from app.services.casework.reviews import SHEET_RULE
from app.services.context import Context, ask_for
from app.services.definitions import RENAMED, workflow_of
from app.services.intake import files
from app.services.links import tokens
from app.services.mail import held, outbox
from app.services.people import parts
from workflows.dates import at_local
from workflows.definition import SYSTEM, WorkflowDefinition
from workflows.engine import Outcome, Refusal
from workflows.engine import begin as begin_case
from workflows.engine import fire as fire_event
from workflows.migration import MIGRATED, Stays, migrated
from workflows.undo import TAKEN_BACK, revocable
from workflows.undo import take_back as take_back_decision

log = logging.getLogger(__name__)

DECIDES: Mapping[str, bool] = {
    "approve": True,
    "refuse": True,
    "ask_more": False,
    "ask_changes": False,
    "reopen": False,
}
"""Events after which partners' cells are closed (True) or open again (False)."""

CONSENT_STATE, CONSENT_GIVEN = "consenso", "consent_given"


class Refused(HubOutError):  # noqa: N818 - callers read `except Refused`
    """The engine refuses the event; nothing has changed."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.text.it)


@dataclass(frozen=True)
class Act:
    """What somebody does: the event, in which role, with which validated inputs.

    `corrections` are answers of the applicant's own form that the act changes; `uploads` its files; `fell_due` is the
    instant by which a person could have acted, where time does it instead; `follows` says that it was done on another
    case, and is carried to this one.
    """

    event: str
    role: str = SYSTEM
    person: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    corrections: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, FileStorage] = field(default_factory=dict)
    token: ActionToken | None = None
    fell_due: datetime | None = None
    follows: bool = False


def lock(session: Session, context: Context, submission_id: int) -> tuple[Call, Submission]:
    """Lock the places of the call, then the submission: always in this order."""
    call_id = session.scalars(select(Submission.call).where(Submission.id == submission_id)).one()
    call = context.catalogue.calls[call_id]
    places.lock(session, call)
    query = select(Submission).where(Submission.id == submission_id).with_for_update()
    return call, session.scalars(query.execution_options(populate_existing=True)).one()


def begin(context: Context, session: Session, submission: Submission, sent: Mapping[str, Any]) -> None:
    """The first event of a new submission: its first state, timers and mails; `sent` is what else to log of it."""
    now = context.clock.now()
    call = context.catalogue.calls[submission.call]
    outcome = begin_case(call.workflow, cases.case_of(session, context, submission), now)
    payload = {**sent, "answers": submission.answers}
    _record(context, session, call, submission, Act("submit", "richiedente"), outcome, payload)


def fire(context: Context, session: Session, call: Call, submission: Submission, act: Act) -> Outcome:
    """Fire an event on a submission that `lock` has locked.

    Raises:
        Refused: nothing has changed; the refusal says why.
    """
    now = context.clock.now()
    definition = workflow_of(session, context, submission)
    case = cases.case_of(session, context, submission)
    question = Question(session, call, submission, now, act.inputs)
    holds = parts.parts_of(session, call, submission, act.person) - {act.role}
    facts = facts_of(question, definition, case, act.event, actor=act.role, person=act.person, holds=holds)
    outcome = fire_event(definition, case, act.event, facts)
    if isinstance(outcome, Refusal):
        if act.role != SYSTEM:  # a rule that does not hold yet is no refusal to anybody
            _log(submission, act, outcome)
        raise Refused(outcome)
    payload: dict[str, Any] = {"inputs": _inputs(act, outcome, submission.language)}
    if act.corrections:
        payload["before"] = {name: submission.answers.get(name) for name in act.corrections}
        payload["after"] = dict(act.corrections)
    _record(context, session, call, submission, act, outcome, payload)
    return outcome


def take_back(context: Context, session: Session, call: Call, submission: Submission, act: Act) -> Outcome:
    """Take back what the same person decided last, on a submission that `lock` has locked; a new event says so.

    Raises:
        Refused: the time is over, it was somebody else's decision, or something else has happened meanwhile.
    """
    now = context.clock.now()
    definition = workflow_of(session, context, submission)
    outcome = take_back_decision(
        definition, undo.decision_of(submission), undo.last_act(session, submission), act.person, now
    )
    if isinstance(outcome, Refusal):
        _log(submission, act, outcome)
        raise Refused(outcome)
    payload = undo.put_back(context, session, call, submission)
    if isinstance(payload, Refusal):
        _log(submission, act, payload)
        raise Refused(payload)
    happening = eventlog.Happening(TAKEN_BACK, act.role, outcome.from_state, outcome.to_state, now, payload)
    event = eventlog.append(session, submission, happening)
    submission.updated_at = now
    carry_out(context, session, Happened(call, submission, TAKEN_BACK, outcome, event.seq, now))
    places.watch(session, call, submission, outcome.from_state, now)
    return outcome


def migrate(
    context: Context, session: Session, submission: Submission, to: WorkflowDefinition, states: Mapping[str, str]
) -> Outcome | Stays:
    """Move a submission that `lock` has locked to another version of its workflow, by an event; or say why not.

    It keeps its place in the log, its links and the time it has spent in its state. Reminders and deadlines of the
    past are not told again.
    """
    now = context.clock.now()
    case = cases.case_of(session, context, submission)
    outcome = migrated(workflow_of(session, context, submission), to, case, states)
    if isinstance(outcome, Stays):
        return outcome
    renamed = {old: new for old, new in states.items() if old != new}
    payload = {"from": submission.workflow_sha256, "to": to.sha256, "states": renamed}
    happening = eventlog.Happening(MIGRATED, SYSTEM, outcome.from_state, outcome.to_state, now, payload)
    eventlog.append(session, submission, happening)
    submission.workflow_sha256, submission.state, submission.updated_at = to.sha256, outcome.to_state, now
    kept = {name: value for name, value in submission.record.items() if name != undo.KEPT}
    submission.record = {**kept, RENAMED: {**kept.get(RENAMED, {}), **renamed}}
    planned = Timer.kind.in_(("transition", "reminder", "deadline"))
    pending = (Timer.submission_id == submission.id, Timer.done_at.is_(None), planned)
    session.execute(update(Timer).where(*pending).values(done_at=now, outcome="cancelled"))
    ahead = tuple(timer for timer in outcome.timers if timer.kind == "transition" or timer.due_at > now)
    _arm(session, submission, replace(outcome, timers=ahead), now)
    return outcome


def _log(submission: Submission, act: Act, refusal: Refusal) -> None:
    why = f"{refusal.code} ({refusal.guard})" if refusal.guard else refusal.code
    log.info("%s: `%s` by %s refused: %s", submission.reference, act.event, act.role, why)


def _inputs(act: Act, outcome: Outcome, language: str) -> dict[str, Any]:
    """What the act carried; a reason that nobody wrote is in the language of whom it is written to."""
    inputs = dict(act.inputs)
    if outcome.reason and not inputs.get("motivazione"):
        inputs["motivazione"] = outcome.reason.in_(language)
    return inputs


def _record(
    context: Context,
    session: Session,
    call: Call,
    submission: Submission,
    act: Act,
    outcome: Outcome,
    payload: dict[str, Any],
) -> None:
    """Write event, row, timers, tokens and effects of one outcome: all of it or nothing."""
    now = context.clock.now()
    until = _revocable_until(context, session, submission, act, outcome)
    draft_until = _draft_until(context, session, call, submission, act, outcome)
    before = undo.snapshot(session, submission) if until else {}
    awaited = _awaited(context, session, submission) if act.event in LEAVES else frozenset[str]()
    event = eventlog.append(
        session,
        submission,
        eventlog.Happening(act.event, act.role, outcome.from_state, outcome.to_state, now, payload),
    )
    if act.token is not None:
        tokens.use(session, act.token, event.seq)
    files.keep(context, session, submission, act.uploads, act.inputs, seq=event.seq)
    _remember(call, submission, act, outcome, payload)
    _cancel(session, submission, outcome, now)
    if outcome.changed:
        _enter(context, session, submission, outcome, event.seq, now)
        if act.event != "submit":
            tokens.revoke_step(session, submission, act.event, now)
    submission.updated_at = now
    session.flush()
    _arm(session, submission, outcome, now)
    if outcome.changed:
        editions.watch(session, call, submission, now)
    happened = Happened(
        call,
        submission,
        act.event,
        outcome,
        event.seq,
        now,
        act.fell_due,
        until,
        actor=act.role,
        person=act.person,
        awaited=awaited,
        draft_until=draft_until,
    )
    carry_out(context, session, happened)
    if outcome.changed:
        places.watch(session, call, submission, outcome.from_state, now)
    if draft_until and not act.follows:
        held.announce(context, session, submission, act.role, event.seq, draft_until)
    if until is not None:
        undo.remember(submission, before, event.seq, act.person, until)
    if outcome.transition and not act.follows:
        asked = together.Asked(act.role, act.person, act.inputs)
        together.spread(session, call, submission, event, outcome.transition, asked)
    if outcome.to_state != outcome.from_state and _kind(context, session, submission) == "closed":
        _keep_until(context, session, submission)


def _kind(context: Context, session: Session, submission: Submission) -> str:
    return workflow_of(session, context, submission).state(submission.state).kind


def _revocable_until(
    context: Context, session: Session, submission: Submission, act: Act, outcome: Outcome
) -> datetime | None:
    """Until when the act can be taken back; None where it can't. Corrected answers and files are no decisions."""
    span = undo.window(context, workflow_of(session, context, submission))
    if not span or not act.person or act.corrections or act.uploads or not revocable(outcome, act.role):
        return None
    return context.clock.now() + span


def _draft_until(
    context: Context, session: Session, call: Call, submission: Submission, act: Act, outcome: Outcome
) -> datetime | None:
    """Until when the mails of the act wait as drafts: of one that gives many cases their results."""
    way = outcome.transition
    if way is None or not way.drafts or not context.settings.drafts:
        return None
    if not act.follows and not together.others(session, call, submission, way, act.role, act.person):
        return None
    return held.until(context.clock.now(), call.city(call.site_of(submission.answers)))


def _awaited(context: Context, session: Session, submission: Submission) -> frozenset[str]:
    """The roles that have something to do in the present state: its own, and those that were given its powers."""
    state = workflow_of(session, context, submission).state(submission.state)
    own = {each.role for each in state.notify if not each.for_information}
    return frozenset(own | set(submission.record.get("escalated", ())))


def _remember(call: Call, submission: Submission, act: Act, outcome: Outcome, payload: Mapping[str, Any]) -> None:
    """What later acts and mails look back at, on the row itself."""
    inputs: Mapping[str, Any] = payload.get("inputs", {})
    if inputs.get("protocollo_numero") and inputs.get("protocollo_data"):
        submission.protocol_number = inputs["protocollo_numero"]
        submission.protocol_date = date.fromisoformat(inputs["protocollo_data"])
    if act.corrections:
        corrected = {**submission.answers, **act.corrections}
        submission.answers = {name: value for name, value in corrected.items() if value is not None}
        submission.site = call.site_of(submission.answers)
    submission.version += outcome.new_version
    submission.record = {
        **{name: value for name, value in submission.record.items() if name != undo.KEPT},
        **_powers(submission.record, outcome, act),
        **_traces(act, outcome, inputs, submission.record),
    }


def _powers(record: Mapping[str, Any], outcome: Outcome, act: Act) -> dict[str, Any]:
    """Who may act for whom from now on; what was granted for a state ends with it."""
    kept = [] if outcome.changed else record.get("escalated", [])
    abstained = [*record.get("abstained", []), *([outcome.abstained] if outcome.abstained else [])]
    return {
        "escalated": sorted({*kept, *outcome.grants}),
        "abstained": abstained,
        parts.DECLARED: [*record.get(parts.DECLARED, []), *([act.person.casefold()] if outcome.abstained else [])],
        "overdue": bool(record.get("overdue")) and not outcome.changed,
    }


def _traces(act: Act, outcome: Outcome, inputs: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """What the act itself leaves: its inputs, what was asked for, dates it fixed, whether it decided."""
    traces: dict[str, Any] = {}
    if inputs:
        traces["acts"] = {**record.get("acts", {}), act.event: dict(inputs)}
    if "campi" in inputs:
        traces["requested"] = inputs["campi"]
    if outcome.anchors:
        fixed = {name: instant.isoformat() for name, instant in outcome.anchors.items()}
        traces["anchors"] = {**record.get("anchors", {}), **fixed}
    if act.event in DECIDES:
        traces["decided"] = DECIDES[act.event]
    if outcome.changed and outcome.from_state == CONSENT_STATE:
        traces["no_consent"] = outcome.event != CONSENT_GIVEN
    return traces


def _enter(
    context: Context, session: Session, submission: Submission, outcome: Outcome, seq: int, now: datetime
) -> None:
    submission.state = outcome.to_state
    submission.state_entered_at = now
    submission.entered_seq = seq
    definition = workflow_of(session, context, submission)
    known_sender = outcome.event is None and not definition.leaving(outcome.to_state, "email_confirmed")
    if outcome.event == "email_confirmed" or known_sender:
        submission.confirmed_at = now
    kind = definition.state(outcome.to_state).kind
    if kind in ("closed", "final"):
        submission.open_dedupe_key = None


def _cancel(session: Session, submission: Submission, outcome: Outcome, now: datetime) -> None:
    pending = (update(Timer).where(Timer.submission_id == submission.id, Timer.done_at.is_(None))).values(
        done_at=now, outcome="cancelled"
    )
    if outcome.cancel_timers:
        session.execute(pending)
        outbox.drop_reminders(session, submission.id)
    elif outcome.cancel_anchors:
        anchored = [
            timer.id
            for timer in session.scalars(
                select(Timer).where(Timer.submission_id == submission.id, Timer.done_at.is_(None))
            )
            if timer.payload.get("anchor") in outcome.cancel_anchors
        ]
        session.execute(pending.where(Timer.id.in_(anchored)))


def _arm(session: Session, submission: Submission, outcome: Outcome, now: datetime) -> None:
    """Plan what time and the system will do in the state that was entered."""
    for planned in outcome.timers:
        session.add(
            Timer(
                submission_id=submission.id,
                entered_seq=submission.entered_seq,
                kind=planned.kind,
                name=planned.name,
                payload=planned.payload,
                due_at=planned.due_at,
            )
        )
    due_now = ["auto"] if outcome.auto else []
    if outcome.try_rules:
        due_now.append(SHEET_RULE)  # partners may have written already
    for name in due_now:
        session.add(_system_timer(submission, name, now))
        ask_for(session, "fire_timers")
    session.flush()


def _keep_until(context: Context, session: Session, submission: Submission) -> None:
    """Arm the end of retention of a case that has just closed."""
    day = cases.deletion_day(session, context, submission)
    if day is not None:
        session.add(_system_timer(submission, "retention", at_local(day, time(3))))
        session.flush()


def _system_timer(submission: Submission, name: str, due_at: datetime) -> Timer:
    return Timer(
        submission_id=submission.id, entered_seq=submission.entered_seq, kind="system", name=name, due_at=due_at
    )
