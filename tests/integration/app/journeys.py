"""Cases of the trial calls brought to where a test begins, each step through its own door."""

from __future__ import annotations

from tests.integration.app.members import (
    CLASSES,
    EXCHANGES,
    FATHER_OF_NICOLO,
    NETWORK,
    NETWORK_COORDINATOR,
    NETWORK_OFFICER,
    NETWORK_REGISTER,
    exchange,
    organisation,
    student,
)
from tests.integration.app.people import CONSENT
from tests.integration.app.scenes import ENTRY
from tests.integration.app.town import Town

CONSENT_OF_THE_FATHER = {**CONSENT, "nome": "Rocco", "cognome": "D'Esempio"}


def network_in_opinion(town: Town) -> str:
    """An association's application, with the partner."""
    reference = town.confirmed(organisation(), NETWORK)
    town.choose(NETWORK_REGISTER, reference, "register", **ENTRY)
    town.choose(NETWORK_OFFICER, reference, "admissible")
    town.sync()
    return reference


def network_to_decide(town: Town) -> str:
    """The partner is in favour; the coordinator's turn."""
    reference = network_in_opinion(town)
    town.partner("olt", reference).type_in(reference, {"parere": "favorevole"})
    town.sync()
    return reference


def agreed(town: Town) -> str:
    """Approved; the agreement is to be signed."""
    reference = network_to_decide(town)
    town.choose(NETWORK_COORDINATOR, reference, "approve")
    return reference


def student_before_the_school(town: Town, email: str) -> str:
    """A student of sixteen whose father authorised; the school's turn."""
    reference = town.confirmed(student(email), CLASSES)
    town.choose(FATHER_OF_NICOLO, reference, "consent_given", **CONSENT_OF_THE_FATHER)
    return reference


def exchange_in_opinion(town: Town) -> str:
    """An exchange that both cities read."""
    return town.apply(exchange(), EXCHANGES)
