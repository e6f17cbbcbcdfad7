"""How a message file is read, refused and filled in."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from app.catalogue.messages import Facts, Link, Message, Paragraph, Quote, load_message
from forms.document import DefinitionError, parse

GOOD = """\
message: prova
to: [richiedente]
subject:
  it: "Prova {codice}"
  en: "Test {codice}"
body:
  it: |
    Ciao {nome},

    - Codice: {codice}
    - Entro: il {scadenza}

    Ecco perché:
    {motivazione}

    {link_azione}
  en: |
    Hello {nome},

    - Code: {codice}
    - By: {scadenza}

    This is why:
    {motivazione}

    {link_azione}
link_text:
  it: Apri
  en: Open
"""
VALUES = {
    "codice": "CWK-26-7F3K9Q",
    "nome": "Anna",
    "scadenza": "8 dicembre 2026",
    "motivazione": "Manca il bilancio.\nManca la sede.",
    "link_azione": "https://hubout.example.org/azione/abc",
}


def message(text: str = GOOD) -> Message:
    return load_message(parse(text, "calls/prova.yaml"))


def fault(text: str, file: str = "calls/prova.yaml") -> str:
    with pytest.raises(DefinitionError) as caught:
        load_message(parse(text, file))
    return str(caught.value)


def test_becomes_paragraphs_facts_quotes_and_a_link() -> None:
    rendered = message().render("it", VALUES)
    assert rendered.subject == "Prova CWK-26-7F3K9Q"
    assert rendered.blocks == (
        Paragraph(("Ciao Anna,",)),
        Facts((("Codice", "CWK-26-7F3K9Q"), ("Entro", "l’8 dicembre 2026"))),
        Paragraph(("Ecco perché:",)),
        Quote(("Manca il bilancio.", "Manca la sede.")),
        Link("Apri", "https://hubout.example.org/azione/abc"),
    )


def test_speaks_the_language_of_the_case() -> None:
    rendered = message().render("en", VALUES)
    assert rendered.subject == "Test CWK-26-7F3K9Q"
    assert rendered.blocks[-1] == Link("Open", VALUES["link_azione"])


def test_an_empty_value_takes_its_line_along_and_the_line_that_introduces_it() -> None:
    rendered = message().render("it", {**VALUES, "motivazione": " \n", "scadenza": ""})
    assert rendered.blocks == (
        Paragraph(("Ciao Anna,",)),
        Facts((("Codice", "CWK-26-7F3K9Q"),)),
        Link("Apri", VALUES["link_azione"]),
    )


def test_a_missing_value_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match="motivazione"):
        message().render("it", {name: value for name, value in VALUES.items() if name != "motivazione"})


@pytest.mark.parametrize(
    ("template", "day", "said"),
    [
        ("entro il {scadenza}", "8 marzo 2027", "entro l’8 marzo 2027"),
        ("Il {scadenza}", "11 marzo 2027", "L’11 marzo 2027"),
        ("fino al {scadenza}", "11 marzo 2027", "fino all’11 marzo 2027"),
        ("dal {scadenza}", "8 marzo 2027", "dall’8 marzo 2027"),
        ("del {scadenza}", "8 marzo 2027", "dell’8 marzo 2027"),
        ("entro il {scadenza}", "18 marzo 2027", "entro il 18 marzo 2027"),
        ("entro il {scadenza}", "1 marzo 2027", "entro il 1 marzo 2027"),
    ],
)
def test_italian_articles_bow_to_the_eighth_and_the_eleventh(template: str, day: str, said: str) -> None:
    text = GOOD.replace("- Entro: il {scadenza}", template)
    blocks = message(text).render("it", {**VALUES, "scadenza": day}).blocks
    assert any(said in block.lines for block in blocks if isinstance(block, Paragraph))


def test_values_start_no_line_and_no_header() -> None:
    values = {**VALUES, "nome": "Anna\r\n\r\nApri https://evil.example\x00", "codice": "A\nBcc: evil@example.org"}
    rendered = message().render("it", values)
    assert rendered.subject == "Prova A Bcc: evil@example.org"
    assert rendered.blocks[0] == Paragraph(("Ciao Anna Apri https://evil.example,",))


def test_braces_in_values_are_plain_characters() -> None:
    rendered = message().render("it", {**VALUES, "nome": "{link_azione}", "motivazione": "{codice}"})
    assert rendered.blocks[0] == Paragraph(("Ciao {link_azione},",))
    assert Quote(("{codice}",)) in rendered.blocks


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("{nome}", "{nme}"), "7: body.it: unknown placeholder `{nme}`: did you mean `{nome}`?"),
        (("{nome}", "{qwerty}"), "docs/messages.md lists all placeholders"),
        (("{nome},", "{nome,"), "7: body.it: a brace without its partner"),
        (('  en: "Test {codice}"\n', ""), "3: `en` is missing in subject"),
        (("Prova {codice}", "Prova {codice} {nome}"), "`{nome}` may hold personal data and stands in a subject"),
        (("Prova {codice}", "Prova {titolo}"), "`{titolo}` may hold personal data and stands in a subject"),
        (("Prova {codice}", "Prova " * 20), "characters: keep it below 91"),
        (("Ciao {nome},", "Ciao {nome},\n    {link_stato}"), "two links: {link_stato}, {link_azione}"),
        (("Ciao {nome},", "Ciao {nome},\n    {link_privacy}"), "`{link_privacy}` is in every footer already"),
        (("Ciao {nome},", "Ciao {nome},\n    {link_azione}"), "the link stands twice"),
        (("    {link_azione}\n  en", "    Apri {link_azione}\n  en"), "`{link_azione}` shares its line"),
        (("Ecco perché:\n    {motivazione}", "Perché: {motivazione}"), "`{motivazione}` shares its line"),
        (("- By: {scadenza}", "- By: tomorrow"), "`{scadenza}` stands in one language only"),
        (("link_text:\n  it: Apri\n  en: Open\n", ""), "`{link_azione}` has no words to press"),
        (("it: Apri", 'it: "Apri {codice}"'), "the words of a link are fixed"),
        (("[richiedente]", "[richiedenti]"), "to.0: `richiedenti` is not known here"),
        (("[richiedente]", "[]"), "to: "),
        (("to:", "cc:"), "unknown key `cc`"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_a_way_out(change: tuple[str, str], words: str) -> None:
    assert change[0] in GOOD
    assert words in fault(GOOD.replace(*change, 1))


def test_a_link_text_without_a_link_is_refused() -> None:
    assert "`link_text` without a link" in fault(GOOD.replace("    {link_azione}\n", ""))


def test_a_shipped_file_is_named_after_its_message() -> None:
    assert load_message(parse(GOOD, "app/messages/mail/prova.yaml")).message == "prova"
    assert "message `prova` lies in altra.yaml" in fault(GOOD, "app/messages/mail/altra.yaml")


def test_several_mistakes_are_told_at_once() -> None:
    words = fault(GOOD.replace("{nome}", "{nme}").replace("Prova {codice}", "Prova {nome}"))
    assert len(words.splitlines()) >= 3


def test_the_same_text_in_flow_style_is_the_same_message() -> None:
    data: dict[str, Any] = YAML(typ="safe").load(GOOD)
    assert Message.model_validate(data) == message()
