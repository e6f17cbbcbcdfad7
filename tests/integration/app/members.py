"""The people of the trial calls for courses, classes, networks, selections and exchanges, all fictional."""

from __future__ import annotations

from typing import Any

from tests.integration.app.people import Answers, changed, sample

SELECTION, COURSE, CLASSES = "selezione-di-prova", "corso-di-prova", "classi-di-prova"
NETWORK, EXCHANGES = "rete-di-prova", "scambi-di-prova"

SELECTION_OFFICER, SELECTION_COORDINATOR = "istruttoria@selezione.example.org", "coordina@selezione.example.org"
CHAIR = "presidente@selezione.example.org"
SUBSTITUTE = "supplente@selezione.example.org"

COURSE_OFFICER = "corsi@corso.example.org"
MOTHER_OF_MATTEO = "ilaria.definti@example.org"

CLASS_OFFICER, SCHOOL = "laboratorio@classi.example.org", "referente@scuola.example.org"
FATHER_OF_NICOLO = "rocco.desempio@example.org"

NETWORK_OFFICER, NETWORK_COORDINATOR = "istruttoria@rete.example.org", "coordina@rete.example.org"
NETWORK_REGISTER = "protocollo@rete.example.org"
ORGANISATION = "info@perche-no.example.org"

DONOR, RECEIVER = "cedente@scambi.example.org", "riusante@scambi.example.org"
STEERING = ("coordina.cb@scambi.example.org", "coordina.mt@scambi.example.org")
CARMELA = "carmela.provetti@example.org"


def team(email: str, **changes: Any) -> Answers:
    """A team applies to the incubation with an idea of its own; its pitch is promised, not sent."""
    return changed(sample(23), {"email": email, "titolo": f"Idea di {email}", **changes})


def learner(email: str, **changes: Any) -> Answers:
    """An adult signs up for the first edition."""
    return changed(sample(7), {"email": email, "edizione": "prova-01", **changes})


def young_learner(**changes: Any) -> Answers:
    """Matteo Maria is twelve; his mother answers for him."""
    return changed(sample(8), {"edizione": "prova-01", **changes})


def student(email: str, **changes: Any) -> Answers:
    """A student of sixteen, of class 4B."""
    return changed(sample(18), {"email": email, **changes})


def adult_student(email: str, **changes: Any) -> Answers:
    """A student who is eighteen already."""
    parent = ("genitore_nome", "genitore_cognome", "genitore_ruolo", "genitore_email", "genitore_telefono")
    without = dict.fromkeys((*parent, "uscita_autonoma"))
    return student(email, data_nascita="03/04/2008", **without, **changes)


def organisation(**changes: Any) -> Answers:
    """An association asks to join the network."""
    return changed(sample(26), changes)


def exchange(**changes: Any) -> Answers:
    """Matera wants to learn from Cinisello's MakersLab."""
    return changed(sample(30), changes)
