"""A condition in words («solo se …»), for who reads without JavaScript, and as a tree for the script that has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forms.conditions import AgeBelow, All, AnswerIs, AnyOf, Condition, FormIs, Law241, Named, Not
from forms.model import BIRTH_DATE, EVENT

if TYPE_CHECKING:
    from app.web.texts import Words
    from forms.definition import FieldDefinition


def condition_words(  # noqa: PLR0911 - one answer a kind of condition
    condition: Condition, questions: Mapping[str, FieldDefinition], words: Words
) -> str:
    """`condition` as half a sentence that follows «solo se»; empty where only the call decides (law 241, form)."""
    match condition:
        case All(parts):
            return words("condition.and").join(_each(parts, questions, words))
        case AnyOf(parts):
            return words("condition.or").join(_each(parts, questions, words))
        case Not(AgeBelow(years)):
            return words("condition.adult", n=years)
        case Not(AnswerIs() as leaf):
            return _answer_words(leaf, questions, words, negated=True)
        case Not(part):
            inner = condition_words(part, questions, words)
            return inner and words("condition.not", condizione=inner)
        case AnswerIs():
            return _answer_words(condition, questions, words, negated=False)
        case AgeBelow(years):
            return words("condition.younger", n=years)
        case FormIs() | Law241() | Named():
            return ""


def _each(parts: tuple[Condition, ...], questions: Mapping[str, FieldDefinition], words: Words) -> list[str]:
    """The words of `parts`, each once: a block's condition often repeats the field's own."""
    return [said for said in dict.fromkeys(condition_words(part, questions, words) for part in parts) if said]


def _answer_words(leaf: AnswerIs, questions: Mapping[str, FieldDefinition], words: Words, *, negated: bool) -> str:
    question = questions.get(leaf.field)
    asked = question.label.in_(words.language) if question else leaf.field
    if leaf.operator == "empty":
        empty = bool(leaf.operand) != negated
        return words("condition.empty" if empty else "condition.not_empty", domanda=asked)
    if leaf.operator == "gt":
        key = "condition.at_most" if negated else "condition.more_than"
        return words(key, domanda=asked, valore=leaf.operand)
    values = _value_words(leaf, question, words)
    if leaf.field == EVENT and not negated:
        return words("condition.chosen", valori=values)
    if leaf.operator == "contains":
        return words("condition.contains_not" if negated else "condition.contains", domanda=asked, valori=values)
    return words("condition.is_not" if negated else "condition.is", domanda=asked, valori=values)


def _value_words(leaf: AnswerIs, question: FieldDefinition | None, words: Words) -> str:
    operands = [str(operand) for operand in _tuple(leaf.operand)]
    options = [question.option(operand) for operand in operands] if question else []
    # A page may offer only some of the options; the others are nobody's business.
    labels = [option.in_(words.language) for option in options if option] or operands
    said = [words("condition.value", valore=label) for label in labels]
    last = said.pop()
    return f"{', '.join(said)}{words('condition.or')}{last}" if said else last


def condition_tree(  # noqa: C901, PLR0911 - one case a kind of condition
    condition: Condition, *, form: str, law241: bool
) -> dict[str, Any]:
    """`condition` for the pages' script (app/static/hubout.js); what form and call decide is already decided."""
    match condition:
        case All(parts):
            return {"all": [condition_tree(part, form=form, law241=law241) for part in parts]}
        case AnyOf(parts):
            return {"any": [condition_tree(part, form=form, law241=law241) for part in parts]}
        case Not(part):
            return {"not": condition_tree(part, form=form, law241=law241)}
        case AnswerIs(field, "empty", wanted):
            empty: dict[str, Any] = {"empty": field}
            return empty if wanted else {"not": empty}
        case AnswerIs(field, "gt", limit):
            return {"more_than": [field, limit]}
        case AnswerIs(field, _, operand):
            return {"one_of": [field, [_input_value(each) for each in _tuple(operand)]]}
        case AgeBelow(years):
            return {"younger": [BIRTH_DATE, years]}
        case FormIs(name):
            return {"fixed": name == form}
        case Law241(holds):
            return {"fixed": holds == law241}
        case Named():
            return {"fixed": True}


def _tuple(operand: Any) -> tuple[Any, ...]:
    return operand if isinstance(operand, tuple) else (operand,)


def _input_value(operand: object) -> str:
    """`operand` as a browser's input has it: a tick is sent as `true`."""
    return str(operand).lower() if isinstance(operand, bool) else str(operand)
