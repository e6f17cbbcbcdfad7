"""The open questions, asked of a Google that answers them one way or the other."""

from __future__ import annotations

import pytest

from integrations.local.google import Behaviour
from integrations.sheets import questions
from integrations.sheets.gateway import Gateway
from tests.unit.sheets.layouts import COWORKING


def test_each_question_is_answered_as_this_google_is(gateway: Gateway, request: pytest.FixtureRequest) -> None:
    answers = gateway.answers()
    behaviour: Behaviour = request.node.callspec.params["local_google"]
    told = {True: questions.YES, False: questions.NO}
    assert answers[questions.SORT_MOVES_TAGS] == told[behaviour.sort_moves_row_tags]
    assert answers[questions.RULES] == told[behaviour.rules_are_data]
    assert answers[questions.LIMIT] == told[behaviour.tags_limited_by_tab]
    assert ("already" in answers[questions.REUSED]) == behaviour.names_reused_tag
    assert answers[questions.FALSES] == questions.YES
    assert answers[questions.BOOLEANS].endswith(" in it_IT")


def test_a_spreadsheet_that_was_asked_in_is_as_it_was(gateway: Gateway) -> None:
    spreadsheet = gateway.create_spreadsheet("prova", [COWORKING]).spreadsheet_id
    before = gateway.read(spreadsheet)
    gateway.answers(spreadsheet)
    gateway.answers(spreadsheet)
    assert gateway.read(spreadsheet) == before
