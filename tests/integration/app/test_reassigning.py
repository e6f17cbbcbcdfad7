"""A part in one case given to somebody else: old links are closed, both are told, a standing case goes on."""

from __future__ import annotations

import pytest

from app.services.people import reassigning
from tests.integration.app import journeys, scenes
from tests.integration.app.members import NETWORK, NETWORK_COORDINATOR, NETWORK_OFFICER, NETWORK_REGISTER, organisation
from tests.integration.app.people import CHIARA, COORDINATOR, DEPUTY, OFFICER, REASON, REVIEWER
from tests.integration.app.scenes import ENTRY
from tests.integration.app.town import Town

NEW = "dirigente@comune-cinisello.example.org"
WHY = "Le due persone che coordinano si sono astenute."


def give(town: Town, reference: str, to: str = NEW, role: str = "coordinatore", reason: str = WHY) -> None:
    reassigning.reassign(town.context, reference, role, to, reason)
    town.work()


def test_a_case_on_which_both_abstained_goes_on_with_somebody_new(town: Town) -> None:
    reference = scenes.desk_without_coordinator(town)
    town.choose(DEPUTY, reference, "abstain")
    assert "nessuno_decide" in town.asked(reference)
    give(town, reference)
    mail = town.mails(NEW, reference)[-1]
    assert WHY in mail.text
    town.choose(NEW, reference, "approve")
    assert town.state(reference) == "posto_offerto"
    events = town.show(reference)["events"]
    assert [each["event"] for each in events if each["event"] in ("abstain", "reassigned", "approve")] == [
        "abstain",
        "abstain",
        "reassigned",
        "approve",
    ]


def test_the_old_link_is_closed_and_both_are_told(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    give(town, reference)
    assert door.open().status_code == 410
    assert door.choose("approve").status_code == 410
    assert "passata a un’altra persona" in town.mails(COORDINATOR, reference)[-1].text
    town.choose(NEW, reference, "refuse", motivazione=REASON)
    assert town.state(reference) == "preavviso"
    town.choose(CHIARA, reference, "observations_received", testo="Capisco, ma posso adattarmi agli orari.")
    assert "/azione/" in town.mails(NEW, reference)[-1].text  # and it stays theirs


def test_who_was_given_a_case_may_abstain_too(town: Town) -> None:
    reference = scenes.desk_without_coordinator(town)
    town.choose(DEPUTY, reference, "abstain")
    give(town, reference)
    town.choose(NEW, reference, "abstain")
    assert town.asked(reference).count("nessuno_decide") >= 2
    give(town, reference, "segretaria@comune-cinisello.example.org")
    town.choose("segretaria@comune-cinisello.example.org", reference, "approve")
    assert town.state(reference) == "posto_offerto"


@pytest.mark.parametrize(("outcome", "conflict"), [("Sì", "sì"), ("Mi astengo", "no")])
def test_without_any_reviewer_left_the_coordinator_goes_on_at_once(town: Town, outcome: str, conflict: str) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.review(reference, outcome, scores=(80,), conflitto=conflict)
    assert "nessuno_valuta" not in town.asked(reference)
    town.review(reference, outcome, conflitto=conflict)
    assert town.asked(reference).count("nessuno_valuta") == 1
    town.choose(COORDINATOR, reference, "reviews_waived", motivazione=REASON)
    assert town.state(reference) == "decisione"


@pytest.mark.parametrize("unfit", [CHIARA, REVIEWER, COORDINATOR])
def test_never_to_somebody_with_a_conflict(town: Town, unfit: str) -> None:
    """Who applies, who reviews, and who abstained."""
    reference = scenes.desk_without_coordinator(town)
    with pytest.raises(reassigning.NotReassigned, match="coordinatore"):
        give(town, reference, unfit)
    assert "reassigned" not in town.events(reference)


def test_a_reviewer_who_declared_a_conflict_gets_no_other_part(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.review(reference, scores=(80,), conflitto="sì")
    with pytest.raises(reassigning.NotReassigned, match="conflict"):
        give(town, reference, REVIEWER, "istruttore")


@pytest.mark.parametrize(
    ("role", "to", "reason", "words"),
    [
        ("revisore", NEW, WHY, "can't be given"),
        ("coordinatore", "nessuno", WHY, "no e-mail address"),
        ("coordinatore", NEW, "Boh", "a reason is missing"),
        ("istruttore", OFFICER, WHY, "already"),
    ],
)
def test_bad_input_is_told(town: Town, role: str, to: str, reason: str, words: str) -> None:
    reference = scenes.checked_desk(town)
    with pytest.raises(reassigning.NotReassigned, match=words):
        give(town, reference, to, role, reason)


def test_a_closed_case_and_an_unknown_one(town: Town) -> None:
    reference = scenes.checked_desk(town)
    town.own_page(reference).choose("withdraw")
    town.work()
    with pytest.raises(reassigning.NotReassigned, match="closed"):
        give(town, reference)
    with pytest.raises(reassigning.NotReassigned, match="no submission"):
        give(town, "CWK-26-AAAAAA")


def test_nobody_speaks_for_or_decides_on_their_own_organisation(town: Town) -> None:
    """The partner that reviews applies itself: its opinion is not asked for, and the coordinator hears of it."""
    body = next(each.body for each in town.context.catalogue.calls[NETWORK].people("revisore", ""))
    reference = town.confirmed(organisation(ente_denominazione=body), NETWORK)
    town.choose(NETWORK_REGISTER, reference, "register", **ENTRY)
    town.choose(NETWORK_OFFICER, reference, "admissible")
    assert "revisori" not in town.asked(reference)
    assert "nessuno_valuta" in town.asked(reference)
    town.choose(NETWORK_COORDINATOR, reference, "reviews_waived", motivazione=REASON)
    assert town.state(reference) == "decisione"
    with pytest.raises(reassigning.NotReassigned, match="conflict"):
        give(town, reference, "presidente@perche-no.example.org")


def test_the_organisations_own_people_may_not_decide(town: Town) -> None:
    reference = journeys.network_to_decide(town)
    with pytest.raises(reassigning.NotReassigned, match="organisation"):
        give(town, reference, "presidente@perche-no.example.org")
    give(town, reference, "dirigente@rete.example.org")
    town.choose("dirigente@rete.example.org", reference, "approve")
    assert town.state(reference) == "firma"
    assert "Affidata a un’altra persona" in town.door(NETWORK_OFFICER, reference).open().text
    assert town.mails(NETWORK_COORDINATOR, reference)[-1].subject.startswith("Non tocca più a te")
