"""Every mail in every language as the e-mail it becomes: without a defect, whatever people have typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from app.catalogue.mail_html import compose, compose_digest
from app.catalogue.messages import thing_of
from app.catalogue.placeholders import PLACEHOLDERS
from integrations.mail import Invitation, MailMessage, build, message_id_for, thread_id_for
from tests.unit.messages.reading import words_of
from tests.unit.messages.test_library import LANGUAGES, MESSAGES

STRICT = policy.default.clone(raise_on_defect=True)

MICROCOPY = """
    conferma_email ricevuta consenso_link attesa_consenso integrazione integrazione_ok offerta offerta_48h
    iscrizione_ok lista_attesa posti_finiti assegnazione approvata preavviso osservazioni_ok rigetto decaduta ritiro_ok
    non_autorizzata consenso_revocato non_confermata edizione_annullata decisione_link revisori parere_link
    graduatoria_personale ammessa idonea non_idonea esclusione promemoria_integrazione promemoria_consenso
    promemoria_offerta promemoria_inizio promemoria_revisione promemoria_decisione promemoria_parere promemoria_scuola
    promemoria_coprogettazione promemoria_rendiconto promemoria_adesione promemoria_firma promemoria_modifiche
    promemoria_esiti termine_vicino fine_periodo rinnovo_rete bando_in_chiusura accordo accorpata attestato
    attestato_se_previsto benvenuto benvenuto_ente benvenuto_percorso cambio_data conclusa coprogettazione gradimento
    graduatoria_scaduta grazie incontro modifiche pianificata programmata rendiconto revoca riesame_esito
    riesame_ricevuto rigetto_interno rinnovo scaduta scheda_esiti
"""
"""Ids of the mails in the programme's `microcopy.json`."""

IN_MICROCOPY = frozenset(MICROCOPY.split())

IN_CLARIFICATIONS = frozenset({"sollecito", "termine_superato", "conferma_scuola", "staff_ritiro"})
"""The mails that the clarifications add to them."""

CODE = "7F3-K9Q"
"""A code as it is printed under a link behind which much is at stake."""

HOSTILE = {
    "a header": "Ciao\r\nBcc: evil@example.org\r\n\r\n<p>",
    "an encoded word": "=?utf-8?q?=0D=0ABcc=3A_evil=40example=2Eorg?=",
    "markup": "<script>alert(1)</script><a href='https://evil.example'>\"&amp;",
    "a boundary": "--===============1234567890==\r\nContent-Type: text/html\r\n\r\n",
    "a long word": "à" * 3000,
    "many lines": "\n".join(["."] * 400),
    "odd characters": "\x00\x0b\x1b[31m\u202eoro\u2028\u200b\ud83d\ude00 \ud800 e\u0301 🏳️‍🌈",
    "a template": "{codice} {{ 7*7 }} %s ${jndi:ldap://x}",
    "a quoted-printable end": "=\r\n=3D=\t \t",
}


def values_with(value: str) -> dict[str, str]:
    """`value` for all that people type, an address for each link."""
    links = [placeholder for placeholder, about in PLACEHOLDERS.items() if about.kind == "link"]
    typed = dict.fromkeys(PLACEHOLDERS, value)
    return typed | {name: f"https://hubout.example.org/{name}/mM7xkQ2_v3b-9Zt" for name in links}


def message_of(name: str, language: str, value: str, code: str = "") -> MailMessage:
    """The mail as `app.services.mail.writing` makes it, with `value` for all that people type."""
    parts = compose(MESSAGES[name], language, values_with(value), code)
    return MailMessage(
        sender="HubOut – Comune <hubout@example.org>",
        to="anna@example.org",
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        date=datetime(2026, 11, 16, 8, 0, tzinfo=UTC),
        message_id=message_id_for(name, "example.org"),
        thread_id=thread_id_for("CWK-26-7F3K9Q", "example.org"),
        reply_to="sportello@comune.example.org",
        language=language,
    )


def strictly_read(raw: bytes) -> EmailMessage:
    """The e-mail behind these bytes; any defect of its structure, its headers or its contents is an error."""
    mail = message_from_bytes(raw, policy=STRICT)
    for part in mail.walk():
        assert part.defects == []
        for value in part.values():
            assert value.defects == ()
        if not part.is_multipart():
            part.get_content()
    return mail


def test_every_mail_of_the_programme_is_there() -> None:
    assert len(IN_MICROCOPY) == 73
    assert sorted((IN_MICROCOPY | IN_CLARIFICATIONS) - set(MESSAGES)) == []


@pytest.mark.parametrize("code", ["", CODE], ids=["without a code", "with a code"])
@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_parses_strictly_whatever_was_typed(language: str, hostile: str, code: str) -> None:
    for name in MESSAGES:
        mail = strictly_read(build(message_of(name, language, HOSTILE[hostile], code)).as_bytes())
        assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        assert [address.addr_spec for address in mail["To"].addresses] == ["anna@example.org"]
        assert mail["Bcc"] is None
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Reply-To"] == "sportello@comune.example.org"
        assert mail["Content-Language"] == language


@pytest.mark.parametrize("code", ["", CODE], ids=["without a code", "with a code"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_both_parts_of_every_mail_say_the_same(name: str, language: str, code: str) -> None:
    mail = message_of(name, language, "uno «due» & <tre>", code)
    assert words_of(mail.html) == ["HubOut", *mail.text.replace("-- \n", "").split()]


def test_a_code_stands_under_the_link_of_every_mail_that_has_one() -> None:
    said = {name: message_of(name, "it", "uno", CODE).text.count(CODE) for name in MESSAGES}
    assert said["decisione_link"] == 1
    assert max(said.values()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hostile", sorted(HOSTILE))
def test_a_daily_mail_parses_strictly_and_says_the_same_in_both_parts(language: str, hostile: str) -> None:
    values = values_with(HOSTILE[hostile])
    names = ("promemoria_decisione", "revisori", "conferma_scuola")
    things = tuple(thing_of(MESSAGES[name].render(language, values)) for name in names)
    parts = compose_digest(MESSAGES["riepilogo"], language, values, things)
    choice = "https://hubout.example.org/avvisi/7~0123"
    message = replace(
        message_of("riepilogo", language, ""),
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        unsubscribe=choice,
    )
    mail = strictly_read(build(message).as_bytes())
    assert mail["List-Unsubscribe"] == f"<{choice}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert words_of(parts.html) == ["HubOut", *parts.text.replace("-- \n", "").split()]
    assert parts.html.count("<a ") == len(names) + 2


@pytest.mark.parametrize("cancels", [True, False])
def test_a_date_for_the_calendar_is_an_attachment_beside_the_same_mail(*, cancels: bool) -> None:
    dated = replace(message_of("programmata", "it", "x"), invitation=Invitation("BEGIN:VCALENDAR\r\nà\r\n", cancels))
    mail = strictly_read(build(dated).as_bytes())
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]
    (date,) = mail.iter_attachments()
    assert (date.get_filename(), date.get_param("method")) == ("data.ics", "CANCEL" if cancels else "PUBLISH")
    assert date.get_content() == "BEGIN:VCALENDAR\r\nà\r\n"
    assert mail["Content-Language"] == "it"
