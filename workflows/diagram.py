"""A picture of a workflow, as Mermaid text that Markdown viewers draw."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forms.conditions import AgeBelow, All, AnswerIs, AnyOf, Condition, FormIs, Law241, Named, Not
from workflows.definition import State, Transition, WorkflowDefinition

_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "open": "fill:#e8f1fb,stroke:#0066cc,color:#17324d",
        "success": "fill:#e6f4ea,stroke:#008055,color:#17324d",
        "closed": "fill:#f0f0f0,stroke:#5d7083,color:#17324d",
        "final": "fill:#ffffff,stroke:#5d7083,color:#17324d",
    }
)
_EVERYWHERE = 5
"""Events that start from at least so many states are told in a note: drawn, they would hide the picture."""


def diagram(definition: WorkflowDefinition, language: str = "it") -> str:
    """The workflow as a Mermaid state diagram, ending with a newline."""
    lines = ["stateDiagram-v2", "  direction TB", f"  [*] --> {definition.initial}"]
    lines += [f"  {state.id}: {_plain(state.label.in_(language))}" for state in definition.states]
    drawn = [each for each in definition.transitions if not _is_everywhere(each)]
    for transition in drawn:
        target_of = {source: transition.to or source for source in transition.sources}
        lines += [f"  {source} --> {target}: {_words(transition)}" for source, target in target_of.items()]
    lines += [f"  {state.id} --> [*]" for state in definition.states if state.kind == "final"]
    lines += _note(definition)
    lines += [f"  classDef {kind} {style}" for kind, style in _CLASSES.items()]
    lines += [f"  class {', '.join(ids)} {kind}" for kind, ids in _by_kind(definition.states).items()]
    return "\n".join(lines) + "\n"


def _is_everywhere(transition: Transition) -> bool:
    return len(transition.sources) >= _EVERYWHERE


def _note(definition: WorkflowDefinition) -> list[str]:
    told = [each for each in definition.transitions if _is_everywhere(each)]
    if not told:
        return []
    lines = [f"    {_words(each)} → {each.to or 'same state'}: from {', '.join(each.sources)}" for each in told]
    return [f"  note right of {definition.initial}", *lines, "  end note"]


def _by_kind(states: tuple[State, ...]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for state in states:
        kinds.setdefault(state.kind, []).append(state.id)
    return kinds


def _words(transition: Transition) -> str:
    due = f" ⏱ {transition.due}" if transition.due else ""
    event = f"{transition.event}{due}".replace("timer:", "⏱ ").replace("at:", "")
    guard = f" [{_plain(words_of(transition.guard))}]" if transition.guard is not None else ""
    return f"{event}{guard}"


def _plain(text: str) -> str:
    # Mermaid reads these as its own marks
    return text.replace(":", "").replace(";", ",").replace('"', "”")


def words_of(condition: Condition) -> str:
    """A condition in few words, for pictures and lists."""
    match condition:
        case All(parts):
            words = " and ".join(_inner(part) for part in parts)
        case AnyOf(parts):
            words = " or ".join(_inner(part) for part in parts)
        case Not(part):
            words = f"not {_inner(part)}"
        case AnswerIs(field, operator, operand):
            sign = {"eq": "=", "gt": "above"}.get(operator, operator)
            words = f"{field} {sign} {_value(operand)}"
        case AgeBelow(years):
            words = f"under {years}"
        case FormIs(form):
            words = f"form {form}"
        case Law241(holds):
            words = "law241" if holds else "not law241"
        case Named(name, parameter):  # pragma: no branch - there is no other kind of condition
            words = name if parameter is None else f"{name} {_value(parameter)}"
    return words


def _inner(condition: Condition) -> str:
    words = words_of(condition)
    return f"({words})" if isinstance(condition, All | AnyOf) else words


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_value(each)}" for key, each in value.items())
    if isinstance(value, tuple | list):
        return " or ".join(str(each) for each in value)
    return str(value)
