"""The turns a case may take: asked for more, changed together, refused with notice, registered."""

from __future__ import annotations

import pytest

from tests.integration.app import scenes
from tests.integration.app.people import (
    CHIARA,
    COORDINATOR,
    DEPUTY,
    EUFEMIA,
    IDEAS,
    MATERA_COORDINATOR,
    MATERA_OFFICER,
    OBSERVATIONS,
    OFFICER,
    REASON,
    desk,
    idea,
)
from tests.integration.app.town import Town

REVISION = {name: value for name, value in idea().items() if name not in ("partner", "lingua")}


# --- asked for more -------------------------------------------------------------------------------------------------


def test_only_what_was_asked_for_can_be_corrected(town: Town) -> None:
    reference = scenes.incomplete_desk(town)
    town.choose(
        CHIARA, reference, "info_received", risposta="Il martedì.", giorni=["mar"], sede="mt-hubout", nome="Altra"
    )
    shown = town.show(reference)
    assert shown["answers"]["giorni"] == ["mar"]
    assert (shown["answers"]["sede"], shown["answers"]["nome"]) == ("cb-cofo", "Chiara")
    assert shown["version"] == 1
    assert shown["events"][-1]["inputs"] == {"risposta": "Il martedì."}


def test_a_correction_is_judged_as_the_application_was(town: Town) -> None:
    reference = scenes.incomplete_desk(town)
    door = town.door(CHIARA, reference)
    assert door.choose("info_received", risposta="Nessuno.").status_code == 422
    assert town.state(reference) == "integrazione"
    assert town.show(reference)["answers"]["giorni"] == ["lun", "mer", "ven"]


def test_what_changed_is_in_the_log(town: Town) -> None:
    reference = scenes.incomplete_desk(town)
    town.choose(CHIARA, reference, "info_received", risposta="Il martedì.", giorni=["mar"])
    body = town.dump()["event_payloads"][-1]["body"]
    assert body["before"] == {"giorni": ["lun", "mer", "ven"]}
    assert body["after"] == {"giorni": ["mar"]}


def test_more_is_asked_for_once(town: Town) -> None:
    reference = scenes.incomplete_desk(town)
    town.choose(CHIARA, reference, "info_received", risposta="Il martedì.", giorni=["mar"])
    page = town.door(OFFICER, reference).open()
    assert 'value="request_info"' not in page.text
    assert 'value="admissible"' in page.text


def test_every_requirement_must_be_ticked(town: Town) -> None:
    reference = scenes.checked_desk(town)
    door = town.door(OFFICER, reference)
    assert door.choose("admissible", requisiti=["r1"]).status_code == 422
    assert town.state(reference) == "verifica"


# --- refused --------------------------------------------------------------------------------------------------------


def test_a_refusal_is_announced_once_and_then_final(town: Town) -> None:
    reference = scenes.refused_once_desk(town)
    assert REASON in town.mails(CHIARA, reference)[-1].text
    town.choose(CHIARA, reference, "observations_received", testo=OBSERVATIONS)
    assert town.state(reference) == "decisione"
    town.choose(COORDINATOR, reference, "refuse", motivazione=REASON)
    assert town.state(reference) == "respinta"
    assert [event["to"] for event in town.show(reference)["events"]].count("preavviso") == 1
    assert town.asked(reference)[-1] == "rigetto"


def test_an_inadmissible_case_is_announced_too_and_may_still_be_reviewed(town: Town) -> None:
    reference = scenes.checked_desk(town)
    town.choose(OFFICER, reference, "not_admissible", motivazione=REASON)
    town.choose(CHIARA, reference, "observations_received", testo=OBSERVATIONS)
    page = town.door(COORDINATOR, reference).open()
    assert 'value="approve"' not in page.text
    town.choose(COORDINATOR, reference, "reopen")
    assert town.state(reference) == "valutazione"


def test_observations_are_taken_until_the_tenth_day_ends(town: Town) -> None:
    reference = scenes.refused_once_desk(town)
    town.at("2026-11-26T23:59:58")
    town.choose(CHIARA, reference, "observations_received", testo=OBSERVATIONS)
    assert town.state(reference) == "decisione"


@pytest.mark.parametrize("event", ["refuse", "ask_more"])
def test_without_a_reason_there_is_no_refusal(town: Town, event: str) -> None:
    reference = scenes.desk_to_decide(town)
    answer = town.door(COORDINATOR, reference).choose(event, motivazione="No.")
    assert answer.status_code == 422
    assert 'href="#motivazione"' in answer.text
    assert town.state(reference) == "decisione"


# --- registered -----------------------------------------------------------------------------------------------------


def unregistered(town: Town) -> str:
    reference = town.confirmed(desk())
    town.choose(OFFICER, reference, "admissible", requisiti=["r1", "r2"])
    town.review(reference)
    return reference


def test_without_a_register_number_nothing_is_approved(town: Town) -> None:
    reference = unregistered(town)
    assert town.door(COORDINATOR, reference).choose("approve").status_code == 422
    assert town.state(reference) == "decisione"


def test_the_number_may_be_given_with_the_decision(town: Town) -> None:
    reference = unregistered(town)
    town.choose(COORDINATOR, reference, "approve", **scenes.ENTRY)
    assert town.state(reference) == "posto_offerto"
    shown = town.show(reference)
    assert (shown["protocol_number"], shown["protocol_date"]) == ("0001234", "2026-11-16")


@pytest.mark.parametrize("entry", [{"protocollo_numero": "12"}, {"protocollo_data": "17/11/2026"}])
def test_a_register_number_has_its_shape_and_no_future(town: Town, entry: dict[str, str]) -> None:
    reference = unregistered(town)
    assert town.door(COORDINATOR, reference).choose("approve", **{**scenes.ENTRY, **entry}).status_code == 422
    assert town.show(reference)["protocol_number"] is None


# --- changed together -----------------------------------------------------------------------------------------------


def revise(town: Town, reference: str, title: str) -> None:
    town.choose(EUFEMIA, reference, "revised", **{**REVISION, "titolo": title})


def test_a_changed_idea_is_reviewed_afresh(town: Town) -> None:
    reference = scenes.idea_to_change(town)
    revise(town, reference, "Ombra in piazza")
    shown = town.show(reference)
    assert (shown["state"], shown["version"], shown["answers"]["titolo"]) == ("valutazione", 2, "Ombra in piazza")
    town.later(days=1)
    assert town.state(reference) == "valutazione"
    town.review(reference, scores=(80, 85))
    assert town.state(reference) == "parere_provincia"
    assert {review["version"] for review in town.show(reference)["reviews"]} == {1, 2}


def test_a_reviewer_whose_vote_stays_the_same_says_so_with_the_code_of_the_mail(town: Town) -> None:
    reference = scenes.idea_in_review(town)
    first, second = (each.email for each in town.context.catalogue.calls[IDEAS].people("revisore", "matera"))
    town.review(reference, "Sì con modifiche", scores=(70, 75))
    before, words_of_changes = town.show(reference)["answers"], "Cosa è cambiato"
    revise(town, reference, "Ombra in piazza")
    assert town.mails(first, reference)[-1].subject.startswith("Nuova versione da valutare")
    assert town.asked(reference, role="revisore").count("revisori") == 2  # each once, for the first version
    page = town.door(first, reference).open()
    assert "Sì con modifiche" in page.text
    changes = page.text.partition(words_of_changes)[2]
    assert str(before["titolo"]) in changes
    assert "Ombra in piazza" in changes
    assert "75" not in page.text.split("Le valutazioni")[1].split("</table>")[0]
    town.choose(first, reference, "review_confirmed")
    assert town.state(reference) == "valutazione"
    town.choose(second, reference, "review_confirmed")
    assert town.state(reference) == "coprogettazione"
    assert sorted((row["version"], row["score"]) for row in town.show(reference)["reviews"]) == [
        (1, 70),
        (1, 75),
        (2, 70),
        (2, 75),
    ]


def test_one_confirms_and_one_writes_a_new_vote(town: Town) -> None:
    reference = scenes.idea_to_change(town)
    revise(town, reference, "Ombra in piazza")
    _, second = (each.email for each in town.context.catalogue.calls[IDEAS].people("revisore", "matera"))
    town.review(reference, scores=(90,))
    town.choose(second, reference, "review_confirmed")
    assert town.state(reference) == "parere_provincia"


def test_changes_are_asked_for_twice_at_most(town: Town) -> None:
    reference = scenes.idea_to_change(town)
    revise(town, reference, "Ombra in piazza")
    town.review(reference, "Sì con modifiche", scores=(70, 75))
    assert town.state(reference) == "coprogettazione"
    revise(town, reference, "Ombra e panche in piazza")
    town.review(reference, "Sì con modifiche", scores=(70, 75))
    assert town.state(reference) == "parere_provincia"
    town.choose("pareri@provincia-matera.example.org", reference, "opinion_given", parere="favorevole")
    assert 'value="ask_changes"' not in town.door(MATERA_COORDINATOR, reference).open().text


def test_the_coordinator_s_round_counts_and_the_provincia_is_asked_once(town: Town) -> None:
    reference = scenes.idea_to_decide(town)
    town.choose(MATERA_COORDINATOR, reference, "ask_changes", motivazione=REASON)
    assert REASON in town.mails(EUFEMIA, reference)[-1].text
    revise(town, reference, "Ombra in piazza")
    town.review(reference, scores=(80, 85))
    assert town.state(reference) == "decisione"
    assert town.events(reference).count("opinion_given") == 1


def test_an_idea_that_is_never_changed_is_decided_as_it_is(town: Town) -> None:
    reference = scenes.idea_to_change(town)
    town.at("2026-12-06T23:59:59")
    assert [event["to"] for event in town.show(reference)["events"]][-2:] == ["valutazione", "parere_provincia"]


def test_an_idea_of_cinisello_asks_no_provincia(town: Town) -> None:
    reference = town.confirmed(idea(citta="cinisello"))
    town.choose(OFFICER, reference, "admissible")
    town.review(reference)
    assert town.state(reference) == "decisione"
    town.choose(COORDINATOR, reference, "approve", **scenes.ENTRY)
    assert town.state(reference) == "approvata"


# --- carried out ----------------------------------------------------------------------------------------------------


def test_two_events_do_not_meet_in_one_place(town: Town) -> None:
    scenes.scheduled_idea(town)
    other = town.confirmed(idea(email="altra@example.org", titolo="Un altro titolo ancora"))
    town.choose(MATERA_OFFICER, other, "admissible")
    town.review(other)
    town.choose("pareri@provincia-matera.example.org", other, "opinion_given", parere="favorevole")
    town.choose(MATERA_COORDINATOR, other, "approve", **scenes.ENTRY)
    slot = {"data": "28/11/2026", "ora": "17:00", "ore": "2", "sede": "Piazza"}
    answer = town.door(MATERA_OFFICER, other).choose("slot_booked", **slot)
    assert answer.status_code == 422
    assert town.state(other) == "approvata"
    town.choose(MATERA_OFFICER, other, "slot_booked", **{**slot, "ora": "18:00"})
    assert town.state(other) == "programmata"


def test_an_idea_is_merged_into_an_open_one_of_the_same_call(town: Town) -> None:
    first = scenes.checked_idea(town)
    desk_case = town.confirmed(desk())
    second = town.confirmed(idea(email="altra@example.org", titolo="Un altro titolo ancora"))
    for wrong in (second, desk_case, "CLU-26-000000"):
        answer = town.door(MATERA_OFFICER, second).choose("merge", target=wrong, proposer_agrees="true")
        assert answer.status_code == 422
    town.choose(MATERA_OFFICER, second, "merge", target=first, proposer_agrees="true")
    assert town.state(second) == "accorpata"
    assert town.asked(second)[-1] == "accorpata"


def test_a_desk_is_renewed_twice_at_most_and_ends(town: Town) -> None:
    reference = scenes.active_desk(town)
    for end in ("2027-12-01", "2028-06-01"):
        town.own_page(reference).choose("renewal_requested")
        town.work()
        town.choose(COORDINATOR, reference, "renew")
        assert town.row_of(reference)["record"]["anchors"]["end"].startswith(end)
    assert 'value="renewal_requested"' not in town.own_page(reference).open().text
    town.at("2028-06-01T23:59:59")
    assert town.state(reference) == "conclusa"
    assert town.dump()["seats"] == []


def test_who_does_not_come_loses_the_desk_after_five_days(town: Town) -> None:
    reference = scenes.assigned_desk(town)
    assert 'value="no_show"' not in town.door(OFFICER, reference).open().text
    town.at("2026-12-10T09:00")  # five working days after 1 December, without the patron day and 8 December
    town.choose(COORDINATOR, reference, "no_show")
    assert town.state(reference) == "decaduta"
    assert town.dump()["seats"] == []


# --- one person, one part -------------------------------------------------------------------------------------------


def test_who_applies_does_not_decide(town: Town) -> None:
    reference = scenes.desk_to_decide(town, desk(email=COORDINATOR))
    page = town.door(COORDINATOR, reference).open()
    assert 'value="approve"' not in page.text
    town.later(days=5)
    town.choose(DEPUTY, reference, "approve")
    assert town.state(reference) == "posto_offerto"
