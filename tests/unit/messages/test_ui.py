"""The programme's words for pages: both languages everywhere, and the codes that errors are made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from forms.document import parse


@pytest.fixture(scope="module")
def words(repository: Path) -> dict[str, dict[str, dict[str, str]]]:
    path = repository / "app" / "messages" / "ui.yaml"
    data: Any = parse(path.read_text(encoding="utf-8"), path.name).data
    return data  # type: ignore[no-any-return] # YAML has no types


def test_has_the_sections_of_the_microcopy(words: dict[str, Any]) -> None:
    assert list(words) == ["nav", "buttons", "hints", "errors", "receipt"]
    assert {"required", "age", "duplicate", "must_be_true", "link_expired"} <= set(words["errors"])


def test_each_entry_says_the_same_in_italian_and_english(words: dict[str, dict[str, dict[str, str]]]) -> None:
    for section in words.values():
        for entry in section.values():
            assert set(entry) == {"it", "en"}
            assert set(re.findall(r"{\w+}", entry["it"])) == set(re.findall(r"{\w+}", entry["en"]))
