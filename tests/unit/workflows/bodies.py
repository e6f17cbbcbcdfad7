"""Rows of adesione-ente and doppia-approvazione."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.unit.workflows.story import PROTOCOL, REASON, review, rome
from tests.unit.workflows.tables import Row, Step, Table
from workflows.case import Opinion

GONE = "mail:ritiro_ok mail:staff_ritiro->istruttore release_seat sheet_upsert"
WHY = {"motivazione": REASON}
NO_LAW = {"law241": False, "term_days": None}

confirm = Step("email_confirmed", "richiedente")
admissible = Step("admissible", "istruttore")
not_admissible = Step("not_admissible", "istruttore", WHY)
ask = Step("request_info", "istruttore", {"elenco": "Manca lo statuto"})
meet = Step("meeting_proposed", "istruttore", {"data": "2026-11-20", "ora": "15:30", "luogo": "Villa Forno"})
opinion = Step("opinion_given", facts={"reviews": (review("olt-1", "Favorevole"),), "reviewers": 1})
approve = Step("approve", "coordinatore", PROTOCOL)
refuse = Step("refuse", "coordinatore", WHY)
signed = Step("signed", "istruttore", {"signed_on": "2026-11-16", "valido_fino": "2027-12-31"})
withdraw = Step("withdraw", "richiedente")
observations = Step("observations_received", "richiedente", {"testo": "Lo statuto è stato depositato."})

HEARD = (confirm, admissible)
DECIDING = (*HEARD, opinion)
NOTICED = (*DECIDING, refuse)
UNHEARD = (confirm, not_admissible, observations)
SIGNING = (*DECIDING, approve)
ACTIVE = (*SIGNING, signed)

ENTE = Table(
    rome("2026-11-16T09:30"),
    {"form": "terzo-settore-adesione", "age": None},
    (
        Row((), confirm, "ricevuta", "protocollo_request sheet_upsert"),
        Row((), confirm, "ricevuta", "mail:ricevuta sheet_upsert", NO_LAW),
        Row((), Step("timer:PT72H"), "scaduta", "release_seat"),
        Row((confirm,), ask, "integrazione", "sheet_upsert"),
        Row((confirm, ask), Step("info_received", "richiedente"), "verifica", "mail:integrazione_ok sheet_upsert"),
        Row((confirm, ask), Step("timer:P10D"), "preavviso", "sheet_upsert"),
        Row((confirm, ask), Step("timer:P10D"), "verifica", "sheet_upsert", NO_LAW),
        Row((confirm,), admissible, "parere", "sheet_open_review sheet_upsert"),
        Row((confirm,), not_admissible, "preavviso", "sheet_upsert"),
        Row((confirm,), not_admissible, "respinta", "mail:rigetto release_seat sheet_upsert", NO_LAW),
        Row(HEARD, meet, "incontro", "sheet_upsert"),
        Row(
            (*HEARD, meet),
            Step("meeting_done", "istruttore", {"svolto_il": "2026-11-16"}),
            "parere",
            "sheet_upsert",
        ),
        Row((*HEARD, meet), Step("timer:at:meeting+P1D"), "parere", "sheet_upsert"),
        Row(HEARD, opinion, "decisione", "sheet_upsert"),
        Row(HEARD, Step("reviews_waived", "coordinatore", WHY, wait=timedelta(days=12)), "decisione", "sheet_upsert"),
        Row(DECIDING, approve, "firma", "doc_accordo mail:accordo sheet_upsert"),
        Row(DECIDING, refuse, "preavviso", "sheet_upsert"),
        Row(DECIDING, refuse, "respinta", "mail:rigetto release_seat sheet_upsert", NO_LAW),
        Row(
            (*NOTICED, observations),
            Step("refuse", "coordinatore", {**WHY, **PROTOCOL}),
            "respinta",
            "mail:rigetto release_seat sheet_upsert",
        ),
        Row(UNHEARD, Step("reopen", "coordinatore"), "parere", "sheet_open_review sheet_upsert"),
        Row(DECIDING, Step("abstain", "coordinatore"), "decisione", "mail:decisione_backup->backup_coordinatore"),
        Row(
            (*DECIDING, Step("abstain", "coordinatore")),
            Step("abstain", "backup_coordinatore"),
            "decisione",
            "mail:nessuno_decide->coordinatore mail:nessuno_decide->istruttore",
        ),
        Row(
            (*DECIDING, Step("abstain", "backup_coordinatore")),
            Step("abstain", "coordinatore"),
            "decisione",
            "mail:nessuno_decide->istruttore",
        ),
        Row(NOTICED, observations, "decisione", "mail:osservazioni_ok sheet_upsert"),
        Row(NOTICED, Step("timer:P10D"), "decisione", "sheet_upsert"),
        Row(SIGNING, signed, "attiva", "mail:benvenuto_ente sheet_upsert"),
        Row(
            SIGNING,
            signed,
            "attiva",
            "mail:benvenuto_ente issue_invite_codes sheet_upsert",
            {"form": "clab-junior-scuola"},
        ),
        Row(SIGNING, Step("timer:P60D"), "scaduta", "mail:scaduta release_seat sheet_upsert"),
        Row(
            ACTIVE,
            Step("end_or_exit", "istruttore", {"motivo": "richiesta"}),
            "conclusa",
            "mail:conclusa release_seat sheet_upsert",
        ),
        Row(
            ACTIVE,
            Step("give_up", "richiedente"),
            "conclusa",
            "mail:conclusa mail:staff_ritiro->istruttore release_seat sheet_upsert",
        ),
        Row(ACTIVE, Step("timer:at:end"), "conclusa", "mail:conclusa release_seat sheet_upsert"),
        *(
            Row(way, withdraw, "ritirata", GONE)
            for way in ((confirm,), (confirm, ask), (*HEARD, meet), HEARD, DECIDING, NOTICED, SIGNING)
        ),
        *(
            Row(way, Step("register", "protocollo", PROTOCOL), to)
            for way, to in (((confirm,), "verifica"), (HEARD, "parere"))
        ),
        Row((confirm, withdraw), Step("retention"), "archiviata", "anonymise sheet_upsert"),
    ),
)


def says(donor: str | None = None, receiver: str | None = None, both: str | None = None) -> dict[str, Any]:
    """Facts in which the cities (and who stands in for both) gave these opinions."""
    given = {"cedente": donor, "riusante": receiver, "cabina_di_regia": both}
    return {"opinions": tuple(Opinion(role, value, REASON) for role, value in given.items() if value)}


opine = Step("opinion", "cedente", {"parere": "ok"})
agreed = Step("both_approve", facts=says("ok", "ok"))
changed = Step("any_asks_changes", facts=says("ok", "changes"))
revised = Step("revised", "richiedente")
hold = Step("hold", "riusante", WHY)
done = Step("done", "richiedente")
outcomes = {
    "risultato_raggiunto": "si",
    "misura": "30 persone formate",
    "persone_coinvolte": 12,
    "costo_effettivo": "850.00",
    "cosa_adottata": "Il modello di gestione",
    "lezione_appresa": "Cominciare prima",
}
recorded = Step("outcome_recorded", "riusante", outcomes)

CITTA = Table(
    rome("2026-11-16T09:30"),
    {
        "form": "scambio-citta",
        "age": None,
        "answers": {"titolo": "Regole del coworking", "data_inizio": "2026-12-01", "data_fine": "2026-12-10"},
        **NO_LAW,
    },
    (
        Row((), opine, "pareri", "sheet_upsert"),
        Row((changed, revised, changed, revised), opine, "pareri", "sheet_upsert"),
        Row(
            (),
            Step("opinion", "cabina_di_regia", {"parere": "ok"}, wait=timedelta(days=7)),
            "pareri",
            "sheet_upsert",
        ),
        Row((), agreed, "pianificata", "sheet_upsert"),
        Row((), Step("both_approve", facts=says("ok", both="ok")), "pianificata", "sheet_upsert"),
        Row((), changed, "modifiche", "sheet_upsert"),
        Row(
            (),
            Step("any_refuses", facts=says(receiver="refused")),
            "respinta",
            "mail:rigetto_interno release_seat sheet_upsert",
        ),
        Row((changed,), revised, "pareri", "reset_opinions sheet_upsert"),
        Row((changed,), Step("timer:P30D"), "ritirata", "mail:scaduta release_seat sheet_upsert"),
        Row((agreed,), hold, "sospesa", "mail:scambio_sospeso sheet_upsert"),
        Row((agreed, hold), Step("resume", "cedente"), "pianificata", "sheet_upsert"),
        Row((agreed, hold), Step("timer:P180D"), "ritirata", "mail:scaduta release_seat sheet_upsert"),
        Row((agreed,), done, "realizzata", "sheet_upsert"),
        Row((agreed,), Step("done", "coordinatore", wait=timedelta(days=60)), "realizzata", "sheet_upsert"),
        Row((agreed, done), recorded, "verificata", "mail:grazie release_seat sheet_upsert"),
        *(Row(way, withdraw, "ritirata", GONE) for way in ((), (changed,), (agreed,), (agreed, hold), (agreed, done))),
        Row((agreed, done, recorded), Step("retention"), "archiviata", "anonymise sheet_upsert"),
    ),
)
