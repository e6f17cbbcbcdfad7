"""Conditions in words and as a tree for the script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.web.condition_words import condition_tree, condition_words
from app.web.texts import Words
from forms.conditions import parse_condition
from forms.definition import FormDefinition

FIELDS = """
- id: profilo
  type: radio
  pii: none
  label: {it: Cosa fai, en: What you do}
  options:
    - {value: a, it: Studio, en: Study}
    - {value: b, it: Lavoro, en: Work}
    - {value: c, it: Altro, en: Other}
- {id: posti, type: integer, pii: none, label: {it: Quanti posti, en: How many desks}}
- id: giorni
  type: checkboxes
  pii: none
  label: {it: Giorni, en: Days}
  options: [{value: lun, it: Lunedì, en: Monday}]
"""

WORDS = [
    ({"field": "profilo", "eq": "a"}, "«Cosa fai» è «Studio»", "“What you do” is “Study”"),
    ({"field": "profilo", "in": ["a", "b", "c"]}, "«Cosa fai» è «Studio», «Lavoro» o «Altro»", None),
    ({"not": {"field": "profilo", "eq": "a"}}, "«Cosa fai» non è «Studio»", None),
    ({"field": "posti", "gt": 1}, "«Quanti posti» è più di 1", "“How many desks” is more than 1"),
    ({"not": {"field": "posti", "gt": 3}}, "«Quanti posti» non supera 3", None),
    ({"field": "giorni", "contains": "lun"}, "in «Giorni» c’è «Lunedì»", None),
    ({"field": "posti", "empty": True}, "«Quanti posti» è vuota", None),
    ({"field": "posti", "empty": False}, "rispondi a «Quanti posti»", None),
    ({"age_lt": 18}, "hai meno di 18 anni", "you are under 18"),
    ({"age_gte": 18}, "hai almeno 18 anni", None),
    (
        {"all": [{"field": "profilo", "eq": "a"}, {"all": [{"field": "profilo", "eq": "a"}]}, {"age_lt": 18}]},
        "«Cosa fai» è «Studio» e hai meno di 18 anni",
        None,
    ),
    ({"any": [{"age_lt": 18}, {"field": "posti", "gt": 1}]}, "hai meno di 18 anni o «Quanti posti» è più di 1", None),
    ({"law241": True}, "", ""),
]


@pytest.mark.parametrize(("raw", "in_italian", "in_english"), WORDS)
def test_words(
    raw: Any,
    in_italian: str,
    in_english: str | None,
    form_with: Callable[[str], FormDefinition],
    italian: Words,
    english: Words,
) -> None:
    questions = {field.id: field for field in form_with(FIELDS).fields}
    assert condition_words(parse_condition(raw), questions, italian) == in_italian
    if in_english is not None:
        assert condition_words(parse_condition(raw), questions, english) == in_english


TREES = [
    ({"field": "profilo", "eq": "a"}, {"one_of": ["profilo", ["a"]]}),
    ({"field": "socio", "eq": True}, {"one_of": ["socio", ["true"]]}),
    ({"not": {"field": "posti", "empty": False}}, {"not": {"not": {"empty": "posti"}}}),
    ({"all": [{"age_lt": 18}, {"law241": False}]}, {"all": [{"younger": ["data_nascita", 18]}, {"fixed": False}]}),
    (
        {"any": [{"form": "prova"}, {"field": "posti", "gt": 1}]},
        {"any": [{"fixed": True}, {"more_than": ["posti", 1]}]},
    ),
]


@pytest.mark.parametrize(("raw", "tree"), TREES)
def test_tree(raw: Any, tree: dict[str, Any]) -> None:
    assert condition_tree(parse_condition(raw), form="prova", law241=True) == tree
