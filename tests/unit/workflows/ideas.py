"""Rows of proposta-valutata."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.workflows.story import PROTOCOL, REASON, TWO, review, rome
from tests.unit.workflows.tables import Row, Step, Table

WHY = {"motivazione": REASON}
PAPER = {"signed_on": "2026-11-16"}
NO_LAW = {"law241": False, "term_days": None}
MINOR = {"age": 16}
MATERA = {"answers": {"citta": "matera"}, "city": "matera"}
CHANGES = (review("prt-1", "Sì con modifiche"), review("prt-2", "Sì con modifiche"))
GONE = "mail:ritiro_ok mail:staff_ritiro->istruttore release_seat sheet_upsert"
CALLED_OFF = "mail:ritiro_ok mail:staff_ritiro->istruttore publish_calendar release_seat sheet_upsert"

confirm = Step("email_confirmed", "richiedente")
given = Step("consent_given", "genitore")
ask = Step("request_info", "istruttore", {"elenco": "Manca la planimetria"})
answered = Step("info_received", "richiedente")
admissible = Step("admissible", "istruttore")
not_admissible = Step("not_admissible", "istruttore", WHY)
merge = Step("merge", "istruttore", {"target": "CLU-26-7QK2MN", "proposer_agrees": True})
suggested = Step("changes_suggested", facts={"reviews": CHANGES})
done = Step("reviews_done", facts={"reviews": TWO})
revised = Step("revised", "richiedente", {"idea": "Meglio"})
opinion = Step("opinion_given", "provincia", {"parere": "favorevole"})
approve = Step("approve", "coordinatore", PROTOCOL)
refuse = Step("refuse", "coordinatore", WHY)
observations = Step("observations_received", "richiedente", {"testo": "La piazza è libera."})
slot = Step("slot_booked", "istruttore", {"data": "2026-12-12", "ora": "15:30", "ore": 2, "sede": "Piazza"})
held = Step("event_done", "istruttore", wait=timedelta(days=27))
report = Step("report_received", "richiedente", {"partecipanti": 40})
withdraw = Step("withdraw", "richiedente")
registered = Step("register", "protocollo", PROTOCOL)
revoked = Step("consent_withdrawn", "genitore")
revoked_on_paper = Step("consent_withdrawn", "istruttore", PAPER)

ADMITTED = (confirm, admissible)
DECIDING = (*ADMITTED, done)
NOTICED = (*DECIDING, refuse)
UNREVIEWED = (confirm, not_admissible, observations)
APPROVED = (*DECIDING, approve)
SCHEDULED = (*APPROVED, slot)
CARRIED_OUT = (*SCHEDULED, held)

WHILE_OPEN: tuple[tuple[tuple[Step, ...], str], ...] = (
    ((), "ammissibilita"),
    ((ask,), "integrazione"),
    ((admissible,), "valutazione"),
    ((admissible, suggested), "coprogettazione"),
    ((admissible, done), "decisione"),
    ((admissible, done, refuse), "preavviso"),
)
"""Ways after the address is confirmed (and, under age, the consent given) to the states before the decision."""

AFTERWARDS = ((admissible, done, approve), (admissible, done, approve, slot, held))

PROPOSTA = Table(
    rome("2026-11-16T09:30"),
    {
        "form": "clab-urbano-proposta",
        "answers": {"citta": "cinisello"},
        "city": "cinisello",
        "term_days": 60,
    },
    (
        # the address and the parent
        Row((), confirm, "ricevuta", "protocollo_request sheet_upsert"),
        Row((), confirm, "ricevuta", "mail:ricevuta sheet_upsert", NO_LAW),
        Row((), confirm, "consenso", "mail:attesa_consenso", MINOR),
        Row((), Step("timer:PT72H"), "scaduta", "release_seat"),
        Row((confirm,), given, "ricevuta", "protocollo_request sheet_upsert", MINOR),
        Row(
            (confirm,),
            Step("consent_given", "istruttore", PAPER),
            "ricevuta",
            "protocollo_request sheet_upsert",
            MINOR,
        ),
        Row((confirm,), Step("consent_refused", "genitore"), "scaduta", "mail:non_autorizzata release_seat", MINOR),
        Row(
            (confirm,),
            Step("consent_refused", "istruttore", PAPER),
            "scaduta",
            "mail:non_autorizzata release_seat",
            MINOR,
        ),
        Row((confirm,), Step("timer:P14D"), "scaduta", "mail:non_autorizzata release_seat", MINOR),
        # the case officer
        Row((confirm,), ask, "integrazione", "sheet_upsert"),
        Row((confirm, ask), answered, "ammissibilita", "mail:integrazione_ok sheet_upsert"),
        Row((confirm, ask), Step("timer:P10D"), "preavviso", "sheet_upsert"),
        Row((confirm, ask), Step("timer:P10D"), "ammissibilita", "sheet_upsert", NO_LAW),
        Row((confirm,), admissible, "valutazione", "sheet_open_review sheet_upsert"),
        Row((confirm,), not_admissible, "preavviso", "sheet_upsert"),
        Row((confirm,), not_admissible, "respinta", "mail:rigetto release_seat sheet_upsert", NO_LAW),
        Row((confirm,), merge, "accorpata", "mail:accorpata release_seat sheet_upsert"),
        # the partners
        Row(ADMITTED, suggested, "coprogettazione", "sheet_upsert"),
        Row(ADMITTED, done, "decisione", "sheet_upsert"),
        Row(ADMITTED, done, "parere_provincia", "sheet_upsert", MATERA),
        Row(
            ADMITTED, Step("reviews_waived", "coordinatore", WHY, wait=timedelta(days=14)), "decisione", "sheet_upsert"
        ),
        Row(
            (*ADMITTED, suggested),
            revised,
            "valutazione",
            "sheet_open_review mail:nuova_versione->revisore sheet_upsert",
        ),
        Row((*ADMITTED, suggested), Step("timer:P20D"), "valutazione", "sheet_open_review sheet_upsert"),
        Row((*ADMITTED, suggested, revised), Step("review_confirmed", "revisore"), "valutazione", "confirm_review"),
        # the Province, in Matera
        Row((*ADMITTED, done), opinion, "decisione", "sheet_upsert", MATERA),
        Row(
            (*ADMITTED, done),
            Step("opinion_given", facts={"opinion": "favorevole"}),
            "decisione",
            "sheet_upsert",
            MATERA,
        ),
        Row((*ADMITTED, done), Step("timer:P10D"), "decisione", "sheet_upsert", MATERA),
        # the coordinator
        Row(DECIDING, approve, "approvata", "mail:approvata sheet_upsert"),
        Row(DECIDING, refuse, "preavviso", "sheet_upsert"),
        Row(DECIDING, refuse, "respinta", "mail:rigetto release_seat sheet_upsert", NO_LAW),
        Row(
            (*NOTICED, observations),
            Step("refuse", "coordinatore", {**WHY, **PROTOCOL}),
            "respinta",
            "mail:rigetto release_seat sheet_upsert",
        ),
        Row(DECIDING, Step("ask_changes", "coordinatore", WHY), "coprogettazione", "sheet_upsert"),
        Row(UNREVIEWED, Step("reopen", "coordinatore"), "valutazione", "sheet_open_review sheet_upsert"),
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
        # the activity
        Row(APPROVED, slot, "programmata", "mail:programmata publish_calendar sheet_upsert"),
        Row(SCHEDULED, held, "realizzata", "sheet_upsert"),
        Row(SCHEDULED, Step("timer:at:end+P1D"), "realizzata", "sheet_upsert"),
        Row(
            SCHEDULED,
            Step("slot_released", "istruttore"),
            "approvata",
            "mail:cambio_data publish_calendar sheet_upsert",
        ),
        Row(CARRIED_OUT, report, "conclusa", "mail:grazie release_seat sheet_upsert"),
        Row(CARRIED_OUT, Step("timer:P30D"), "conclusa", "release_seat sheet_upsert"),
        # leaving, the parent's word, the register
        Row((confirm,), withdraw, "ritirata", "mail:ritiro_ok mail:staff_ritiro->istruttore release_seat", MINOR),
        *(Row((confirm, *way), withdraw, "ritirata", GONE) for way, _ in WHILE_OPEN),
        *(Row((confirm, *way), withdraw, "ritirata", GONE) for way in AFTERWARDS),
        Row(DECIDING, withdraw, "ritirata", GONE, MATERA),
        Row(SCHEDULED, withdraw, "ritirata", CALLED_OFF),
        *(
            Row(
                (confirm, given, *way),
                revoked,
                "ritirata",
                "mail:consenso_revocato mail:staff_ritiro->istruttore release_seat sheet_upsert",
                {**MINOR, **where},
            )
            for way, where in (
                *((way, {}) for way, _ in WHILE_OPEN),
                *((way, {}) for way in AFTERWARDS),
                ((admissible, done), MATERA),
            )
        ),
        *(
            Row(
                (confirm, given, *way),
                revoked_on_paper,
                "ritirata",
                "mail:consenso_revocato release_seat sheet_upsert",
                {**MINOR, **where},
            )
            for way, where in (
                *((way, {}) for way, _ in WHILE_OPEN),
                *((way, {}) for way in AFTERWARDS),
                ((admissible, done), MATERA),
            )
        ),
        Row(
            (confirm, given, *SCHEDULED[1:]),
            revoked,
            "ritirata",
            "mail:consenso_revocato mail:staff_ritiro->istruttore publish_calendar release_seat sheet_upsert",
            MINOR,
        ),
        Row(
            (confirm, given, *SCHEDULED[1:]),
            revoked_on_paper,
            "ritirata",
            "mail:consenso_revocato publish_calendar release_seat sheet_upsert",
            MINOR,
        ),
        *(Row((confirm, *way), registered, state) for way, state in WHILE_OPEN),
        Row(DECIDING, registered, "parere_provincia", case=MATERA),
        # the end of retention
        *(
            Row(way, Step("retention"), "archiviata", "anonymise sheet_upsert")
            for way in ((*CARRIED_OUT, report), (confirm, merge), (confirm, withdraw))
        ),
        Row((confirm, not_admissible), Step("retention"), "archiviata", "anonymise sheet_upsert", NO_LAW),
        Row((confirm, Step("consent_refused", "genitore")), Step("retention"), "archiviata", "anonymise", MINOR),
    ),
)
