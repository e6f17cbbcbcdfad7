"""The generic action page behind a mailed link: what its holder may do now, and doing it once.

Looking changes nothing. Doing is one conditional step: under the submission's lock the link must still be unused
and of this step and version; vote, event and outbox rows are written with its use (docs/decisions.md, rule 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.models import ActionToken, Submission, Timer
from app.security import mask_email
from app.services.casework import cases, documents, together, transitions
from app.services.casework.case_views import answers_for, case_view, own_review
from app.services.casework.changes import changes_for
from app.services.casework.facts import Question, facts_of, requirement_ids
from app.services.context import Context
from app.services.definitions import form_of, workflow_of
from app.services.intake import files, judging
from app.services.links import link_ends, refused, tokens
from app.services.mail import mailing, untold
from app.services.people import delegations, parts
from app.services.roles import role_label
from app.services.views import ActionResult, ActionView, Choice, TokenState
from forms.builder import Judgement, judge
from forms.definition import FormDefinition, Option, SubForm, expand
from forms.judging import FieldError
from forms.model import CODE
from workflows.case import Case
from workflows.definition import Transition, WorkflowDefinition
from workflows.engine import offers
from workflows.undo import TAKEN_BACK

CONFIRMS_ADDRESS = "email_confirmed"
"""Only a link that came by mail may confirm the address; the page shown after sending may not."""

VERSION = "versione"
"""Hidden input: the version of the answers that the page has shown."""

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
        if row is None or openness(context, session, hold(context, session, row)) != "open":
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
    try:
        return _act_once(context, token, event, formdata, language, purpose)
    except tokens.AlreadyUsed:  # all of it was rolled back
        return ActionResult(open_action(context, token, language), event=event)


def _act_once(
    context: Context, token: str, event: str, formdata: Any, language: str | None, purpose: tokens.Purpose
) -> ActionResult:
    with context.write() as session:
        row = tokens.find(session, token, purpose)
        if row is None:
            refused.note_unknown()
            return ActionResult(ActionView("unknown", language=language or "it"))
        transitions.lock(session, context, row.submission_id)
        session.refresh(row)
        holding = hold(context, session, row)
        if event == TAKEN_BACK:
            return _take_back(context, session, holding, language, str(formdata.get(CODE, "")).strip())
        return _decide(context, session, holding, event, formdata, language)


def _decide(
    context: Context, session: Session, holding: Holding, event: str, formdata: Any, language: str | None
) -> ActionResult:
    """Fire the event that was chosen, if the link is open, the answers are good and the code is right."""
    view = _view(context, session, holding, language)
    row = holding.token
    choice = next((each for each in view.choices if each.event == event), None)
    if not view.usable or choice is None:
        if view.usable and link_ends.did_last(session, holding, event):
            return ActionResult(view, decided=True, event=event)  # a second click on a link that lasts
        refusal = "choice" if view.usable else ""
        _note(holding, event, "not offered" if view.usable else f"link {view.token_state}")
        return ActionResult(view, refusal=refusal, event=event)
    if _changed_meanwhile(holding, formdata):
        _note(holding, event, "the answers have changed meanwhile")
        return ActionResult(view, refusal="changed", event=event)
    judgement = _judge(context, holding, choice, formdata)
    mistakes = _code_mistakes(context, row, choice, formdata)
    if mistakes or (judgement is not None and not judgement.valid):
        _note(holding, event, refused.wrong((*mistakes, *(judgement.errors if judgement else ()))))
        return ActionResult(view, judgement=judgement, event=event, mistakes=mistakes)
    try:
        transitions.fire(context, session, holding.call, holding.submission, _act(holding, event, judgement, choice))
    except tokens.AlreadyUsed:
        _note(holding, event, "link used meanwhile")
        raise
    except transitions.Refused as error:
        text = error.refusal.text.in_(view.language)
        return ActionResult(view, refusal=text, judgement=judgement, event=event)
    done = _view(context, session, hold(context, session, row), language)
    return ActionResult(done, decided=True, event=event)


def _take_back(
    context: Context, session: Session, holding: Holding, language: str | None, typed_code: str
) -> ActionResult:
    """Take back what the holder decided last, with the same code; the link that decided decides again then."""
    token = holding.token
    view = _view(context, session, holding, language)
    if view.done is not None and view.done.asks_code:
        mistakes = _mistakes_of_code(context, token, typed_code)
        if mistakes:
            _note(holding, TAKEN_BACK, refused.wrong(mistakes))
            return ActionResult(view, event=TAKEN_BACK, mistakes=mistakes)
    act_ = transitions.Act(TAKEN_BACK, token.role, token.person)
    try:
        transitions.take_back(context, session, holding.call, holding.submission, act_)
    except transitions.Refused as error:
        view = _view(context, session, holding, language)
        return ActionResult(view, refusal=error.refusal.text.in_(view.language), event=TAKEN_BACK)
    session.refresh(token)
    return ActionResult(
        _view(context, session, hold(context, session, token), language), decided=True, event=TAKEN_BACK
    )


def _note(holding: Holding, event: str, reason: str) -> None:
    refused.note(holding.definition, holding.submission.reference, holding.token.role, event, reason)


def _changed_meanwhile(holding: Holding, formdata: Mapping[str, Any]) -> bool:
    """Whether the answers have changed since the page was shown that this POST comes from."""
    shown = formdata.get(VERSION)
    return bool(shown) and shown != str(holding.submission.version)


def _code_mistakes(
    context: Context, row: ActionToken, choice: Choice, formdata: Mapping[str, Any]
) -> tuple[FieldError, ...]:
    """What is wrong with the code, where the choice asks for it; a wrong one is counted with this transaction."""
    if not choice.high_stakes:
        return ()
    return _mistakes_of_code(context, row, str(formdata.get(CODE, "")).strip())


def _mistakes_of_code(context: Context, row: ActionToken, typed: str) -> tuple[FieldError, ...]:
    problem = tokens.take_code(row, context.settings.secret_keys, typed) if typed else "required"
    wording = "" if problem == "required" else f"code_{problem}"
    return (FieldError(CODE, problem, wording=wording),) if problem else ()


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


def openness(context: Context, session: Session, holding: Holding) -> TokenState:
    """Whether the link still decides something, and if not, why."""
    token, submission = holding.token, holding.submission
    if token.entered_seq is None:
        closed = holding.definition.state(submission.state).kind in ("closed", "final")
        if token.revoked_at or (closed and token.purpose == "action"):
            last = link_ends.last_move(session, holding)
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
    state = openness(context, session, holding)
    token = holding.token
    choices = choices_of(context, session, holding, spoken) if state == "open" else ()
    submission, before = holding.submission, link_ends.in_place_of(session, holding)
    show = partial(answers_for, holding.form, language=spoken, role=token.role)
    case = case_view(context, session, holding.call, holding.submission, holding.case, language=spoken, role=token.role)
    here = holding.definition.state(case.state).label.in_(spoken)
    own = own_review(session, holding.call, holding.submission, token.person) if token.role == mailing.REVIEWER else ()
    return ActionView(
        token_state=state,
        id=token.id,
        case=replace(case, reviews=own or case.reviews),
        role=token.role,
        role_label=role_label(token.role, spoken),
        person=mask_email(token.person),
        for_whom=delegations.in_place_of(holding.submission, token),
        language=spoken,
        deadline=deadline_for(session, holding, choices),
        choices=choices,
        done=link_ends.done(context, session, holding, spoken, here),
        explanation=link_ends.what_happened(context, session, holding, spoken) if state == "revoked" else (),
        prefilled=dict(submission.answers),
        version=submission.version,
        changes=changes_for(session, submission, token, show) if state == "open" else (),
        in_place_of=mask_email(before) if before else "",
    )


def choices_of(context: Context, session: Session, holding: Holding, language: str) -> tuple[Choice, ...]:
    """The events the holder may fire now, each with the sub-form it asks for; none while a result is not told yet."""
    now, applies = context.clock.now(), holding.token.role in mailing.APPLICANT_SIDE
    if applies and untold.first(session, holding.submission, now) is not None:
        return ()
    question = Question(session, holding.call, holding.submission, now, {})
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


def deadline_of(session: Session, submission: Submission, kind: str = "transition") -> datetime | None:
    """Until when the present state waits; None where no time limits it. A `deadline` only calls others in."""
    query = select(Timer.due_at).where(
        Timer.submission_id == submission.id,
        Timer.done_at.is_(None),
        Timer.kind == kind,
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
    if not awaited:
        return None
    own = deadline_of(session, holding.submission)
    return own if own or role in mailing.APPLICANT_SIDE else deadline_of(session, holding.submission, "deadline")
