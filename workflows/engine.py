"""What happens next: `fire(definition, case, event, facts)` is an Outcome or a Refusal, and nothing else happens.

Pure: time and facts are passed in, nothing is written, refusal changes nothing. For one state and event the first
transition in file order whose guard holds is taken (clarifications.md §1). The shell validates the sub-form before,
calls `fire` under the case's lock, and stores the outcome (event, effects as outbox rows, timers) in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from forms.model import Text
from workflows import refusals
from workflows.anchors import fixed_dates
from workflows.case import ABSTAINED, CHANGES, Case, Facts, Review, Visit
from workflows.dates import Calendar
from workflows.definition import APPLICANT_SIDE, SYSTEM, Legal, State, Transition, WorkflowDefinition
from workflows.effects import Effect, ReleaseSeat, SheetUpsert
from workflows.guards import GUARDS, Moment
from workflows.judgement import applies, failing, guard_names, possible
from workflows.timers import LEGAL_TERM, PlannedTimer, legal_term, own_limit, timers_for_state

__all__ = [
    "ABSTAINED",
    "CHANGES",
    "Case",
    "Due",
    "Facts",
    "Notification",
    "Outcome",
    "PlannedTimer",
    "Refusal",
    "Review",
    "Visit",
    "arming",
    "begin",
    "fall_due",
    "fire",
    "needs",
    "offers",
    "sheet_events",
]

AUTO = "auto"
SUBMIT = "submit"
REGISTER = "protocollo"
ABSTAIN = "abstain"
SOLLECITO = "sollecito"
BACKUP: Mapping[str, str] = MappingProxyType({"coordinatore": "backup_coordinatore"})
"""Who takes the place of a role that abstained."""

_ASKS = frozenset({"richiedente", "genitore"})
_DECIDES = frozenset({"coordinatore", "backup_coordinatore"})
_JUDGES = frozenset({"revisore", "provincia", "commissione", "scuola", "cedente", "riusante", "cabina_di_regia"})
_APART_FROM_DECISION = _JUDGES - {"cedente", "riusante", "cabina_di_regia", "scuola"}

OWN_BODY, CONFLICT = "ente_richiedente", "conflitto"
"""Parts that are no roles: being of the organisation that applies, having declared a conflict of interest here."""

_INTERESTED = _ASKS | {OWN_BODY, CONFLICT}

APART: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(_JUDGES, _ASKS | {CONFLICT}),
        **dict.fromkeys(_APART_FROM_DECISION, _INTERESTED | _DECIDES),
        **dict.fromkeys(_DECIDES, _INTERESTED | _APART_FROM_DECISION),
        "istruttore": _INTERESTED,
        "cedente": _ASKS | {CONFLICT, "riusante"},
        "riusante": _ASKS | {CONFLICT, "cedente"},
    }
)
"""Role -> parts on the same case that keep their holder from acting in it (clarifications.md §3).

Who applies may always go on applying, whatever else they are: it is judging and deciding that others do then. A city
speaks of its own exchange, a school of its own students: their organisation keeps them from nothing.
"""


@dataclass(frozen=True)
class Notification:
    """A mail with an action link, to whoever a state waits for."""

    role: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """What an event leads to; the shell carries it out.

    Attributes:
        event: what was fired; None when the case begins.
        transition: the one taken; None when the case begins.
        from_state: None when the case begins.
        to_state: the same as `from_state` for a recorded fact.
        effects: in file order, those whose `when` holds, then the implied ones.
        notify: who acts next in the new state (empty for a recorded fact).
        timers: to be armed.
        cancel_timers: the state was left: void all its pending timers.
        cancel_anchors: the state stays, but void its pending timers that count from these.
        anchors: dates that this act fixed, to be stored with the case.
        grants: roles that have the new state's powers from now on, until it is left.
        abstained: role that declared a conflict of interest with this act.
        new_version: older reviews count no more; raise the case's version.
        auto: the new state has an `auto` transition: fire it in a job of its own, after commit.
        try_rules: the state has events that follow from sheets or acts: try `sheet_events` in a job of its own.
        reason: what to record as `motivazione` where the act gives none.
    """

    event: str | None
    transition: Transition | None
    from_state: str | None
    to_state: str
    effects: tuple[Effect, ...] = ()
    notify: tuple[Notification, ...] = ()
    timers: tuple[PlannedTimer, ...] = ()
    cancel_timers: bool = False
    cancel_anchors: frozenset[str] = frozenset()
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    grants: frozenset[str] = frozenset()
    abstained: str | None = None
    new_version: bool = False
    auto: bool = False
    try_rules: bool = False
    reason: Text | None = None

    @property
    def changed(self) -> bool:
        """Whether the case is in another state now."""
        return self.from_state != self.to_state


@dataclass(frozen=True)
class Refusal:
    """An event that has no open transition; nothing changes.

    Attributes:
        code: why, for programs.
        text: why, for people.
        guard: name of the guard that failed.
        fields: ids of the act's fields that could mend it; the page shows `text` there (422).
    """

    code: Literal["no_transition", "not_your_turn", "abstained", "two_parts", "guard"]
    text: Text
    guard: str | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Due:
    """What a reminder or deadline does when it is due; a deadline that escalates also makes the state `overdue`."""

    notify: tuple[Notification, ...]
    grants: frozenset[str] = frozenset()
    overdue: bool = False


def begin(definition: WorkflowDefinition, case: Case, now: datetime) -> Outcome:
    """The outcome of a submission: the first state, its timers, and the effects of `on_submit`.

    Where the initial state has a transition `submit`, it is part of the submission: its target is the first state.
    """
    sent = next(iter(definition.leaving(definition.initial, SUBMIT)), None)
    first = definition.state(sent.to if sent and sent.to else definition.initial)
    entering = _Entry(definition, case, first, SUBMIT, now)
    effects = _effects((*definition.on_submit, *(sent.effects if sent else ())), case)
    return Outcome(
        event=None,
        transition=sent,
        from_state=None,
        to_state=first.id,
        effects=(*effects, *(_implied(definition, case, first, effects) if sent else ())),
        notify=entering.notify(),
        timers=entering.timers(),
        auto=entering.auto,
        try_rules=entering.rules,
    )


def fire(definition: WorkflowDefinition, case: Case, event: str, facts: Facts) -> Outcome | Refusal:
    """What `event` leads to for `case`; `facts.inputs` are validated answers of the sub-form.

    Never raises for an event, actor or fact that does not fit: that is a Refusal.
    """
    candidates = definition.leaving(case.state, event) if case.state in definition.state_ids else ()
    if not candidates:
        return Refusal("no_transition", refusals.no_transition(definition, case))
    mine = [transition for transition in candidates if _may(transition, facts.actor, case)]
    if not mine:
        return Refusal("not_your_turn", refusals.NOT_YOUR_TURN)
    if facts.actor in case.abstained:
        return Refusal("abstained", refusals.ABSTAINED)
    if apart := facts.holds & APART.get(facts.actor, frozenset()):
        return Refusal("two_parts", refusals.CONFLICTED if apart <= {OWN_BODY, CONFLICT} else refusals.TWO_PARTS)
    moment = _moment(definition, case, facts)
    for transition in mine:
        if applies(transition.guard, moment):
            return _take(definition, case, transition, facts)
    return _guard_refusal(mine, moment)


def offers(definition: WorkflowDefinition, case: Case, role: str, facts: Facts | None = None) -> tuple[Transition, ...]:
    """The transitions that `role` may choose from now, one for each event, in file order.

    Guards on the act's own inputs count as passable; those on other facts too, where no `facts` are given.
    """
    if role in case.abstained or case.state not in definition.state_ids:
        return ()
    if facts is not None and facts.holds & APART.get(role, frozenset()):
        return ()
    moment = _moment(definition, case, replace(facts, actor=role)) if facts else None
    offered: dict[str, Transition] = {}
    for transition in definition.leaving(case.state):
        if _may(transition, role, case) and possible(transition.guard, moment, case):
            offered.setdefault(transition.event, transition)
    return tuple(offered.values())


def needs(definition: WorkflowDefinition, state: str, event: str | None = None) -> frozenset[str]:
    """Names of the `Facts` fields that the guards of a state (or of one event there) look at."""
    names = {name for each in definition.leaving(state, event) for name in guard_names(each.guard)}
    return frozenset(fact for name in names for fact in GUARDS[name].needs)


def sheet_events(definition: WorkflowDefinition, state: str) -> tuple[str, ...]:
    """Events of a state to be tried, as `sistema`, after a sheet was read, a quorum may have changed or a fact came."""
    return tuple(dict.fromkeys(each.event for each in definition.leaving(state) if each.origin != "link"))


def fall_due(case: Case, timer: PlannedTimer, done: Collection[str] = ()) -> Due:
    """What a reminder or deadline of the present state does now that it is due.

    `done` are roles that have done their part while the state waits for others: no reminder goes to them.
    After a deadline try `sheet_events` again: from then on one review is enough.
    """
    roles = [role for role in timer.roles if timer.kind == "deadline" or role not in done]
    notify = _people(case, [Notification(role, timer.message or SOLLECITO) for role in roles])
    grants = frozenset({timer.escalate}) if timer.escalate else frozenset[str]()
    return Due(notify, grants, overdue=timer.escalate is not None)


def arming(definition: WorkflowDefinition, case: Case) -> tuple[PlannedTimer, ...]:
    """The timers of the state that `case` is in, as they were planned when it was entered."""
    return _Entry(definition, case, definition.state(case.state), "", case.entered_at).timers()


def _may(transition: Transition, role: str, case: Case) -> bool:
    if role in transition.actor:
        return True
    # an escalated role may do what the state's own people may; never what applicant, register office or time do
    own = set(transition.actor) - APPLICANT_SIDE - {SYSTEM, REGISTER}
    return bool(own) and role in case.escalated


def _moment(definition: WorkflowDefinition, case: Case, facts: Facts) -> Moment:
    limit = own_limit(definition, case.state, case.entered_at, case.anchors, Calendar(case.city))
    return Moment(case, facts, limit)


def _guard_refusal(mine: Sequence[Transition], moment: Moment) -> Refusal:
    """Names the guard that stands in the way of the transition which came nearest to be taken."""
    nearest = next((each for each in mine if possible(each.guard, moment, moment.case)), mine[0])
    name, text, fields = failing(nearest.guard, moment)
    return Refusal("guard", text, name, fields)


def _take(definition: WorkflowDefinition, case: Case, transition: Transition, facts: Facts) -> Outcome:
    fixed = fixed_dates(transition.fixes, case, facts) if transition.fixes else {}
    stays = transition.to in (None, case.state)
    target = definition.state(case.state if transition.to is None else transition.to)
    moved_case = replace(case, anchors={**case.anchors, **fixed})
    entering = _Entry(definition, moved_case, target, transition.event, facts.now)
    effects = _effects(transition.effects, case)
    grants = frozenset({transition.grants}) if transition.grants else frozenset[str]()
    outcome = Outcome(
        event=transition.event,
        transition=transition,
        from_state=case.state,
        to_state=target.id,
        effects=effects,
        anchors=fixed,
        grants=grants,
        abstained=facts.actor if transition.event == ABSTAIN else None,
        new_version=transition.new_version,
        try_rules=entering.rules,
        reason=transition.reason,
    )
    if stays:
        return replace(outcome, timers=entering.moved_timers(frozenset(fixed)), cancel_anchors=frozenset(fixed))
    return replace(
        outcome,
        effects=(*effects, *_implied(definition, case, target, effects)),
        notify=entering.notify(),
        timers=entering.timers(silent_since=_silent_since(definition, case)),
        cancel_timers=True,
        grants=grants | entering.stand_ins(),
        auto=entering.auto,
    )


def _silent_since(definition: WorkflowDefinition, case: Case) -> datetime | None:
    """Since when nobody was told of the legal term, because the state that is left had no clock to miss."""
    return None if definition.state(case.state).clock in ("run", "suspend") else case.entered_at


def _effects(effects: Sequence[Effect], case: Case) -> tuple[Effect, ...]:
    return tuple(effect for effect in effects if applies(effect.when, Moment(case, Facts(case.entered_at))))


def _implied(definition: WorkflowDefinition, case: Case, target: State, given: Sequence[Effect]) -> tuple[Effect, ...]:
    has_row = bool(set(definition.recorded_from) & (case.visited | {case.state, target.id}))
    implied: list[Effect] = []
    if target.kind == "closed":
        implied.append(ReleaseSeat())
    if has_row:
        implied.append(SheetUpsert())
    return tuple(effect for effect in implied if not any(type(effect) is type(each) for each in given))


def _people(case: Case, wanted: Sequence[Notification]) -> tuple[Notification, ...]:
    """Whoever abstained is not asked again: the backup is, and where both did, the case officer learns of it."""
    people = []
    for each in wanted:
        if each.role not in case.abstained:
            people.append(each)
        elif BACKUP.get(each.role, each.role) not in case.abstained:
            people.append(replace(each, role=BACKUP[each.role]))
        else:
            people.append(Notification("istruttore", SOLLECITO))
    return tuple(dict.fromkeys(people))


@dataclass(frozen=True)
class _Entry:
    """A case on its way into a state."""

    definition: WorkflowDefinition
    case: Case
    state: State
    event: str
    now: datetime

    @property
    def auto(self) -> bool:
        return bool(self.definition.leaving(self.state.id, AUTO))

    @property
    def rules(self) -> bool:
        return bool(sheet_events(self.definition, self.state.id))

    def notify(self) -> tuple[Notification, ...]:
        return _people(self.case, [Notification(each.role, each.message) for each in self.state.notify])

    def stand_ins(self) -> frozenset[str]:
        return frozenset(BACKUP[role] for role in self.case.abstained if role in BACKUP)

    def timers(self, silent_since: datetime | None = None) -> tuple[PlannedTimer, ...]:
        calendar = Calendar(self.case.city)
        anchors = self._anchors()
        return timers_for_state(self.definition, self.state.id, self.now, anchors, calendar, silent_since=silent_since)

    def moved_timers(self, moved: frozenset[str]) -> tuple[PlannedTimer, ...]:
        # only anchored timers are kept here, and these do not look at the entry of the state
        return tuple(each for each in self.timers() if each.anchor in moved)

    def _anchors(self) -> Mapping[str, datetime]:
        case = self.case
        anchors = {name: instant for name, instant in case.anchors.items() if name != LEGAL_TERM}
        if not case.law241 or case.term_days is None:
            return anchors
        history = case.history or (Visit(case.state, case.entered_at),)
        if self.state.id != history[-1].state:
            history = (*history, Visit(self.state.id, self.now, self.event))
        # in a suspended state the term is missed once all the days for which the clock may stand still are used up
        legal = self.definition.legal or Legal()
        ahead = timedelta(days=legal.suspend_days) if self.state.clock == "suspend" else timedelta()
        clock = legal_term(self.definition, history, case.submitted_at, case.term_days, self.now + ahead)
        return {**anchors, LEGAL_TERM: clock.term}
