"""The closed list of what a mail may say in braces, each with the one place its value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Source = Literal["case", "call", "settings", "act"]
"""`case`: the submission and its state; `call`: the call file; `settings`: the installation; `act`: what happened
(the event and its inputs, the timer, the token made for this very mail)."""

Kind = Literal["line", "text", "link"]
"""`line`: a few words inside a sentence; `text`: what a person wrote, several lines, alone on its line and shown as
a quotation; `link`: an address, alone on its line and shown as a button."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where a value comes from, what it is, how it is shown, and whether a subject may carry it."""

    source: Source
    meaning: str
    kind: Kind = "line"
    subject: bool = False


PLACEHOLDERS: Mapping[str, Placeholder] = MappingProxyType(
    {
        # The case.
        "codice": Placeholder("case", "the submission's reference, as CWK-26-7F3K9Q", subject=True),
        "nome": Placeholder("case", "the applicant's first name, also in mails to a parent"),
        "data": Placeholder("case", "day of sending, in words", subject=True),
        "ora": Placeholder("case", "hour of sending in Rome, as 14:05", subject=True),
        "protocollo": Placeholder("case", "register number and date; `in corso di registrazione` until it is known"),
        "termine": Placeholder("case", "end of the legal term, a day in words; empty where law 241 does not apply"),
        "giorni": Placeholder("case", "days left until `termine`", subject=True),
        "stato": Placeholder("case", "label of the state, as staff read it", subject=True),
        "titolo": Placeholder("case", "title of the proposal, in the proposer's words"),
        "sede": Placeholder("case", "the space or place that was asked for or booked"),
        "citta": Placeholder("case", "the city the case belongs to", subject=True),
        "inizio": Placeholder("case", "first day of the desk period or of the activity, in words", subject=True),
        "fine": Placeholder("case", "last day of the desk period, in words", subject=True),
        "versione": Placeholder("case", "version of the answers, where they were changed since the first: 2, 3 …"),
        "edizione": Placeholder("case", "the course edition that was chosen, as its form names it"),
        "iscritti": Placeholder("case", "how many have a place in the edition"),
        "classe": Placeholder("case", "the student's class, as 4B", subject=True),
        "posizione": Placeholder("case", "place in the waiting list or in the ranking, from 1"),
        "punteggio": Placeholder("case", "mean score in the frozen ranking, as 82,5"),
        "totale": Placeholder("case", "how many applications the ranking has"),
        "in_attesa": Placeholder("case", "how many students of the class wait for their school"),
        "media": Placeholder("case", "mean score of the valid reviews, as 82,5"),
        "n": Placeholder("case", "number of valid reviews", subject=True),
        "data_cancellazione": Placeholder("case", "day on which the personal data are deleted, in words"),
        "genitore_email_mascherata": Placeholder("case", "the parent's address, masked as m…@example.org"),
        "link_stato": Placeholder("case", "the applicant's own page", "link"),
        # The call.
        "modulo": Placeholder("call", "title of the call", subject=True),
        "ufficio": Placeholder("call", "the office in charge"),
        "rdp": Placeholder("call", "the officer in charge (responsabile del procedimento)"),
        "potere_sostitutivo": Placeholder("call", "whom to write to when the term has passed"),
        "tar": Placeholder("call", "the administrative court, as `TAR della Lombardia`"),
        "suggerimento": Placeholder("call", "what to do after a refusal: another call, the next window"),
        "posti": Placeholder("call", "how many places there are"),
        "minimo": Placeholder("call", "how many an edition needs to take place"),
        "tutor": Placeholder("call", "who follows the team in the programme"),
        "cosa_portare": Placeholder("call", "what to bring to the first meeting of the edition"),
        "referente": Placeholder("call", "who will write to agree a date"),
        "email_ufficio": Placeholder("call", "address for questions; also the Reply-To"),
        "telefono_ufficio": Placeholder("call", "phone number for questions"),
        "firma": Placeholder("call", "signature on one line: the office and its Comune"),
        "foglio": Placeholder("call", "title of the shared spreadsheet", subject=True),
        "scheda": Placeholder("call", "title of the reviewer's own tab"),
        "link_foglio": Placeholder("call", "the shared spreadsheet, at the reviewer's tab", "link"),
        "link_gradimento": Placeholder("call", "the anonymous questionnaire of the call", "link"),
        "link_bando": Placeholder("call", "page of the call; empty when it is closed", "link"),
        # The installation.
        "link_privacy": Placeholder("settings", "the privacy notice; in every footer, never in a body", "link"),
        # What happened.
        "scadenza": Placeholder(
            "act", "until when an answer is awaited: a day, and an hour where it counts", subject=True
        ),
        "scadenza_link": Placeholder("act", "last day on which the link of this mail works"),
        "elenco": Placeholder("act", "what the case officer asks for, and the fields to correct", "text"),
        "motivi": Placeholder("act", "reasons of the notice before a refusal", "text"),
        "motivazione": Placeholder("act", "reason given for a decision", "text"),
        "note": Placeholder("act", "what partners or coordinator propose", "text"),
        "destinatario": Placeholder("act", "who did not get a mail: the role, and the address masked"),
        "quante": Placeholder("act", "how many things a daily mail has", subject=True),
        "in_vece_di": Placeholder("act", "for whom the reader decides, as a stand-in; empty otherwise"),
        "titolo_2": Placeholder("act", "title of the proposal that this one joins"),
        "cosa": Placeholder("act", "what is offered, as `2 postazioni`"),
        "quando": Placeholder("act", "day and hour of the activity or of the meeting"),
        "luogo": Placeholder("act", "place of the meeting"),
        "atto": Placeholder("act", "number of the decision act, where the office gives one"),
        "problema": Placeholder("act", "what is the matter with a shared spreadsheet"),
        "rimedio": Placeholder("act", "what to do about it"),
        "proposte": Placeholder("act", "what partners propose for editions, each with what is in force", "text"),
        "link_bozza": Placeholder("act", "the form as its writer left it; made when the mail is sent", "link"),
        "link_indirizzo": Placeholder(
            "act", "the page that confirms a new address; made when the mail is sent", "link"
        ),
        "link_edizioni": Placeholder("act", "the page that answers them; made when the mail is sent", "link"),
        "link_avvisi": Placeholder("act", "the reader's choice between single mails and one a day", "link"),
        "link_azione": Placeholder("act", "the recipient's own action page; made when the mail is sent", "link"),
    }
)
