"""What time does by itself: reminders, expiries, deadlines; late or twice is harmless."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.models import Timer
from app.services.casework import reviews, timers
from app.services.sheets import sheet_tabs
from integrations.sheets.layout import CellValue
from tests.integration.app import scenes
from tests.integration.app.crowd import at_once
from tests.integration.app.people import CHIARA, COORDINATOR, DEPUTY, DESKS, EUFEMIA, MOTHER, REASON, TAX_CODE, desk
from tests.integration.app.town import Town


def offer_ends(town: Town, reference: str) -> datetime:
    """The first instant at which the offer is no more."""
    timers_ = town.dump()["timers"]
    own = town.row_of(reference)["id"]
    (due,) = [row["due_at"] for row in timers_ if row["submission_id"] == own and row["name"] == "timer:P5WD"]
    end: datetime = due + timedelta(seconds=1)
    return end


def fire_again(town: Town, reference: str) -> None:
    """Make every timer of a case due once more, as a crash after firing would."""
    with town.context.write() as session:
        mine = Timer.submission_id == town.row_of(reference)["id"]
        session.execute(update(Timer).where(mine, Timer.outcome.in_(("fired", "stale"))).values(done_at=None))
    town.work()


def test_after_a_day_the_applicant_is_reminded_to_confirm(town: Town) -> None:
    reference = scenes.new_desk(town)
    town.at("2026-11-17T08:59:59")
    assert town.asked(reference).count("conferma_email") == 1
    town.at("2026-11-17T09:00")
    assert town.asked(reference).count("conferma_email") == 2
    town.choose(CHIARA, reference, "email_confirmed")
    assert town.state(reference) == "verifica"


def test_after_three_days_an_unconfirmed_case_expires(town: Town) -> None:
    reference = scenes.new_desk(town)
    door = town.door(CHIARA, reference)
    town.at("2026-11-19T08:59:59")
    assert town.state(reference) == "da_confermare"
    town.at("2026-11-19T09:00")
    assert town.state(reference) == "scaduta"
    assert door.open().status_code == 410
    assert door.choose("email_confirmed").status_code == 410


def test_a_link_past_its_time_is_shut_though_the_timer_is_late(town: Town) -> None:
    reference = scenes.offered_desk(town)
    door = town.door(CHIARA, reference)
    page = door.open()
    town.clock.set(offer_ends(town, reference))
    answer = door.send(page, "accept", codice_fiscale=TAX_CODE)
    assert answer.status_code in (410, 422)
    assert town.state(reference) == "posto_offerto"
    town.work()
    assert town.state(reference) == "decaduta"


def test_a_confirmed_case_does_not_expire(town: Town) -> None:
    reference = town.confirmed(desk())
    town.at("2026-11-19T09:00")
    assert "timer:PT72H" not in town.events(reference)
    assert town.state(reference) == "verifica"


def test_an_offer_lapses_after_five_working_days_with_two_reminders(town: Town) -> None:
    reference = scenes.offered_desk(town)
    town.at("2026-11-18T09:00")
    town.at("2026-11-20T09:00")
    assert town.asked(reference).count("promemoria_offerta") == 2
    town.at("2026-11-23T23:59:58")
    assert town.state(reference) == "posto_offerto"
    town.at("2026-11-23T23:59:59")
    assert town.state(reference) == "decaduta"
    assert town.asked(reference)[-1] == "decaduta"
    assert town.dump()["seats"] == []


def test_a_patron_day_is_no_working_day(town: Town) -> None:
    town.at("2026-12-03T10:00")  # Thursday; Monday is the patron day of the province of Milan, Tuesday a holiday
    reference = scenes.desk_to_decide(town, desk(inizio="15/01/2027"))
    town.choose(COORDINATOR, reference, "approve")
    town.at("2026-12-14T23:59:58")
    assert town.state(reference) == "posto_offerto"
    town.at("2026-12-14T23:59:59")
    assert town.state(reference) == "decaduta"


def test_a_late_case_officer_hands_the_powers_on(town: Town) -> None:
    reference = scenes.checked_desk(town)
    assert town.mails(COORDINATOR, reference) == []
    town.at("2026-11-21T09:00")
    assert town.asked(reference, role="coordinatore")[-1] == "sollecito"
    town.choose(COORDINATOR, reference, "admissible", requisiti=["r1", "r2"])
    assert town.state(reference) == "valutazione"


def test_a_late_coordinator_hands_the_powers_to_the_deputy(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    town.at("2026-11-19T09:00")
    assert town.asked(reference, role="coordinatore")[-1] == "promemoria_decisione"
    town.at("2026-11-21T09:00")
    town.choose(DEPUTY, reference, "approve")
    assert town.state(reference) == "posto_offerto"


def test_after_the_deadline_one_review_is_enough(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.review(reference, scores=(80,))
    assert town.state(reference) == "valutazione"
    town.at("2026-11-26T09:00")
    assert town.state(reference) == "decisione"


def test_without_reviews_the_coordinator_may_waive_them_only_late(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.at("2026-11-26T09:00")
    assert town.state(reference) == "valutazione"
    town.choose(COORDINATOR, reference, "reviews_waived", motivazione=REASON)
    assert town.state(reference) == "decisione"
    town.choose(COORDINATOR, reference, "approve")
    assert town.state(reference) == "posto_offerto"


def test_what_was_asked_for_and_never_came_leads_to_the_notice(town: Town) -> None:
    reference = scenes.incomplete_desk(town)
    town.at("2026-11-24T09:00")
    assert town.asked(reference).count("promemoria_integrazione") == 2
    town.at("2026-11-26T23:59:59")
    assert town.state(reference) == "preavviso"
    assert town.show(reference)["events"][-1]["inputs"]["motivazione"] == "integrazione non ricevuta"


def test_a_notice_without_observations_goes_back_to_the_decision(town: Town) -> None:
    reference = scenes.refused_once_desk(town)
    town.at("2026-11-26T23:59:59")
    assert town.state(reference) == "decisione"


def test_a_consent_that_never_comes_ends_it(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    town.at("2026-11-28T09:00")
    assert town.asked(reference, role="genitore").count("promemoria_consenso") == 3
    town.at("2026-11-30T23:59:59")
    assert town.state(reference) == "scaduta"
    assert town.door(MOTHER, reference).open().status_code == 410


def test_the_provincia_s_silence_leads_to_the_decision(town: Town) -> None:
    reference = scenes.idea_before_the_province(town)
    town.at("2026-11-26T23:59:59")
    assert town.state(reference) == "decisione"


def test_an_event_that_took_place_is_closed_in_the_end(town: Town) -> None:
    reference = scenes.scheduled_idea(town)
    town.at("2026-11-23T09:00")
    assert town.asked(reference)[-1] == "promemoria_inizio"
    town.at("2026-11-29T23:59:59")
    assert town.state(reference) == "realizzata"
    assert town.mails(EUFEMIA, reference) != []
    town.at("2026-12-29T23:59:59")
    assert town.state(reference) == "conclusa"


def test_the_legal_term_is_announced_and_its_end_is_told(town: Town) -> None:
    reference = scenes.checked_desk(town)
    town.at("2026-12-09T09:00")
    assert "termine_vicino" in town.asked(reference, role="coordinatore")
    town.at("2026-12-17T09:00")
    assert "termine_superato" in town.asked(reference, role="coordinatore")
    assert "termine_superato" in town.asked(reference, role="istruttore")


def test_a_timer_that_fires_twice_changes_nothing(town: Town) -> None:
    reference = scenes.offered_desk(town)
    town.at("2026-11-24T00:00")
    before = (town.events(reference), town.asked(reference))
    fire_again(town, reference)
    assert (town.events(reference), town.asked(reference)) == before


def test_a_timer_of_a_state_that_was_left_is_void(town: Town) -> None:
    reference = scenes.offered_desk(town)
    town.choose(CHIARA, reference, "accept", codice_fiscale=TAX_CODE)
    with town.context.write() as session:
        session.execute(update(Timer).where(Timer.outcome == "cancelled").values(done_at=None))
    town.at("2026-11-24T00:00")
    assert town.state(reference) == "assegnata"
    assert "timer:P5WD" not in town.events(reference)


def test_all_at_once_after_a_long_silence(town: Town) -> None:
    reference = scenes.new_desk(town)
    waiting = scenes.desk_to_decide(town, desk(email="altra@example.org"))
    town.at("2027-03-01T12:00")
    assert town.state(reference) == "scaduta"
    assert town.state(waiting) == "decisione"
    assert [event for event in town.events(reference) if event.startswith("timer")] == ["timer:PT72H"]
    assert town.asked(reference).count("conferma_email") == 1, "nobody is reminded of what has ended"


def test_two_workers_fire_one_timer_once(town: Town) -> None:
    reference = scenes.offered_desk(town)
    workers = [town.worker(), town.worker()]
    town.clock.set(offer_ends(town, reference))
    at_once(*[lambda worker=worker: timers.fire_due(worker) for worker in workers])
    town.work()
    assert town.events(reference).count("timer:P5WD") == 1
    assert town.asked(reference).count("decaduta") == 1


def test_reviews_read_while_the_case_changes_its_state_still_count(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    call = town.context.catalogue.calls[DESKS]
    tabs = [tab for tab in call.tabs(town.show(reference)["site"]) if tab.asks == "reviewer"]
    with town.context.write() as session:
        for tab in tabs:
            said: dict[str, CellValue] = {"esito_proposto": "Sì", "punteggio_0_100": 80}
            reviews.record(session, town.context, tab, sheet_tabs.layout_of(call, tab), reference, said)
        asked = session.scalars(select(Timer).where(Timer.name == reviews.SHEET_RULE, Timer.done_at.is_(None))).all()
        for timer in asked:
            timer.entered_seq -= 1  # as it was when the sheet was read, just before the officer sent the case on
    town.work()
    assert town.state(reference) == "decisione"
