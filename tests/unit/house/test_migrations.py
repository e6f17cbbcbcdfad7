"""Migrations are one line: each number once, each after the one before; people who land at once notice here."""

from __future__ import annotations

import re
from pathlib import Path


def test_each_migration_follows_the_one_before(repository: Path) -> None:
    files = sorted((repository / "app" / "migrations" / "versions").glob("[0-9]*.py"))
    said = [
        dict(re.findall(r'^(revision|down_revision) = "?(\w+)"?$', file.read_text(), re.MULTILINE)) for file in files
    ]
    assert [each["revision"] for each in said] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [each["down_revision"] for each in said] == ["None", *(each["revision"] for each in said[:-1])]
    assert [file.name[:4] for file in files] == [each["revision"] for each in said]
