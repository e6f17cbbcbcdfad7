"""The checker finds the one fault of each definition in `broken/`, tells its shortest story, and finds none in ours.

Each file begins with what it is about, the fault, the story, and the premises of the call where it needs any. Holes
that clarifications.md closed in the first templates are among them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forms.document import parse
from workflows.checker import check
from workflows.definition import load_workflow
from workflows.premises import Premises
from workflows.telling import EXAMPLE

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
WRITTEN = ("tocca_a_te", "esito", "sollecito", "staff", "revisori", "preavviso", "integrazione", "modifiche", "firma",
           "parere", "consenso_link")  # fmt: skip


WITHOUT_STORY = 6
"""Faults of the file itself (two guards, a name, a mail), and of what never happens."""


def said(text: str, key: str) -> str:
    """What a comment at the head of a file says."""
    lines = (line.removeprefix("# ") for line in text.splitlines() if line.startswith("# "))
    return next((line.removeprefix(f"{key}: ") for line in lines if line.startswith(f"{key}: ")), "")


def premises(text: str) -> Premises:
    given: dict[str, Any] = parse(f"given: {said(text, 'premises') or '{}'}", "premises").data["given"]
    known: dict[str, Any] = {key: frozenset(each) if isinstance(each, list) else each for key, each in given.items()}
    return Premises(**known)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in BROKEN])
def test_the_fault_is_found_with_its_story(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    definition = load_workflow(parse(text, path.name))
    found = check(definition, premises(text), messages=WRITTEN)
    told = dict(what.partition(EXAMPLE)[::2] for _, what, _ in found)
    assert told.pop(said(text, "fault"), None) == said(text, "story")
    assert sorted(told) == sorted(filter(None, said(text, "also").split("; ")))


def test_most_faults_have_a_story() -> None:
    stories = [said(path.read_text(encoding="utf-8"), "story") for path in BROKEN]
    assert sum(story.startswith("the form is sent") for story in stories) == len(stories) - WITHOUT_STORY


def test_a_timer_that_is_sure_to_come_closes_votes_too() -> None:
    text = (Path(__file__).parent / "broken" / "votes-without-end.yaml").read_text(encoding="utf-8")
    timer = "  - {from: esame, event: 'timer:P20D', actor: sistema, to: chiusa, effects: [{mail: esito}]}\n"
    definition = load_workflow(parse(text.replace("deadlines:\n", timer + "deadlines:\n"), "votes.yaml"))
    assert check(definition, premises(text), messages=WRITTEN) == []
