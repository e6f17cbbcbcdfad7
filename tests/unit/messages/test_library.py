"""The mails the project ships: all there, in both languages, kind and safe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.catalogue.mail_html import FOOTER_PLACEHOLDERS, compose
from app.catalogue.messages import Message, load_message
from app.catalogue.placeholders import PLACEHOLDERS
from forms.document import parse

FILES = sorted((Path(__file__).parents[3] / "app" / "messages" / "mail").glob("*.yaml"))
LANGUAGES = ("it", "en")
SENT_BY_SERVICES = {
    "assegnata_a_te",
    "nessuno_valuta",
    "non_piu_tua",
    "avviso_foglio",
    "bando_in_chiusura",
    "bozza",
    "bozze_pronte",
    "codice_conferma",
    "diritti_privacy",
    "edizione_da_annullare",
    "edizioni_proposte",
    "file_infetto",
    "genitore_ritiro",
    "gia_presente",
    "in_sostituzione",
    "indirizzo_cambiato",
    "indirizzo_nuovo",
    "mail_non_consegnata",
    "pochi_iscritti",
    "protocollo_richiesto",
    "riepilogo",
    "torna_a_te",
}
OF_NO_CASE = {"avviso_foglio", "bando_in_chiusura", "bozza", "edizioni_proposte", "riepilogo"}
DEFAULT_OF_DEADLINES = {"sollecito"}
NO_FREE_TEXT = (
    "conferma_email",
    "ricevuta",
    "gia_presente",
    "consenso_link",
    "attesa_consenso",
    "bozza",
    "indirizzo_nuovo",
)
DECIDES_NOTHING = {
    "it": ("Aprire il link non decide nulla", "Aprire il link non registra nulla"),
    "en": ("Opening the link decides nothing", "Opening the link records nothing"),
}


def read(path: Path) -> Message:
    return load_message(parse(path.read_text(encoding="utf-8"), f"app/messages/mail/{path.name}"))


MESSAGES = {path.stem: read(path) for path in FILES}


@pytest.fixture(params=sorted(MESSAGES))
def message(request: pytest.FixtureRequest) -> Message:
    return MESSAGES[request.param]


def test_the_mails_are_those_that_workflows_and_services_send(repository: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (repository / "workflows" / "library").glob("*.yaml")]
    sent = {name for text in texts for name in re.findall(r"\b(?:mail|message): ([a-z0-9_]+)", text)}
    assert sent | SENT_BY_SERVICES | DEFAULT_OF_DEADLINES == set(MESSAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reads_well_when_everything_is_known(message: Message, language: str, values: dict[str, str]) -> None:
    mail = compose(message, language, values)
    assert not {"{", "}"} & set(mail.subject + mail.text + mail.html.split("</style>")[1])
    assert "  \n" not in mail.text
    for name in message.placeholders:
        assert values[name] in mail.subject + mail.text
        assert values[name] in mail.subject + mail.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_leaves_no_loose_end_when_little_is_known(message: Message, language: str, values: dict[str, str]) -> None:
    known = {"codice", "nome", "modulo", "firma"} | ({message.link} if message.link else set()) | FOOTER_PLACEHOLDERS
    few = {name: value if name in known else "" for name, value in values.items()}
    lines = compose(message, language, few).text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert not line.endswith(": ")
        if line.endswith(":"):
            assert following, f"{line!r} introduces nothing"


def test_a_line_that_only_introduces_a_quotation_says_nothing_else(message: Message) -> None:
    # It goes when the quotation is empty, and would take its other sentences along.
    for body in (message.body.it, message.body.en):
        for line in body.splitlines():
            assert not (line.endswith(":") and re.search(r"[.!?] ", line))


def test_names_the_submission_in_the_subject(message: Message) -> None:
    assert ("{codice}" in message.subject.it) is (message.message not in OF_NO_CASE)


def test_has_no_personal_data_in_the_subject(message: Message, values: dict[str, str]) -> None:
    for language in LANGUAGES:
        subject = compose(message, language, values).subject
        assert not [name for name in ("nome", "titolo", "motivazione", "genitore_email_mascherata") if name in subject]


def test_carries_at_most_one_link_besides_privacy(message: Message, values: dict[str, str]) -> None:
    mail = compose(message, "it", values)
    assert mail.html.count("<a ") == (2 if message.link else 1)
    assert mail.text.count("https://") == (2 if message.link else 1)


def test_has_all_its_placeholders_explained(message: Message) -> None:
    assert message.placeholders <= set(PLACEHOLDERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_are_told_that_opening_a_link_decides_nothing(
    message: Message, language: str, values: dict[str, str]
) -> None:
    if message.for_staff and message.link == "link_azione":
        text = compose(message, language, values).text
        assert any(sentence in text for sentence in DECIDES_NOTHING[language])


@pytest.mark.parametrize("name", NO_FREE_TEXT)
def test_mail_to_an_unproven_address_repeats_nothing_typed_freely(name: str) -> None:
    # Anybody can enter anybody's address: such a mail must not carry a stranger's words.
    assert not {"titolo", "titolo_2", "note", "motivazione", "motivi", "elenco"} & MESSAGES[name].placeholders


def test_confirmation_says_when_data_are_deleted_and_until_when_to_confirm(values: dict[str, str]) -> None:
    for language, days in (("it", "7 giorni"), ("en", "7 days")):
        text = compose(MESSAGES["conferma_email"], language, values).text
        assert days in text
        assert "72" not in text
        assert "[scadenza]" in text


def test_every_placeholder_is_used_by_a_mail_or_a_footer() -> None:
    used = set().union(*(message.placeholders for message in MESSAGES.values())) | FOOTER_PLACEHOLDERS
    assert used == set(PLACEHOLDERS)
