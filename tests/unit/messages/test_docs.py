"""docs/messages.md names everything an author may write."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from app.catalogue.messages import Message, Role
from app.catalogue.placeholders import PLACEHOLDERS, Placeholder


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "messages.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "placeholder"), PLACEHOLDERS.items(), ids=str)
def test_each_placeholder_has_its_row(page: str, name: str, placeholder: Placeholder) -> None:
    subject = "yes" if placeholder.subject else ""
    assert f"| `{{{name}}}` | {placeholder.source} | {placeholder.kind} | {subject} | {placeholder.meaning} |" in page


def test_no_row_is_left_over(page: str) -> None:
    assert page.count("\n| `{") == len(PLACEHOLDERS)


@pytest.mark.parametrize("role", get_args(Role))
def test_each_role_is_named(page: str, role: str) -> None:
    assert f"`{role}`" in page


def test_each_key_of_a_message_file_is_named(page: str) -> None:
    assert all(f"`{key}`" in page for key in Message.model_fields)
