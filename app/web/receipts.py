"""PDFs to keep: the receipt, the service's facts put into the reader's words, and the documents of a case."""

from __future__ import annotations

import logging
from functools import cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.dates import ROME, show_day, show_moment
from app.security import sha256_of
from app.services.intake import receipts as service
from app.services.links import applicants
from app.web.page import asked_language, context, group_in_order, read_in, words
from integrations.pdf import PdfError, make_pdf

if TYPE_CHECKING:
    from app.services.views import ReceiptView
    from app.web.texts import Words

log = logging.getLogger(__name__)

receipts = Blueprint("receipts", __name__)

_sizes: dict[str, int] = {}
"""What receipts weigh, by the digest of their facts: a page that is opened again typesets nothing."""

_MOST_SIZES = 10_000

TEMPLATE = Path(__file__).parent.parent / "templates" / "receipt.typ"


@receipts.get("/stato/<token>/ricevuta.pdf")
def download(token: str) -> BaseResponse:
    """The receipt behind a status link, always saved, never kept by anything on the way."""
    view = service.receipt(context(), token, asked_language())
    if view is None:
        abort(HTTPStatus.NOT_FOUND)
    read_in(view.language)
    name = f"{'ricevuta' if view.language == 'it' else 'receipt'}-{view.reference}.pdf"
    content = BytesIO(receipt_pdf(view, words()))
    return send_file(content, mimetype="application/pdf", as_attachment=True, download_name=name)


@receipts.get("/stato/<token>/file/<int:number>")
def document(token: str, number: int) -> BaseResponse:
    """A document of the case, such as a certificate, behind a status link: always saved, never shown here."""
    found = applicants.document(context(), token, number)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    content = BytesIO(found.content)
    return send_file(content, mimetype=found.content_type, as_attachment=True, download_name=found.filename)


def kilobytes(token: str) -> int | None:
    """How much the receipt behind a status link weighs, for the link to it; None where there is none any more."""
    view = service.receipt(context(), token, asked_language())
    if view is None:
        return None
    facts = sha256_of(receipt_data(view, words()))
    if facts not in _sizes:
        try:
            size = -(-len(receipt_pdf(view, words())) // 1000)
        except PdfError:  # the page goes on without the link
            log.exception("the receipt of %s can't be made", view.reference)
            return None
        if len(_sizes) >= _MOST_SIZES:
            _sizes.clear()
        _sizes[facts] = size
    return _sizes[facts]


def receipt_pdf(view: ReceiptView, say: Words) -> bytes:
    """The receipt in the language of `say`; the same bytes for the same facts."""
    return make_pdf(_template(), receipt_data(view, say), view.submitted_at)


def receipt_data(view: ReceiptView, say: Words) -> dict[str, Any]:
    """What the template asks for: every word and every fact, as JSON."""
    return {
        "language": say.language,
        "title": say("paper.title", codice=view.reference),
        "author": view.office,
        "owners": say("site.owners"),
        "code": say("paper.code"),
        "reference": view.reference,
        "lead": say("paper.lead_241") if view.law241 else say("paper.lead"),
        "facts": [{"label": label, "text": text} for label, text in _facts(view, say) if text],
        "notes_title": say("paper.rules"),
        "notes": _notes(view, say),
        "answers_title": say("paper.answers"),
        "sections": [
            {
                "title": section.title,
                "lines": [{"label": line.label, "text": line.text or say("status.empty")} for line in section.lines],
            }
            for section in group_in_order(view.answers, "section")
        ],
        "digest_title": say("paper.digest"),
        "digest_text": say("paper.digest_text"),
        "digest": view.sha256,
    }


def _facts(view: ReceiptView, say: Words) -> list[tuple[str, str]]:
    hour = f"{view.submitted_at.astimezone(ROME):%H:%M:%S}"
    subject = view.call_title if view.form_title == view.call_title else f"{view.call_title} ({view.form_title})"
    return [
        (say("paper.sent"), say("paper.moment", data=show_day(view.submitted_at, say.language), ora=hour)),
        (say("paper.object"), subject),
        (say("paper.office"), view.office),
        (say("paper.officer"), view.officer),
        (say("paper.contact"), " · ".join(part for part in (view.email, view.phone) if part)),
        (say("paper.protocol"), view.protocol),
        (say("paper.address"), _address(view, say)),
    ]


def _address(view: ReceiptView, say: Words) -> str:
    if view.confirmed_at:
        return say("paper.confirmed", quando=show_moment(view.confirmed_at, say.language))
    if view.confirm_by:
        return say("paper.confirm_by", quando=show_moment(view.confirm_by, say.language))
    return say("paper.unconfirmed")


def _notes(view: ReceiptView, say: Words) -> list[str]:
    """The term, what silence means, what to do about it: where law 241 applies."""
    if view.term is None:
        return []
    return [
        say("receipt.term", termine=show_day(view.term, say.language), n=view.term_days),
        say("paper.suspended"),
        say("receipt.silence_no"),
        say("receipt.inertia", potere_sostitutivo=view.substitute),
    ]


@cache
def _template() -> str:
    return TEMPLATE.read_text(encoding="utf-8")
