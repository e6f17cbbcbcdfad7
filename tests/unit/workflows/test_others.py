"""What the tables do not show of the other five workflows: who is told, what is refused, what time does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.workflows import bodies, courses, selection
from tests.unit.workflows.conftest import library
from tests.unit.workflows.story import PROTOCOL, REASON, Story, rome
from tests.unit.workflows.tables import Row, Step, Table
from workflows.case import Case, Invite, Standing
from workflows.engine import Notification, Outcome, PlannedTimer, begin, fall_due, fire, offers, sheet_events

POSTI, STUDENTE = "iscrizione-posti", "iscrizione-studente"
ENTE, SELEZIONE, CITTA = "adesione-ente", "selezione-graduatoria", "doppia-approvazione"
TABLES: dict[str, Table] = {
    POSTI: courses.POSTI,
    STUDENTE: courses.STUDENTE,
    ENTE: bodies.ENTE,
    SELEZIONE: selection.SELEZIONE,
    CITTA: bodies.CITTA,
}


def story(name: str, *way: Step, **case: Any) -> Story:
    """A case of the workflow's table that has come this way."""
    return TABLES[name].story(library(name), Row(way, Step(""), "", case=case))


def offered(told: Story, role: str, **facts: Any) -> list[str]:
    return [each.event for each in offers(told.definition, told.case, role, told.facts(**facts))]


@pytest.mark.parametrize(
    ("name", "way", "told"),
    [
        (POSTI, (courses.confirm,), [("genitore", "consenso_link"), ("istruttore", "consenso_su_carta")]),
        (POSTI, courses.OFFERED, [("richiedente", "offerta_48h")]),
        (STUDENTE, (courses.confirm, courses.given), [("scuola", "conferma_scuola")]),
        (ENTE, bodies.HEARD, [("revisore", "revisori"), ("istruttore", "per_conoscenza")]),
        (ENTE, (*bodies.HEARD, bodies.meet), [("richiedente", "incontro"), ("istruttore", "tocca_a_te")]),
        (ENTE, bodies.DECIDING, [("coordinatore", "decisione_link")]),
        (ENTE, bodies.SIGNING, [("istruttore", "tocca_a_te")]),
        (SELEZIONE, selection.SCORED, [("commissione", "revisori"), ("commissione", "tocca_a_te")]),
        (SELEZIONE, selection.RANKED, [("coordinatore", "tocca_a_te")]),
        (SELEZIONE, (*selection.RANKED, selection.again), [("commissione", "tocca_a_te")]),
        (SELEZIONE, selection.IN, [("richiedente", "ammessa")]),
        (SELEZIONE, (*selection.WAITING, selection.called), [("richiedente", "ammessa")]),
        (CITTA, (bodies.changed,), [("richiedente", "modifiche")]),
        (CITTA, (bodies.changed, bodies.revised), [("cedente", "parere_link"), ("riusante", "parere_link")]),
        (CITTA, (bodies.agreed, bodies.hold), [("cedente", "tocca_a_te"), ("riusante", "tocca_a_te")]),
        (CITTA, (bodies.agreed, bodies.done), [("riusante", "scheda_esiti")]),
    ],
)
def test_who_acts_next_is_told_on_entry(name: str, way: tuple[Step, ...], told: list[tuple[str, str]]) -> None:
    case = {"age": 16} if name == POSTI and way == (courses.confirm,) else {}
    entered = story(name, *way, **case).outcomes[-1]
    assert [(each.role, each.message) for each in entered.notify] == told


@pytest.mark.parametrize(
    ("name", "way", "step", "guard"),
    [
        (STUDENTE, (), Step("email_confirmed", "richiedente", facts={"invite": None}), "invite_valid"),
        (
            STUDENTE,
            (),
            Step("email_confirmed", "richiedente", facts={"invite": Invite("attiva", "2025-26")}),
            "invite_valid",
        ),
        (STUDENTE, (courses.confirm, courses.given), Step("school_rejects", "scuola"), "reason_given"),
        (STUDENTE, (courses.confirm,), Step("consent_given", "istruttore"), "signature_recorded"),
        (STUDENTE, courses.WAITING, Step("seat_freed", facts={"first_in_list": False}), "first_in_list"),
        (STUDENTE, courses.WAITING, Step("seat_freed", facts={"seats_free": False}), "class_seats_free"),
        (POSTI, courses.LISTED, Step("seat_freed", facts={"first_in_list": False}), "first_in_list"),
        (POSTI, (courses.confirm,), Step("first_attendance"), "attendance_recorded"),
        (POSTI, (courses.confirm,), Step("edition_started_absent", "istruttore"), "reached"),
        (POSTI, (courses.confirm,), Step("consent_withdrawn", "genitore"), "entered"),
        (POSTI, (courses.confirm,), Step("consent_withdrawn", "istruttore", courses.PAPER), "entered"),
        (ENTE, bodies.HEARD, Step("opinion_given", facts={"reviewers": 1}), "min_reviews"),
        (ENTE, bodies.HEARD, Step("reviews_waived", "coordinatore", bodies.WHY), "overdue"),
        (ENTE, bodies.UNHEARD, bodies.approve, "reviewed"),
        (ENTE, bodies.DECIDING, Step("reopen", "coordinatore"), "not reviewed"),
        (ENTE, bodies.DECIDING, Step("approve", "coordinatore"), "protocollo_present"),
        (ENTE, bodies.SIGNING, Step("signed", "istruttore"), "signature_recorded"),
        (
            ENTE,
            (*bodies.HEARD, bodies.meet, Step("meeting_done", "istruttore"), bodies.meet, Step("", wait=timedelta(9))),
            bodies.meet,
            "count_lt",
        ),
        (SELEZIONE, selection.CHECKED, Step("exclude", "istruttore", selection.WHY), "protocollo_present"),
        (SELEZIONE, selection.SCORED, Step("panel_closes", "commissione"), "panel_complete"),
        (
            SELEZIONE,
            selection.SCORED,
            Step("panel_closes", "coordinatore", selection.WHY, {"panel": selection.PANEL}),
            "not panel_complete",
        ),
        (
            SELEZIONE,
            selection.SCORED,
            Step("panel_closes", "coordinatore", facts={"panel": selection.SHORT}),
            "reason_given",
        ),
        (SELEZIONE, selection.WAITING, Step("scorrimento"), "next_in_rank"),
        (
            SELEZIONE,
            selection.WAITING,
            Step("scorrimento", facts={"next_in_rank": True, "seats_free": False}),
            "place_left",
        ),
        (SELEZIONE, (*selection.RANKED, selection.again, selection.answered), selection.again, "count_lt"),
        (SELEZIONE, selection.IN, Step("accept", "richiedente"), "signature_recorded"),
        (CITTA, (), Step("both_approve", facts=bodies.says("ok")), "opinions_all"),
        (CITTA, (), Step("any_asks_changes", facts=bodies.says("changes")), "opinions_any"),
        (CITTA, (), Step("any_refuses", facts=bodies.says("ok", "changes")), "opinions_any"),
        (CITTA, (bodies.agreed,), Step("hold", "cedente"), "reason_given"),
        (CITTA, (bodies.agreed,), Step("done", "coordinatore"), "overdue"),
        (CITTA, (bodies.agreed, bodies.done), Step("outcome_recorded", "riusante"), "checklist_complete"),
    ],
)
def test_what_stands_in_the_way_is_named(name: str, way: tuple[Step, ...], step: Step, guard: str) -> None:
    refusal = story(name, *way).refuse(step.event, step.actor, dict(step.inputs), **step.facts)
    assert (refusal.code, refusal.guard) == ("guard", guard)


class TestCourses:
    def test_a_parent_is_reminded_three_times(self) -> None:
        asked = story(POSTI, courses.confirm, age=16)
        asked.until(rome("2026-11-30T23:59:58"))
        assert asked.was_mailed("genitore", "promemoria_consenso") == 3
        assert asked.state == "consenso"
        asked.until(rome("2026-12-01T00:00"))
        assert asked.state == "non_autorizzata"

    def test_an_offer_can_be_taken_until_it_ends(self) -> None:
        told = story(POSTI, *courses.OFFERED)
        assert told.due("timer:PT48H") == rome("2026-11-18T09:30")
        told.until(rome("2026-11-17T09:30"))
        assert told.was_mailed("richiedente", "promemoria_offerta") == 1
        told.now = rome("2026-11-18T09:31")
        assert told.refuse("accept", "richiedente").guard == "within_deadline"

    def test_the_list_closes_a_day_before_the_start(self) -> None:
        told = story(POSTI, courses.confirm_full)
        told.until(rome("2026-12-04T09:29"))
        assert told.state == "lista_attesa"
        told.until(rome("2026-12-04T09:30"))
        assert told.state == "scaduta"

    def test_who_is_late_on_the_list_is_told_at_once(self) -> None:
        told = story(POSTI, Step("", wait=timedelta(hours=70)), anchors={"list_close": rome("2026-11-18T09:30")})
        told.fire("email_confirmed", "richiedente", seats_free=False)
        told.until(told.now)
        assert told.state == "scaduta"

    def test_people_and_officer_are_reminded_of_the_start(self) -> None:
        told = story(POSTI, courses.confirm)
        told.until(rome("2026-12-05T09:31"))
        assert told.was_mailed("richiedente", "promemoria_inizio") == 1
        assert told.was_mailed("istruttore", "tocca_a_te") == 1
        assert told.fire("edition_started_absent", "istruttore").to_state == "assente"

    def test_the_youth_centre_ends_when_its_call_ends(self) -> None:
        ends = {"form": "centro-giovani", "answers": {}, "anchors": {"end": rome("2027-06-30T23:59:59")}}
        told = story(POSTI, Step("email_confirmed", "richiedente", facts={"seats_free": None}), courses.came, **ends)
        assert told.due("edition_end") == rome("2027-06-30T23:59:59")

    def test_one_act_for_a_whole_edition_or_class(self) -> None:
        acts = {
            (each.event, each.together)
            for name in TABLES
            for each in library(name).transitions
            if each.together is not None
        }
        assert acts == {
            ("edition_cancelled", "edition"),
            ("school_confirms", "class"),
            ("school_rejects", "class"),
            ("lab_starts", "class"),
            ("lab_ends", "class"),
            ("panel_closes", "ranking"),
            ("final_ranking", "ranking"),
        }


class TestStudents:
    def test_after_a_week_the_officer_answers_for_the_school(self) -> None:
        told = story(STUDENTE, courses.confirm, courses.given)
        assert told.refuse("school_confirms", "istruttore").code == "not_your_turn"
        told.until(rome("2026-11-23T09:00"))
        assert told.was_mailed("scuola", "promemoria_scuola") == 1
        assert told.was_mailed("istruttore", "sollecito") == 1
        assert "school_rejects" in offered(told, "istruttore")

    def test_the_officer_is_told_of_labs_that_did_not_begin_or_end(self) -> None:
        told = story(STUDENTE, *courses.ADMITTED)
        told.until(rome("2027-02-08T09:00"))
        assert told.was_mailed("istruttore", "sollecito") == 1
        told.fire("lab_starts", "istruttore")
        told.until(rome("2027-05-07T09:00"))
        assert told.was_mailed("istruttore", "sollecito") == 2

    def test_a_parent_does_not_confirm_for_the_school(self) -> None:
        told = story(STUDENTE, courses.confirm, courses.given)
        assert told.refuse("school_confirms", "scuola", holds=frozenset({"genitore"})).code == "two_parts"


class TestBodies:
    def test_the_day_after_the_meeting_the_partner_is_asked_again(self) -> None:
        told = story(ENTE, *bodies.HEARD, bodies.meet)
        assert told.due("timer:at:meeting+P1D") == rome("2026-11-21T23:59:59")
        told.until(rome("2026-11-22T00:00"))
        assert told.state == "parere"
        assert told.was_mailed("revisore", "revisori") == 2

    def test_an_agreement_ends_on_its_day(self) -> None:
        told = story(ENTE, *bodies.ACTIVE)
        assert told.due("timer:at:end") == rome("2027-12-31T23:59:59")
        told.until(rome("2027-11-01T09:00"))
        assert told.was_mailed("istruttore", "rinnovo_rete") == 1

    def test_without_an_agreement_signed_the_request_expires(self) -> None:
        told = story(ENTE, *bodies.SIGNING)
        told.after(days=22)
        assert told.was_mailed("richiedente", "promemoria_firma") == 2
        assert told.due("timer:P60D") == rome("2027-01-15T23:59:59")

    def test_one_opinion_is_enough_once_it_is_late(self) -> None:
        told = story(ENTE, *bodies.HEARD)
        told.after(days=13)
        assert told.was_mailed("coordinatore", "sollecito") == 1
        assert "reviews_waived" in offered(told, "coordinatore")


class TestSelection:
    def test_who_confirms_after_the_close_goes_on_at_once(self) -> None:
        told = story(SELEZIONE, anchors={"call_close": rome("2026-11-16T10:00")})
        told.until(rome("2026-11-18T09:00"))
        told.fire("email_confirmed", "richiedente")
        told.until(told.now)
        assert told.state == "ammissibilita"

    def test_what_was_sent_after_the_close_is_not_taken(self) -> None:
        told = story(SELEZIONE, anchors={"call_close": rome("2026-11-16T09:29")})
        assert told.refuse("email_confirmed", "richiedente").guard == "submitted_in_time"

    def test_a_team_out_of_age_is_not_admissible(self) -> None:
        old = {"answers": {"percorso": "ainm", "membri": [{"data_nascita": "1980-01-01"}]}}
        told = story(SELEZIONE, *selection.CHECKED, **old)
        assert told.refuse("admissible", "istruttore").guard == "members_age_ok"

    def test_no_final_ranking_before_ten_days_or_while_someone_waits(self) -> None:
        told = story(SELEZIONE, *selection.RANKED)
        facts: dict[str, Any] = {"standing": Standing(7000, 1, 9), "places": 5}
        assert told.refuse("final_ranking", "coordinatore", PROTOCOL, **facts).guard == "not first_within"
        told.until(rome("2026-12-01T09:00"))
        assert told.was_mailed("coordinatore", "tocca_a_te") == 2
        beside = {**facts, "states_beside": frozenset({"riesame"})}
        assert told.refuse("final_ranking", "coordinatore", PROTOCOL, **beside).guard == "nobody_in"
        assert told.refuse("final_ranking", "coordinatore", **facts).guard == "protocollo_present"
        assert told.refuse("review_request", "richiedente").guard == "first_within"
        assert told.fire("final_ranking", "coordinatore", PROTOCOL, **facts).to_state == "ammessa"

    def test_without_a_line_in_the_ranking_a_case_stays(self) -> None:
        told = story(SELEZIONE, *selection.RANKED, Step("", wait=timedelta(days=11)))
        assert told.refuse("final_ranking", "coordinatore", PROTOCOL, places=5).code == "guard"

    def test_the_answer_to_a_request_brings_no_new_ten_days(self) -> None:
        told = story(SELEZIONE, *selection.RANKED, selection.again)
        told.after(days=9)
        told.fire("answered", "commissione", {"motivazione": REASON})
        told.until(rome("2026-12-01T00:00"))
        facts = {"standing": Standing(7000, 1, 9), "places": 5}
        assert told.fire("final_ranking", "coordinatore", PROTOCOL, **facts).to_state == "ammessa"

    def test_a_late_panel_is_answered_for_by_the_coordinator(self) -> None:
        told = story(SELEZIONE, *selection.RANKED, selection.again)
        assert told.refuse("answered", "coordinatore", selection.WHY).code == "not_your_turn"
        told.after(days=11)
        assert told.fire("answered", "coordinatore", selection.WHY).to_state == "graduatoria_provvisoria"

    def test_the_list_is_good_for_a_year(self) -> None:
        told = story(SELEZIONE, *selection.WAITING)
        assert told.due("ranking_expired") == rome("2027-12-01T23:59:59")

    def test_the_legal_term_is_watched_until_the_ranking_is_final(self) -> None:
        told = story(SELEZIONE, *selection.RANKED)
        assert any(each.anchor == "legal_term" for each in told.timers)
        ranked = story(SELEZIONE, *selection.WAITING)
        assert not any(each.anchor == "legal_term" for each in ranked.timers)

    def test_who_scores_does_not_decide(self) -> None:
        told = story(SELEZIONE, *selection.RANKED)
        assert told.refuse("final_ranking", "coordinatore", holds=frozenset({"commissione"})).code == "two_parts"

    def test_an_officer_is_told_of_programmes_that_did_not_end(self) -> None:
        told = story(SELEZIONE, *selection.IN, selection.accept)
        told.until(rome("2027-07-07T09:00"))
        assert told.was_mailed("istruttore", "sollecito") == 1


class TestExchange:
    def test_sending_is_part_of_the_submission(self) -> None:
        definition = library(CITTA)
        at = rome("2026-11-16T09:30")
        case = Case("TRF-26-0000AA", "scambio-citta", "scambio", "proposta", at, at)
        outcome = begin(definition, case, at)
        assert (outcome.from_state, outcome.to_state, outcome.event) == (None, "pareri", None)
        assert outcome.transition is definition.leaving("proposta", "submit")[0]
        assert outcome.notify == (Notification("cedente", "parere_link"), Notification("riusante", "parere_link"))
        assert [effect.name for effect in outcome.effects] == ["sheet_upsert"]
        assert outcome.try_rules

    def test_what_follows_is_tried_after_each_opinion(self) -> None:
        told = story(CITTA)
        assert told.fire("opinion", "cedente", {"parere": "ok"}).try_rules
        assert sheet_events(told.definition, "pareri") == ("any_refuses", "any_asks_changes", "both_approve")
        assert not story(CITTA, bodies.agreed).outcomes[-1].try_rules

    def test_after_two_rounds_changes_are_not_offered(self) -> None:
        asked = story(CITTA)
        assert offers(asked.definition, asked.case, "cedente")[0].inputs == "parere-citta"
        twice = story(CITTA, bodies.changed, bodies.revised, bodies.changed, bodies.revised)
        assert offers(twice.definition, twice.case, "cedente")[0].inputs == "parere-citta-finale"
        assert twice.refuse("any_asks_changes", **bodies.says("ok", "changes")).guard == "rounds_lt"

    def test_only_who_owes_an_opinion_is_reminded(self) -> None:
        told = story(CITTA)
        reminder = next(each for each in told.timers if each.kind == "reminder")
        both = fall_due(told.case, reminder).notify
        assert [each.role for each in both] == ["cedente", "riusante"]
        assert [each.role for each in fall_due(told.case, reminder, done=["cedente"]).notify] == ["riusante"]
        deadline = PlannedTimer("deadline", "d", told.now, roles=("cedente",))
        assert fall_due(told.case, deadline, done=["cedente"]).notify == (Notification("cedente", "sollecito"),)

    def test_after_a_week_both_coordinators_may_answer(self) -> None:
        told = story(CITTA)
        assert told.refuse("opinion", "cabina_di_regia").code == "not_your_turn"
        told.until(rome("2026-11-23T09:00"))
        assert told.was_mailed("cabina_di_regia", "sollecito") == 1
        assert isinstance(told.try_("opinion", "cabina_di_regia", {"parere": "ok"}), Outcome)

    def test_one_person_does_not_speak_for_both_cities(self) -> None:
        told = story(CITTA)
        assert told.refuse("opinion", "cedente", holds=frozenset({"riusante"})).code == "two_parts"
        assert told.refuse("opinion", "riusante", holds=frozenset({"richiedente"})).code == "two_parts"

    def test_changes_make_a_new_version(self) -> None:
        told = story(CITTA, bodies.changed, bodies.revised)
        assert told.case.version == 2

    def test_on_hold_three_times_at_most(self) -> None:
        resume = Step("resume", "cedente")
        told = story(CITTA, bodies.agreed, *(bodies.hold, resume) * 3)
        assert told.refuse("hold", "cedente", bodies.WHY).guard == "count_lt"

    def test_after_the_end_the_proposer_is_asked_and_then_the_coordinator(self) -> None:
        told = story(CITTA, bodies.agreed)
        assert told.due("reminder:promemoria_rendiconto:at:end+P3D") == rome("2026-12-13T09:00")
        told.until(rome("2027-01-09T09:00"))
        assert told.was_mailed("richiedente", "promemoria_rendiconto") == 1
        assert told.was_mailed("coordinatore", "sollecito") == 1
        assert offered(told, "coordinatore") == ["hold", "done"]

    def test_an_exchange_without_days_is_planned_without_timers(self) -> None:
        told = story(CITTA, answers={})
        outcome = fire(told.definition, told.case, "both_approve", told.facts(**bodies.says("ok", "ok")))
        assert isinstance(outcome, Outcome)
        assert outcome.anchors == {}
        assert outcome.timers == ()


def test_a_role_that_abstained_is_replaced_in_every_decision() -> None:
    told = story(ENTE, *bodies.DECIDING)
    told.case = replace(told.case, abstained=frozenset({"coordinatore"}))
    assert told.refuse("approve", "coordinatore", PROTOCOL).code == "abstained"
