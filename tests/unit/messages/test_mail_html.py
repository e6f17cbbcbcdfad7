"""Text and HTML of one mail: the same content, and nothing that a value smuggled in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.mail_html import compose
from app.catalogue.messages import Message, load_message
from app.catalogue.placeholders import PLACEHOLDERS
from forms.document import parse
from integrations.local.smtp import hrefs
from tests.unit.messages.reading import words_of

MESSAGE = """\
message: prova
to: [richiedente]
subject: {it: "Prova {codice}", en: "Test {codice}"}
body:
  it: |
    Ciao {nome},

    - Titolo: {titolo}

    Ecco perché:
    {motivazione}

    {link_azione}
  en: |
    Hello {nome},

    - Title: {titolo}

    This is why:
    {motivazione}

    {link_azione}
link_text: {it: Apri e rispondi, en: Open and answer}
"""
AZIONE = "https://hubout.example.org/azione/a+b=c&d_e-f%2Fg"
PRIVACY = "https://hubout.example.org/privacy"


def message(text: str = MESSAGE) -> Message:
    return load_message(parse(text, "prova.yaml"))


def values(**changed: str) -> dict[str, str]:
    filled = {name: f"[{name}]" for name in PLACEHOLDERS}
    return {**filled, "link_azione": AZIONE, "link_privacy": PRIVACY, **changed}


def test_text_and_html_say_the_same() -> None:
    mail = compose(message(), "it", values(motivazione="Riga uno\n\nRiga <due> & tre"))
    assert words_of(mail.html) == ["HubOut", *mail.text.replace("-- \n", "").split()]


def test_links_have_real_words_in_html_and_their_own_line_in_text() -> None:
    mail = compose(message(), "it", values())
    assert f"Apri e rispondi:\n{AZIONE}\n" in mail.text
    assert re.search(r'<a href="[^"]+"[^>]*>Apri e rispondi</a>', mail.html)
    assert list(hrefs(mail.html)) == [AZIONE, PRIVACY]


@pytest.mark.parametrize(("language", "word"), [("it", "Come usiamo i dati"), ("en", "How we use data")])
def test_is_written_in_one_language_and_says_which(language: str, word: str) -> None:
    mail = compose(message(), language, values())
    assert f'<html lang="{language}">' in mail.html
    assert word in mail.html
    assert word in mail.text


def test_staff_read_another_footer() -> None:
    staff = compose(message(MESSAGE.replace("richiedente", "coordinatore")), "it", values())
    assert "segui le domande" in staff.text
    assert "segui le domande" not in compose(message(), "it", values()).text


def test_a_contact_that_is_not_known_leaves_no_loose_sentence() -> None:
    mail = compose(message(), "it", values(telefono_ufficio=""))
    assert "chiama" not in mail.text
    assert "chiama" not in mail.html


def test_needs_nothing_from_elsewhere_and_serves_all_readers() -> None:
    html = compose(message(), "it", values()).html
    assert not re.search(r"<(img|script|link|iframe|form|input)\b|url\(|@import", html)
    assert html.count("<table") == html.count('<table role="presentation"')
    assert "prefers-color-scheme: dark" in html
    assert "max-width:600px" in html


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=200))
def test_no_value_makes_a_tag_a_link_or_a_subject_line(nome: str, titolo: str, motivazione: str) -> None:
    mail = compose(message(), "it", values(nome=nome, titolo=titolo, motivazione=motivazione, codice=titolo))
    plain = compose(message(), "it", values(nome="x", titolo="x", motivazione="x", codice="x"))
    assert list(hrefs(mail.html)) == [AZIONE, PRIVACY]
    assert len(re.findall(r"<(?!br>)", mail.html)) <= len(re.findall(r"<(?!br>)", plain.html))
    assert len(mail.subject.splitlines()) <= 1
