"""The receipt as a PDF: behind the status link, in the reader's language, of what was sent."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Event, EventPayload, Submission
from app.services.casework import erasure, transitions
from app.services.intake import receipts
from integrations.pdf import PdfError
from tests.integration.web.conftest import COWORKING, Site, fill_in
from tests.reading_pdf import metadata_of, root_of, tags_of, text_of

FORM = f"/bandi/{COWORKING}/domanda"


def apply(site: Site, browser: FlaskClient, data: dict[str, Any], prefix: str = "") -> str:
    """The address of the applicant's page after sending."""
    address = prefix + FORM
    answer = browser.post(address, data=fill_in(browser, address, site.inputs(COWORKING, data)))
    assert answer.status_code == 303
    return answer.headers["Location"]


def fetch(browser: FlaskClient, status: str) -> TestResponse:
    """The receipt that the applicant's page links to."""
    found = re.search(r'<a href="([^"]+/ricevuta\.pdf)" download>([^<]+)</a>', browser.get(status).text)
    assert found
    answer = browser.get(found[1])
    assert answer.status_code == 200
    assert found[2].endswith(f"(PDF), {-(-len(answer.data) // 1000)} kB")
    return answer


def submission(site: Site) -> Submission:
    with site.context.read() as session:
        return session.query(Submission).one()


def test_it_says_what_the_law_asks_for(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    answer = fetch(browser, apply(site, browser, samples[1]["data"]))
    reference = submission(site).reference
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=ricevuta-{reference}.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    said = text_of(answer.data)
    office = site.context.catalogue.calls[COWORKING].file.office
    for part in (
        reference,
        "legge 241/1990, articolo 18-bis",
        "16 novembre 2026, ore 09:00:",
        "(ora italiana)",
        "Chiedi una postazione nel coworking",
        office.name,
        office.officer,
        office.email,
        "Ti rispondiamo entro il 16 dicembre 2026 (30 giorni).",
        "il silenzio non vale come un sì",
        f"puoi scrivere a {office.substitute}",
        "in corso di registrazione",
        "da confermare entro il 19 novembre 2026",
        "Dichiaro che le informazioni sono vere.",
        samples[1]["data"]["cognome"],
    ):
        assert part in said, part


def test_it_is_an_accessible_pdf(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    pdf = fetch(browser, apply(site, browser, samples[1]["data"])).data
    title = f"Ricevuta della domanda {submission(site).reference}"
    root = root_of(pdf)
    assert root["/Lang"] == "it"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata_of(pdf)
    assert title in metadata_of(pdf)
    tags = tags_of(pdf)
    assert tags.count("H1") == 1
    headings = [int(tag[1]) for tag in tags if re.fullmatch(r"H\d", tag)]
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert {"L", "LI", "Lbl", "LBody", "P"} <= set(tags)


def test_it_speaks_english_where_the_page_does(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    answer = fetch(browser, apply(site, browser, {**samples[1]["data"], "lingua": "it"}, prefix="/en"))
    assert "filename=receipt-CWK-26-" in answer.headers["Content-Disposition"]
    assert root_of(answer.data)["/Lang"] == "en"
    said = text_of(answer.data)
    assert "We answer by 16 December 2026 (30 days)." in said
    assert "silence is not a yes" in said
    assert "Ti rispondiamo" not in said


def test_the_fingerprint_can_be_made_again_from_the_event_log(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    said = text_of(fetch(browser, apply(site, browser, samples[1]["data"])).data)
    row = submission(site)
    with site.context.read() as session:
        sent = session.query(EventPayload).join(Event, Event.id == EventPayload.event_id).filter(Event.seq == 1).one()
    content = {
        "reference": row.reference,
        "call": row.call,
        "form": row.form_sha256,
        "submitted_at": row.submitted_at.isoformat(),
        "answers": sent.body["answers"],
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() in said.replace(" ", "")


def test_it_keeps_telling_what_was_sent(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    status = apply(site, browser, samples[1]["data"])
    before = text_of(fetch(browser, status).data)
    with site.context.write() as session:
        call, row = transitions.lock(session, site.context, submission(site).id)
        row.answers = {**row.answers, "cognome": "Corretto"}
        row.protocol_number, row.protocol_date = "0012345", row.submitted_at.date()
        transitions.fire(site.context, session, call, row, transitions.Act("email_confirmed", "richiedente"))
    after = text_of(fetch(browser, status).data)
    assert "Corretto" not in after
    assert "confermato il 16 novembre 2026, ore 09:00" in after
    assert "0012345 del 16 novembre 2026" in after
    digests = [re.search(r"[0-9a-f]{64}", text.replace(" ", "")) for text in (before, after)]
    assert digests[0]
    assert digests[1]
    assert digests[0][0] == digests[1][0]


HOSTILE = (
    '=HYPERLINK("x") #panic() *a* $x$ \\ <b>"; \U0001f469\u200d\U0001f4bb \U0001f1ee\U0001f1f9 perche\u0301 '
    "\u202eoirartnoc\u202c a\u200bb مرحبا \u6f22\u5b57 " + "x" * 400
)


def test_hostile_text_is_printed_as_it_is(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    said = text_of(fetch(browser, apply(site, browser, {**samples[1]["data"], "attivita": HOSTILE})).data)
    for part in (
        '=HYPERLINK("x") #panic() *a* $x$ \\ <b>";',
        "[WOMAN][ZERO WIDTH JOINER][PERSONAL COMPUTER]",
        "[REGIONAL INDICATOR SYMBOL LETTER I]",
        "perché",
        "[RIGHT-TO-LEFT OVERRIDE]oirartnoc[POP DIRECTIONAL FORMATTING]",
        "a[ZERO WIDTH SPACE]b",
        "[CJK UNIFIED IDEOGRAPH-6F22][CJK UNIFIED IDEOGRAPH-5B57]",
    ):
        assert part in said, part
    assert said.count("x") > 400


def test_a_receipt_that_cannot_be_made_leaves_the_page_whole(
    site: Site, samples: dict[int, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bytes:
        raise PdfError("the template could not be typeset")

    browser = site.browser()
    status = apply(site, browser, samples[1]["data"])
    monkeypatch.setattr("app.web.receipts.make_pdf", broken)
    page = browser.get(status)
    assert page.status_code == 200
    assert "ricevuta.pdf" not in page.text
    assert "the receipt of CWK-26-" in caplog.text
    assert samples[1]["data"]["cognome"] not in caplog.text


def test_an_unknown_link_and_an_erased_case_have_none(site: Site, samples: dict[int, Any]) -> None:
    browser = site.browser()
    status = apply(site, browser, samples[1]["data"])
    assert browser.get(f"/stato/{'x' * 43}/ricevuta.pdf").status_code == 404
    with site.context.write() as session:
        erasure.anonymise(site.context, session, session.query(Submission).one())
    assert browser.get(f"{status}/ricevuta.pdf").status_code == 404
    assert receipts.receipt(site.context, status.rsplit("/", 1)[1]) is None
