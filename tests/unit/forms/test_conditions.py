from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.conditions import (
    AgeBelow,
    All,
    AnswerIs,
    AnyOf,
    Condition,
    ConditionFacts,
    FormIs,
    Law241,
    Named,
    Not,
    evaluate,
    fields_of,
    names_of,
    parse_condition,
    plain_condition,
    settled,
)

SCALARS = st.one_of(st.text(max_size=5), st.integers(), st.floats(allow_nan=False), st.booleans())
JSON = st.recursive(
    st.none() | SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
IDS = st.sampled_from(["a", "b", "c"])
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(AnswerIs, IDS, st.sampled_from(["eq", "contains"]), SCALARS),
    st.builds(AnswerIs, IDS, st.just("in"), st.lists(st.text(max_size=3), min_size=1, max_size=3).map(tuple)),
    st.builds(AnswerIs, IDS, st.just("gt"), st.integers()),
    st.builds(AnswerIs, IDS, st.just("empty"), st.booleans()),
    st.builds(AgeBelow, st.integers(0, 99)),
    st.builds(FormIs, IDS),
    st.builds(Law241, st.booleans()),
    st.builds(Named, st.just("seats_free")),
    st.builds(Named, st.just("min_reviews"), st.integers(1, 5)),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
FACTS = st.builds(ConditionFacts, st.dictionaries(IDS, JSON), st.none() | st.integers(0, 120), IDS, st.booleans())
GUARDS = {"seats_free": lambda _: True, "min_reviews": lambda number: number < 3}


def holds(raw: object, age: int | None = None, form: str = "", *, law241: bool = False, **answers: Any) -> bool:
    return evaluate(parse_condition(raw), ConditionFacts(answers, age, form, law241))


@given(CONDITIONS, FACTS)
def test_evaluation_never_raises(condition: Condition, facts: ConditionFacts) -> None:
    assert evaluate(condition, facts, GUARDS) in (True, False)


@given(CONDITIONS, CONDITIONS, FACTS)
def test_de_morgan(left: Condition, right: Condition, facts: ConditionFacts) -> None:
    neither = evaluate(Not(AnyOf((left, right))), facts, GUARDS)
    assert neither == evaluate(All((Not(left), Not(right))), facts, GUARDS)


@given(CONDITIONS)
def test_plain_data_reads_back(condition: Condition) -> None:
    assert parse_condition(plain_condition(condition), named=GUARDS) == condition


@given(JSON)
def test_parsing_raises_nothing_but_value_errors(raw: Any) -> None:
    with suppress(ValueError):
        assert plain_condition(parse_condition(raw))


def test_operators_compare_stored_answers() -> None:
    assert holds({"field": "profilo", "eq": "studio"}, profilo="studio")
    assert holds({"field": "profilo", "in": ["studio", "startup"]}, profilo="startup")
    assert holds({"field": "giorni", "contains": "lun"}, giorni=["lun", "mar"])
    assert holds({"field": "posti", "gt": 1}, posti=2)
    assert holds({"field": "costo", "gt": 3000}, costo="3200.00")
    assert holds({"field": "runts", "empty": True})
    assert not holds({"field": "runts", "empty": True}, runts="1")


def test_a_tick_is_no_number() -> None:
    assert not holds({"field": "ok", "eq": 1}, ok=True)
    assert holds({"field": "ok", "eq": True}, ok=True)


def test_without_birth_date_nobody_is_under_age() -> None:
    assert not holds({"age_lt": 18})
    assert holds({"age_gte": 18})
    assert holds({"age_lt": 18}, age=17)
    assert not holds({"age_lt": 18}, age=18)


def test_form_and_procedure() -> None:
    assert holds({"all": [{"form": "x"}, {"law241": True}]}, form="x", law241=True)
    assert holds({"law241": False})


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([{"age_lt": 18}], "bare list"),
        ({"age_lt": 18, "law241": True}, "side by side"),
        ({"field": "a"}, "needs one of eq"),
        ({"field": "a", "eq": 1, "gt": 2}, "needs one of eq"),
        ({"field": "a", "gt": "x"}, "needs a number"),
        ({"field": "a", "in": "x"}, "needs a list"),
        ({"field": "a", "empty": "no"}, "true or false"),
        ({"field": "a", "eq": ["x"]}, "use `in`"),
        ({"age_lt": "18"}, "number of years"),
        ({"all": {"age_lt": 18}}, "list of conditions"),
        ({"any": []}, "list of conditions"),
        ({"law241": "yes"}, "true or false"),
        ({"form": 1}, "name of a form"),
        ({"age_it": 18}, "did you mean `age_lt`"),
        ("seats_fre", "unknown condition"),
        ({}, "no condition"),
        (None, "no condition"),
    ],
)
def test_mistakes_are_told(raw: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_condition(raw)


def test_named_leaves_are_seen_and_called() -> None:
    raw = {"all": ["seats_free", {"min_reviews": 2}, {"field": "citta", "eq": "matera"}]}
    condition = parse_condition(raw, named=GUARDS)
    assert names_of(condition) == {"seats_free", "min_reviews"}
    assert fields_of(condition) == {"citta"}
    assert evaluate(condition, ConditionFacts({"citta": "matera"}), GUARDS)


def test_a_misspelt_guard_is_guessed() -> None:
    with pytest.raises(ValueError, match="did you mean `seats_free`"):
        parse_condition("seats_fre", named=GUARDS)


@given(CONDITIONS, FACTS, st.sets(IDS), st.booleans())
def test_settling_what_is_known_changes_no_truth(
    condition: Condition,
    facts: ConditionFacts,
    known: set[str],
    age_known: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    rest = settled(condition, facts, known, age_known=age_known)
    truth = rest if isinstance(rest, bool) else evaluate(rest, facts, GUARDS)
    assert truth == evaluate(condition, facts, GUARDS)
    if not isinstance(rest, bool):
        assert not fields_of(rest) & known
