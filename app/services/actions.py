"""The generic action page behind a mailed link: what its holder may do now, and doing it once.

Looking changes nothing. Doing is one conditional step: under the submission's lock the link must still be unused
and of this step and version; vote, event and outbox rows are written with its use (reference/approvals.md, rule 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import ActionToken, Event, Submission, Timer
from app.security import mask_email
from app.services import (
    cases,
    delegations,
    documents,
    files,
    judging,
    mailing,
    parts,
    together,
    tokens,
    transitions,
    undo,
)
from app.services.case_views import case_view
from app.services.context import Context
from app.services.definitions import form_of, workflow_of
from app.services.facts import Question, facts_of, requirement_ids
from app.services.roles import role_label
from app.services.said import event_label
from app.services.views import ActionResult, ActionView, Choice, DoneView, TokenState
from forms.builder import Judgement, judge
from forms.definition import FormDefinition, Option, SubForm, expand
from workflows.case import Case
from workflows.definition import SYSTEM, Transition, WorkflowDefinition
from workflows.engine import offers
from workflows.undo import TAKEN_BACK

CONFIRMS_ADDRESS = "email_confirmed"
"""Only a link that came by mail may confirm the address; the page shown after sending may not."""

WAYS_OUT = frozenset({"withdraw", "consent_withdrawn"})
"""Events that are always open to the applicant's side: nobody waits for them."""


@dataclass(frozen=True)
class Holding:
    """Somebody's hold on a case: the link's row and all that it leads to."""

    token: ActionToken
    call: Call
    submission: Submission
    form: FormDefinition
    definition: WorkflowDefinition
    case: Case

    @property
    def language(self) -> str:
        """People of the application read their language, staff Italian."""
        return self.submission.language if self.token.role in mailing.APPLICANT_SIDE else "it"


def open_action(context: Context, token: str, language: str | None = None) -> ActionView:
    """What the holder of an action link sees; an unknown link shows nothing of any case."""
    with context.read() as session:
        row = tokens.find(session, token, "action")
        if row is None:
            return ActionView("unknown", language=language or "it")
        return _view(context, session, hold(context, session, row), language)


def download(context: Context, token: str, file_id: int) -> files.Download | None:
    """A file of the case, for whoever holds an open link to it: staff any, the applicant's side what we made for it."""
    with context.read() as session:
        row = tokens.find(session, token, "action")
        if row is None or _openness(context, session, hold(context, session, row)) != "open":
            return None
        made_for_them = documents.TITLES if row.role in mailing.APPLICANT_SIDE else None
        return files.read(context, session, row.submission_id, file_id, made_for_them)


def act(
    context: Context,
    token: str,
    event: str,
    formdata: Any,
    language: str | None = None,
    purpose: tokens.Purpose = "action",
) -> ActionResult:
    """Do `event` with the answers of `formdata`; a second time shows what was decided.

    With `purpose` "status" the link is the applicant's own page: it isn't used up and can't confirm the address.
    """
    with context.write() as session:
        row = tokens.find(session, token, purpose)
        if row is None:
            return ActionResult(ActionView("unknown", language=language or "it"))
        transitions.lock(session, context, row.submission_id)
        session.refresh(row)
        holding = hold(context, session, row)
        if event == TAKEN_BACK:
            return _take_back(context, session, holding, language)
        view = _view(context, session, holding, language)
        choice = next((each for each in view.choices if each.event == event), None)
        if not view.usable or choice is None:
            refusal = "choice" if view.usable else ""
            return ActionResult(view, refusal=refusal, event=event)
        judgement = _judge(context, holding, choice, formdata)
        if judgement is not None and not judgement.valid:
            return ActionResult(view, judgement=judgement, event=event)
        try:
            transitions.fire(
                context, session, holding.call, holding.submission, _act(holding, event, judgement, choice)
            )
        except transitions.Refused as refused:
            text = refused.refusal.text.in_(view.language)
            return ActionResult(view, refusal=text, judgement=judgement, event=event)
        done = _view(context, session, hold(context, session, row), language)
        return ActionResult(done, decided=True, event=event)


def _take_back(context: Context, session: Session, holding: Holding, language: str | None) -> ActionResult:
    """Take back what the holder decided last; the link it was decided through decides again then."""
    token = holding.token
    act_ = transitions.Act(TAKEN_BACK, token.role, token.person)
    try:
        transitions.take_back(context, session, holding.call, holding.submission, act_)
    except transitions.Refused as refused:
        view = _view(context, session, holding, language)
        return ActionResult(view, refusal=refused.refusal.text.in_(view.language), event=TAKEN_BACK)
    session.refresh(token)
    return ActionResult(
        _view(context, session, hold(context, session, token), language), decided=True, event=TAKEN_BACK
    )


def hold(context: Context, session: Session, row: ActionToken) -> Holding:
    """What the row of a link leads to."""
    submission = session.get_one(Submission, row.submission_id)
    return Holding(
        row,
        context.catalogue.calls[submission.call],
        submission,
        form_of(session, context, submission),
        workflow_of(session, context, submission),
        cases.case_of(session, context, submission),
    )


def _openness(context: Context, session: Session, holding: Holding) -> TokenState:
    token, submission = holding.token, holding.submission
    if token.entered_seq is None:
        closed = holding.definition.state(submission.state).kind in ("closed", "final")
        if token.revoked_at or (closed and token.purpose == "action"):
            last = _last_move(session, holding)
            return "used" if not token.revoked_at and last and last.actor == token.role else "revoked"
        return "open"
    if token.used_seq is not None:
        return "used" if token.revoked_at is None else "revoked"  # only retention revokes what was used
    stale = token.entered_seq != submission.entered_seq or token.version != submission.version
    if token.revoked_at is not None or stale:
        return "revoked"
    if token.expires_at is not None and context.clock.now() > token.expires_at:
        return "expired"
    return "open"


def _view(context: Context, session: Session, holding: Holding, language: str | None) -> ActionView:
    spoken = language or holding.language
    state = _openness(context, session, holding)
    token = holding.token
    choices = choices_of(context, session, holding, spoken) if state == "open" else ()
    return ActionView(
        token_state=state,
        id=token.id,
        case=case_view(
            context, session, holding.call, holding.submission, holding.case, language=spoken, role=token.role
        ),
        role=token.role,
        role_label=role_label(token.role, spoken),
        person=mask_email(token.person),
        for_whom=delegations.in_place_of(holding.submission, token),
        language=spoken,
        deadline=deadline_for(session, holding, choices),
        choices=choices,
        done=_done(context, session, holding, spoken),
        explanation=_what_happened(session, holding, spoken) if state == "revoked" else "",
        prefilled=dict(holding.submission.answers),
    )


def choices_of(context: Context, session: Session, holding: Holding, language: str) -> tuple[Choice, ...]:
    """The events the holder may fire now, each with the sub-form it asks for."""
    question = Question(session, holding.call, holding.submission, context.clock.now(), {})
    has = parts.parts_of(session, holding.call, holding.submission, holding.token.person)
    facts = facts_of(
        question,
        holding.definition,
        holding.case,
        None,
        actor=holding.token.role,
        person=holding.token.person,
        holds=has - {holding.token.role},
    )
    offered = offers(holding.definition, holding.case, holding.token.role, facts)
    return tuple(
        _choice(context, session, holding, transition, language)
        for transition in offered
        if not (holding.token.purpose == "status" and transition.event == CONFIRMS_ADDRESS)
    )


def _choice(context: Context, session: Session, holding: Holding, transition: Transition, language: str) -> Choice:
    token = holding.token
    also = together.others(session, holding.call, holding.submission, transition, token.role, token.person)
    one_by_one = token.role in together.ONE_BY_ONE
    sub_form = _sub_form(context, holding, transition.inputs) if transition.inputs else None
    return Choice(
        event=transition.event,
        label=together.label(transition, 0 if one_by_one else len(also), language),
        sub_form=together.with_question(sub_form, len(also)) if one_by_one else sub_form,
        high_stakes=transition.high_stakes,
    )


def _sub_form(context: Context, holding: Holding, name: str) -> SubForm:
    requested: Sequence[str] = holding.submission.record.get("requested", ())
    requirements = [
        Option(value=key, it=text.it, en=text.en)
        for key, text in zip(requirement_ids(holding.call), holding.call.file.requirements, strict=True)
    ]
    return expand(context.catalogue.sub_forms[name], holding.form, requested, requirements)


def _judge(context: Context, holding: Holding, choice: Choice, formdata: Any) -> Judgement | None:
    if choice.sub_form is None:
        return None
    birth = holding.submission.answers.get(cases.APPLICANT_BIRTH)
    judged = replace(
        judging.context_of(context, holding.call),
        birth_date=date.fromisoformat(birth) if birth else None,
        known={"esito": choice.event},
    )
    return judge(choice.sub_form, formdata, judged, previous=holding.submission.answers)


def _act(holding: Holding, event: str, judgement: Judgement | None, choice: Choice) -> transitions.Act:
    answers: Mapping[str, Any] = judgement.answers if judgement else {}
    corrects = choice.sub_form.corrects if choice.sub_form else ()
    return transitions.Act(
        event=event,
        role=holding.token.role,
        person=holding.token.person,
        inputs={name: value for name, value in answers.items() if name not in corrects},
        corrections={name: answers.get(name) for name in corrects},
        uploads=judgement.files if judgement else {},
        token=holding.token if holding.token.entered_seq is not None else None,
    )


def deadline_of(session: Session, submission: Submission) -> datetime | None:
    """Until when the present state waits; None where no time limits it."""
    query = select(Timer.due_at).where(
        Timer.submission_id == submission.id,
        Timer.done_at.is_(None),
        Timer.kind == "transition",
        Timer.entered_seq == submission.entered_seq,
    )
    return min(session.scalars(query).all(), default=None)


def deadline_for(session: Session, holding: Holding, choices: Sequence[Choice]) -> datetime | None:
    """Until when the holder is awaited; None where the state waits for somebody else, or for time."""
    role, state = holding.token.role, holding.definition.state(holding.submission.state)
    if role in mailing.APPLICANT_SIDE:
        awaited = any(choice.event not in WAYS_OUT for choice in choices)
    else:
        awaited = any(notify.role == role and not notify.for_information for notify in state.notify)
    return deadline_of(session, holding.submission) if awaited else None


def _last_move(session: Session, holding: Holding) -> Event | None:
    """The event that brought the case to where it stands; what retention did at the end is no move of anybody's."""
    query = select(Event).where(
        Event.submission_id == holding.submission.id,
        Event.from_state != Event.to_state,
        Event.event != "retention",
    )
    return session.scalars(query.order_by(Event.seq.desc())).first()


def _done(context: Context, session: Session, holding: Holding, language: str) -> DoneView | None:
    """What was done through this link; through a lasting one, what its role did last."""
    query = select(Event).where(Event.submission_id == holding.submission.id)
    if holding.token.entered_seq is None:
        query = query.where(Event.actor == holding.token.role, Event.event.not_in(("submit", CONFIRMS_ADDRESS)))
    else:
        query = query.where(Event.seq == holding.token.used_seq)
    event = session.scalars(query.order_by(Event.seq.desc())).first()
    if event is None:
        return None
    inputs = mailing.act_of(session, holding.submission, event.seq)
    return DoneView(
        label=event_label(holding.definition, event, language),
        who=f"{role_label(event.actor, language)} ({mask_email(holding.token.person)})",
        at=event.at,
        reason=str(inputs.get("motivazione", "")),
        state_label=holding.definition.state(holding.submission.state).label.in_(language),
        others=together.report(session, holding.call, holding.submission, event, language),
        undo_until=_undo_until(context, session, holding),
    )


def _undo_until(context: Context, session: Session, holding: Holding) -> datetime | None:
    """Until when what was decided through this link can be taken back; None where it can't (any more)."""
    decision = undo.decision_of(holding.submission)
    if decision is None or not decision.seq == holding.token.used_seq == undo.last_act(session, holding.submission):
        return None
    return decision.until if context.clock.now() <= decision.until else None


def _what_happened(session: Session, holding: Holding, language: str) -> str:
    """Why a link is closed: the event by which its step, or the case, was left, and the person who did it."""
    if holding.token.entered_seq is None:
        event = _last_move(session, holding)
    else:
        query = select(Event).where(
            Event.submission_id == holding.submission.id,
            Event.seq > holding.token.entered_seq,
            Event.from_state != Event.to_state,
        )
        event = session.scalars(query.order_by(Event.seq)).first()
    if event is None:
        return ""
    label = event_label(holding.definition, event, language)
    return label if event.actor == SYSTEM else f"{label} – {role_label(event.actor, language)}"
