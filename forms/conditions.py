"""The one small condition language: when a field shows or is required, and (with named leaves) workflow guards.

Written in YAML as data, never as text to be evaluated (domain/forms.json; clarifications.md §1 and §4)::

    {all: [...]}  {any: [...]}  {not: ...}
    {field: profilo, in: [professionista, startup]}     operators: eq, in, contains, gt, empty
    {age_lt: 18}  {age_gte: 18}  {form: clab-urbano-proposta}  {law241: true}
    seats_free    {min_reviews: 2}                      leaves that another vocabulary names

`evaluate` never raises on whatever an applicant may have typed: what can't be compared is not equal.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool
OPERATORS: Final = ("eq", "in", "contains", "gt", "empty")
_OWN_KEYS: Final = ("all", "any", "not", "field", "age_lt", "age_gte", "form", "law241")
_NO_NAMES: Final[Mapping[str, Callable[[Any], bool]]] = MappingProxyType({})


@dataclass(frozen=True)
class All:
    """True when every part is; with no part, true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """True when one part is; with no part, false."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """True when its part is not."""

    part: Condition


@dataclass(frozen=True)
class AnswerIs:
    """Compares the stored answer of one field; `operator` is one of `OPERATORS`."""

    field: str
    operator: str
    operand: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True)
class AgeBelow:
    """The applicant is younger than `years`; false where no birth date is known."""

    years: int


@dataclass(frozen=True)
class FormIs:
    """The application was made on this form."""

    form: str


@dataclass(frozen=True)
class Law241:
    """The procedure is (or, with False, is not) one of law 241/1990."""

    holds: bool


@dataclass(frozen=True)
class Named:
    """A leaf of another vocabulary, such as a workflow guard, with its parameter (None when bare)."""

    name: str
    parameter: Any = None


Condition: TypeAlias = All | AnyOf | Not | AnswerIs | AgeBelow | FormIs | Law241 | Named


@dataclass(frozen=True)
class ConditionFacts:
    """What a condition may look at. `age` is in whole years, None where no birth date is known."""

    answers: Mapping[str, Any]
    age: int | None = None
    form: str = ""
    law241: bool = False


def parse_condition(raw: object, *, named: Container[str] = ()) -> Condition:
    """The condition that the plain data `raw` writes; `named` are the leaf names allowed beside our own.

    Raises:
        ValueError: "what | fix" in an author's words.
    """
    if isinstance(raw, str):
        return Named(_known_name(raw, named))
    if isinstance(raw, Sequence):
        raise ValueError("a bare list is no condition | write `all:` or `any:` before it")  # noqa: TRY004 - for pydantic
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError(f"`{raw}` is no condition | write for example `{{field: profilo, eq: studio}}`")
    if "field" in raw:
        return _parse_answer(raw)
    if len(raw) > 1:
        keys = ", ".join(f"`{key}`" for key in raw)
        raise ValueError(f"{keys} stand side by side | put them in a list under `all:` or `any:`")
    key, value = next(iter(raw.items()))
    return _parse_pair(str(key), value, named)


def _parse_pair(key: str, value: object, named: Container[str]) -> Condition:
    if key in ("all", "any"):
        if isinstance(value, str) or not isinstance(value, Sequence) or not value:
            raise ValueError(f"`{key}` needs a list of conditions | write `{key}: [..., ...]`")
        parts = tuple(parse_condition(part, named=named) for part in value)
        return All(parts) if key == "all" else AnyOf(parts)
    if key == "not":
        return Not(parse_condition(value, named=named))
    if key in ("age_lt", "age_gte"):
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"`{key}` needs a number of years | write `{key}: 18`")
        return AgeBelow(value) if key == "age_lt" else Not(AgeBelow(value))
    if key == "form":
        if not isinstance(value, str):
            raise ValueError("`form` needs the name of a form | write `form: coworking-postazione`")
        return FormIs(value)
    if key == "law241":
        if not isinstance(value, bool):
            raise ValueError("`law241` needs true or false | write `law241: true`")
        return Law241(value)
    return Named(_known_name(key, named), tuple(value) if isinstance(value, list) else value)


def _parse_answer(raw: Mapping[Any, Any]) -> AnswerIs:
    operators = [key for key in raw if key != "field"]
    if len(operators) != 1 or operators[0] not in OPERATORS:
        raise ValueError(f"a condition on a field needs one of {', '.join(OPERATORS)} | see docs/forms.md")
    field, operator, operand = raw["field"], operators[0], raw[operators[0]]
    if not isinstance(field, str):
        raise ValueError("`field` needs a field's id | write `field: profilo`")  # noqa: TRY004 - for pydantic
    if operator == "in":
        if not isinstance(operand, list) or not operand or not all(_is_scalar(each) for each in operand):
            raise ValueError("`in` needs a list of values | write `in: [a, b]`")
        return AnswerIs(field, operator, tuple(operand))
    if operator == "empty" and not isinstance(operand, bool):
        raise ValueError("`empty` needs true or false | write `empty: true`")
    if operator == "gt" and _number(operand) is None:
        raise ValueError("`gt` needs a number | write `gt: 1`")
    if not _is_scalar(operand):
        raise ValueError(f"`{operator}` needs one value | for several values use `in`")
    return AnswerIs(field, operator, operand)


def _known_name(name: str, named: Container[str]) -> str:
    if name in named:
        return name
    candidates = [*_OWN_KEYS, *(str(each) for each in named)] if isinstance(named, Iterable) else _OWN_KEYS
    close = get_close_matches(name, candidates, n=1)
    fix = f"did you mean `{close[0]}`?" if close else "see the list of conditions in docs/forms.md"
    raise ValueError(f"unknown condition `{name}` | {fix}")


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


def evaluate(  # noqa: PLR0911 - one return for each kind of condition
    condition: Condition,
    facts: ConditionFacts,
    named: Mapping[str, Callable[[Any], bool]] = _NO_NAMES,
) -> bool:
    """Whether `condition` holds; `named` maps each named leaf to a function of its parameter.

    Raises:
        KeyError: a named leaf that `named` lacks: `parse_condition` was given other names.
    """
    match condition:
        case All(parts):
            return all(evaluate(part, facts, named) for part in parts)
        case AnyOf(parts):
            return any(evaluate(part, facts, named) for part in parts)
        case Not(part):
            return not evaluate(part, facts, named)
        case AnswerIs():
            return _compare(condition, facts.answers.get(condition.field))
        case AgeBelow(years):
            return facts.age is not None and facts.age < years
        case FormIs(form):
            return facts.form == form
        case Law241(holds):
            return facts.law241 == holds
        case Named(name, parameter):
            return named[name](parameter)


def _compare(condition: AnswerIs, value: Any) -> bool:
    operand = condition.operand
    if condition.operator == "empty":
        return is_empty(value) == operand
    if condition.operator == "in":
        return isinstance(operand, tuple) and any(_same(value, each) for each in operand)
    if condition.operator == "contains":
        return isinstance(value, list | tuple) and any(_same(each, operand) for each in value)
    if condition.operator == "gt":
        left, right = _number(value), _number(operand)
        return left is not None and right is not None and left > right
    return _same(value, operand)


def _same(value: object, operand: object) -> bool:
    # True == 1 in Python; in an answer a tick and a number are different things.
    return isinstance(value, bool) == isinstance(operand, bool) and value == operand


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def is_empty(value: object) -> bool:
    """Whether an answer says nothing: not there, blank, no item, no tick. Zero says something."""
    return value is None or value is False or (isinstance(value, str | list | tuple | dict) and not value)


def leaves(condition: Condition) -> tuple[Condition, ...]:
    """The conditions within `condition` that have no parts, from left to right."""
    match condition:
        case All(parts) | AnyOf(parts):
            return tuple(leaf for part in parts for leaf in leaves(part))
        case Not(part):
            return leaves(part)
        case _:
            return (condition,)


def fields_of(condition: Condition) -> frozenset[str]:
    """The ids of the fields whose answers `condition` looks at."""
    return frozenset(leaf.field for leaf in leaves(condition) if isinstance(leaf, AnswerIs))


def names_of(condition: Condition) -> frozenset[str]:
    """The named leaves that `condition` uses."""
    return frozenset(leaf.name for leaf in leaves(condition) if isinstance(leaf, Named))


def plain_condition(condition: Condition) -> Any:  # noqa: PLR0911 - one return for each kind of condition
    """`condition` as plain data that `parse_condition` reads back to the same condition."""
    match condition:
        case All(parts):
            return {"all": [plain_condition(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [plain_condition(part) for part in parts]}
        case Not(part):
            return {"not": plain_condition(part)}
        case AnswerIs(field, operator, operand):
            return {"field": field, operator: list(operand) if isinstance(operand, tuple) else operand}
        case AgeBelow(years):
            return {"age_lt": years}
        case FormIs(form):
            return {"form": form}
        case Law241(holds):
            return {"law241": holds}
        case Named(name, parameter):
            return name if parameter is None else {name: _plain_parameter(parameter)}


def _plain_parameter(parameter: Any) -> Any:
    return list(parameter) if isinstance(parameter, tuple) else parameter


def settled(  # noqa: PLR0911 - one return for each kind of condition
    condition: Condition, facts: ConditionFacts, known: Container[str], *, age_known: bool
) -> Condition | bool:
    """What remains open of `condition` when only the answers of the fields `known` stand: a truth, or the rest.

    Form and law stand always, the age where it is known.
    """
    match condition:
        case All(parts):
            return _joined([settled(part, facts, known, age_known=age_known) for part in parts], decides=False)
        case AnyOf(parts):
            return _joined([settled(part, facts, known, age_known=age_known) for part in parts], decides=True)
        case Not(part):
            inner = settled(part, facts, known, age_known=age_known)
            return not inner if isinstance(inner, bool) else Not(inner)
        case AnswerIs(field) if field not in known:
            return condition
        case AgeBelow() if not age_known:
            return condition
        case Named():
            return condition
        case _:
            return evaluate(condition, facts)


def _joined(parts: Sequence[Condition | bool], *, decides: bool) -> Condition | bool:
    """The open ones of the parts of `All` (one false decides) or of `AnyOf` (one true decides)."""
    if any(part is decides for part in parts):
        return decides
    rest = tuple(part for part in parts if not isinstance(part, bool))
    if not rest:
        return not decides
    if len(rest) == 1:
        return rest[0]
    return AnyOf(rest) if decides else All(rest)
