"""Rows of iscrizione-posti and iscrizione-studente."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.workflows.story import REASON, edition, rome
from tests.unit.workflows.tables import Row, Step, Table
from workflows.case import Invite

BEGINS = rome("2026-11-16T09:30")
PAPER = {"signed_on": "2026-11-16"}
FULL = {"seats_free": False}
GONE = "mail:ritiro_ok mail:staff_ritiro->istruttore release_seat"
REVOKED = "mail:consenso_revocato mail:staff_ritiro->istruttore release_seat"
MINOR = {"age": 16}

confirm = Step("email_confirmed", "richiedente")
confirm_full = Step("email_confirmed", "richiedente", facts=FULL)
given = Step("consent_given", "genitore")
withdraw = Step("withdraw", "richiedente")
revoked = Step("consent_withdrawn", "genitore")
revoked_on_paper = Step("consent_withdrawn", "istruttore", PAPER)
retention = Step("retention")
no_list = {"answers": {"edizione": "stampa3d-01", "lista_attesa_ok": "no"}}

freed = Step("seat_freed")
came = Step("first_attendance", facts={"attendance": 1})
cancelled = Step("edition_cancelled", "istruttore", {"motivazione": REASON})
lapsed = Step("timer:PT48H")
LISTED = (confirm_full,)
OFFERED = (confirm_full, freed)

POSTI = Table(
    BEGINS,
    {
        "form": "makerslab-corso",
        "answers": {"edizione": "stampa3d-01", "lista_attesa_ok": "si"},
        "law241": False,
        "term_days": None,
        "age": 30,
        "anchors": edition("2026-12-05T09:30", "2026-12-05T12:30"),
    },
    (
        Row((), confirm, "consenso", "mail:attesa_consenso", MINOR),
        Row((), confirm, "ammessa", "reserve_seat mail:iscrizione_ok sheet_upsert"),
        Row((), confirm, "ammessa", "reserve_seat mail:iscrizione_ok sheet_upsert", {"age": None}),
        Row((), confirm_full, "consenso", "mail:attesa_consenso", MINOR),
        Row((), confirm_full, "lista_attesa", "mail:lista_attesa sheet_upsert"),
        Row((), confirm_full, "annullata", "mail:posti_finiti release_seat", no_list),
        Row((), Step("timer:PT72H"), "scaduta", "release_seat"),
        Row((confirm,), given, "ammessa", "reserve_seat mail:iscrizione_ok sheet_upsert", MINOR),
        Row(
            (confirm,),
            Step("consent_given", "genitore", facts=FULL),
            "lista_attesa",
            "mail:lista_attesa sheet_upsert",
            MINOR,
        ),
        Row(
            (confirm,),
            Step("consent_given", "genitore", facts=FULL),
            "annullata",
            "mail:posti_finiti release_seat",
            {**MINOR, **no_list},
        ),
        Row(
            (confirm,),
            Step("consent_given", "istruttore", PAPER),
            "ammessa",
            "reserve_seat mail:iscrizione_ok sheet_upsert",
            MINOR,
        ),
        Row(
            (confirm,),
            Step("consent_given", "istruttore", PAPER, FULL),
            "lista_attesa",
            "mail:lista_attesa sheet_upsert",
            MINOR,
        ),
        Row(
            (confirm,),
            Step("consent_given", "istruttore", PAPER, FULL),
            "annullata",
            "mail:posti_finiti release_seat",
            {**MINOR, **no_list},
        ),
        Row(
            (confirm,),
            Step("consent_refused", "genitore"),
            "non_autorizzata",
            "mail:non_autorizzata release_seat",
            MINOR,
        ),
        Row(
            (confirm,),
            Step("consent_refused", "istruttore", PAPER),
            "non_autorizzata",
            "mail:non_autorizzata release_seat",
            MINOR,
        ),
        Row((confirm,), Step("timer:P14D"), "non_autorizzata", "mail:non_autorizzata release_seat", MINOR),
        Row(LISTED, freed, "posto_offerto", "reserve_seat sheet_upsert"),
        Row(LISTED, Step("timer:at:list_close"), "scaduta", "mail:posti_finiti release_seat sheet_upsert"),
        Row(OFFERED, Step("accept", "richiedente"), "ammessa", "mail:iscrizione_ok sheet_upsert"),
        Row(OFFERED, Step("decline", "richiedente"), "ritirata", f"{GONE} sheet_upsert"),
        Row(OFFERED, lapsed, "lista_attesa", "release_seat mail:lista_attesa sheet_upsert"),
        Row((*OFFERED, lapsed, freed), lapsed, "scaduta", "mail:scaduta release_seat sheet_upsert"),
        Row(
            (Step("email_confirmed", "richiedente", facts=FULL), Step("seat_freed", wait=timedelta(days=17))),
            Step("timer:at:list_close"),
            "scaduta",
            "mail:scaduta release_seat sheet_upsert",
        ),
        Row((confirm,), came, "partecipa", "sheet_upsert"),
        Row((confirm,), Step("first_attendance", "istruttore"), "partecipa", "sheet_upsert"),
        Row(
            (confirm,),
            Step("edition_started_absent", "istruttore", wait=timedelta(days=19)),
            "assente",
            "release_seat sheet_upsert",
        ),
        Row((confirm,), Step("timer:at:end"), "assente", "release_seat sheet_upsert"),
        Row(
            (confirm, came),
            Step("edition_end"),
            "conclusa",
            "mail:attestato_se_previsto doc_attestato mail:gradimento release_seat sheet_upsert",
        ),
        Row(
            (confirm, came),
            Step("edition_end"),
            "conclusa",
            "mail:gradimento release_seat sheet_upsert",
            {"form": "centro-giovani"},
        ),
        Row((confirm,), cancelled, "annullata", "mail:edizione_annullata release_seat", MINOR),
        *(
            Row(way, cancelled, "annullata", "mail:edizione_annullata release_seat sheet_upsert")
            for way in ((confirm,), LISTED, OFFERED, (confirm, came))
        ),
        Row((confirm,), withdraw, "ritirata", GONE, MINOR),
        *(
            Row(way, withdraw, "ritirata", f"{GONE} sheet_upsert")
            for way in ((confirm,), LISTED, OFFERED, (confirm, came))
        ),
        *(
            Row((confirm, *way), revoked, "non_autorizzata", f"{REVOKED} sheet_upsert", MINOR)
            for way in (
                (given,),
                (Step("consent_given", "genitore", facts=FULL),),
                (Step("consent_given", "genitore", facts=FULL), freed),
                (given, came),
            )
        ),
        Row(
            (confirm, given),
            revoked_on_paper,
            "non_autorizzata",
            "mail:consenso_revocato release_seat sheet_upsert",
            MINOR,
        ),
        Row((confirm, withdraw), retention, "archiviata", "anonymise sheet_upsert"),
    ),
)

rejects = Step("school_rejects", "scuola", {"motivazione": REASON})
confirms = Step("school_confirms", "scuola")
confirms_full = Step("school_confirms", "scuola", facts=FULL)
starts = Step("lab_starts", "istruttore")
ADMITTED = (confirm, given, confirms)
WAITING = (confirm, given, confirms_full)
RUNNING = (confirm, given, confirms, starts)

STUDENTE = Table(
    BEGINS,
    {
        "form": "clab-junior-studente",
        "answers": {"codice_invito": "MT-7K2Q", "classe": "4B"},
        "law241": False,
        "term_days": None,
        "city": "matera",
        "anchors": edition("2027-02-01T09:00", "2027-04-30T13:00"),
        **MINOR,
    },
    (
        Row((), confirm, "consenso", "mail:attesa_consenso"),
        Row((), confirm, "conferma_scuola", "mail:ricevuta sheet_upsert", {"age": 18}),
        Row((), Step("timer:PT72H"), "scaduta", "release_seat"),
        Row((confirm,), given, "conferma_scuola", "mail:ricevuta sheet_upsert"),
        Row((confirm,), Step("consent_given", "istruttore", PAPER), "conferma_scuola", "mail:ricevuta sheet_upsert"),
        Row((confirm,), Step("consent_refused", "genitore"), "non_autorizzata", "mail:non_autorizzata release_seat"),
        Row(
            (confirm,),
            Step("consent_refused", "istruttore", PAPER),
            "non_autorizzata",
            "mail:non_autorizzata release_seat",
        ),
        Row((confirm,), Step("timer:P14D"), "non_autorizzata", "mail:non_autorizzata release_seat"),
        Row((confirm, given), confirms, "ammessa", "reserve_seat mail:iscrizione_ok sheet_upsert"),
        Row((confirm, given), confirms_full, "lista_attesa", "mail:lista_attesa sheet_upsert"),
        Row((confirm, given), rejects, "non_confermata", "mail:non_confermata release_seat sheet_upsert"),
        Row(
            (confirm, given),
            Step("school_confirms", "istruttore", wait=timedelta(days=7)),
            "ammessa",
            "reserve_seat mail:iscrizione_ok sheet_upsert",
        ),
        Row(WAITING, freed, "ammessa", "reserve_seat mail:iscrizione_ok sheet_upsert"),
        Row(ADMITTED, starts, "in_corso", "sheet_upsert"),
        Row(WAITING, starts, "scaduta", "mail:posti_finiti release_seat sheet_upsert"),
        Row(
            RUNNING,
            Step("lab_ends", "istruttore", {"ore": "30"}),
            "conclusa",
            "doc_attestato mail:attestato doc_hours mail:ore_pronte release_seat sheet_upsert",
        ),
        *(
            Row(way, revoked, "non_autorizzata", f"{REVOKED} sheet_upsert")
            for way in ((confirm, given), ADMITTED, WAITING, RUNNING)
        ),
        *(
            Row(way, revoked_on_paper, "non_autorizzata", "mail:consenso_revocato release_seat sheet_upsert")
            for way in ((confirm, given), ADMITTED, WAITING, RUNNING)
        ),
        Row((confirm,), withdraw, "ritirata", GONE),
        *(
            Row(way, withdraw, "ritirata", f"{GONE} sheet_upsert")
            for way in ((confirm, given), ADMITTED, WAITING, RUNNING)
        ),
        Row((confirm, given, rejects), retention, "archiviata", "anonymise sheet_upsert"),
    ),
    known={"invite": Invite("attiva", "2026-27")},
)
