"""A parent answers on paper: the form to print, and the office that records it."""

from __future__ import annotations

from io import BytesIO

from tests.integration.app.people import CONSENT, IDEAS, MOTHER, OFFICER, idea, idea_of_a_minor, sample
from tests.integration.app.town import Town

OFFER = "Stampa il modulo"
SIGNED = {"signed_on": "15/11/2026", "uscita_autonoma": "no", "contatto_emergenza": "+393331234560"}
"""What the office reads on the signed form."""


def test_the_form_is_printed_from_the_applicant_s_and_from_the_parent_s_page(town: Town) -> None:
    reference = town.confirmed(idea_of_a_minor(), IDEAS)
    own, parent = town.own_page(reference), town.door(MOTHER, reference)
    opened = parent.open()
    assert OFFER in own.open().text
    assert OFFER in opened.text
    pages = [own.browser.get(f"{own.address}/carta"), parent.browser.get(f"{opened.request.path}/carta")]
    for page in pages:
        assert page.status_code == 200
        for said in (
            reference,
            "Eufemia Inventati, data di nascita 12 dicembre 2009",
            "Ombra e acqua in piazza",
            "Può tornare a casa in autonomia?",
            "Decido d’accordo con l’altro genitore",
            "Ufficio Partecipazione",
            "Firma",
        ):
            assert said in page.text, said
        assert "eufemia@example.org" not in page.text
        assert MOTHER not in page.text


def test_the_office_records_what_came_on_paper(town: Town) -> None:
    reference = town.confirmed(idea_of_a_minor(), IDEAS)
    own = town.own_page(reference)
    (mail,) = town.mails(OFFICER, reference)
    assert "Solo se la risposta arriva su carta" in mail.text
    town.choose(OFFICER, reference, "consent_given", signed_on="15/11/2026")
    assert town.state(reference) == "ammissibilita"
    assert town.browser().get(f"{own.address}/carta").status_code == 404


def test_the_scan_of_the_signed_form_is_kept(town: Town) -> None:
    reference = town.confirmed(sample(8), "corsi-2026")
    door = town.door("iscrizioni@csbno.example.org", reference)
    page = door.open()
    assert 'enctype="multipart/form-data"' in page.text
    scan = BytesIO(b"%PDF-1.4 firmato")
    door.send(page, "consent_given", **SIGNED, scansione=(scan, "modulo firmato.pdf"))
    assert [(row["field"], row["filename"]) for row in town.dump()["files"]] == [("scansione", "modulo firmato.pdf")]


def test_nobody_else_has_the_form(town: Town) -> None:
    reference = town.confirmed(idea_of_a_minor(), IDEAS)
    officer = town.door(OFFICER, reference)
    assert officer.browser.get(f"{officer.open().request.path}/carta").status_code == 404
    town.choose(MOTHER, reference, "consent_given", **CONSENT)
    parent = town.door(MOTHER, reference)
    assert parent.browser.get(f"{parent.open().request.path}/carta").status_code == 404
    grown = town.own_page(town.confirmed(idea(), IDEAS))
    assert OFFER not in grown.open().text
    assert grown.browser.get(f"{grown.address}/carta").status_code == 404
