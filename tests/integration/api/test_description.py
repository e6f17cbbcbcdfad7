"""The API keeps to its description: whatever is sent, no fault of ours and no answer that is not documented."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi

from app.services import limits
from tests.integration.api.conftest import API, KEY
from tests.integration.web.conftest import CLOSED, COWORKING, Site

CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]
EXAMPLES = 10  # for each operation, of what its description allows and of what it does not
SENDING = "/calls/{call}/submissions"


def described(site: Site) -> BaseSchema:
    """The API as it describes itself."""
    return schemathesis.openapi.from_wsgi(f"{API}/openapi.json", site.app)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_the_answer_is_documented(site: Site, mode: GenerationMode) -> None:
    codes: dict[str, set[int]] = {}
    for found in described(site).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def answers(case: Case[Any]) -> None:
            answer = case.call()
            codes.setdefault(case.operation.label, set()).add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        try:
            answers()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # what takes any text can't be asked wrongly
    assert set(codes) >= {f"POST /calls/{call}/submissions" for call in site.context.catalogue.calls}
    assert {404, 422} <= set().union(*codes.values())


def answer_of(schema: BaseSchema, path: str, **sent: Any) -> tuple[int, Any]:
    """Code and content of an answer that was held against the description."""
    method = "POST" if path == SENDING else "GET"
    case = schema[path][method].Case(**sent)
    answer = case.call()
    case.validate_response(answer, checks=CHECKS)
    return answer.status_code, answer.json()


def test_each_kind_of_answer_is_as_documented(public: Site, samples: dict[int, Any]) -> None:
    schema = described(public)
    data = samples[1]["data"]

    def send(body: Any, call: str = COWORKING, **headers: str) -> int:
        sent = {"path_parameters": {"call": call}, "media_type": "application/json", "headers": headers}
        return answer_of(schema, SENDING, body=body, **sent)[0]

    assert send({"nome": 7}) == 422
    to_coworking = {"path_parameters": {"call": COWORKING}, "media_type": "application/json"}
    code, receipt = answer_of(schema, SENDING, body=data, headers={}, **to_coworking)
    assert code == 201
    assert send(data) == 409  # a duplicate
    assert {send(data) for _ in range(limits.PER_EMAIL.most)} == {409, 429}
    public.context.clock.set(public.close_call() + timedelta(seconds=1))
    assert send(data, CLOSED) == 409
    assert send({"nome": "x" * 1_100_000}) == 413
    assert send([]) == 400
    assert send(data, Authorization=f"Bearer {KEY}x") == 401
    assert send(data, "nope") == 404
    token = receipt["status_url"].rpartition("/")[2]
    assert answer_of(schema, "/submissions/{token}", path_parameters={"token": token})[0] == 200
    assert answer_of(schema, "/submissions/{token}", path_parameters={"token": "x"})[0] == 404
    assert answer_of(schema, "/calls/{call}", path_parameters={"call": COWORKING})[0] == 200
    assert answer_of(schema, "/openapi.json")[0] == 200
