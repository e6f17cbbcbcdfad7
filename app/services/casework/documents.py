"""Documents of a case: certificates, hours and agreements, typeset when the act is done and kept with its files.

What a document says was true when it was made and is not made again: a repeat of the act finds it there. They go
with the case's other files when its data are erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.calls import Call
from app.dates import local_day, show_day
from app.models import StoredFile, Submission
from app.security import sha256_of
from app.services.context import Context
from app.services.mail.mail_values import register_number
from forms.model import Text
from integrations.pdf import make_pdf

TEMPLATES = Path(__file__).parents[2] / "templates"
FRAME = "paper.typ"
OWNERS = "Comune di Cinisello Balsamo · Comune di Matera · HubOut"

ATTESTATO, ACCORDO, ORE = "attestato", "accordo", "ore"
TITLES: Mapping[str, Text] = {
    ATTESTATO: Text(it="Attestato di partecipazione", en="Certificate of attendance"),
    ACCORDO: Text(it="Accordo di adesione", en="Agreement"),
    ORE: Text(it="Ore di laboratorio", en="Lab hours"),
}
"""Kind of document -> its title; the kind names its template, and is the `field` of the stored file."""


def make(context: Context, session: Session, call: Call, submission: Submission, kind: str, seq: int) -> None:
    """Typeset the document that event `seq` asks for and keep it; nothing where it is there already.

    The file's name in the store follows from case, event and kind: a transaction that is tried again writes the same
    file, one that is undone leaves a nameless file behind.
    """
    known = select(StoredFile.id).where(
        StoredFile.submission_id == submission.id, StoredFile.seq == seq, StoredFile.field == kind
    )
    if session.scalar(known) is not None:
        return
    now = context.clock.now()
    content = make_pdf(_template(kind), _data(call, submission, kind, now), now)
    key = sha256_of(["document", submission.reference, seq, kind])
    filesystem, folder = context.files
    with filesystem.open(f"{folder}/{key}", "wb") as target:
        target.write(content)
    session.add(
        StoredFile(
            submission_id=submission.id,
            seq=seq,
            field=kind,
            key=key,
            stored_at=now,
            filename=f"{kind}-{submission.reference}.pdf",
            content_type="application/pdf",
            size=len(content),
            sha256=sha256(content).hexdigest(),
            scan="clean",  # our own work
        )
    )
    session.flush()


def _data(call: Call, submission: Submission, kind: str, now: datetime) -> dict[str, str]:
    """What the templates ask for: every fact as text, "" where the case has none."""
    answers, language = submission.answers, submission.language
    acts: Mapping[str, Mapping[str, Any]] = submission.record.get("acts", {})
    edition = call.edition_of(answers)
    names = (answers.get("nome"), answers.get("cognome"))
    if not any(names):
        names = (answers.get("referente_nome"), answers.get("referente_cognome"))
    return {
        "language": language,
        "title": TITLES[kind].in_(language),
        "owners": OWNERS,
        "reference": submission.reference,
        "office": call.file.office.name,
        "day": show_day(local_day(now), language),
        "name": " ".join(str(name) for name in names if name),
        "activity": (edition.title if edition else call.file.title).in_(language),
        "subject": str(answers.get("titolo", "")),
        "start": _day(call, submission, "start"),
        "end": _day(call, submission, "end"),
        "hours": str(acts.get("lab_ends", {}).get("ore", "")).replace(".", ","),
        "class": str(answers.get("classe", "")),
        "school": str(submission.record.get("invite", {}).get("school", "")),
        "body": str(answers.get("ente_denominazione") or answers.get("scuola") or ""),
        "representative": str(answers.get("legale_rappresentante", "")),
        "proposal": str(answers.get("proposta") or answers.get("motivazione") or ""),
        "protocol": register_number(submission, language) if submission.protocol_number else "",
    }


def _day(call: Call, submission: Submission, anchor: str) -> str:
    """A date of the case in words: one that an act has fixed, or of its edition or call."""
    fixed = submission.record.get("anchors", {}).get(anchor)
    instant = datetime.fromisoformat(fixed) if fixed else call.dates(submission.answers).get(anchor)
    return show_day(local_day(instant), submission.language) if instant else ""


@cache
def _template(kind: str) -> str:
    return "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in (FRAME, f"{kind}.typ"))
