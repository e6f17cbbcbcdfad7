"""proposta-valutata, every transition, reached by a real sequence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.workflows.story import PROTOCOL, REASON, TWO, Story, review, rome
from workflows.effects import Mail, ProtocolloRequest, PublishCalendar, ReleaseSeat, SheetOpenReview, SheetUpsert
from workflows.engine import Notification, Review, begin, offers, sheet_events

Begin = Callable[..., Story]
CHANGES = (review("prt-1", "Sì con modifiche"), review("prt-2", "Sì con modifiche"))
SLOT = {"data": "2026-12-12", "ora": "15:30", "ore": 2, "sede": "Piazza Vittorio Veneto"}


def messages(outcome_effects: tuple[Any, ...]) -> list[str]:
    return [effect.message for effect in outcome_effects if isinstance(effect, Mail)]


def in_consenso(idea: Begin) -> Story:
    story = idea(age=16)
    story.fire("email_confirmed", "richiedente")
    assert story.state == "consenso"
    return story


def in_coprogettazione(idea: Begin) -> Story:
    story = idea("valutazione")
    story.fire("changes_suggested", reviews=CHANGES)
    return story


def in_parere(idea: Begin) -> Story:
    story = idea("valutazione", citta="matera")
    story.fire("reviews_done", reviews=TWO)
    assert story.state == "parere_provincia"
    return story


class TestConsent:
    def test_under_18_a_parent_is_asked(self, idea: Begin) -> None:
        story = idea(age=16)
        outcome = story.fire("email_confirmed", "richiedente")
        assert outcome.to_state == "consenso"
        assert messages(outcome.effects) == ["attesa_consenso"]
        assert Notification("genitore", "consenso_link") in outcome.notify
        assert SheetUpsert() not in outcome.effects

    @pytest.mark.parametrize("age", [18, 40, None])
    def test_from_18_on_or_without_a_birth_date_nobody_is(self, idea: Begin, age: int | None) -> None:
        story = idea(age=age)
        outcome = story.fire("email_confirmed", "richiedente")
        assert outcome.to_state == "ricevuta"
        assert story.state == "ammissibilita"

    def test_given(self, idea: Begin) -> None:
        story = in_consenso(idea)
        outcome = story.fire("consent_given", "genitore", {"consenso": True})
        assert [type(effect) for effect in outcome.effects] == [ProtocolloRequest, SheetUpsert]
        assert story.state == "ammissibilita"

    def test_given_without_law_241_sends_the_receipt(self, idea: Begin) -> None:
        story = idea(age=16, law241=False)
        assert len(begin(story.definition, story.case, story.now).effects) == 1
        story.fire("email_confirmed", "richiedente")
        assert messages(story.fire("consent_given", "genitore").effects) == ["ricevuta"]

    def test_given_on_paper(self, idea: Begin) -> None:
        story = in_consenso(idea)
        assert story.refuse("consent_given", "istruttore").guard == "signature_recorded"
        assert story.fire("consent_given", "istruttore", {"signed_on": "2026-11-15"}).to_state == "ricevuta"

    def test_refused(self, idea: Begin) -> None:
        outcome = in_consenso(idea).fire("consent_refused", "genitore")
        assert outcome.to_state == "scaduta"
        assert outcome.effects == (Mail(message="non_autorizzata"), ReleaseSeat())

    def test_never_answered(self, idea: Begin) -> None:
        story = in_consenso(idea)
        story.until(rome("2026-11-30T23:59:58"))
        assert (story.state, story.was_mailed("genitore", "promemoria_consenso")) == ("consenso", 3)
        story.until(rome("2026-11-30T23:59:59"))
        assert story.state == "scaduta"

    @pytest.mark.parametrize("event", ["admissible", None])
    def test_withdrawn_later(self, idea: Begin, event: str | None) -> None:
        story = in_consenso(idea)
        story.fire("consent_given", "genitore")
        if event:
            story.fire(event, "istruttore")
        outcome = story.fire("consent_withdrawn", "genitore")
        assert outcome.to_state == "ritirata"
        assert messages(outcome.effects) == ["consenso_revocato", "staff_ritiro"]

    def test_nothing_to_withdraw_where_nobody_was_asked(self, idea: Begin) -> None:
        assert idea("valutazione").refuse("consent_withdrawn", "genitore").guard == "entered"

    def test_withdrawn_when_scheduled(self, idea: Begin) -> None:
        story = in_consenso(idea)
        story.fire("consent_given", "genitore")
        story.fire("admissible", "istruttore")
        story.fire("reviews_done", reviews=TWO)
        story.fire("approve", "coordinatore", PROTOCOL)
        story.fire("slot_booked", "istruttore", SLOT)
        assert PublishCalendar() in story.fire("consent_withdrawn", "genitore").effects


class TestEligibility:
    def test_more_is_asked_and_arrives(self, idea: Begin) -> None:
        story = idea("ammissibilita")
        assert story.fire("request_info", "istruttore").notify == (Notification("richiedente", "integrazione"),)
        assert story.fire("info_received", "richiedente").to_state == "ammissibilita"
        assert story.refuse("request_info", "istruttore").guard == "suspension_not_used"

    @pytest.mark.parametrize(("law241", "to"), [(True, "preavviso"), (False, "ammissibilita")])
    def test_more_does_not_arrive(self, idea: Begin, law241: bool, to: str) -> None:  # noqa: FBT001 - a parameter
        story = idea("ammissibilita", law241=law241)
        story.fire("request_info", "istruttore")
        story.until(rome("2026-11-26T23:59:59"))
        assert story.state == to

    @pytest.mark.parametrize(("law241", "to"), [(True, "preavviso"), (False, "respinta")])
    def test_not_admissible(self, idea: Begin, law241: bool, to: str) -> None:  # noqa: FBT001 - a parameter
        story = idea("ammissibilita", law241=law241)
        assert story.fire("not_admissible", "istruttore", {"motivazione": REASON}).to_state == to

    def test_after_a_notice_the_coordinator_decides(self, idea: Begin) -> None:
        story = idea("ammissibilita")
        story.case = replace(story.case, visited=story.case.visited | {"preavviso"})
        assert story.fire("not_admissible", "istruttore", {"motivazione": REASON}).to_state == "decisione"

    def test_after_a_notice_silence_is_for_the_coordinator(self, idea: Begin) -> None:
        story = idea("ammissibilita")
        story.fire("request_info", "istruttore")
        story.case = replace(story.case, visited=story.case.visited | {"preavviso"})
        assert story.fire("timer:P10D").to_state == "decisione"

    def test_merged_into_an_open_proposal(self, idea: Begin) -> None:
        story = idea("ammissibilita")
        target = {"target": "CLU-26-7QK2MN", "proposer_agrees": True}
        assert story.refuse("merge", "istruttore", target, target_open=False).guard == "target_given"
        assert story.refuse("merge", "istruttore", {**target, "proposer_agrees": False}).guard == "proposer_agrees"
        assert messages(story.fire("merge", "istruttore", target).effects) == ["accorpata"]

    def test_admissible_opens_the_review(self, idea: Begin) -> None:
        story = idea("ammissibilita")
        assert story.fire("admissible", "istruttore").effects == (SheetOpenReview(), SheetUpsert())


class TestPartners:
    def test_the_sheet_is_tried_for_both_events_in_file_order(self, idea: Begin) -> None:
        assert sheet_events(idea("valutazione").definition, "valutazione") == ("changes_suggested", "reviews_done")

    def test_most_want_changes(self, idea: Begin) -> None:
        story = idea("valutazione")
        assert story.refuse("reviews_done", reviews=CHANGES).guard == "not most_want_changes"
        outcome = story.fire("changes_suggested", reviews=CHANGES)
        assert outcome.notify == (Notification("richiedente", "coprogettazione"),)

    def test_half_is_not_most(self, idea: Begin) -> None:
        story = idea("valutazione")
        half = (CHANGES[0], TWO[1])
        assert story.refuse("changes_suggested", reviews=half).guard == "most_want_changes"
        assert story.fire("reviews_done", reviews=half).to_state == "decisione"

    def test_votes_on_the_old_version_count_no_more(self, idea: Begin) -> None:
        story = in_coprogettazione(idea)
        outcome = story.fire("revised", "richiedente", {"idea": "Meglio"})
        assert outcome.new_version
        assert outcome.notify == (Notification("revisore", "revisori"),)
        assert story.refuse("changes_suggested", reviews=CHANGES).guard == "min_reviews"
        again = tuple(review(each.reviewer, version=2) for each in CHANGES)
        assert story.fire("reviews_done", reviews=again).to_state == "decisione"

    def test_changes_twice_at_most(self, idea: Begin) -> None:
        story = in_coprogettazione(idea)
        story.fire("revised", "richiedente")
        story.fire(
            "changes_suggested", reviews=tuple(review(each.reviewer, each.outcome, version=2) for each in CHANGES)
        )
        story.fire("revised", "richiedente")
        third = tuple(review(each.reviewer, each.outcome, version=3) for each in CHANGES)
        assert story.refuse("changes_suggested", reviews=third).guard == "rounds_lt"
        story.fire("reviews_done", reviews=third)
        assert story.refuse("ask_changes", "coordinatore", {"motivazione": REASON}).guard == "rounds_lt"

    def test_who_lets_the_time_pass_is_not_asked_again(self, idea: Begin) -> None:
        story = in_coprogettazione(idea)
        story.until(rome("2026-12-06T23:59:59"))
        assert (story.state, story.was_mailed("richiedente", "promemoria_coprogettazione")) == ("valutazione", 1)
        assert story.refuse("changes_suggested", reviews=CHANGES).guard == "count_lt"
        assert story.fire("reviews_done", reviews=CHANGES).to_state == "decisione"

    def test_one_review_is_enough_after_a_fortnight(self, idea: Begin) -> None:
        story = idea("valutazione")
        story.until(rome("2026-11-30T09:00"))
        assert story.was_mailed("revisore", "promemoria_revisione") == 2
        assert story.fire("reviews_done", reviews=TWO[:1]).to_state == "decisione"

    def test_waived(self, idea: Begin) -> None:
        story = idea("valutazione")
        story.until(rome("2026-11-30T09:00"))
        assert story.fire("reviews_waived", "coordinatore", {"motivazione": REASON}).to_state == "decisione"


class TestProvince:
    def test_asked_in_matera_only(self, idea: Begin) -> None:
        story = idea("valutazione", citta="cinisello")
        assert story.fire("reviews_done", reviews=TWO).to_state == "decisione"
        assert in_parere(idea).was_mailed("provincia", "parere_link") == 1

    def test_other_forms_do_not_ask(self, idea: Begin) -> None:
        story = idea("valutazione", citta="matera", form="laboratorio-proposta")
        assert story.fire("reviews_done", reviews=TWO).to_state == "decisione"

    def test_given_by_link(self, idea: Begin) -> None:
        assert in_parere(idea).fire("opinion_given", "provincia", {"parere": "favorevole"}).to_state == "decisione"

    def test_given_in_the_sheet(self, idea: Begin) -> None:
        story = in_parere(idea)
        assert sheet_events(story.definition, "parere_provincia") == ("opinion_given",)
        assert story.refuse("opinion_given").guard == "opinion_in_sheet"
        assert story.fire("opinion_given", opinion="favorevole").to_state == "decisione"

    def test_silence_does_not_block(self, idea: Begin) -> None:
        story = in_parere(idea)
        story.until(rome("2026-11-26T23:59:59"))
        assert (story.state, story.was_mailed("provincia", "promemoria_parere")) == ("decisione", 1)

    def test_asked_once(self, idea: Begin) -> None:
        story = in_parere(idea)
        story.fire("opinion_given", "provincia")
        story.fire("ask_changes", "coordinatore", {"motivazione": REASON})
        story.fire("revised", "richiedente")
        again = tuple(review(each.reviewer, version=2) for each in TWO)
        assert story.fire("reviews_done", reviews=again).to_state == "decisione"


class TestDecision:
    def test_choices(self, idea: Begin) -> None:
        story = idea("decisione")
        offered = [each.event for each in offers(story.definition, story.case, "coordinatore", story.facts())]
        assert offered == ["approve", "refuse", "ask_changes", "abstain"]

    def test_approved(self, idea: Begin) -> None:
        story = idea("decisione")
        assert story.refuse("approve", "coordinatore").guard == "protocollo_present"
        outcome = story.fire("approve", "coordinatore", PROTOCOL)
        assert messages(outcome.effects) == ["approvata"]
        assert outcome.notify == (Notification("istruttore", "tocca_a_te"),)

    def test_refused_after_notice(self, idea: Begin) -> None:
        story = idea("decisione")
        story.fire("refuse", "coordinatore", {"motivazione": REASON})
        assert story.fire("observations_received", "richiedente").effects[0] == Mail(message="osservazioni_ok")
        outcome = story.fire("refuse", "coordinatore", {"motivazione": REASON, **PROTOCOL})
        assert (outcome.to_state, messages(outcome.effects)) == ("respinta", ["rigetto"])

    def test_refused_without_law_241(self, idea: Begin) -> None:
        story = idea("decisione", law241=False)
        assert story.fire("refuse", "coordinatore", {"motivazione": REASON}).to_state == "respinta"

    def test_notice_runs_out(self, idea: Begin) -> None:
        story = idea("decisione")
        story.fire("refuse", "coordinatore", {"motivazione": REASON})
        story.until(rome("2026-11-26T23:59:59"))
        assert story.state == "decisione"

    def test_reopened_when_unreviewed(self, idea: Begin) -> None:
        story = idea("ammissibilita")
        story.fire("not_admissible", "istruttore", {"motivazione": REASON})
        story.fire("observations_received", "richiedente")
        assert story.refuse("approve", "coordinatore", PROTOCOL).guard == "reviewed"
        assert story.fire("reopen", "coordinatore").to_state == "valutazione"

    def test_abstained(self, idea: Begin) -> None:
        story = idea("decisione")
        assert story.fire("abstain", "coordinatore").abstained == "coordinatore"
        assert story.fire("abstain", "backup_coordinatore").abstained == "backup_coordinatore"

    def test_the_backup_first(self, idea: Begin) -> None:
        story = idea("decisione")
        story.fire("abstain", "backup_coordinatore")
        assert story.fire("abstain", "coordinatore").effects == (Mail(message="nessuno_decide", to="istruttore"),)


class TestEvent:
    def test_the_slot_is_free(self, idea: Begin) -> None:
        story = idea("approvata")
        assert story.refuse("slot_booked", "istruttore", SLOT, slot_free=False).guard == "slot_free"
        outcome = story.fire("slot_booked", "istruttore", {**SLOT, "ora": "15.30"})
        assert outcome.effects == (Mail(message="programmata"), PublishCalendar(), SheetUpsert())
        assert outcome.anchors["start"] == rome("2026-12-12T15:30")
        assert outcome.anchors["end"] == rome("2026-12-12T17:30")
        assert story.due("reminder:promemoria_inizio:at:start-P5D") == rome("2026-12-07T09:00")

    def test_nobody_books(self, idea: Begin) -> None:
        story = idea("approvata")
        story.until(rome("2026-12-16T09:00"))
        assert story.was_mailed("istruttore", "tocca_a_te") == 3
        assert story.was_mailed("coordinatore", "sollecito") == 1
        assert story.fire("slot_booked", "coordinatore", {**SLOT, "data": "2026-12-20"}).to_state == "programmata"

    def test_the_slot_is_released_three_times_at_most(self, idea: Begin) -> None:
        story = idea("programmata")
        for _ in range(3):
            assert messages(story.fire("slot_released", "istruttore").effects) == ["cambio_data"]
            story.fire("slot_booked", "istruttore", SLOT)
        assert story.refuse("slot_released", "istruttore").guard == "count_lt"

    def test_it_took_place(self, idea: Begin) -> None:
        story = idea("programmata")
        assert story.refuse("event_done", "istruttore").guard == "reached"
        story.until(rome("2026-12-12T15:30"))
        outcome = story.fire("event_done", "istruttore")
        assert outcome.notify == (Notification("richiedente", "rendiconto"),)

    def test_it_took_place_and_nobody_said_so(self, idea: Begin) -> None:
        story = idea("programmata")
        assert story.due("timer:at:end+P1D") == rome("2026-12-13T23:59:59")
        story.until(rome("2026-12-13T23:59:59"))
        assert story.state == "realizzata"

    def test_reported(self, idea: Begin) -> None:
        story = idea("realizzata")
        assert messages(story.fire("report_received", "richiedente").effects) == ["grazie"]
        assert story.fire("retention").to_state == "archiviata"

    def test_never_reported(self, idea: Begin) -> None:
        story = idea("realizzata")
        story.until(rome("2027-01-11T23:59:59"))
        assert (story.state, story.was_mailed("richiedente", "promemoria_rendiconto")) == ("conclusa", 1)


@pytest.mark.parametrize(
    "state", ["ammissibilita", "valutazione", "decisione", "approvata", "programmata", "realizzata"]
)
def test_withdrawn_from_everywhere(idea: Begin, state: str) -> None:
    outcome = idea(state).fire("withdraw", "richiedente")
    assert messages(outcome.effects) == ["ritiro_ok", "staff_ritiro"]
    assert (PublishCalendar() in outcome.effects) == (state == "programmata")


def test_withdrawn_while_the_parent_is_asked_leaves_no_row(idea: Begin) -> None:
    assert SheetUpsert() not in in_consenso(idea).fire("withdraw", "richiedente").effects


def test_registered(idea: Begin) -> None:
    story = in_parere(idea)
    for _ in range(3):
        assert not story.fire("register", "protocollo", PROTOCOL).changed
    assert story.refuse("register", "protocollo", PROTOCOL).guard == "count_lt"


def test_not_confirmed(idea: Begin) -> None:
    story = idea()
    story.after(hours=72)
    assert story.state == "scaduta"


def test_a_conflict_never_counts(idea: Begin) -> None:
    rows = (Review("prt-1", valid=False, conflict=True, outcome="Sì con modifiche"), TWO[0])
    assert idea("valutazione").fire("reviews_done", reviews=rows).to_state == "decisione"
