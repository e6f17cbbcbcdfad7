"""Pictures of the workflows: whole, legible, accessible, and current in the docs."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows.conftest import NAMES, library
from workflows.exploration import Exploration
from workflows.layout import Box, layout
from workflows.picture import Sketch, happy_path, public_sketch, sketch, svg
from workflows.premises import Premises

SVG = "{http://www.w3.org/2000/svg}"


@cache
def explored(name: str) -> Exploration:
    return Exploration(library(name))


def boxes(picture: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """State -> left, top, right, bottom."""
    found = {}
    for group in picture.iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        if "data-state" in group.attrib and rect is not None:
            x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            found[group.attrib["data-state"]] = (x, y, x + width, y + height)
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("draw", [sketch, public_sketch])
def test_a_picture_is_whole_and_no_box_hides_another(name: str, draw: object) -> None:
    what = sketch(explored(name), "en") if draw is sketch else public_sketch(explored(name), "en")
    picture = ET.fromstring(svg(what))  # noqa: S314 - our own
    placed = boxes(picture)
    assert set(placed) == {state for state, _, _ in what.states}
    words = " ".join(" ".join(text.itertext()) for text in picture.iter(f"{SVG}text"))
    assert all(word in words for _, text, _ in what.states for word in text.split())
    for (_, a), (_, b) in combinations(placed.items(), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    middles = [(placed[state][0] + placed[state][2]) / 2 for state in what.happy]
    assert max(middles) - min(middles) < 5
    tops = [placed[state][1] for state in what.happy]
    assert tops == sorted(tops)


def test_a_picture_tells_itself_to_who_does_not_see_it() -> None:
    picture = ET.fromstring(svg(sketch(explored("doppia-approvazione"), "en"), name="x"))  # noqa: S314 - our own
    assert picture.attrib["role"] == "img"
    assert picture.attrib["aria-labelledby"] == "x-title x-desc"
    desc = picture.find(f"{SVG}desc")
    assert desc is not None
    assert desc.text == "Opinions of both cities → Planned → Done → Verified"


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("ammissione-posti", "verifica valutazione decisione posto_offerto assegnata attiva conclusa"),
        ("proposta-valutata", "valutazione decisione approvata programmata realizzata conclusa"),
        ("selezione-graduatoria", "graduatoria_provvisoria ammessa percorso conclusa"),
        ("adesione-ente", "parere decisione firma attiva conclusa"),
        ("iscrizione-posti", "da_confermare ammessa partecipa conclusa"),
    ],
)
def test_the_happy_path(name: str, way: str) -> None:
    assert " ".join(happy_path(explored(name))).endswith(way)


def test_a_call_without_minors_shows_no_parents() -> None:
    adults = Exploration(library("proposta-valutata"), Premises(asks_birth=False, law241=False, form="progetto-polimi"))
    shown = {state for state, _, _ in public_sketch(adults).states}
    assert not shown & {"consenso", "preavviso", "parere_provincia", "archiviata"}
    assert "Aspettiamo l’autorizzazione di un genitore" in public_sketch(explored("proposta-valutata")).besides


def test_inside_a_page_it_brings_no_style_of_its_own() -> None:
    inline = svg(public_sketch(explored("adesione-ente")), standalone=False)
    assert "<style" not in inline
    assert "style=" not in inline


def test_texts_are_escaped() -> None:
    what = Sketch(
        '<b>"', (("a", "<script>", "open"), ("b", "&", "closed")), (("a", "b", ("x<y",)),), ("a", "b"), ("<i>",)
    )
    picture = ET.fromstring(svg(what))  # noqa: S314 - our own
    assert {"<script>", "&", "x<y", "<i>"} <= set(picture.itertext())


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=20))
def test_any_graph_is_laid_out(lines: list[tuple[str, str]]) -> None:
    wanted = [line for line in lines if line[0] != line[1]]
    names = {name: Box(50, 20) for name in "abcdefgh"}
    placed = layout(names, wanted, ["a"])
    assert set(placed.centres) == set(names)
    assert set(placed.lines) == set(wanted)
    for (_, a), (_, b) in combinations(placed.centres.items(), 2):
        assert abs(a[0] - b[0]) > 49.9 or abs(a[1] - b[1]) > 19.9


@pytest.mark.parametrize("name", NAMES)
def test_the_pictures_of_the_docs_are_current(repository: Path, name: str) -> None:
    drawn = (repository / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == svg(sketch(explored(name), "en")), "run `make diagrams`"
    page = (repository / "docs" / "workflows.md").read_text(encoding="utf-8")
    assert f"(images/{name}.svg)" in page
