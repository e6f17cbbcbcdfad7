"""A mail as its author writes it (one YAML file, Italian and English) and what it says for one case.

A body is made of paragraphs with an empty line between them. `- Label: value` is a row of facts, a placeholder of
kind `text` or `link` stands alone on its line, and a line whose placeholder has no value is left out together with
the line ending in a colon that introduces it. docs/messages.md explains it to authors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from pathlib import PurePath
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from app.catalogue.placeholders import PLACEHOLDERS, Kind
from forms.document import DefinitionError, Document, Strict, build

Role = Literal[
    "richiedente",
    "genitore",
    "istruttore",
    "revisore",
    "provincia",
    "coordinatore",
    "backup_coordinatore",
    "protocollo",
    "commissione",
    "scuola",
    "cedente",
    "riusante",
    "cabina_di_regia",
    "newsletter",
]
"""Who a mail may be written for (clarifications.md §3)."""

_APPLICANT_SIDE = frozenset({"richiedente", "genitore"})
_FOOTER_LINK = "link_privacy"
_FOLDER = "mail"
_SUBJECT_CHARS = 90
_PLACEHOLDER = re.compile(r"(?P<article>\b(?:[Ii]l|[Aa]l|[Dd]al|[Dd]el) )?\{(?P<name>[^{}]*)\}")
_ALONE = re.compile(r"\{([^{}]*)\}")
_FACT = re.compile(r"- (?P<label>[^:{}]+): (?P<value>.+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")  # halves of surrogate pairs too
_VOWEL_DAY = re.compile(r"(8|11)\b")
_ELIDED = {"il ": "l’", "Il ": "L’"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of plain words."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of a label and its value."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a person wrote, line by line."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An address and the words to press; a `quiet` one is no button."""

    label: str
    url: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """One of the things of a daily mail: the subject that its own mail would have, and what matters of its body."""

    title: str
    parts: tuple[Facts | Link, ...]


def thing_of(rendered: Rendered) -> Thing:
    """What a daily mail says of a mail: its subject, the facts that the subject doesn't tell, its link."""
    parts: list[Facts | Link] = []
    for block in rendered.blocks:
        if isinstance(block, Facts):
            rows = tuple(row for row in block.rows if row[1] not in rendered.subject)
            parts += [Facts(rows)] if rows else []
        elif isinstance(block, Link):
            parts.append(block)
    return Thing(rendered.subject, tuple(parts))


Block: TypeAlias = Paragraph | Facts | Quote | Link | Thing


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message for one case in one language, not yet laid out as text or HTML."""

    subject: str
    blocks: tuple[Block, ...]


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match["name"] for match in _PLACEHOLDER.finditer(text)))


def _kind(name: str) -> Kind:
    return PLACEHOLDERS[name].kind


def _known(text: str) -> str:
    for name in _names(text):
        if name not in PLACEHOLDERS:
            close = get_close_matches(name, PLACEHOLDERS, n=1)
            hint = f"did you mean `{{{close[0]}}}`?" if close else "docs/messages.md lists all placeholders"
            raise ValueError(f"unknown placeholder `{{{name}}}` | {hint}")
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        raise ValueError("a brace without its partner | write placeholders as {codice}")
    return text


def _fit_for_subject(text: str) -> str:
    for name in _names(text):
        if not PLACEHOLDERS[name].subject:
            raise ValueError(
                f"`{{{name}}}` may hold personal data and stands in a subject | say it in the body, use {{codice}}"
            )
    if "\n" in text.strip():
        raise ValueError("the subject has more than one line | write it on one line")
    if len(text) > _SUBJECT_CHARS:
        raise ValueError(f"the subject has {len(text)} characters | keep it below {_SUBJECT_CHARS + 1}")
    return text.strip()


def _fit_for_body(text: str) -> str:
    links = [name for name in _names(text) if _kind(name) == "link"]
    if _FOOTER_LINK in links:
        raise ValueError(f"`{{{_FOOTER_LINK}}}` is in every footer already | remove it from the body")
    if len(links) > 1:
        raise ValueError(f"two links: {', '.join(f'{{{name}}}' for name in links)} | keep the one to act on")
    for line in text.splitlines():
        for name in _names(line):
            if _kind(name) != "line" and not _ALONE.fullmatch(line.strip()):
                raise ValueError(f"`{{{name}}}` shares its line with other words | give it a line of its own")
    if sum(line.strip() == f"{{{name}}}" for name in links for line in text.splitlines()) > 1:
        raise ValueError("the link stands twice | keep one")
    return text.strip("\n")


def _without_placeholders(text: str) -> str:
    if "{" in text or "\n" in text.strip():
        raise ValueError("the words of a link are fixed and on one line | write them out, without braces")
    return text.strip()


_Filled = Annotated[str, Field(min_length=1), AfterValidator(_known)]
_SubjectLine = Annotated[_Filled, AfterValidator(_fit_for_subject)]
_BodyText = Annotated[_Filled, AfterValidator(_fit_for_body)]
_LinkWords = Annotated[str, Field(min_length=2, max_length=60), AfterValidator(_without_placeholders)]


class Bilingual(Strict):
    """The same words in Italian and English; neither may be missing."""

    it: str
    en: str

    def in_(self, language: str) -> str:
        """The words in `language`; Italian where it is neither of the two."""
        return self.en if language == "en" else self.it


class Subject(Bilingual):
    """One line; only placeholders that can hold no personal data."""

    it: _SubjectLine
    en: _SubjectLine


class Body(Bilingual):
    """Paragraphs, facts, quotations, and at most one link."""

    it: _BodyText
    en: _BodyText


class LinkText(Bilingual):
    """The words to press."""

    it: _LinkWords
    en: _LinkWords


class Message(Strict):
    """One mail. `to`: whom it is written for; an effect that names nobody sends it to all of them.

    `daily`: it may come with others in one mail a day, to a `reader` who asked for that, or to `everybody` (the first
    of a day leaves at once). Without it, it never waits. `calendar`: the date of the case's meeting or activity comes
    along for the reader's calendar, or is taken out of it.
    """

    message: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    to: tuple[Role, ...] = Field(min_length=1)
    daily: Literal["reader", "everybody"] | None = None
    calendar: Literal["meeting", "activity", "cancelled"] | None = None
    subject: Subject
    body: Body
    link_text: LinkText | None = None

    @model_validator(mode="after")
    def _says_the_same_in_both(self) -> Message:
        for part in (self.subject, self.body):
            odd = set(_names(part.it)) ^ set(_names(part.en))
            if odd:
                raise ValueError(
                    f"`{{{min(odd)}}}` stands in one language only | say the same in Italian and in English"
                )
        if self.link and not self.link_text:
            raise ValueError(f"`{{{self.link}}}` has no words to press | add `link_text: {{it: …, en: …}}`")
        if self.daily and not self.for_staff:
            raise ValueError("applicants and parents get each mail at once | remove `daily`")
        if self.link_text and not self.link:
            raise ValueError("`link_text` without a link | add {link_azione} to the body or remove `link_text`")
        return self

    @property
    def placeholders(self) -> frozenset[str]:
        """Every name that `render` wants a value for."""
        return frozenset(_names(self.subject.it + self.body.it))

    @property
    def link(self) -> str | None:
        """The placeholder of the one link, if there is a link."""
        return next((name for name in _names(self.body.it) if _kind(name) == "link"), None)

    @property
    def for_staff(self) -> bool:
        """Whether it goes to people who work with the cases, and not to an applicant or a parent."""
        return not _APPLICANT_SIDE & set(self.to)

    def render(self, language: str, values: Mapping[str, str]) -> Rendered:
        """What the message says with `values`; an empty one drops its line.

        Raises:
            KeyError: a name of `placeholders` is missing in `values`.
        """
        words = self.link_text.in_(language) if self.link_text else ""
        subject = _filled(self.subject.in_(language), values, language)
        return Rendered(subject, render_body(self.body.in_(language), words, values, language))


def edited(message: Message, subject: str, body: str) -> Message:
    """`message` with what somebody wrote in its place, in the one language of whom it goes to.

    Raises:
        ValidationError: the text would not do; each fault says what is wrong and how to fix it.
    """
    words = {"subject": {"it": subject, "en": subject}, "body": {"it": body, "en": body}}
    return Message.model_validate({**message.model_dump(), **words})


def load_message(document: Document) -> Message:
    """The message that `document` holds; a file in a `mail` folder has the name of its message.

    Raises:
        DefinitionError: with the line of each fault.
    """
    message = build(Message, document)
    path = PurePath(document.file)
    if path.parent.name == _FOLDER and path.stem != message.message:
        what = f"message `{message.message}` lies in {path.name}"
        raise DefinitionError([document.fault(("message",), what, f"call it `{path.stem}` or rename the file")])
    return message


def render_body(body: str, words: str, values: Mapping[str, str], language: str) -> tuple[Block, ...]:
    """`body` as blocks, in order; `words` are those of its link."""
    paragraphs = re.split(r"\n\s*\n", body)
    return tuple(block for text in paragraphs for block in _blocks(text.splitlines(), words, values, language))


def _blocks(lines: list[str], words: str, values: Mapping[str, str], language: str) -> Iterator[Block]:
    kept = _without_empty([line.strip() for line in lines], values)
    for kind, group in groupby(kept, key=_shape):
        if kind == "words":
            yield Paragraph(tuple(_filled(line, values, language) for line in group))
        elif kind == "fact":
            yield Facts(tuple(_fact(line, values, language) for line in group))
        else:
            yield from (_alone(line, words, values) for line in group)


def _without_empty(lines: list[str], values: Mapping[str, str]) -> list[str]:
    """`lines` without those that miss a value, nor those that only introduce one which is gone."""
    kept: list[str] = []
    for index, line in reversed(list(enumerate(lines))):
        introduces_nothing = line.endswith(":") and index + 1 < len(lines) and kept[:1] != [lines[index + 1]]
        if not introduces_nothing and all(values[name].strip() for name in _names(line)):
            kept.insert(0, line)
    return kept


def _shape(line: str) -> Literal["words", "fact", "alone"]:
    alone = _ALONE.fullmatch(line)
    if alone and _kind(alone[1]) != "line":
        return "alone"
    return "fact" if _FACT.fullmatch(line) else "words"


def _fact(line: str, values: Mapping[str, str], language: str) -> tuple[str, str]:
    label, _, value = line.removeprefix("- ").partition(": ")
    return label, _filled(value, values, language)


def _alone(line: str, words: str, values: Mapping[str, str]) -> Quote | Link:
    name = line[1:-1]
    if _kind(name) == "link":
        return Link(words, _one_line(values[name]))
    lines = (_one_line(part) for part in values[name].strip().splitlines())
    return Quote(tuple(lines))


def _filled(template: str, values: Mapping[str, str], language: str) -> str:
    """`template` with its values; in Italian «il 8» becomes «l’8» and «dal 11» «dall’11»."""

    def value_of(match: re.Match[str]) -> str:
        value, article = _one_line(values[match["name"]]), match["article"] or ""
        if article and language == "it" and _VOWEL_DAY.match(value):
            return _ELIDED.get(article, article.strip() + "l’") + value
        return article + value

    return _PLACEHOLDER.sub(value_of, template)


def _one_line(value: str) -> str:
    """`value` without line breaks and control characters: nothing in it can start a line or a header."""
    return " ".join(_CONTROL.sub(" ", value).split())
