"""The week in which people apply: 16 to 21 November. Desks, courses, students, schools and associations, proposals."""

from __future__ import annotations

from app.story.company import Company

DESKS = "Desks (ammissione-posti)"
COURSES = "Courses and youth centre (iscrizione-posti)"
STUDENTS = "Students of a class (iscrizione-studente)"
NETWORK = "Schools and associations (adesione-ente)"
PROPOSALS = "Proposals (proposta-valutata)"

COMUNE_CB, COMUNE_MT = "comune-cinisello.example.org", "comune-matera.example.org"
PROVINCE = "provincia-matera.example.org"

REASON = "La richiesta non si può svolgere negli spazi condivisi, che chiudono alle 20 e non hanno stanze singole."
OBSERVATIONS = "Capisco la motivazione, ma posso adattarmi agli orari e usare la sala riunioni quando è libera."

CHIARA, BRUNO = 1, 101
LOREDANA, MATTEO, ZOE, ETTORE, GAIA = 7, 8, 10, 102, 28
NICOLO, LIVIA = 18, 103
SCHOOL, ASSOCIATION = 16, 26
REPAIR, SHADE = 11, 21


def registered(company: Company, number: str) -> dict[str, str]:
    """What whoever decides writes of the register: `number` and today."""
    return {
        "protocollo_numero": number,
        "protocollo_data": company.stage.context.clock.now().strftime("%d/%m/%Y"),
    }


def desks(company: Company) -> None:
    """One desk is offered and taken, one is refused after a notice and observations."""
    company.outcomes.scene(DESKS)
    company.apply(CHIARA, 2, BRUNO)
    for number, desk in enumerate((CHIARA, BRUNO), 1):
        company.act(f"protocollo@{COMUNE_CB}", desk, "register", **registered(company, f"00012{number:02d}"))
        company.act(f"sportello@{COMUNE_CB}", desk, "admissible", requisiti=["r1", "r2"])
    company.outcomes.say("OltreSpazio's two reviewers type outcome and score into their sheet")
    _review(company, CHIARA, "Sì", {"olt-1": "88", "olt-2": "81"})
    _review(company, BRUNO, "No", {"olt-1": "35", "olt-2": "41"})
    company.stage.settle(read_sheets=True)
    company.outcomes.say("the coordinator opens the mailed links: one yes, one no with its reason")
    company.act(f"coordinamento@{COMUNE_CB}", CHIARA, "approve")
    company.act(f"coordinamento@{COMUNE_CB}", BRUNO, "refuse", motivazione=REASON)
    company.expect_state("notice before the refusal (art. 10-bis)", BRUNO, "preavviso")
    company.applicant_acts(CHIARA, "accept", {"codice_fiscale": "NVNCHR98B54C707U"})
    company.expect_state("accepted desk", CHIARA, "assegnata")
    company.outcomes.say("Bruno writes his observations; the coordinator answers them and refuses")
    company.applicant_acts(BRUNO, "observations_received", {"testo": OBSERVATIONS})
    company.act(f"coordinamento@{COMUNE_CB}", BRUNO, "refuse", motivazione=REASON)
    company.expect_state("refused desk", BRUNO, "respinta")


def courses(company: Company) -> None:
    """Three sign up for courses; a mother authorises a boy of twelve."""
    company.outcomes.scene(COURSES)
    company.apply(LOREDANA, MATTEO, ETTORE)
    company.outcomes.say("Matteo's mother opens her own link and authorises")
    company.act("ilaria.definti@example.org", MATTEO, "consent_given", **_consent("Ilaria", "De’ Finti"))
    company.expect_state("a boy of twelve, with his mother's word", MATTEO, "ammessa")


def proposed_lab(company: Company) -> None:
    """A lab goes to the partners, who would like it changed."""
    company.outcomes.scene(PROPOSALS)
    company.apply(REPAIR)
    company.act("laboratori@csbno.example.org", REPAIR, "admissible", requisiti=["r1", "r2"])
    company.outcomes.say("both of CSBNO's reviewers say: yes, with changes")
    _review(company, REPAIR, "Sì con modifiche", {"csbno-1": "68", "csbno-2": "72"})
    company.stage.settle(read_sheets=True)
    company.expect_state("a lab that partners want changed", REPAIR, "coprogettazione")


def network(company: Company) -> None:
    """A school and an association join; a form with a mistake comes back with its words."""
    company.outcomes.scene(NETWORK)
    company.apply(ASSOCIATION)
    company.act("rete@oltrespazio.example.org", ASSOCIATION, "admissible")
    company.act(f"istruzione@{PROVINCE}", SCHOOL, "admissible")
    company.outcomes.say("OltreSpazio and the Provincia give their opinions in their sheets")
    company.stage.settle(read_sheets=True)
    company.type_in("olt-1", ASSOCIATION, parere="Favorevole", tavolo="Lavoro")
    company.type_in("provincia", SCHOOL, esito_proposto="Sì", gruppo_calendario="gennaio")
    company.stage.settle(read_sheets=True)
    company.act(f"coordinamento@{COMUNE_CB}", ASSOCIATION, "approve", **registered(company, "0001210"))
    company.act(f"scuole@{PROVINCE}", SCHOOL, "approve", **registered(company, "0007001"))
    company.outcomes.say("both agreements are signed: the association's until 15 December, the school's for the year")
    today = company.stage.context.clock.now().strftime("%d/%m/%Y")
    signed = {"signed_on": today, "dichiarazione_445": "true"}
    company.act("rete@oltrespazio.example.org", ASSOCIATION, "signed", **signed, valido_fino="15/12/2026")
    company.act(f"istruzione@{PROVINCE}", SCHOOL, "signed", **signed, valido_fino="30/06/2027")
    company.expect_state("the association's agreement", ASSOCIATION, "attiva")
    company.expect_state("the school's agreement", SCHOOL, "attiva")


def students(company: Company) -> None:
    """Two students of one class: a father authorises and the school confirms; a mother does not."""
    company.outcomes.scene(STUDENTS)
    company.apply(NICOLO, LIVIA, 20)
    company.outcomes.say("Nicolò's father authorises and the school confirms; Livia's mother says no")
    company.act("rocco.desempio@example.org", NICOLO, "consent_given", **_consent("Rocco", "D'Esempio"))
    company.act("referente@scuola.example.org", NICOLO, "school_confirms")
    company.act(
        "sara.simulati@example.org",
        LIVIA,
        "consent_refused",
        nome="Sara",
        cognome="Simulati",
        ruolo="genitore",
        dichiarazione_445="true",
        informativa_letta="true",
    )
    company.expect_state("a student with parent and school", NICOLO, "ammessa")
    company.expect_state("a student without a parent's word", LIVIA, "non_autorizzata")


def proposed_square(company: Company) -> None:
    """An idea of Matera: partners, Provincia, coordinator, a date in the calendar."""
    company.outcomes.scene(PROPOSALS)
    company.apply(SHADE)
    company.act(f"protocollo@{COMUNE_MT}", SHADE, "register", **registered(company, "0004711"))
    company.act(f"sportello@{COMUNE_MT}", SHADE, "admissible")
    company.outcomes.say("Basilicata Creativa and Generazione Lucana review the proposal in their sheet")
    _review(company, SHADE, "Sì", {"bc-1": "79", "gl-1": "74"})
    company.stage.settle(read_sheets=True)
    company.outcomes.say("the Provincia gives its opinion, the coordinator approves, the office fixes the date")
    opinion = "La proposta è coerente con le scuole e gli spazi del rione."
    company.act(f"pareri@{PROVINCE}", SHADE, "opinion_given", parere="favorevole", motivazione=opinion)
    company.act(f"coordinamento@{COMUNE_MT}", SHADE, "approve")
    company.expect_state("approved proposal", SHADE, "approvata")
    slot = {"data": "28/11/2026", "ora": "15:00", "ore": "3", "sede": "La piazza del rione di prova"}
    company.act(f"sportello@{COMUNE_MT}", SHADE, "slot_booked", **slot)
    shown = "Ombra e acqua in piazza" in company.stage.look("/calendario").text
    company.outcomes.expect("in the public calendar", True, shown)  # noqa: FBT003 - the value itself is expected


def youth_centre(company: Company) -> None:
    """A girl who turns fourteen today signs up; her mother authorises."""
    company.outcomes.scene(COURSES)
    company.apply(GAIA)
    company.act("marta.fintarelli@example.org", GAIA, "consent_given", **_consent("Marta", "Fintarelli"))
    company.expect_state("the youth centre, on her fourteenth birthday", GAIA, "ammessa")


def _consent(name: str, surname: str) -> dict[str, str]:
    return {
        "nome": name,
        "cognome": surname,
        "ruolo": "genitore",
        "accordo_altro_genitore": "comune_accordo",
        "uscita_autonoma": "no",
        "contatto_emergenza": "+393331234560",
        "dichiarazione_445": "true",
        "informativa_letta": "true",
    }


def _review(company: Company, number: int, outcome: str, scores: dict[str, str]) -> None:
    company.stage.settle(read_sheets=True)  # the rows are there
    for reviewer, score in scores.items():
        company.type_in(reviewer, number, conflitto="no", esito_proposto=outcome, punteggio_0_100=score)
