"""An organisation joins the network: from sending to signing, meeting, refusing, leaving."""

from __future__ import annotations

from tests.integration.app.journeys import agreed, network_in_opinion, network_to_decide
from tests.integration.app.members import NETWORK, NETWORK_COORDINATOR, NETWORK_OFFICER, ORGANISATION, organisation
from tests.integration.app.people import OBSERVATIONS, REASON
from tests.integration.app.town import Town

SIGNED = {"signed_on": "16/11/2026", "valido_fino": "30/06/2027", "dichiarazione_445": "true"}


def test_an_organisation_joins_and_its_agreement_ends_on_its_day(town: Town) -> None:
    reference = agreed(town)
    assert town.state(reference) == "firma"
    assert "accordo" in town.asked(reference)
    town.choose(NETWORK_OFFICER, reference, "signed", **SIGNED)
    assert town.state(reference) == "attiva"
    assert "30 giugno 2027" in town.mails(ORGANISATION, reference)[-1].text
    town.at("2027-05-01T09:00")
    assert town.asked(reference, role="istruttore")[-1] == "rinnovo_rete"
    town.at("2027-07-01T00:00")
    assert town.state(reference) == "conclusa"


def test_it_may_leave_when_it_wants(town: Town) -> None:
    reference = agreed(town)
    town.choose(NETWORK_OFFICER, reference, "signed", **SIGNED)
    town.own_page(reference).choose("give_up")
    town.work()
    assert town.state(reference) == "conclusa"
    assert town.asked(reference, role="istruttore")[-1] == "staff_ritiro"


def test_a_meeting_is_proposed_and_over_the_day_after(town: Town) -> None:
    reference = network_in_opinion(town)
    town.choose(NETWORK_OFFICER, reference, "meeting_proposed", data="20/11/2026", ora="15:30", luogo="Villa Forno")
    assert town.state(reference) == "incontro"
    mail = town.mails(ORGANISATION, reference)[-1].text
    assert "Villa Forno" in mail
    assert "20 novembre 2026" in mail
    town.at("2026-11-21T15:31")
    town.at("2026-11-22T00:00")
    assert town.state(reference) == "parere"


def test_without_law_241_terms_it_is_still_told_before_a_refusal(town: Town) -> None:
    reference = network_to_decide(town)
    town.choose(NETWORK_COORDINATOR, reference, "refuse", motivazione=REASON)
    assert town.state(reference) == "preavviso"
    town.choose(ORGANISATION, reference, "observations_received", testo=OBSERVATIONS)
    town.choose(NETWORK_COORDINATOR, reference, "refuse", motivazione=REASON)
    assert town.state(reference) == "respinta"


def test_a_partner_in_conflict_leaves_the_decision_to_the_coordinator(town: Town) -> None:
    reference = network_in_opinion(town)
    town.partner("olt", reference).type_in(reference, {"parere": "favorevole", "conflitto": "sì"})
    town.sync()
    assert town.state(reference) == "parere"
    town.at("2026-11-28T10:00")
    town.choose(NETWORK_COORDINATOR, reference, "reviews_waived", motivazione=REASON)
    assert town.state(reference) == "decisione"


def test_an_agreement_that_is_not_signed_expires(town: Town) -> None:
    reference = agreed(town)
    town.at("2027-01-16T00:00")
    assert town.state(reference) == "scaduta"


def test_an_address_that_is_not_confirmed_expires(town: Town) -> None:
    reference = town.apply(organisation(), NETWORK)
    town.later(hours=73)
    assert town.state(reference) == "scaduta"
