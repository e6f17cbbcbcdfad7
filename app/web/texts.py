"""The words of the pages, in Italian and English: `ui.yaml` (the programme's microcopy) and ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

from forms.document import DefinitionError, Document, Fault, parse

Language: TypeAlias = Literal["it", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_NAMES = ("ui.yaml", "web.yaml", "steps.yaml", "own_page.yaml", "notices.yaml")
FILES = tuple(Path(__file__).parent.parent / "messages" / name for name in _NAMES)


class Texts:
    """Words by key (`section.key`) and language; made once, at start."""

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self._words = MappingProxyType(dict(words))

    @property
    def keys(self) -> frozenset[str]:
        """Every key that has words."""
        return frozenset(self._words)

    def raw(self, key: str, language: str) -> str:
        """The words of `key` as they were written, with their placeholders."""
        return self._words[key][language]

    def text(self, key: str, language: str, **values: object) -> str:
        """The words of `key` with `{placeholders}` filled from `values`.

        A placeholder without a value stays empty: a page never fails for a missing detail.

        Raises:
            KeyError: nobody wrote words for `key` (a test looks at every key that the pages use).
        """
        words = self._words[key][language]
        if not values and "{" not in words:
            return words
        return Formatter().vformat(words, (), _Filled(values))


@dataclass(frozen=True)
class Words:
    """`Texts` in one reader's language."""

    texts: Texts
    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key`, see `Texts.text`."""
        return self.texts.text(key, self.language, **values)


class _Filled(dict[str, Any]):
    """Placeholder values; an unknown one is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def load_texts(files: Iterable[Path] = FILES) -> Texts:
    """The words that `files` hold.

    Raises:
        DefinitionError: a file is no YAML, or a key lacks a language.
    """
    words: dict[str, Mapping[str, str]] = {}
    faults: list[Fault] = []
    for file in files:
        document = parse(file.read_text(encoding="utf-8"), file.name)
        for section, keys in document.data.items():
            for key, languages in keys.items():
                words[f"{section}.{key}"] = languages
                faults += _faults(document, section, key, languages)
    if faults:
        raise DefinitionError(faults)
    return Texts(words)


def _faults(document: Document, section: str, key: str, languages: object) -> list[Fault]:
    if isinstance(languages, dict) and all(isinstance(languages.get(code), str) for code in LANGUAGES):
        return []
    what = f"{section}.{key} does not have words in each language"
    return [document.fault((section, key), what, f"give `{'` and `'.join(LANGUAGES)}`")]
