"""A message for one case as an e-mail's two bodies: plain text and HTML that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from app.catalogue.messages import (
    Bilingual,
    Block,
    Body,
    Facts,
    Link,
    LinkText,
    Message,
    Paragraph,
    Quote,
    Rendered,
    Thing,
    render_body,
)
from forms.document import Strict, build, parse

_APP = Path(__file__).resolve().parent.parent
_FOOTER = _APP / "messages" / "footer.yaml"
_TEMPLATES = _APP / "templates"
_QUOTE_INDENT = "  "
_FOOTER_RULE = "-- "  # mail programs take what follows for a signature and fold it away

FOOTER_PLACEHOLDERS = frozenset({"email_ufficio", "telefono_ufficio", "link_privacy"})
"""What every mail needs besides its message's own placeholders."""


class Footer(Strict):
    """The words under every mail, those of the link to the privacy notice, and those of a code to confirm with."""

    person: Body
    staff: Body
    privacy: LinkText
    code: Bilingual
    code_note: Bilingual


_BEFORE_THINGS = 2
"""Blocks of a daily mail that come before its things: the greeting, and what introduces them."""


@dataclass(frozen=True, slots=True)
class MailParts:
    """Subject and bodies, ready for `integrations.mail.MailMessage`."""

    subject: str
    text: str
    html: str


def compose(message: Message, language: str, values: Mapping[str, str], code: str = "") -> MailParts:
    """`message` with `values` (its placeholders and `FOOTER_PLACEHOLDERS`) in `language`.

    A `code` is printed under the link: what is at stake there is confirmed with it.
    Values are plain text, whatever they hold: they are escaped, and no value becomes a link but the `link_` ones.

    Raises:
        KeyError: a value is missing.
    """
    return _laid_out(message, language, values, with_code(message.render(language, values), code, language))


def with_code(rendered: Rendered, code: str, language: str) -> Rendered:
    """What a mail says, with the code under its link; no code changes nothing."""
    if not code:
        return rendered
    return replace(rendered, blocks=tuple(_coded(rendered.blocks, code, language)))


def compose_digest(message: Message, language: str, values: Mapping[str, str], things: tuple[Thing, ...]) -> MailParts:
    """The daily mail: `message` with the things in its middle."""
    rendered = message.render(language, values)
    before, after = rendered.blocks[:_BEFORE_THINGS], rendered.blocks[_BEFORE_THINGS:]
    choice = tuple(replace(block, quiet=True) if isinstance(block, Link) else block for block in after)
    return _laid_out(message, language, values, Rendered(rendered.subject, (*before, *things, *choice)))


def _laid_out(message: Message, language: str, values: Mapping[str, str], rendered: Rendered) -> MailParts:
    footer = _footer()
    words = (footer.staff if message.for_staff else footer.person).in_(language)
    below = (
        *render_body(words, "", values, language),
        Link(footer.privacy.in_(language), values["link_privacy"]),
    )
    html = _template().render(
        language="en" if language == "en" else "it",
        rendered=rendered,
        footer=below,
        shape=_shape,
    )
    return MailParts(rendered.subject, _text(rendered, below), html)


def _coded(blocks: Iterable[Block], code: str, language: str) -> Iterator[Block]:
    words = _footer()
    for block in blocks:
        yield block
        if isinstance(block, Link):
            yield Facts(((words.code.in_(language), code),))
            yield Paragraph((words.code_note.in_(language),))


def _text(rendered: Rendered, footer: tuple[Block, ...]) -> str:
    body = "\n\n".join(_block_text(block) for block in rendered.blocks)
    return "\n".join((body, "", _FOOTER_RULE, *(_block_text(block) for block in footer), ""))


def _block_text(block: Block) -> str:
    if isinstance(block, Thing):
        return "\n".join((block.title, *(_block_text(part) for part in block.parts)))
    if isinstance(block, Link):
        return f"{block.label}:\n{block.url}"
    if isinstance(block, Facts):
        return "\n".join(f"{label}: {value}" for label, value in block.rows)
    if isinstance(block, Quote):
        return "\n".join((_QUOTE_INDENT + line).rstrip() for line in block.lines)
    return "\n".join(block.lines)


def _shape(block: Block) -> str:
    return type(block).__name__


@cache
def _footer() -> Footer:
    return build(Footer, parse(_FOOTER.read_text(encoding="utf-8"), _FOOTER.name))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("mail.html")
