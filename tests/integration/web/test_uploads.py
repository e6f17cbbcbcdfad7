"""A chosen file is not lost: it waits while a page comes back, and goes with its form or after a day."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.jobs import sweep
from app.models import OutboxMessage, StoredFile, WaitingUpload
from app.services.intake import drafts, uploads
from tests.integration.web.conftest import Site, mistakes
from tests.integration.web.walker import Walker

CALL = "idee-ainm-2026"
LABORATORY = "laboratori-2026"
FORM = f"/bandi/{CALL}/domanda"
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
GONE = "Il file «La nostra idea.pdf» non c’è più"
KEPT = "Hai già scelto «La nostra idea.pdf»"


class Applicant(Walker):
    """Somebody at the summary of a form that asks for a file."""

    question = "pitch"

    def press_with(self, content: bytes, inputs: list[tuple[str, str]], button: str = "invia") -> TestResponse:
        """Choose a file, answer the step's questions, press a button."""
        sent: dict[str, Any] = {"vai": button}
        for name, value in [*self.carried.items(multi=True), *inputs]:
            sent.setdefault(name, []).append(value)
        sent[self.question] = (BytesIO(content), "La nostra idea.pdf")
        self.page = self.browser.post(self.address, data=sent, content_type="multipart/form-data")
        return self.page


@pytest.fixture
def applicant(site: Site, samples: dict[int, Any]) -> Applicant:
    return _at_the_summary(site, samples[23], CALL)


def _at_the_summary(site: Site, sample: dict[str, Any], call: str) -> Applicant:
    site.context.clock.set(datetime.fromisoformat(sample["submitted_at"]))
    walker = Applicant(site, f"/bandi/{call}/domanda", call, sample["data"])
    for _ in range(3):
        walker.press("avanti")
    assert walker.number == 4
    return walker


def files(site: Site) -> list[tuple[str, str, int]]:
    with site.context.read() as session:
        return [(row.field, row.filename, row.size) for row in session.scalars(select(StoredFile))]


def waiting(site: Site) -> int:
    with site.context.read() as session:
        return len(session.scalars(select(WaitingUpload.key)).all())


def test_a_missing_declaration_keeps_the_file(site: Site, applicant: Applicant) -> None:
    page = applicant.press_with(PDF, [])
    assert page.status_code == 422
    assert "pitch" not in mistakes(page)
    assert KEPT in page.text
    assert waiting(site) == 1
    assert applicant.press("invia").status_code == 303
    assert files(site) == [("pitch", "La nostra idea.pdf", len(PDF))]
    assert waiting(site) == 0


def test_an_ended_session_keeps_answers_and_file(site: Site, applicant: Applicant) -> None:
    applicant.browser = site.browser()  # no cookie any more
    page = applicant.press_with(PDF, applicant.own())
    assert page.status_code == 400
    assert "È passato molto tempo" in page.text
    assert KEPT in page.text
    assert applicant.press("invia").status_code == 303
    assert len(files(site)) == 1


def test_a_form_that_lay_open_for_a_day_is_sent_with_one_more_press(
    site: Site, applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.config, "WTF_CSRF_TIME_LIMIT", -1)
    page = applicant.press_with(PDF, applicant.own())
    monkeypatch.undo()
    assert page.status_code == 400
    assert KEPT in page.text
    assert applicant.press("invia").status_code == 303
    assert len(files(site)) == 1


def test_the_file_waits_while_other_steps_are_read_again(site: Site, applicant: Applicant) -> None:
    page = applicant.press_with(PDF, [], "passo-2")
    assert page.status_code == 200
    assert applicant.number == 2
    applicant.press("riepilogo")
    assert KEPT in applicant.page.text
    assert applicant.press("invia").status_code == 303
    assert len(files(site)) == 1


def test_a_wrong_file_does_not_wait(site: Site, applicant: Applicant) -> None:
    page = applicant.press_with(b"MZ no PDF", [])
    assert "pitch" in mistakes(page)
    assert KEPT not in page.text
    assert waiting(site) == 0


def test_another_file_takes_the_place_of_the_one_that_waits(site: Site, applicant: Applicant) -> None:
    applicant.press_with(PDF, [])
    assert applicant.press_with(PDF + b"\n", applicant.own()).status_code == 303
    assert files(site) == [("pitch", "La nostra idea.pdf", len(PDF) + 1)]


def test_a_file_that_waits_can_be_left_out(site: Site, applicant: Applicant) -> None:
    applicant.press_with(PDF, [])
    page = applicant.press("invia", [*applicant.own(), ("pitch-via", "1")])
    assert KEPT not in page.text
    assert files(site) == []


def test_nobody_else_s_file_is_found(site: Site, applicant: Applicant) -> None:
    applicant.press_with(PDF, [])
    applicant.page = applicant.browser.get(FORM)
    assert uploads.find(site.context, "0" * 32, "x.pdf") is None
    assert uploads.find(site.context, "../../hubout.sqlite3", "x.pdf") is None


def test_a_file_waits_for_a_day(site: Site, applicant: Applicant) -> None:
    applicant.press_with(PDF, [])
    folder = site.context.files[1]
    assert len(site.context.files[0].ls(folder)) == 1
    site.context.clock.set(site.context.clock.now() + timedelta(days=1))
    sweep.tick(site.context)
    assert b"hubout:gate:forget_drafts:" in site.context.redis.keys("hubout:gate:*")
    assert uploads.forget_expired(site.context) == 1
    assert site.context.files[0].ls(folder) == []
    assert waiting(site) == 0


def _saved(site: Site, applicant: Applicant) -> str:
    """The link of the draft that keeps what stands in the form."""
    applicant.press("salva")
    sent = MultiDict([*applicant.carried.items(multi=True), ("bozza_email", "gaia@example.org")])
    assert applicant.browser.post(applicant.address.replace("/domanda", "/bozza"), data=sent).status_code == 200
    with site.context.read() as session:
        mail = drafts.write(site.context, session, session.scalars(select(OutboxMessage)).one())
    return str(re.findall(r"https?://[^/\s]+(\S*/bozza/\S+)", mail.text)[0])


def test_the_file_of_a_draft_waits_as_long_as_the_draft(site: Site, samples: dict[int, Any]) -> None:
    applicant = _at_the_summary(site, samples[11], LABORATORY)
    applicant.question = "allegato"
    applicant.press_with(PDF, [])
    link = _saved(site, applicant)
    site.context.clock.set(site.context.clock.now() + timedelta(days=13))
    assert uploads.forget_expired(site.context) == 0
    applicant.page = applicant.browser.get(link)
    assert KEPT in applicant.page.text
    assert applicant.press("invia", applicant.own()).status_code == 303
    assert files(site) == [("allegato", "La nostra idea.pdf", len(PDF))]
    assert waiting(site) == 0


def test_a_draft_says_which_file_is_gone(site: Site, applicant: Applicant) -> None:
    applicant.press_with(PDF, [])
    link = _saved(site, applicant)
    with site.context.write() as session:
        session.execute(update(WaitingUpload).values(expires_at=site.context.clock.now()))
    applicant.page = applicant.browser.get(link)
    assert KEPT not in applicant.page.text
    assert GONE in applicant.page.text


def test_no_form_is_sent_without_a_file_that_its_page_shows(site: Site, samples: dict[int, Any]) -> None:
    applicant = _at_the_summary(site, samples[11], LABORATORY)
    applicant.question = "allegato"  # an optional one
    applicant.press_with(PDF, [])
    with site.context.write() as session:
        session.execute(update(WaitingUpload).values(expires_at=site.context.clock.now()))
    page = applicant.press("invia")
    assert page.status_code == 200
    assert GONE in page.text
    assert applicant.press("invia").status_code == 303
    assert files(site) == []
