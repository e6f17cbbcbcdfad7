"""The shipped library, read once, and a short way to judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from werkzeug.datastructures import MultiDict

import forms
from forms.builder import JudgeContext, Judgement, form_inputs, judge, judge_sent
from forms.definition import FormDefinition, SubForm, load_form, load_sub_form
from forms.document import Document, parse

LIBRARY = Path(forms.__file__).parent / "library"
NOON = datetime(2026, 11, 16, 11, tzinfo=UTC)

Judge: TypeAlias = Callable[..., Judgement]


def _documents(folder: Path) -> dict[str, Document]:
    return {path.stem: parse(path.read_text(encoding="utf-8"), path.name) for path in sorted(folder.glob("*.yaml"))}


@pytest.fixture(scope="session")
def blocks() -> Mapping[str, Document]:
    return _documents(LIBRARY / "blocks")


@pytest.fixture(scope="session")
def library(blocks: Mapping[str, Document]) -> Mapping[str, FormDefinition]:
    return {name: load_form(document, blocks) for name, document in _documents(LIBRARY).items()}


@pytest.fixture(scope="session")
def sub_forms() -> Mapping[str, SubForm]:
    return {name: load_sub_form(document) for name, document in _documents(LIBRARY / "sub").items()}


@pytest.fixture
def load() -> Callable[[str], FormDefinition]:
    """A form of one section from the YAML of its fields."""

    def load_fields(fields: str, head: str = "age: [18, 35]") -> FormDefinition:
        return load_form(parse(form_text(fields, head), "prova.yaml"), {})

    return load_fields


def form_text(fields: str, head: str = "age: [18, 35]") -> str:
    indented = "\n".join(f"      {line}" for line in fields.strip().splitlines())
    return f"""\
form: prova
code: PRV
title: {{it: Prova, en: Trial}}
applicants: {{it: Chiunque}}
procedure: {{law241: true, days: 30, protocollo: true}}
identification: email_verified
retention: {{success: P2Y}}
dedupe: [finestra]
{head}
sections:
  - id: data
    title: {{it: Dati}}
    fields:
{indented}
"""


@pytest.fixture
def judged() -> Judge:
    """Judges JSON data, or a list of inputs, against a form."""

    def run(form: FormDefinition | SubForm, data: Mapping[str, Any] | list[tuple[str, Any]], **more: Any) -> Judgement:
        inputs = data if isinstance(data, list) else form_inputs(form, data)
        previous = more.pop("previous", None)
        if isinstance(form, FormDefinition):
            more = {"form": form.form, "law241": form.procedure.law241, "age": form.age, **more}
        return judge(form, MultiDict(inputs), JudgeContext(**{"now": NOON, **more}), previous)

    return run


@pytest.fixture
def noon() -> JudgeContext:
    """A trial form at noon."""
    return JudgeContext(now=NOON)


@pytest.fixture
def sent(library: Mapping[str, FormDefinition]) -> Judge:
    """Judges a sample, with changes, as the API does at the time it was submitted."""
    lines = Path(__file__).with_name("samples.jsonl").read_text(encoding="utf-8").splitlines()
    samples = {sample["sample"]: sample for sample in map(json.loads, lines)}

    def run(number: int, changes: Mapping[str, Any] | None = None) -> Judgement:
        sample = samples[number]
        form = library[sample["form"]]
        context = JudgeContext.of(form, datetime.fromisoformat(sample["submitted_at"]))
        data = {**sample["data"], **(changes or {})}
        return judge_sent(form, data, replace(context, invite_codes={"MT-7K2Q"}))

    return run
