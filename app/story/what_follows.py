"""What follows until 18 December: rankings, activities, exchanges, certificates, and who waits on the last morning."""

from __future__ import annotations

from app.story.company import Company
from app.story.first_week import (
    ASSOCIATION,
    CHIARA,
    COMUNE_CB,
    COURSES,
    DESKS,
    ETTORE,
    LIVIA,
    NETWORK,
    PROPOSALS,
    REPAIR,
    SHADE,
    ZOE,
    registered,
)

IDEAS = "Business ideas (selezione-graduatoria)"
EXCHANGES = "Exchanges between the cities (doppia-approvazione)"
LAST_MORNING = "The last morning: who waits now"

BIKES, APP = 23, 104
MAKERSLAB, VISIT = 30, 105
WAITING = {106: "verifica", 107: "consenso", 108: "consenso", 109: "verifica", 110: "ammissibilita", 111: "ricevuta"}
LEDGER = 112

PANEL = ("presidenza", "polimi", "comune")
GOOD = {
    "innovazione_0_25": "21",
    "fattibilita_0_25": "20",
    "sostenibilita_0_20": "16",
    "impatto_0_20": "17",
    "team_0_10": "8",
}
WEAK = {**GOOD, "innovazione_0_25": "6", "fattibilita_0_25": "9", "sostenibilita_0_20": "8"}
REPORT = {"partecipanti": "64", "cosa_ha_funzionato": "Il cantiere aperto: hanno cucito insieme nonne e studenti."}
CHECKLIST = {
    "risultato_raggiunto": "si",
    "misura": "Sei mentor formati",
    "persone_coinvolte": "3",
    "costo_effettivo": "540,00",
    "cosa_adottata": "I turni dei mentor e il registro della sicurezza delle macchine.",
    "lezione_appresa": "Servono due persone esperte per turno, non una.",
}


def ideas_apply(company: Company) -> None:
    """Two teams apply in the last minutes, the call closes, the panel scores them blind."""
    company.outcomes.scene(IDEAS)
    company.apply(APP, BIKES, 24)
    company.at("2026-11-20T12:01+01:00")
    company.outcomes.say("the call has closed; both teams are admitted to the scoring")
    for team in (APP, BIKES):
        company.act(f"sportello@{COMUNE_CB}", team, "admissible")
    company.stage.settle(read_sheets=True)
    company.outcomes.say("three members of the panel type their points, each in a tab of their own")
    for member in PANEL:
        company.type_in(member, BIKES, conflitto="no", **GOOD)
        company.type_in(member, APP, conflitto="no", **WEAK)
    company.stage.settle(read_sheets=True)
    company.act("commissione1@ainm.example.org", BIKES, "panel_closes", seduta_del="20/11/2026")
    company.expect_state("first in the provisional ranking", BIKES, "graduatoria_provvisoria")
    company.expect_state("second, by the same act of the chair", APP, "graduatoria_provvisoria")


def exchanges_planned(company: Company) -> None:
    """Both cities say yes to two exchanges."""
    company.outcomes.scene(EXCHANGES)
    company.apply(MAKERSLAB, VISIT)
    company.outcomes.say("donor and receiver give their opinions")
    for exchange in (MAKERSLAB, VISIT):
        company.act(f"cedente@{COMUNE_CB}", exchange, "opinion", parere="ok")
        company.act("riusante@comune-matera.example.org", exchange, "opinion", parere="ok")
    company.expect_state("an exchange with two yeses", MAKERSLAB, "pianificata")


def activity_reported(company: Company) -> None:
    """The square has had its day, and its proposer tells how it went; the lab comes back changed and gets a date."""
    company.at("2026-11-28T18:30+01:00")
    company.outcomes.scene(PROPOSALS)
    company.outcomes.say("the square has had its afternoon")
    company.act("sportello@comune-matera.example.org", SHADE, "event_done")
    company.outcomes.say("Eufemia tells how it went")
    company.applicant_acts(SHADE, "report_received", REPORT)
    company.expect_state("an activity with its report", SHADE, "conclusa")
    company.outcomes.say("Bruna sends her lab again, changed; the partners say yes, the coordinator too")
    company.applicant_acts(REPAIR, "revised", company.answers(REPAIR, partecipanti_max=10))
    company.stage.settle(read_sheets=True)
    for reviewer, score in {"csbno-1": "83", "csbno-2": "86"}.items():
        company.type_in(reviewer, REPAIR, esito_proposto="Sì", punteggio_0_100=score)
    company.stage.settle(read_sheets=True)
    company.act(f"coordinamento@{COMUNE_CB}", REPAIR, "approve", **registered(company, "0001333"))
    slot = {"data": "16/01/2027", "ora": "15:00", "ore": "3", "sede": "MakersLab, Il Pertini"}
    company.act("laboratori@csbno.example.org", REPAIR, "slot_booked", **slot)
    company.expect_state("a lab with a date", REPAIR, "programmata")


def december_begins(company: Company) -> None:
    """Chiara gets her desk, the final ranking is out, the visit is over."""
    company.at("2026-12-01T09:00+01:00")
    company.outcomes.scene(DESKS)
    company.outcomes.say("Chiara signs, gets her badge, sits down")
    company.act(f"sportello@{COMUNE_CB}", CHIARA, "hand_over", signed_on="01/12/2026")
    company.expect_state("a desk in use", CHIARA, "attiva")
    company.at("2026-12-04T10:00+01:00")
    company.outcomes.scene(IDEAS)
    company.outcomes.say("ten days have passed: the coordinator approves the final ranking, one act for all")
    act = {"atto": "n. 12 del 4 dicembre 2026", **registered(company, "0001400")}
    company.act(f"coordinamento@{COMUNE_CB}", BIKES, "final_ranking", **act)
    company.expect_state("below sixty points", APP, "non_idonea")
    listed = company.stage.look(f"/bandi/{company.call_of(BIKES).id}/ammessi").text
    told = [number for number in (BIKES, APP) if company.references[number] in listed]
    company.outcomes.expect("codes on the public list", [BIKES], told)
    company.applicant_acts(BIKES, "accept", {"signed_on": "04/12/2026"})
    company.expect_state("in the programme", BIKES, "percorso")
    company.outcomes.scene(EXCHANGES)
    company.outcomes.say("the visit took place; Matera ticks off what it took over")
    company.applicant_acts(VISIT, "done")
    company.act("riusante@comune-matera.example.org", VISIT, "outcome_recorded", **CHECKLIST)
    company.expect_state("a visit with its checklist", VISIT, "verificata")


def courses_end(company: Company) -> None:
    """Who came once takes part; at the end of the edition comes the certificate. Agreements end on their day."""
    company.at("2026-12-10T20:00+01:00")
    company.outcomes.scene(COURSES)
    company.outcomes.say("CSBNO counts who came, in its sheet")
    for number in (ZOE, ETTORE):
        company.type_in(None, number, presenze="1")
    company.stage.settle(read_sheets=True)
    company.expect_state("open lab, came once", ZOE, "partecipa")
    company.at("2026-12-17T23:59+01:00")
    company.outcomes.say("the edition ends on its day: certificates go out by themselves")
    company.expect_state("a course with its certificate", ETTORE, "conclusa")
    company.outcomes.scene(NETWORK)
    company.outcomes.say("the association's agreement ends by itself, the school's goes on")
    company.expect_state("the association's agreement, on the day after its last", ASSOCIATION, "conclusa")


def last_morning(company: Company) -> None:
    """New applications of every kind, left for whoever looks around afterwards."""
    company.outcomes.scene(LAST_MORNING)
    company.apply(*WAITING, LEDGER)
    company.expect_state(
        "the student without a parent's word: a month later nothing personal is left", LIVIA, "archiviata"
    )
    for number, state in WAITING.items():
        company.expect_state(company.call_of(number).file.title.in_("en"), number, state)
    company.expect_state(company.call_of(LEDGER).file.title.in_("en"), LEDGER, "pareri")
