"""ammissione-posti, every transition, reached by a real sequence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.workflows.story import PROTOCOL, REASON, TWO, Story, review, rome
from workflows.effects import (
    Anonymise,
    Assign,
    Mail,
    ProtocolloRequest,
    ReleaseSeat,
    ReserveSeat,
    SheetOpenReview,
    SheetUpsert,
)
from workflows.engine import Notification, Outcome, Refusal, Review, begin, fire, offers

Begin = Callable[..., Story]


def in_integrazione(desk: Begin, **given: Any) -> Story:
    story = desk("verifica", **given)
    story.fire("request_info", "istruttore", {"elenco": "Manca il titolo di studio"})
    return story


def in_preavviso(desk: Begin) -> Story:
    story = desk("decisione")
    story.fire("refuse", "coordinatore", {"motivazione": REASON})
    return story


def in_lista(desk: Begin) -> Story:
    story = desk("decisione", anchors={"list_end": rome("2027-03-31T23:59:59")})
    story.seats_free = False
    story.fire("approve", "coordinatore", PROTOCOL)
    return story


class TestSubmission:
    def test_law_241_gets_the_receipt_at_once_and_not_again(self, desk: Begin) -> None:
        story = desk()
        started = begin(story.definition, story.case, story.now)
        assert started.effects == (
            Mail(message="conferma_email"),
            Mail(message="ricevuta", when=started.effects[1].when),
        )
        confirmed = story.fire("email_confirmed", "richiedente")
        assert [type(effect) for effect in confirmed.effects] == [ProtocolloRequest, SheetUpsert]
        assert confirmed.auto

    def test_others_get_it_when_they_confirm(self, desk: Begin) -> None:
        story = desk(law241=False)
        assert begin(story.definition, story.case, story.now).effects == (Mail(message="conferma_email"),)
        effects = story.fire("email_confirmed", "richiedente").effects
        assert [effect.message for effect in effects if isinstance(effect, Mail)] == ["ricevuta"]
        assert not any(isinstance(effect, ProtocolloRequest) for effect in effects)

    def test_received_is_really_entered_and_goes_on_by_itself(self, desk: Begin) -> None:
        story = desk("verifica")
        assert [visit.state for visit in story.case.history] == ["da_confermare", "ricevuta", "verifica"]
        assert story.was_mailed("istruttore", "tocca_a_te") == 1

    def test_auto_assigns_the_officer(self, desk: Begin) -> None:
        story = desk()
        confirmed = story.try_("email_confirmed", "richiedente")
        assert isinstance(confirmed, Outcome)
        story.take(confirmed)
        assert story.fire("auto").effects == (Assign(role="istruttore"), SheetUpsert())

    def test_who_does_not_confirm_in_72_hours_is_gone_and_never_had_a_row(self, desk: Begin) -> None:
        story = desk()
        story.until(rome("2026-11-19T09:29"))
        assert story.state == "da_confermare"
        assert story.was_mailed("richiedente", "conferma_email") == 1
        outcome = story.try_("timer:PT72H")
        story.until(rome("2026-11-19T09:30"))
        assert story.state == "scaduta"
        assert isinstance(outcome, Outcome)
        assert SheetUpsert() not in outcome.effects


class TestChecking:
    def test_more_is_asked_once_and_arrives(self, desk: Begin) -> None:
        story = in_integrazione(desk)
        assert story.was_mailed("richiedente", "integrazione") == 1
        outcome = story.fire("info_received", "richiedente", {"risposta": "Eccolo"})
        assert outcome.to_state == "verifica"
        assert Mail(message="integrazione_ok") in outcome.effects
        assert story.refuse("request_info", "istruttore").guard == "suspension_not_used"

    def test_reminders_at_nine_on_days_5_and_8(self, desk: Begin) -> None:
        story = in_integrazione(desk)
        due = [each.due_at.astimezone(rome("2026-11-16").tzinfo) for each in story.timers if each.kind == "reminder"]
        term = rome("2027-01-08T09:00")  # the officer is told before the term that counts once all 30 days are used
        assert due == [rome("2026-11-21T09:00"), rome("2026-11-24T09:00"), term]

    def test_what_is_asked_does_not_arrive(self, desk: Begin) -> None:
        story = in_integrazione(desk)
        assert story.due("timer:P10D") == rome("2026-11-26T23:59:59")
        outcome = story.try_("timer:P10D")
        assert isinstance(outcome, Outcome)
        assert outcome.reason is not None
        assert outcome.reason.it == "integrazione non ricevuta"
        story.until(rome("2026-11-27T00:00"))
        assert story.state == "preavviso"
        assert story.was_mailed("richiedente", "preavviso") == 1

    def test_without_law_241_it_goes_back_to_the_officer(self, desk: Begin) -> None:
        story = in_integrazione(desk, law241=False)
        story.after(days=11)
        assert story.state == "verifica"

    def test_after_a_preavviso_it_goes_to_the_coordinator(self, desk: Begin) -> None:
        story = in_preavviso(desk)
        story.fire("observations_received", "richiedente", {"osservazioni": "Ho i requisiti"})
        story.fire("ask_more", "coordinatore", {"motivazione": REASON})
        assert story.state == "integrazione"
        story.after(days=11)
        assert story.state == "decisione"

    def test_too_late_is_told_even_if_the_timer_has_not_run(self, desk: Begin) -> None:
        story = in_integrazione(desk)
        story.now = rome("2026-11-26T23:59:59") + timedelta(milliseconds=700)
        assert isinstance(story.try_("info_received", "richiedente"), Outcome)
        story.now = rome("2026-11-27T00:00:00")
        refusal = story.refuse("info_received", "richiedente")
        assert (refusal.guard, refusal.text.it) == ("within_deadline", "Il termine per farlo è passato.")

    def test_requirements_are_ticked(self, desk: Begin) -> None:
        story = desk("verifica")
        story.requirements = ("eta", "residenza")
        refusal = story.refuse("admissible", "istruttore", {"requisiti": ["eta"]})
        assert (refusal.guard, refusal.fields) == ("requirements_met", ("requisiti",))
        outcome = story.fire("admissible", "istruttore", {"requisiti": ["residenza", "eta"]})
        assert outcome.effects == (SheetOpenReview(), SheetUpsert())
        assert outcome.notify == (Notification("revisore", "revisori"),)

    def test_not_admissible_is_first_a_notice(self, desk: Begin) -> None:
        story = desk("verifica")
        assert story.refuse("not_admissible", "istruttore", {"motivazione": "no"}).guard == "reason_given"
        assert story.fire("not_admissible", "istruttore", {"motivazione": REASON}).to_state == "preavviso"

    def test_not_admissible_without_law_241_is_a_refusal(self, desk: Begin) -> None:
        story = desk("verifica", law241=False)
        outcome = story.fire("not_admissible", "istruttore", {"motivazione": REASON})
        assert outcome.to_state == "respinta"
        assert outcome.effects == (Mail(message="rigetto"), ReleaseSeat(), SheetUpsert())

    def test_not_admissible_after_a_notice_is_for_the_coordinator(self, desk: Begin) -> None:
        story = in_preavviso(desk)
        story.fire("observations_received", "richiedente")
        story.fire("ask_more", "coordinatore", {"motivazione": REASON})
        story.fire("info_received", "richiedente")
        assert story.fire("not_admissible", "istruttore", {"motivazione": REASON}).to_state == "decisione"

    def test_the_coordinator_may_act_after_five_days(self, desk: Begin) -> None:
        story = desk("verifica")
        assert story.refuse("admissible", "coordinatore").code == "not_your_turn"
        story.until(rome("2026-11-21T09:00"))
        assert story.was_mailed("coordinatore", "sollecito") == 1
        assert story.fire("admissible", "coordinatore").to_state == "valutazione"
        assert not story.case.escalated


class TestReview:
    def test_two_valid_reviews_make_the_quorum(self, desk: Begin) -> None:
        story = desk("valutazione")
        refusal = story.refuse("reviews_done", reviews=TWO[:1])
        assert (refusal.guard, refusal.text.it) == ("min_reviews", "Mancano ancora valutazioni.")
        outcome = story.fire("reviews_done", reviews=TWO)
        assert outcome.notify == (Notification("coordinatore", "decisione_link"),)

    def test_a_reviewer_in_conflict_lowers_it(self, desk: Begin) -> None:
        story = desk("valutazione")
        conflict = Review("olt-2", valid=False, conflict=True)
        assert story.fire("reviews_done", reviews=(TWO[0], conflict)).to_state == "decisione"

    def test_nobody_left_to_review_is_no_quorum(self, desk: Begin) -> None:
        story = desk("valutazione")
        out = (Review("olt-1", valid=False, abstained=True), Review("olt-2", valid=False, conflict=True))
        assert story.refuse("reviews_done", reviews=out).guard == "min_reviews"

    def test_the_call_says_how_many(self, desk: Begin) -> None:
        story = desk("valutazione")
        assert story.fire("reviews_done", reviews=TWO[:1], required_reviews=1).to_state == "decisione"

    def test_one_is_enough_after_ten_days(self, desk: Begin) -> None:
        story = desk("valutazione")
        story.until(rome("2026-11-26T09:00"))
        assert story.was_mailed("revisore", "promemoria_revisione") == 1
        assert story.was_mailed("coordinatore", "sollecito") == 1
        assert story.fire("reviews_done", reviews=TWO[:1]).to_state == "decisione"

    def test_the_coordinator_waives_reviews_only_when_they_are_late(self, desk: Begin) -> None:
        story = desk("valutazione")
        assert story.refuse("reviews_waived", "coordinatore", {"motivazione": REASON}).guard == "overdue"
        story.until(rome("2026-11-26T09:00"))
        assert story.refuse("reviews_waived", "coordinatore").fields == ("motivazione",)
        story.fire("reviews_waived", "coordinatore", {"motivazione": REASON})
        assert story.fire("approve", "coordinatore", PROTOCOL).to_state == "posto_offerto"


class TestDecision:
    def test_approve_reserves_a_seat_and_offers_it(self, desk: Begin) -> None:
        story = desk("decisione")
        refusal = story.refuse("approve", "coordinatore")
        assert refusal.guard == "protocollo_present"
        assert refusal.fields == ("protocollo_numero", "protocollo_data")
        outcome = story.fire("approve", "coordinatore", PROTOCOL)
        assert outcome.effects == (ReserveSeat(), SheetUpsert())
        assert outcome.notify == (Notification("richiedente", "offerta"),)

    def test_a_stored_register_number_serves(self, desk: Begin) -> None:
        story = desk("decisione", protocol=True)
        assert story.fire("approve", "coordinatore").to_state == "posto_offerto"

    @pytest.mark.parametrize(
        ("number", "day"),
        [("12345", "2026-11-16"), ("1234567890123", "2026-11-16"), ("0012345", "2026-11-17"), ("0012345", "ieri")],
    )
    def test_a_wrong_register_number_does_not(self, desk: Begin, number: str, day: str) -> None:
        inputs = {"protocollo_numero": number, "protocollo_data": day}
        assert desk("decisione").refuse("approve", "coordinatore", inputs).guard == "protocollo_present"

    def test_approve_when_full_is_the_waiting_list(self, desk: Begin) -> None:
        story = desk("decisione")
        story.seats_free = False
        labels = [
            each.label.it for each in offers(story.definition, story.case, "coordinatore", story.facts()) if each.label
        ]
        assert labels == ["Metti in lista d’attesa", "Non accogliere", "Chiedi integrazioni", "Mi astengo"]
        outcome = story.fire("approve", "coordinatore", PROTOCOL)
        assert (outcome.to_state, outcome.effects[0]) == ("lista_attesa", Mail(message="lista_attesa"))

    def test_a_second_desk_for_one_person_waits_too(self, desk: Begin) -> None:
        story = desk("decisione")
        assert story.fire("approve", "coordinatore", PROTOCOL, no_other_seat=False).to_state == "lista_attesa"

    def test_no_capacity_is_always_room(self, desk: Begin) -> None:
        story = desk("decisione")
        assert story.fire("approve", "coordinatore", PROTOCOL, seats_free=None).to_state == "posto_offerto"

    def test_refuse_gives_notice_once_then_refuses(self, desk: Begin) -> None:
        story = in_preavviso(desk)
        assert story.was_mailed("richiedente", "preavviso") == 1
        story.until(rome("2026-11-26T23:59:59"))
        assert story.state == "decisione"
        assert story.refuse("refuse", "coordinatore", {"motivazione": REASON}).guard == "protocollo_present"
        outcome = story.fire("refuse", "coordinatore", {"motivazione": REASON, **PROTOCOL})
        assert outcome.to_state == "respinta"
        assert outcome.effects == (Mail(message="rigetto"), ReleaseSeat(), SheetUpsert())

    def test_refuse_without_law_241_is_final(self, desk: Begin) -> None:
        assert (
            desk("decisione", law241=False).fire("refuse", "coordinatore", {"motivazione": REASON}).to_state
            == "respinta"
        )

    def test_observations_go_back_to_who_decides(self, desk: Begin) -> None:
        story = in_preavviso(desk)
        outcome = story.fire("observations_received", "richiedente")
        assert outcome.effects[0] == Mail(message="osservazioni_ok")
        assert outcome.notify == (Notification("coordinatore", "decisione_link"),)

    def test_observations_come_within_ten_days(self, desk: Begin) -> None:
        story = in_preavviso(desk)
        story.now = rome("2026-11-27T08:00")
        assert story.refuse("observations_received", "richiedente").guard == "within"

    def test_ask_more_once(self, desk: Begin) -> None:
        story = desk("decisione")
        story.fire("ask_more", "coordinatore", {"motivazione": REASON})
        story.fire("info_received", "richiedente")
        story.fire("admissible", "istruttore")
        story.fire("reviews_done", reviews=TWO)
        assert story.refuse("ask_more", "coordinatore", {"motivazione": REASON}).guard == "suspension_not_used"
        assert "ask_more" not in [each.event for each in offers(story.definition, story.case, "coordinatore")]

    def test_unreviewed_it_can_be_reopened_but_not_approved(self, desk: Begin) -> None:
        story = desk("verifica")
        story.fire("not_admissible", "istruttore", {"motivazione": REASON})
        story.fire("observations_received", "richiedente")
        assert story.refuse("approve", "coordinatore", PROTOCOL).guard == "reviewed"
        assert story.fire("reopen", "coordinatore").effects[0] == SheetOpenReview()
        assert story.was_mailed("revisore", "revisori") == 1
        story.fire("reviews_done", reviews=TWO)
        assert story.refuse("reopen", "coordinatore").guard == "not reviewed"
        assert story.fire("approve", "coordinatore", PROTOCOL).to_state == "posto_offerto"

    def test_reopened_once_only(self, desk: Begin) -> None:
        story = desk("verifica")
        story.fire("not_admissible", "istruttore", {"motivazione": REASON})
        story.fire("observations_received", "richiedente")
        story.case = replace(story.case, counts={**story.case.counts, "reopen": 1})
        assert story.refuse("reopen", "coordinatore").guard == "count_lt"

    def test_abstaining_hands_over_to_the_backup(self, desk: Begin) -> None:
        story = desk("decisione")
        timers = story.timers
        outcome = story.fire("abstain", "coordinatore")
        assert not outcome.changed
        assert story.timers == timers
        assert outcome.effects == (Mail(message="decisione_backup", to="backup_coordinatore"),)
        assert story.refuse("approve", "coordinatore", PROTOCOL).code == "abstained"
        assert offers(story.definition, story.case, "coordinatore") == ()
        assert story.fire("approve", "backup_coordinatore", PROTOCOL).to_state == "posto_offerto"

    def test_who_abstained_stays_out_when_the_case_comes_back(self, desk: Begin) -> None:
        story = desk("decisione")
        story.fire("abstain", "coordinatore")
        story.fire("refuse", "backup_coordinatore", {"motivazione": REASON})
        outcome = story.fire("observations_received", "richiedente")
        assert outcome.notify == (Notification("backup_coordinatore", "decisione_link"),)
        assert story.fire("approve", "backup_coordinatore", PROTOCOL).to_state == "posto_offerto"

    def test_when_both_abstain_staff_are_alerted(self, desk: Begin) -> None:
        story = desk("decisione")
        story.fire("abstain", "coordinatore")
        outcome = story.fire("abstain", "backup_coordinatore")
        assert outcome.effects == (
            Mail(message="nessuno_decide", to="coordinatore"),
            Mail(message="nessuno_decide", to="istruttore"),
        )
        story.until(rome("2026-11-19T09:00"))
        assert story.was_mailed("istruttore", "sollecito") == 1

    def test_the_backup_may_abstain_first(self, desk: Begin) -> None:
        story = desk("decisione")
        story.fire("abstain", "backup_coordinatore")
        outcome = story.fire("abstain", "coordinatore")
        assert outcome.effects == (Mail(message="nessuno_decide", to="istruttore"),)

    def test_who_stands_in_for_the_coordinator_registers_no_number(self, desk: Begin) -> None:
        story = desk("decisione")
        story.fire("abstain", "coordinatore")
        assert "register" not in [each.event for each in offers(story.definition, story.case, "backup_coordinatore")]

    def test_the_backup_may_decide_after_five_days(self, desk: Begin) -> None:
        story = desk("decisione")
        assert story.refuse("approve", "backup_coordinatore", PROTOCOL).code == "not_your_turn"
        story.until(rome("2026-11-21T09:00"))
        assert story.was_mailed("coordinatore", "promemoria_decisione") == 1
        assert story.was_mailed("backup_coordinatore", "sollecito") == 1
        assert story.fire("approve", "backup_coordinatore", PROTOCOL).to_state == "posto_offerto"

    def test_a_reviewer_does_not_decide(self, desk: Begin) -> None:
        refusal = desk("decisione").refuse("approve", "coordinatore", PROTOCOL, holds=frozenset({"revisore"}))
        assert refusal.code == "two_parts"


class TestWaitingList:
    def test_a_free_seat_goes_to_the_first_who_fits(self, desk: Begin) -> None:
        story = in_lista(desk)
        assert story.refuse("seat_freed", first_in_list=False).guard == "first_in_list"
        assert story.refuse("seat_freed").guard == "seats_free"
        story.seats_free = True
        assert story.fire("seat_freed").effects == (ReserveSeat(), SheetUpsert())

    def test_the_list_ends(self, desk: Begin) -> None:
        story = in_lista(desk)
        story.until(rome("2027-03-31T23:59:59"))
        assert story.state == "scaduta"

    def test_without_an_end_nothing_is_armed(self, desk: Begin) -> None:
        story = desk("decisione")
        story.seats_free = False
        assert story.fire("approve", "coordinatore", PROTOCOL).timers == ()


class TestOfferAndUse:
    def test_five_working_days_skip_the_patron_of_the_city(self, desk: Begin) -> None:
        story = desk("decisione")
        story.now = rome("2026-12-03T10:00")  # Thursday; Monday 7 is Sant'Ambrogio, Tuesday 8 a national holiday
        story.fire("approve", "coordinatore", PROTOCOL)
        assert story.due("timer:P5WD") == rome("2026-12-14T23:59:59")
        assert story.due("reminder:promemoria_offerta:P2WD") == rome("2026-12-09T09:00")
        story.until(rome("2026-12-14T23:59:59"))
        assert story.state == "decaduta"

    def test_a_lapsed_offer_gives_the_seat_back(self, desk: Begin) -> None:
        story = desk("posto_offerto")
        assert story.due("timer:P5WD") == rome("2026-11-23T23:59:59")
        story.now = rome("2026-11-24T00:00")
        assert story.refuse("accept", "richiedente").guard == "within_deadline"
        assert story.fire("timer:P5WD").effects == (Mail(message="decaduta"), ReleaseSeat(), SheetUpsert())

    def test_a_declined_offer_too(self, desk: Begin) -> None:
        outcome = desk("posto_offerto").fire("decline", "richiedente")
        assert (outcome.to_state, ReleaseSeat() in outcome.effects) == ("ritirata", True)

    def test_accepted_and_handed_over(self, desk: Begin) -> None:
        story = desk("posto_offerto")
        assert story.fire("accept", "richiedente").effects[0] == Mail(message="assegnazione")
        assert story.refuse("hand_over", "istruttore", {"signed_on": "2026-11-17"}).guard == "signature_recorded"
        outcome = story.fire("hand_over", "istruttore", {"signed_on": "2026-11-16"})
        assert outcome.effects[0] == Mail(message="benvenuto")
        assert outcome.anchors["end"].astimezone(rome("2026-11-16").tzinfo) == rome("2027-03-01T23:59:59")
        assert story.due("reminder:fine_periodo:at:end-P30D") == rome("2027-01-30T09:00")

    def test_nobody_comes(self, desk: Begin) -> None:
        story = desk("assegnata")
        assert story.refuse("no_show", "istruttore").guard == "overdue"
        story.until(rome("2026-12-09T09:00"))  # 1 December + 5 working days, over Sant'Ambrogio and the Immacolata
        assert not story.case.overdue
        story.until(rome("2026-12-10T09:00"))
        outcome = story.fire("no_show", "istruttore")
        assert outcome.to_state == "decaduta"
        assert outcome.reason is not None

    def test_a_place_taken_after_the_day_asked_for_begins_today(self, desk: Begin) -> None:
        story = desk("posto_offerto", answers={"inizio": "2026-11-10", "durata_mesi": "3"})
        outcome = story.fire("accept", "richiedente")
        assert outcome.anchors["start"] == rome("2026-11-16")
        assert story.due("deadline:sollecito:at:start+P5WD") == rome("2026-11-23T09:00")

    def test_a_place_given_up_is_confirmed_and_told(self, desk: Begin) -> None:
        outcome = desk("posto_offerto").fire("decline", "richiedente")
        assert outcome.effects[:2] == (Mail(message="ritiro_ok"), Mail(message="staff_ritiro", to="istruttore"))

    @pytest.mark.parametrize("state", ["assegnata", "attiva"])
    def test_revoked_with_a_reason(self, desk: Begin, state: str) -> None:
        story = desk(state)
        assert story.refuse("revoke", "coordinatore").guard == "reason_given"
        outcome = story.fire("revoke", "coordinatore", {"motivazione": REASON})
        assert outcome.effects == (Mail(message="revoca"), ReleaseSeat(), SheetUpsert())

    def test_renewed_twice_at_most_and_the_end_moves(self, desk: Begin) -> None:
        story = desk("attiva")
        assert story.refuse("renew", "coordinatore").guard == "renewable"
        asked = story.fire("renewal_requested", "richiedente")
        assert asked.effects == (Mail(message="rinnovo_richiesto", to="coordinatore"),)
        assert story.refuse("renewal_requested", "richiedente").guard == "not renewal_asked"
        before = story.case.entered_at
        outcome = story.fire("renew", "coordinatore")
        assert (outcome.changed, story.case.entered_at) == (False, before)
        assert story.due("timer:at:end") == rome("2027-06-01T23:59:59")
        assert [each.name for each in story.timers].count("timer:at:end") == 1
        assert story.refuse("renew", "coordinatore").guard == "renewable"
        story.fire("renewal_requested", "richiedente")
        story.fire("renew", "coordinatore")
        assert story.refuse("renewal_requested", "richiedente").guard == "count_lt"
        story.until(rome("2027-09-01T23:59:59"))
        assert story.state == "conclusa"

    def test_a_renewal_is_refused_with_the_reason(self, desk: Begin) -> None:
        story = desk("attiva")
        assert story.refuse("renewal_refused", "coordinatore", {"motivazione": REASON}).guard == "renewal_asked"
        story.fire("renewal_requested", "richiedente")
        assert story.refuse("renewal_refused", "coordinatore").guard == "reason_given"
        outcome = story.fire("renewal_refused", "coordinatore", {"motivazione": REASON})
        assert Mail(message="rinnovo_negato") in outcome.effects
        assert not outcome.changed
        assert story.refuse("renew", "coordinatore").guard == "renewable"
        assert story.refuse("renewal_refused", "coordinatore", {"motivazione": REASON}).guard == "renewal_asked"
        assert not story.fire("renewal_requested", "richiedente").changed  # it may be asked for once more

    def test_a_long_renewal_waits_for_the_list(self, desk: Begin) -> None:
        story = desk("attiva", answers={"inizio": "2026-12-01", "durata_mesi": "12"})
        story.fire("renewal_requested", "richiedente")
        assert story.refuse("renew", "coordinatore", listed_wants=True).guard == "renewable"
        assert not story.fire("renew", "coordinatore", listed_wants=False).changed

    def test_the_person_leaves_early(self, desk: Begin) -> None:
        outcome = desk("attiva").fire("give_up", "richiedente")
        assert (outcome.to_state, ReleaseSeat() in outcome.effects) == ("conclusa", True)

    def test_the_period_ends(self, desk: Begin) -> None:
        story = desk("attiva")
        story.until(rome("2027-03-01T23:59:59"))
        assert story.state == "conclusa"
        assert story.was_mailed("richiedente", "fine_periodo") == 1


OPEN = ["verifica", "valutazione", "decisione", "posto_offerto", "assegnata"]


@pytest.mark.parametrize("state", OPEN)
def test_withdrawn_from_everywhere(desk: Begin, state: str) -> None:
    outcome = desk(state).fire("withdraw", "richiedente")
    assert outcome.to_state == "ritirata"
    assert Mail(message="staff_ritiro", to="istruttore") in outcome.effects
    assert {ReleaseSeat(), SheetUpsert()} <= set(outcome.effects)


def test_withdrawn_while_waiting(desk: Begin) -> None:
    for story in (in_integrazione(desk), in_preavviso(desk), in_lista(desk)):
        assert story.fire("withdraw", "richiedente").to_state == "ritirata"


def test_a_desk_in_use_is_given_up_not_withdrawn(desk: Begin) -> None:
    assert desk("attiva").refuse("withdraw", "richiedente").code == "no_transition"


@pytest.mark.parametrize("state", ["verifica", "valutazione", "decisione", "posto_offerto"])
def test_the_register_office_records_a_number(desk: Begin, state: str) -> None:
    story = desk(state)
    outcome = story.fire("register", "protocollo", PROTOCOL)
    assert (outcome.changed, outcome.timers, outcome.notify, outcome.cancel_timers) == (False, (), (), False)


def test_without_law_241_there_is_nothing_to_register(desk: Begin) -> None:
    story = desk("verifica", law241=False)
    assert offers(story.definition, story.case, "protocollo") == ()


def test_retention_ends_it(desk: Begin) -> None:
    story = desk("verifica")
    story.fire("withdraw", "richiedente")
    assert Anonymise() in story.fire("retention").effects
    assert story.state == "archiviata"
    assert story.refuse("retention").code == "no_transition"


def test_votes_are_one_for_each_reviewer(desk: Begin) -> None:
    twice = (review("olt-1"), review("olt-1"))
    assert desk("valutazione").refuse("reviews_done", reviews=twice).guard == "min_reviews"


def test_a_refusal_names_state_instant_and_who(desk: Begin) -> None:
    story = desk("posto_offerto")
    story.case = replace(
        story.case, history=(*story.case.history[:-1], replace(story.case.history[-1], actor="coordinatore"))
    )
    before = story.case
    refusal = story.refuse("approve", "coordinatore")
    assert refusal.code == "no_transition"
    assert refusal.text.it.startswith(
        "La domanda è in «Posto offerto» (16/11/2026, 09:30, chi coordina): questo non si può"
    )
    assert refusal.text.in_("en").startswith("The application is in “Place offered” (16/11/2026, 09:30, coordinator)")
    assert story.case == before
    by_itself = replace(story.case, history=())
    again = fire(story.definition, by_itself, "approve", story.facts("coordinatore"))
    assert isinstance(again, Refusal)
    assert "09:30):" in again.text.it
