"""Cases brought to where a test begins, by what people do: each step through its own door."""

from __future__ import annotations

from tests.integration.app.people import (
    CHIARA,
    CONSENT,
    COORDINATOR,
    IDEAS,
    MATERA_COORDINATOR,
    MATERA_OFFICER,
    MATERA_REGISTER,
    MOTHER,
    OFFICER,
    REASON,
    REGISTER,
    SMALL,
    SMALL_COORDINATOR,
    SMALL_OFFICER,
    SMALL_REGISTER,
    TAX_CODE,
    Answers,
    desk,
    idea,
    idea_of_a_minor,
)
from tests.integration.app.town import Town

ENTRY = {"protocollo_numero": "0001234", "protocollo_data": "16/11/2026"}
"""What the register office writes."""

STAFF = {
    "coworking-2026": (REGISTER, OFFICER, COORDINATOR),
    "sportello-piccolo": (SMALL_REGISTER, SMALL_OFFICER, SMALL_COORDINATOR),
}

# --- a desk ---------------------------------------------------------------------------------------------------------


def new_desk(town: Town) -> str:
    """Sent, the address not confirmed."""
    return town.apply(desk())


def checked_desk(town: Town, answers: Answers | None = None, call: str = "coworking-2026") -> str:
    """With the case officer, the register number recorded."""
    reference = town.confirmed(answers or desk(), call)
    town.choose(STAFF[call][0], reference, "register", **ENTRY)
    return reference


def incomplete_desk(town: Town) -> str:
    """The applicant was asked for more: the days, and an answer."""
    reference = checked_desk(town)
    town.choose(OFFICER, reference, "request_info", elenco="In quali giorni, di preciso?", campi=["giorni"])
    return reference


def reviewed_desk_waits(town: Town, answers: Answers | None = None, call: str = "coworking-2026") -> str:
    """With the partners."""
    reference = checked_desk(town, answers, call)
    requirements = town.context.catalogue.calls[call].file.requirements
    ticked = [f"r{number}" for number, _ in enumerate(requirements, 1)]
    town.choose(STAFF[call][1], reference, "admissible", requisiti=ticked)
    return reference


def desk_to_decide(
    town: Town, answers: Answers | None = None, call: str = "coworking-2026", scores: tuple[int, int] = (80, 90)
) -> str:
    """Reviewed; the coordinator's turn."""
    reference = reviewed_desk_waits(town, answers, call)
    town.review(reference, scores=scores)
    return reference


def small_desk_to_decide(town: Town, email: str, scores: tuple[int, int] = (80, 90)) -> str:
    """As `desk_to_decide`, where there is one desk only."""
    return desk_to_decide(town, desk(email=email), SMALL, scores)


def desk_without_coordinator(town: Town) -> str:
    """The coordinator abstained; the deputy's turn."""
    reference = desk_to_decide(town)
    town.choose(COORDINATOR, reference, "abstain")
    return reference


def refused_once_desk(town: Town) -> str:
    """The applicant may write observations before the refusal."""
    reference = desk_to_decide(town)
    town.choose(COORDINATOR, reference, "refuse", motivazione=REASON)
    return reference


def offered_desk(town: Town) -> str:
    """A place is offered."""
    reference = desk_to_decide(town)
    town.choose(COORDINATOR, reference, "approve")
    return reference


def assigned_desk(town: Town) -> str:
    """The applicant took the place."""
    reference = offered_desk(town)
    town.choose(CHIARA, reference, "accept", codice_fiscale=TAX_CODE)
    return reference


def active_desk(town: Town) -> str:
    """The desk is in use since today."""
    reference = assigned_desk(town)
    town.choose(OFFICER, reference, "hand_over", signed_on="16/11/2026")
    return reference


# --- an idea of Matera ----------------------------------------------------------------------------------------------


def checked_idea(town: Town, answers: Answers | None = None) -> str:
    """With the case officer of Matera, the register number recorded."""
    reference = town.confirmed(answers or idea(), IDEAS)
    town.choose(MATERA_REGISTER, reference, "register", **ENTRY)
    return reference


def idea_in_review(town: Town) -> str:
    """With the partners."""
    reference = checked_idea(town)
    town.choose(MATERA_OFFICER, reference, "admissible")
    return reference


def idea_to_change(town: Town) -> str:
    """The partners want changes; the proposer's turn."""
    reference = idea_in_review(town)
    town.review(reference, "Sì con modifiche", scores=(70, 75))
    return reference


def idea_before_the_province(town: Town) -> str:
    """The Provincia is asked for its opinion."""
    reference = idea_in_review(town)
    town.review(reference, scores=(70, 75))
    return reference


def idea_to_decide(town: Town) -> str:
    """The coordinator's turn."""
    reference = idea_before_the_province(town)
    town.choose("pareri@provincia-matera.example.org", reference, "opinion_given", parere="favorevole")
    return reference


def approved_idea(town: Town) -> str:
    """Approved; it needs a date."""
    reference = idea_to_decide(town)
    town.choose(MATERA_COORDINATOR, reference, "approve")
    return reference


def scheduled_idea(town: Town) -> str:
    """In the calendar on 28 November at 15:00."""
    reference = approved_idea(town)
    town.choose(MATERA_OFFICER, reference, "slot_booked", data="28/11/2026", ora="15:00", ore="3", sede="Piazza")
    return reference


def carried_out_idea(town: Town) -> str:
    """It took place; the report is awaited."""
    reference = scheduled_idea(town)
    town.at("2026-11-28T18:00")
    town.choose(MATERA_OFFICER, reference, "event_done")
    return reference


def idea_without_consent(town: Town) -> str:
    """Of a sixteen-year-old; their mother's turn."""
    return town.confirmed(idea_of_a_minor(), IDEAS)


def idea_with_consent(town: Town) -> str:
    """Of a sixteen-year-old whose mother authorised."""
    reference = idea_without_consent(town)
    town.choose(MOTHER, reference, "consent_given", **CONSENT)
    return reference
