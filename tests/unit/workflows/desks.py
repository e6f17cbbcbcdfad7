"""Rows of ammissione-posti."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.workflows.conftest import DESK
from tests.unit.workflows.story import PROTOCOL, REASON, TWO, rome
from tests.unit.workflows.tables import Row, Step, Table

WHY = {"motivazione": REASON}
NO_LAW = {"law241": False, "term_days": None}
GONE = "mail:ritiro_ok mail:staff_ritiro->istruttore release_seat sheet_upsert"

confirm = Step("email_confirmed", "richiedente")
ask = Step("request_info", "istruttore", {"elenco": "In quali giorni, di preciso?"})
answered = Step("info_received", "richiedente")
admissible = Step("admissible", "istruttore")
not_admissible = Step("not_admissible", "istruttore", WHY)
done = Step("reviews_done", facts={"reviews": TWO})
approve = Step("approve", "coordinatore", PROTOCOL)
approve_full = Step("approve", "coordinatore", PROTOCOL, {"seats_free": False})
refuse = Step("refuse", "coordinatore", WHY)
more = Step("ask_more", "coordinatore", WHY)
observations = Step("observations_received", "richiedente", {"testo": "I requisiti ci sono."})
freed = Step("seat_freed")
accept = Step("accept", "richiedente")
decline = Step("decline", "richiedente")
hand_over = Step("hand_over", "istruttore", {"signed_on": "2026-11-16"})
revoke = Step("revoke", "coordinatore", WHY)
wanted = Step("renewal_requested", "richiedente")
withdraw = Step("withdraw", "richiedente")
registered = Step("register", "protocollo", PROTOCOL)

REVIEWING = (confirm, admissible)
DECIDING = (*REVIEWING, done)
NOTICED = (*DECIDING, refuse)
UNREVIEWED = (confirm, not_admissible, observations)
LISTED = (*DECIDING, approve_full)
OFFERED = (*DECIDING, approve)
ASSIGNED = (*OFFERED, accept)
ACTIVE = (*ASSIGNED, hand_over)

BEFORE_THE_DESK = (
    ((confirm,), "verifica"),
    ((confirm, ask), "integrazione"),
    (REVIEWING, "valutazione"),
    (DECIDING, "decisione"),
    (NOTICED, "preavviso"),
    (LISTED, "lista_attesa"),
    (OFFERED, "posto_offerto"),
)

AMMISSIONE = Table(
    rome("2026-11-16T09:30"),
    {"answers": DESK, "anchors": {"list_end": rome("2027-03-31T23:59:59")}},
    (
        # the address
        Row((), confirm, "ricevuta", "protocollo_request sheet_upsert"),
        Row((), confirm, "ricevuta", "mail:ricevuta sheet_upsert", NO_LAW),
        Row((), Step("timer:PT72H"), "scaduta", "release_seat"),
        # the case officer
        Row((confirm,), ask, "integrazione", "sheet_upsert"),
        Row((confirm, ask), answered, "verifica", "mail:integrazione_ok sheet_upsert"),
        Row((confirm, ask), Step("timer:P10D"), "preavviso", "sheet_upsert"),
        Row((*UNREVIEWED, more), Step("timer:P10D"), "decisione", "sheet_upsert"),
        Row((confirm, ask), Step("timer:P10D"), "verifica", "sheet_upsert", NO_LAW),
        Row((confirm,), admissible, "valutazione", "sheet_open_review sheet_upsert"),
        Row((confirm,), not_admissible, "preavviso", "sheet_upsert"),
        Row((*UNREVIEWED, more, answered), not_admissible, "decisione", "sheet_upsert"),
        Row((confirm,), not_admissible, "respinta", "mail:rigetto release_seat sheet_upsert", NO_LAW),
        # the reviewers
        Row(REVIEWING, done, "decisione", "sheet_upsert"),
        Row(
            REVIEWING, Step("reviews_waived", "coordinatore", WHY, wait=timedelta(days=14)), "decisione", "sheet_upsert"
        ),
        # the coordinator
        Row(DECIDING, approve, "posto_offerto", "reserve_seat sheet_upsert"),
        Row(DECIDING, approve_full, "lista_attesa", "mail:lista_attesa sheet_upsert"),
        Row(DECIDING, refuse, "preavviso", "sheet_upsert"),
        Row(DECIDING, refuse, "respinta", "mail:rigetto release_seat sheet_upsert", NO_LAW),
        Row(
            (*NOTICED, observations),
            Step("refuse", "coordinatore", {**WHY, **PROTOCOL}),
            "respinta",
            "mail:rigetto release_seat sheet_upsert",
        ),
        Row(DECIDING, more, "integrazione", "sheet_upsert"),
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
        # the place
        Row(LISTED, freed, "posto_offerto", "reserve_seat sheet_upsert"),
        Row(LISTED, Step("timer:at:list_end"), "scaduta", "mail:scaduta release_seat sheet_upsert"),
        Row(OFFERED, accept, "assegnata", "mail:assegnazione sheet_upsert"),
        Row(OFFERED, decline, "ritirata", GONE),
        Row(OFFERED, Step("timer:P5WD"), "decaduta", "mail:decaduta release_seat sheet_upsert"),
        Row(ASSIGNED, hand_over, "attiva", "mail:benvenuto sheet_upsert"),
        Row(
            ASSIGNED,
            Step("no_show", "istruttore", wait=timedelta(days=40)),
            "decaduta",
            "mail:decaduta release_seat sheet_upsert",
        ),
        Row(ASSIGNED, revoke, "revocata", "mail:revoca release_seat sheet_upsert"),
        Row(ACTIVE, revoke, "revocata", "mail:revoca release_seat sheet_upsert"),
        # the desk in use
        Row(ACTIVE, wanted, "attiva", "mail:rinnovo_richiesto->coordinatore"),
        Row(
            (*ACTIVE, wanted, Step("", wait=timedelta(days=80))),
            Step("renew", "coordinatore"),
            "attiva",
            "mail:rinnovo mail:per_conoscenza->coordinatore sheet_upsert",
        ),
        Row(
            (*ACTIVE, wanted),
            Step("renewal_refused", "coordinatore", WHY),
            "attiva",
            "mail:rinnovo_negato mail:per_conoscenza->coordinatore",
        ),
        Row(
            ACTIVE,
            Step("give_up", "richiedente"),
            "conclusa",
            "mail:conclusa mail:staff_ritiro->istruttore release_seat sheet_upsert",
        ),
        Row(ACTIVE, Step("timer:at:end"), "conclusa", "mail:conclusa release_seat sheet_upsert"),
        # leaving, the register, the end of retention
        *(Row(way, withdraw, "ritirata", GONE) for way, _ in BEFORE_THE_DESK),
        Row(ASSIGNED, withdraw, "ritirata", GONE),
        *(Row(way, registered, state) for way, state in BEFORE_THE_DESK),
        *(
            Row(way, Step("retention"), "archiviata", "anonymise sheet_upsert")
            for way in (
                (confirm, withdraw),
                (*ACTIVE, revoke),
                (*ACTIVE, Step("give_up", "richiedente")),
                (*OFFERED, Step("", wait=timedelta(days=20))),
            )
        ),
        Row((confirm, not_admissible), Step("retention"), "archiviata", "anonymise sheet_upsert", NO_LAW),
        Row((Step("", wait=timedelta(days=4)),), Step("retention"), "archiviata", "anonymise"),
    ),
)
