"""Every word that pages ask for exists, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app
from app.web.errors import SPOKEN
from app.web.texts import LANGUAGES, Texts, load_texts
from forms.document import DefinitionError

APP = Path(app.__file__).parent
KEY = re.compile(r"""(?:\bt|\bsay|words\(\))\(\s*"([a-z_]+\.[a-z0-9_]+)\"""")
CHOSEN = re.compile(r'"([a-z_]+\.[a-z0-9_]+)" if \w+ else "([a-z_]+\.[a-z0-9_]+)"')


@pytest.fixture(scope="module")
def texts() -> Texts:
    return load_texts()


def _asked() -> set[str]:
    sources = [*APP.glob("templates/**/*.html"), *APP.glob("web/*.py")]
    asked: set[str] = set()
    for source in sources:
        if source.name == "mail.html":
            continue
        content = source.read_text(encoding="utf-8").replace("'", '"')
        asked |= set(KEY.findall(content))
        asked |= {key for pair in CHOSEN.findall(content) for key in pair}
    return asked


def test_pages_ask_only_for_words_that_exist(texts: Texts) -> None:
    asked = _asked()
    assert len(asked) > 80
    assert asked <= texts.keys


def test_each_error_page_has_words(texts: Texts) -> None:
    assert {f"fault.{code}_{part}" for code in SPOKEN for part in ("title", "text")} <= texts.keys


def test_placeholders_are_the_same_in_both_languages(texts: Texts) -> None:
    holes = re.compile(r"\{(\w+)\}")
    for key in texts.keys:
        found = [set(holes.findall(texts.raw(key, language))) for language in LANGUAGES]
        assert found[0] == found[1], key


def test_a_placeholder_without_a_value_stays_empty() -> None:
    texts = Texts({"a.b": {"it": "Ciao {nome}{altro}", "en": "Hi"}})
    assert texts.text("a.b", "it", nome="{x}") == "Ciao {x}"


def test_a_key_without_english_is_told_by_line(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("home:\n  title:\n    it: Bandi\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"words.yaml:2: home.title does not have words in each language"):
        load_texts([file])
