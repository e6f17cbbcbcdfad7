"""Everything that people read is there in Italian and in English: forms, workflows, calls, words in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forms.document import parse

FOLDERS = ("forms/library", "workflows/library", "app/calls", "app/messages")
PACKAGES = ("app", "forms", "workflows")


def definitions(repository: Path) -> list[Path]:
    """Every file of words."""
    return sorted(path for folder in FOLDERS for path in (repository / folder).rglob("*.yaml"))


def incomplete(data: Any, where: str = "") -> Iterator[str]:
    """The places of texts that lack a language."""
    if isinstance(data, dict):
        spoken = {code for code in ("it", "en") if code in data}
        if spoken and not all(str(data.get(code) or "").strip() for code in ("it", "en")):
            yield where
        for key, value in data.items():
            yield from incomplete(value, f"{where}/{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from incomplete(value, f"{where}/{number}")


def test_the_definitions_lack_no_text(repository: Path) -> None:
    paths = definitions(repository)
    assert len(paths) > 150
    missing = [
        f"{path.relative_to(repository)}{where}"
        for path in paths
        for where in incomplete(parse(path.read_text(encoding="utf-8"), path.name).data)
    ]
    assert missing == []


def test_titles_labels_and_public_texts_are_texts_in_two_languages(repository: Path) -> None:
    """A bare string in the place of a text would be shown to everybody as it stands."""
    bare = []
    for path in definitions(repository):
        data = parse(path.read_text(encoding="utf-8"), path.name).data
        bare += [f"{path.relative_to(repository)}{where}" for where in _bare(data)]
    assert bare == []


def _bare(data: Any, where: str = "") -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            told = key in ("title", "label", "help", "intro", "public", "applicants", "next_steps")
            if told and isinstance(value, str) and not where.startswith("/sheet"):
                yield f"{where}/{key}"
            yield from _bare(value, f"{where}/{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _bare(value, f"{where}/{number}")


def test_words_in_the_code_are_in_both_languages(repository: Path) -> None:
    missing, seen = [], 0
    for package in PACKAGES:
        for path in (repository / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text"):
                    continue
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                if isinstance(given.get("it"), ast.Constant) and given["it"].value:  # type: ignore[attr-defined]
                    seen += 1
                    if "en" not in given:
                        missing.append(f"{path.relative_to(repository)}:{node.lineno}")
    assert seen > 30
    assert missing == []


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"title": {"it": "Bando"}}, ["/title"]),
        ({"options": [{"value": "a", "it": "A", "en": " "}]}, ["/options/0"]),
        ({"label": {"it": "A", "en": "A"}}, []),
    ],
)
def test_a_missing_text_is_found(data: Any, where: list[str]) -> None:
    assert list(incomplete(data)) == where
