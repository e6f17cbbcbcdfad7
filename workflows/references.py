"""Names that a workflow file uses and that others define: sub-forms, messages, roles, fields, dates, reviewers.

Each check takes what is known and says what is missing; None means that it is not known here and is not checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from forms.conditions import Condition, FormIs, Named, fields_of, leaves
from forms.document import Path
from workflows.anchors import ANCHOR_RULES
from workflows.definition import Problem, WorkflowDefinition
from workflows.effects import Effect, Mail


def _named_effects(definition: WorkflowDefinition) -> Iterator[tuple[Path, Effect]]:
    for place, effect in enumerate(definition.on_submit):
        yield ("on_submit", place), effect
    for index, transition in enumerate(definition.transitions):
        for place, effect in enumerate(transition.effects):
            yield ("transitions", index, "effects", place), effect


def _named_messages(definition: WorkflowDefinition) -> Iterator[tuple[Path, str]]:
    for path, effect in _named_effects(definition):
        if isinstance(effect, Mail):
            yield path, effect.message
    for index, state in enumerate(definition.states):
        for place, notify in enumerate(state.notify):
            yield ("states", index, "notify", place), notify.message
    for index, reminder in enumerate(definition.reminders):
        yield ("reminders", index, "message"), reminder.message
    for index, deadline in enumerate(definition.deadlines):
        yield ("deadlines", index, "then"), deadline.then.message


def unknown_sub_forms(definition: WorkflowDefinition, known: Collection[str] | None) -> Iterator[Problem]:
    """`inputs:` that name no sub-form."""
    for index, transition in enumerate(definition.transitions):
        if known is not None and transition.inputs is not None and transition.inputs not in known:
            what = f"there is no sub-form `{transition.inputs}`"
            yield ("transitions", index, "inputs"), what, f"use one of {', '.join(sorted(known))}"


def unknown_messages(definition: WorkflowDefinition, known: Collection[str] | None) -> Iterator[Problem]:
    """Mails that nobody wrote."""
    for path, message in _named_messages(definition):
        if known is not None and message not in known:
            yield path, f"there is no message `{message}`", "write it under app/messages/mail, or correct its name"


def _conditions(definition: WorkflowDefinition) -> Iterator[tuple[Path, Condition]]:
    for index, transition in enumerate(definition.transitions):
        if transition.guard is not None:
            yield ("transitions", index, "guard"), transition.guard
    for path, effect in _named_effects(definition):
        if effect.when is not None:
            yield path, effect.when


def missing_fields(definition: WorkflowDefinition, fields: Collection[str] | None) -> Iterator[Problem]:
    """Guards on answers that the form does not ask for."""
    if fields is None:
        return
    for path, condition in _conditions(definition):
        if _only_for_another_form(condition):
            continue
        for field in sorted(fields_of(condition) - set(fields)):
            yield path, f"the form has no field `{field}`", "correct the name, or ask for `form:` beside it"
    for index, transition in enumerate(definition.transitions):
        for field in ANCHOR_RULES[transition.fixes].answers if transition.fixes else ():
            if field not in fields:
                what = f"`{transition.fixes}` reckons with `{field}`, which the form does not ask for"
                yield ("transitions", index, "fixes"), what, "add the field to the form, or remove `fixes:`"


def _only_for_another_form(condition: Condition) -> bool:
    # beside `form: x` a field of that form may be named; which form the case has is known only when it runs
    return any(isinstance(leaf, FormIs) for leaf in leaves(condition))


def unknown_in_guards(definition: WorkflowDefinition) -> Iterator[Problem]:
    """States and events that a guard names and the workflow lacks."""
    events = {each.event for each in definition.transitions}
    for path, condition in _conditions(definition):
        for leaf in leaves(condition):
            if not isinstance(leaf, Named):
                continue
            if leaf.name in ("entered", "nobody_in") and leaf.parameter not in definition.state_ids:
                yield path, f"there is no state `{leaf.parameter}`", f"correct the name after `{leaf.name}:`"
            if leaf.name == "count_lt":
                for event in sorted(set(leaf.parameter) - events):
                    yield path, f"there is no event `{event}` to count", "correct the name under `count_lt:`"
