"""Typesetting: a Typst template and plain data become an accessible PDF (PDF/UA-1), the same on every machine.

Data reach the template as one JSON text in `sys.inputs`, so nothing that a person wrote is ever read as markup.
Only the fonts inside the typst wheel are used: Libertinus Serif, New Computer Modern and DejaVu Sans Mono. They
hold Latin, Greek, Cyrillic, Hebrew, Devanagari and basic Arabic letters, but no emoji and no Chinese; what none of
them has is printed as its Unicode name in brackets.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Literal

import typst

log = logging.getLogger(__name__)

STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1 (ISO 14289-1): tagged, with language and title."""

ROUNDS = 4
"""Tries of one document; each learns from typst which characters no font has."""

_QUOTED = re.compile(r'error: PDF/UA-1 error: the text [^`\n]*`"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_PART_OF_WRITING = frozenset("\n\u00ad\u200c\u200d")
"""Invisible, but ordinary: line ends, the soft hyphen, and the joiners of Persian, Indic scripts and emoji."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters that show nothing of their own, or turn the writing's direction around."""

_FIRST_TO_GO = ("M", "C")
"""Categories of marks and joiners: where a font lacks one, the letter that carries it is reported missing too."""

_LATIN = 0x250
"""Below this code point the fonts have everything: such a letter is reported only for the mark that it carries."""


class PdfError(Exception):
    """Typst could not make the document; the text holds nothing of its data."""


def make_pdf(template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """The PDF that `template` makes of `data` (JSON values), dated `made_at` (aware).

    The template reads `json(bytes(sys.inputs.data))`, and must set a title and its language. Texts in `data` are put
    into a printable form first; no text, whatever it holds, makes this fail.

    Raises:
        PdfError: the template itself is wrong.
    """
    missing: frozenset[str] = frozenset()
    for _ in range(ROUNDS):
        try:
            return _compile(template, _each_text(data, partial(printable, missing=missing)), made_at)
        except typst.TypstError as error:
            reported = missing_characters(error.diagnostic or error.message)
            learnt = missing | _to_name(reported)
            if learnt == missing:
                break
            missing = learnt
    log.warning("a document could not be typeset with its own characters: all unusual ones are named")
    try:
        return _compile(template, _each_text(data, plain), made_at)
    except typst.TypstError:
        raise PdfError("the template could not be typeset") from None  # typst quotes the data that it tells of


def printable(text: str, missing: frozenset[str] = frozenset()) -> str:
    """`text` composed (NFC), with the characters in `missing` and all unseen ones told by name.

    Invisible characters and those that turn the direction of writing are told too: a receipt hides nothing.
    """
    lines = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return "".join(_told(character) if _untold(character, missing) else character for character in lines)


def plain(text: str) -> str:
    """`text` with every character beyond European letters and punctuation told by name: the last resort."""
    lines = printable(text)
    return "".join(_told(each) if ord(each) >= _LATIN and each not in "–—‘’“”…€" else each for each in lines)


def missing_characters(diagnostic: str) -> frozenset[str]:
    """The characters that typst's `diagnostic` says no font has."""
    texts = (_ESCAPED.sub(_unescape, quoted) for quoted in _QUOTED.findall(diagnostic))
    return frozenset(character for text in texts for character in text)


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPES.get(match[2], match[2])


def _to_name(reported: frozenset[str]) -> frozenset[str]:
    """Which of the reported characters are told by name from now on: marks first, as they take letters along."""
    marks = frozenset(each for each in reported if unicodedata.category(each).startswith(_FIRST_TO_GO))
    return marks or frozenset(each for each in reported if ord(each) >= _LATIN)


def _untold(character: str, missing: frozenset[str]) -> bool:
    if character in missing:
        return True
    return unicodedata.category(character) in _UNSEEN and character not in _PART_OF_WRITING


def _told(character: str) -> str:
    return f"[{unicodedata.name(character, f'U+{ord(character):04X}')}]"


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """`value` with `change` done to every text in it; keys are the template's own and stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(inner, change) for inner in value]
    return value


def _compile(template: str, data: Any, made_at: datetime) -> bytes:
    return typst.compile(
        template.encode(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=int(made_at.timestamp()),
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The fonts of the wheel; those of the machine would make another document on each."""
    return typst.Fonts(include_system_fonts=False)
