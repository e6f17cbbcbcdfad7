"""The schema of a workflow file, as told in docs/workflows.md.

A workflow is states, transitions between them, and what time does to a case that stays. Everything is data from closed
vocabularies (guards, effects, time tokens), so that a file can be checked before it runs and drawn as a picture.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, StringConstraints, model_validator

from forms.conditions import Condition, plain_condition
from forms.document import DefinitionError, Document, Path, Strict, build
from forms.model import Name, Text
from workflows.anchors import ANCHOR_RULES
from workflows.dates import minutes_of, parse_token
from workflows.effects import EffectField
from workflows.guards import parse_guard

SYSTEM = "sistema"
EVERY_STATE = "*"
TIMER_PREFIX = "timer:"
ROLES = frozenset(
    {
        "richiedente",
        "genitore",
        SYSTEM,
        "istruttore",
        "revisore",
        "commissione",
        "coordinatore",
        "backup_coordinatore",
        "scuola",
        "protocollo",
        "provincia",
        "cedente",
        "riusante",
        "cabina_di_regia",
    }
)
"""Who may act or be mailed (clarifications.md §3); a call names the people behind them."""

APPLICANT_SIDE = frozenset({"richiedente", "genitore"})
Problem: TypeAlias = tuple[Path, str, str]
"""Where in the file, what is wrong, how to fix it."""


def _one_or_many(raw: object) -> object:
    return (raw,) if isinstance(raw, str) else raw


def _plain_list(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _token(text: str) -> str:
    parse_token(text)
    return text


def _event(text: str) -> str:
    if text.startswith(TIMER_PREFIX):
        parse_token(text.removeprefix(TIMER_PREFIX))
    elif not text.replace("_", "").isalnum():
        raise ValueError(f"`{text}` is no event | write a word like email_confirmed, or timer:P10D")
    return text


def _role(text: str) -> str:
    if text not in ROLES:
        raise ValueError(f"`{text}` is no role | use one of {', '.join(sorted(ROLES))}")
    return text


def _minutes(text: str) -> str:
    if minutes_of(text) is None:
        raise ValueError(f"`{text}` is no time to take a decision back | write PT0M to PT60M, as `undo: PT10M`")
    return text


def _anchor_rule(text: str) -> str:
    if text not in ANCHOR_RULES:
        raise ValueError(f"`{text}` fixes no date | use one of {', '.join(sorted(ANCHOR_RULES))}")
    return text


Guard: TypeAlias = Annotated[Condition, PlainValidator(parse_guard), PlainSerializer(plain_condition)]
Identifier: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Role: TypeAlias = Annotated[str, BeforeValidator(_role)]
Roles: TypeAlias = Annotated[tuple[Role, ...], BeforeValidator(_one_or_many)]
TimeToken: TypeAlias = Annotated[str, BeforeValidator(_token)]
Event: TypeAlias = Annotated[str, BeforeValidator(_event)]


class Notify(Strict):
    """Who is mailed on every entry of a state, with a link where they may act.

    `for_information`: they may act, but the state does not wait for them.
    """

    role: Role
    message: str
    for_information: bool = False


class State(Strict):
    """A place where a case stays.

    `label` is what staff read, `public` what the applicant reads. `clock` says what the legal term does meanwhile:
    `run` and `retro` count, `suspend` and `stop` do not (clarifications.md §2).
    """

    id: Identifier
    label: Text
    public: Text
    kind: Literal["open", "success", "closed", "final"]
    clock: Literal["run", "retro", "suspend", "stop"]
    notify: tuple[Notify, ...] = ()


class Transition(Strict):
    """One way from states to a state.

    Attributes:
        sources: states it starts from (`from:` in the file).
        to: state it leads to; null records a fact and stays: no timer is re-armed.
        inputs: sub-form whose fields the act asks for.
        label: how the choice reads on the action page; every event a person fires has one.
        due: when time fires the event; an event `timer:P10D` says it in its name.
        high_stakes: the page asks for a confirmation that a mail scanner can't give.
        origin: where the event comes from, if not a link or desk of the actor; `sheet` = tested after every pull,
            `rule` = after every act, since it follows from what people did.
        together: which cases one act of a person is for; it is fired once for each, with its own guard.
        drafts: the mails to applicants wait to be released where the act is for many cases: their results.
        grants: role that gets the state's powers with this act, until the state is left.
        fixes: rule (workflows.anchors) of the dates that this act fixes, such as the end of a desk's period.
        new_version: the act changes what reviewers judge; older reviews count no more.
        reason: what is recorded as `motivazione` where nobody writes one.
    """

    sources: Annotated[tuple[Identifier, ...], BeforeValidator(_one_or_many), Field(alias="from")]
    event: Event
    actor: Roles
    to: Identifier | None
    guard: Guard | None = None
    effects: tuple[EffectField, ...] = ()
    inputs: Name | None = None
    label: Text | None = None
    high_stakes: bool = False
    due: TimeToken | None = None
    origin: Literal["link", "sheet", "rule"] = "link"
    together: Literal["call", "edition", "class", "ranking"] | None = None
    drafts: bool = False
    grants: Role | None = None
    fixes: Annotated[str, BeforeValidator(_anchor_rule)] | None = None
    new_version: bool = False
    reason: Text | None = None

    @model_validator(mode="after")
    def _has_all_it_needs(self) -> Transition:
        if not self.sources or not self.actor:
            raise ValueError("a transition needs a state it starts from and an actor | fill `from:` and `actor:`")
        if self.label is None and set(self.actor) != {SYSTEM}:
            raise ValueError(f"`{self.event}` is fired by a person and has no label | add `label: {{it: …, en: …}}`")
        if self.drafts and self.together is None:
            raise ValueError(f"`{self.event}` is for one case only | remove `drafts`, or say `together:`")
        if self.timer is not None and set(self.actor) != {SYSTEM}:
            raise ValueError(f"`{self.event}` is fired by time | write `actor: {SYSTEM}`")
        return self

    @property
    def timer(self) -> str | None:
        """The time token, if time fires the event."""
        return self.event.removeprefix(TIMER_PREFIX) if self.event.startswith(TIMER_PREFIX) else self.due


class Reminder(Strict):
    """A mail to those who have not acted yet, at nine in the morning of the day `after` reaches."""

    state: Identifier | Literal["*"]
    after: TimeToken
    to: Annotated[Roles, PlainSerializer(_plain_list)]
    message: str


class Then(Strict):
    """What a deadline does: `escalate` mails a role and gives it the state's powers, `alert` only mails."""

    escalate: Role | None = None
    alert: Annotated[tuple[Role, ...], BeforeValidator(_one_or_many)] = ()
    message: str = "sollecito"

    @model_validator(mode="after")
    def _one_of_two(self) -> Then:
        if (self.escalate is None) == (not self.alert):
            raise ValueError("a deadline either escalates or alerts | write `escalate: <role>` or `alert: [<role>]`")
        return self


class Deadline(Strict):
    """A limit for the people a state waits for."""

    state: Identifier | Literal["*"]
    after: TimeToken
    then: Then


class Legal(Strict):
    """Rules of law 241/1990 for the clock, in days."""

    suspend_days: int = 30
    preavviso_days: int = 10


class Capacity(Strict):
    """What is limited: answers whose values make the keys, and how a waiting list is served."""

    key: tuple[Identifier, ...]
    order: Literal["score", "entry"] | None = None
    policy: Literal["best_fit", "strict"] | None = None


class WorkflowDefinition(Strict):
    """One workflow.

    `recorded_from` are the states from which on the case has a row in the sheets: every change of state writes it.
    `undo` is how long the office may take a decision back, as `PT10M`; its mails wait so long.
    """

    workflow: Name
    title: Text
    initial: Identifier
    recorded_from: Annotated[tuple[Identifier, ...], BeforeValidator(_one_or_many), PlainSerializer(_plain_list)]
    on_submit: tuple[EffectField, ...] = ()
    legal: Legal | None = None
    capacity: Capacity | None = None
    undo: Annotated[str, BeforeValidator(_minutes)] | None = None
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    reminders: tuple[Reminder, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    @cached_property
    def _by_id(self) -> Mapping[str, State]:
        return MappingProxyType({state.id: state for state in self.states})

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the content, whatever its file looks like."""
        plain = self.model_dump(mode="json", exclude_none=True, by_alias=True)
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def state(self, state_id: str) -> State:
        """The state of this id.

        Raises:
            KeyError: the workflow has none.
        """
        return self._by_id[state_id]

    def leaving(self, state_id: str, event: str | None = None) -> tuple[Transition, ...]:
        """Transitions that start from a state, in file order; only those of `event` if given."""
        return tuple(
            transition
            for transition in self.transitions
            if state_id in transition.sources and event in (None, transition.event)
        )

    @property
    def undo_window(self) -> timedelta:
        """How long a decision of the office can be taken back; nothing where the workflow does not say."""
        return (minutes_of(self.undo) if self.undo else None) or timedelta()

    def with_former(self, renamed: Mapping[str, str]) -> WorkflowDefinition:
        """The same workflow, which also knows states by their former ids: nothing leads to them or away."""
        former = [
            self.state(new).model_copy(update={"id": old})
            for old, new in renamed.items()
            if old not in self.state_ids and new in self.state_ids
        ]
        return _without_caches(self.model_copy(update={"states": (*self.states, *former)}))

    @property
    def limits(self) -> tuple[Reminder | Deadline, ...]:
        """Reminders, then deadlines, in file order."""
        return (*self.reminders, *self.deadlines)

    @property
    def state_ids(self) -> frozenset[str]:
        """Ids of all states."""
        return frozenset(self._by_id)


def kept_workflow(body: Mapping[str, Any]) -> WorkflowDefinition:
    """The workflow that was kept as plain data without what is null: an event that leads nowhere has no `to` there."""
    transitions = [{"to": None, **each} for each in body["transitions"]]
    return WorkflowDefinition.model_validate({**body, "transitions": transitions})


def _without_caches(definition: WorkflowDefinition) -> WorkflowDefinition:
    for name in ("_by_id", "sha256"):
        definition.__dict__.pop(name, None)
    return definition


def load_workflow(document: Document) -> WorkflowDefinition:
    """The workflow that `document` writes, with every state it names.

    Raises:
        DefinitionError: one fault for each mistake; what needs sub-forms, roles or messages is `checker.check`'s.
    """
    definition = build(WorkflowDefinition, document)
    problems = [*_doubles(definition), *_unknown_states(definition)]
    if problems:
        raise DefinitionError([document.fault(*problem) for problem in problems])
    return definition


def _doubles(definition: WorkflowDefinition) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, state in enumerate(definition.states):
        if state.id in seen:
            yield ("states", index, "id"), f"the state `{state.id}` is there twice", "give each state its own id"
        seen.add(state.id)


def _unknown_states(definition: WorkflowDefinition) -> Iterator[Problem]:
    known = ", ".join(state.id for state in definition.states)
    for path, state in _named_states(definition):
        if state not in definition.state_ids and state != EVERY_STATE:
            yield path, f"there is no state `{state}`", f"use one of {known}"


def _named_states(definition: WorkflowDefinition) -> Iterator[tuple[Path, str]]:
    yield ("initial",), definition.initial
    yield from ((("recorded_from",), state) for state in definition.recorded_from)
    for index, transition in enumerate(definition.transitions):
        for place, source in enumerate(transition.sources):
            yield ("transitions", index, "from", place), source
        if transition.to is not None:
            yield ("transitions", index, "to"), transition.to
    for key, entries in (("reminders", definition.reminders), ("deadlines", definition.deadlines)):
        for index, entry in enumerate[Any](entries):
            yield (key, index, "state"), entry.state
