"""What stands in a mail's braces: one small function for each placeholder of app/catalogue/placeholders.py.

Personal data are read when the mail is sent, never kept in the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.catalogue.calls import Call
from app.catalogue.sheet_alerts import remedy_in_words, trouble_in_words
from app.dates import local_day, show_day, show_hour, show_moment
from app.models import Submission
from app.security import mask_email
from forms.fields import shown
from workflows.anchors import add_months
from workflows.case import Standing
from workflows.ranking import mean


@dataclass(frozen=True)
class Letterhead:
    """All that a mail may speak of: the case, its call, what happened, and the links made for this one mail."""

    submission: Submission
    call: Call
    language: str
    now: datetime
    act: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""
    due: datetime | None = None
    link_until: datetime | None = None
    term: date | None = None
    start: datetime | None = None
    end: datetime | None = None
    meeting: datetime | None = None
    position: int | None = None
    standing: Standing | None = None
    waiting: int | None = None
    signed_up: int | None = None
    scores: tuple[int, ...] = ()
    deleted_on: date | None = None
    notes: tuple[str, ...] = ()
    joined_title: str = ""
    lost: str = ""
    in_place_of: str = ""
    room: str = ""
    tab: str = ""
    sheet_title: str = ""
    links: Mapping[str, str] = field(default_factory=dict)

    def answer(self, *names: str) -> str:
        """The first of these answers that is there, as text for people."""
        for name in names:
            value = self.submission.answers.get(name)
            if value not in (None, "", []):
                return shown(self.call.form.field(name), value, self.language)
        return ""

    def day(self, value: date | None) -> str:
        """A day in words, or nothing."""
        return show_day(value, self.language) if value else ""


def mean_score(scores: tuple[int, ...]) -> str:
    """The mean in hundredths, half up, as people write it: `82,5`; nothing without scores."""
    if not scores:
        return ""
    return shown_score(mean(scores))


def shown_score(hundredths: int) -> str:
    """A score in hundredths as people write it: `82,5`."""
    whole, part = divmod(hundredths, 100)
    return f"{whole},{part:02d}".rstrip("0").rstrip(",")


def register_number(submission: Submission, language: str) -> str:
    """The register number and its day, or that it is still to come."""
    if submission.protocol_number and submission.protocol_date:
        joint = "del" if language == "it" else "of"
        return f"{submission.protocol_number} {joint} {show_day(submission.protocol_date, language)}"
    return "in corso di registrazione" if language == "it" else "being registered"


def applicant_name(answers: Mapping[str, Any]) -> str:
    """The first name of whoever applied."""
    return str(answers.get("nome") or answers.get("referente_nome") or "")


def _seat(head: Letterhead) -> str:
    number = head.submission.answers.get("posti", 1)
    one, many = ("postazione", "postazioni") if head.language == "it" else ("desk", "desks")
    return f"{number} {one if number == 1 else many}"


def _booked(head: Letterhead) -> str:
    moment = head.start or head.meeting
    return show_moment(moment, head.language) if moment else ""


def _position(head: Letterhead) -> str:
    return str(head.position or (head.standing.position if head.standing else ""))


def _days_left(head: Letterhead) -> str:
    """Days to the legal term; a term that has passed leaves none to count."""
    left = (head.term - local_day(head.now)).days if head.term else -1
    return str(left) if left >= 0 else ""


def _first_day(head: Letterhead) -> date | None:
    """The day that was fixed or, before that, the one asked for, if it hasn't gone by."""
    if head.start:
        return local_day(head.start)
    asked = head.submission.answers.get("inizio")
    return max(date.fromisoformat(asked), local_day(head.now)) if asked else None


def _last_day(head: Letterhead) -> date | None:
    """The day that was fixed or, before that, the one that what was asked for leads to."""
    if head.end:
        return local_day(head.end)
    first, months = _first_day(head), head.submission.answers.get("durata_mesi")
    return add_months(first, int(months)) if first and months else None


def _site(head: Letterhead) -> str:
    """The place that was booked or, without one, the site of the call."""
    booked = head.submission.record.get("acts", {}).get("slot_booked", {}).get("sede")
    if booked:
        return str(booked)
    label = head.call.site(head.call.site_of(head.submission.answers)).label
    if label:
        return label.in_(head.language)
    place = place_of_edition(head.call, head.submission.answers, head.language, head.room)
    return head.answer("sede", "luogo") or place


def _tutors(head: Letterhead) -> str:
    """Who follows the team, as the call names them for its site: body and address."""
    people = head.call.people("tutor", head.call.site_of(head.submission.answers))
    return ", ".join(f"{person.body} ({person.email})" if person.body else person.email for person in people)


def _to_bring(head: Letterhead) -> str:
    edition = head.call.edition_of(head.submission.answers)
    text = (edition.bring if edition else None) or head.call.file.bring
    return text.in_(head.language) if text else ""


def place_of_edition(call: Call, answers: Mapping[str, Any], language: str, room: str) -> str:
    """Where the chosen edition is: the place of the call file, then the room that was confirmed."""
    edition = call.edition_of(answers)
    place = edition.place.in_(language) if edition and edition.place else ""
    return ", ".join(filter(None, (place, room)))


def _state(head: Letterhead) -> str:
    return head.state


def _input(*names: str) -> Callable[[Letterhead], str]:
    def read(head: Letterhead) -> str:
        return next((str(head.act[name]) for name in names if head.act.get(name)), "")

    return read


VALUES: Mapping[str, Callable[[Letterhead], str]] = {
    "codice": lambda head: head.submission.reference,
    "nome": lambda head: applicant_name(head.submission.answers),
    "data": lambda head: head.day(local_day(head.submission.submitted_at)),
    "ora": lambda head: show_hour(head.submission.submitted_at),
    "protocollo": lambda head: (
        register_number(head.submission, head.language)
        if head.submission.protocol_number or head.call.form.procedure.law241
        else ""
    ),
    "termine": lambda head: head.day(head.term),
    "giorni": _days_left,
    "stato": _state,
    "titolo": lambda head: head.answer("titolo"),
    "sede": _site,
    "citta": lambda head: {"cinisello": "Cinisello Balsamo", "matera": "Matera"}[
        head.call.city(head.call.site_of(head.submission.answers))
    ],
    "inizio": lambda head: head.day(_first_day(head)),
    "fine": lambda head: head.day(_last_day(head)),
    "versione": lambda head: str(head.submission.version) if head.submission.version > 1 else "",
    "edizione": lambda head: head.answer("edizione"),
    "iscritti": lambda head: str(head.signed_up or 0),
    "minimo": lambda head: str(edition.min) if (edition := head.call.edition_of(head.submission.answers)) else "",
    "classe": lambda head: head.answer("classe"),
    "posizione": _position,
    "punteggio": lambda head: shown_score(head.standing.score) if head.standing else "",
    "totale": lambda head: str(head.standing.total) if head.standing else "",
    "in_attesa": lambda head: str(head.waiting or ""),
    "media": lambda head: mean_score(head.scores),
    "n": lambda head: str(len(head.scores)),
    "data_cancellazione": lambda head: head.day(head.deleted_on),
    "genitore_email_mascherata": lambda head: mask_email(str(head.submission.answers.get("genitore_email", ""))),
    "modulo": lambda head: head.call.file.title.in_(head.language),
    "ufficio": lambda head: head.call.file.office.name,
    "rdp": lambda head: head.call.file.office.officer,
    "potere_sostitutivo": lambda head: head.call.file.office.substitute,
    "tar": lambda head: head.call.file.office.court,
    "suggerimento": lambda head: head.call.file.next_steps.in_(head.language) if head.call.file.next_steps else "",
    "posti": lambda head: str(head.call.site(head.call.site_of(head.submission.answers)).places or ""),
    "tutor": _tutors,
    "cosa_portare": _to_bring,
    "referente": lambda head: head.call.file.office.name,
    "email_ufficio": lambda head: head.call.file.office.email,
    "telefono_ufficio": lambda head: head.call.file.office.phone,
    "firma": lambda head: f"{head.call.file.office.name} · HubOut",
    "foglio": lambda head: str(head.act.get("foglio") or head.sheet_title),
    "scheda": lambda head: head.tab,
    "scadenza": lambda head: show_moment(head.due, head.language) if head.due else "",
    "scadenza_link": lambda head: head.day(local_day(head.link_until)) if head.link_until else "",
    "elenco": _input("elenco", "motivazione"),
    "motivi": _input("motivazione", "motivi"),
    "motivazione": _input("motivazione"),
    "note": lambda head: _input("motivazione")(head) or "\n".join(head.notes),
    "destinatario": lambda head: head.lost,
    "in_vece_di": lambda head: head.in_place_of,
    "titolo_2": lambda head: head.joined_title,
    "cosa": _seat,
    "quando": _booked,
    "luogo": _input("luogo"),
    "atto": _input("atto"),
    "problema": lambda head: trouble_in_words(head.act, head.language),
    "rimedio": lambda head: remedy_in_words(head.act, head.language),
}
"""Every placeholder but the links, which `Letterhead.links` carries."""


def values_of(head: Letterhead, wanted: frozenset[str]) -> dict[str, str]:
    """The values of the placeholders that one message uses."""
    return {name: head.links.get(name, "") if name.startswith("link_") else VALUES[name](head) for name in wanted}
