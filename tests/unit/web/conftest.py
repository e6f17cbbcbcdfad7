"""Words in both languages, and small forms made of YAML."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.web.texts import Words, load_texts
from forms.definition import FormDefinition, load_form
from forms.document import parse

HEAD = """\
form: prova
code: PRV
title: {it: Prova, en: Trial}
applicants: {it: Chiunque}
age: [16, 99]
procedure: {law241: true, days: 30, protocollo: true}
identification: email_verified
retention: {success: P2Y}
dedupe: [finestra]
sections:
  - id: data
    title: {it: I tuoi dati, en: Your data}
    fields:
"""


@pytest.fixture(scope="session")
def italian() -> Words:
    return Words(load_texts(), "it")


@pytest.fixture(scope="session")
def english(italian: Words) -> Words:
    return Words(italian.texts, "en")


@pytest.fixture
def form_with() -> Callable[[str], FormDefinition]:
    """A form of one section with the fields that a YAML list writes."""

    def load(fields: str) -> FormDefinition:
        indented = "\n".join(f"      {line}" for line in fields.strip().splitlines())
        return load_form(parse(HEAD + indented + "\n", "prova.yaml"), {})

    return load
