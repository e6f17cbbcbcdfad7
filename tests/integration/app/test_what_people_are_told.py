"""What each person reads is true: days, reasons, places, and «tocca a te» only for whoever has something to do."""

from __future__ import annotations

import re

from app.services.casework import reviews
from app.services.sheets import sheet_tabs
from tests.integration.app import scenes
from tests.integration.app.people import (
    CHIARA,
    COORDINATOR,
    DEPUTY,
    EUFEMIA,
    IDEAS,
    MATERA_COORDINATOR,
    OBSERVATIONS,
    OFFICER,
    REASON,
    REGISTER,
    TAX_CODE,
    desk,
    idea,
)
from tests.integration.app.town import Town

OTHER_REVIEWER = "revisione2@oltrespazio.example.org"
MATERA_REVIEWERS = ("revisione@basilicatacreativa.example.org", "revisione@generazionelucana.example.org")
INTERNAL = "I revisori non rispondono da dieci giorni."
REMARKS = "Attenzione al passaggio dei mezzi di soccorso nella piazza."


def last_mail(town: Town, address: str, reference: str) -> str:
    """The text of the newest mail."""
    return town.mails(address, reference)[-1].text


def told(town: Town, reference: str, message: str) -> list[str]:
    """To whom a message was asked for, in order."""
    return [row["target"] for row in town.show(reference)["outbox"] if row["message"] == message]


def words(text: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def in_conflict(town: Town, reference: str) -> None:
    """The second reviewer of Matera says so in their tab."""
    call = town.context.catalogue.calls[IDEAS]
    tab = [tab for tab in call.tabs("matera") if tab.asks == "reviewer"][1]
    with town.context.write() as session:
        reviews.record(session, town.context, tab, sheet_tabs.layout_of(call, tab), reference, {"conflitto": "sì"})
    town.work()


# --- days and places ------------------------------------------------------------------------------------------------


def test_an_offer_that_lapsed_names_the_day_until_which_it_stood(town: Town) -> None:
    reference = scenes.offered_desk(town)
    town.at("2026-12-01T10:00")
    assert town.asked(reference)[-1] == "decaduta"
    assert "entro il 23 novembre 2026" in last_mail(town, CHIARA, reference)
    assert "promemoria_offerta" not in town.asked(reference)


def test_an_offer_says_from_when_and_until_when(town: Town) -> None:
    text = last_mail(town, CHIARA, scenes.offered_desk(town))
    assert "Dal: 1 dicembre 2026" in text
    assert "Al: 1 giugno 2027" in text


def test_an_offer_after_the_day_asked_for_begins_today(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    town.at("2026-12-10T10:00")
    town.choose(COORDINATOR, reference, "approve")
    assert "Dal: 10 dicembre 2026" in last_mail(town, CHIARA, reference)
    town.choose(CHIARA, reference, "accept", codice_fiscale=TAX_CODE)
    assert "sollecito" not in town.asked(reference, role="coordinatore")


def test_a_booked_activity_is_where_it_was_booked(town: Town) -> None:
    reference = scenes.scheduled_idea(town)
    assert "Dove: Piazza" in last_mail(town, EUFEMIA, reference)
    assert town.asked(reference, role="istruttore")[-1] == "in_calendario"


def test_a_term_that_has_passed_leaves_no_days_to_count(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    town.at("2027-01-06T10:00")
    town.choose(COORDINATOR, reference, "refuse", motivazione=REASON)
    town.choose(CHIARA, reference, "observations_received", testo=OBSERVATIONS)
    text = last_mail(town, COORDINATOR, reference)
    assert "Termine di legge" in text
    assert "Giorni rimasti" not in text


# --- reasons --------------------------------------------------------------------------------------------------------


def test_a_reason_that_time_gives_is_in_the_reader_s_language(town: Town) -> None:
    reference = scenes.checked_desk(town, desk(lingua="en"))
    town.choose(OFFICER, reference, "request_info", elenco="Which days, exactly?")
    town.at("2026-11-26T23:59:59")
    assert "what was asked did not arrive" in last_mail(town, CHIARA, reference)


def test_whoever_did_not_come_reads_why_the_place_is_gone(town: Town) -> None:
    reference = scenes.assigned_desk(town)
    town.at("2026-12-10T09:00")
    town.choose(COORDINATOR, reference, "no_show")
    text = last_mail(town, CHIARA, reference)
    assert "non si è presentata nessuna persona" in text
    assert "aspettavamo" not in text


def test_who_acts_next_reads_what_was_answered(town: Town) -> None:
    reference = scenes.incomplete_desk(town)
    asked = words(town.door(CHIARA, reference).open().text)
    assert "In quali giorni, di preciso?" in asked
    town.choose(CHIARA, reference, "info_received", risposta="Il martedì mattina.", giorni=["mar"])
    page = words(town.door(OFFICER, reference).open().text)
    assert "La tua risposta: Il martedì mattina." in page
    assert "Risposte cambiate: In quali giorni" in page


def test_observations_and_opinion_reach_whoever_decides(town: Town) -> None:
    refused = scenes.refused_once_desk(town)
    town.choose(CHIARA, refused, "observations_received", testo=OBSERVATIONS)
    assert OBSERVATIONS in words(town.door(COORDINATOR, refused).open().text)
    proposal = scenes.idea_before_the_province(town)
    town.choose(
        "pareri@provincia-matera.example.org",
        proposal,
        "opinion_given",
        parere="con_osservazioni",
        motivazione=REMARKS,
    )
    assert REMARKS in words(town.door(MATERA_COORDINATOR, proposal).open().text)
    assert REMARKS not in words(town.own_page(proposal).open().text)


def test_the_applicant_s_page_gives_the_reasons_and_keeps_the_office_s_own(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.at("2026-11-26T09:00")
    town.choose(COORDINATOR, reference, "reviews_waived", motivazione=INTERNAL)
    assert INTERNAL in words(town.door(COORDINATOR, reference).open().text)
    town.choose(COORDINATOR, reference, "refuse", motivazione=REASON)
    page = words(town.own_page(reference).open().text)
    assert REASON in page
    assert INTERNAL not in page


def test_the_register_office_reads_no_reviews(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    assert "Le valutazioni" in town.door(COORDINATOR, reference).open().text
    assert "Le valutazioni" not in town.door(REGISTER, reference).open().text


# --- whose turn it is -----------------------------------------------------------------------------------------------


def test_nobody_is_told_it_is_their_turn_when_nothing_is_to_do(town: Town) -> None:
    reference = scenes.active_desk(town)
    assert town.asked(reference, role="coordinatore")[-2:] == ["per_conoscenza", "per_conoscenza"]
    assert town.asked(reference, role="istruttore").count("tocca_a_te") == 2
    waiting = scenes.idea_without_consent(town)
    assert town.asked(waiting, role="istruttore") == ["consenso_su_carta"]


def test_where_nobody_can_decide_the_page_offers_no_button(town: Town) -> None:
    reference = scenes.desk_without_coordinator(town)
    town.choose(DEPUTY, reference, "abstain")
    page = town.door(OFFICER, reference).open().text
    assert "non c’è niente da decidere" in page
    assert 'name="esito"' not in page
    assert "Conferma la decisione" not in page


def test_a_renewal_is_asked_once_and_named(town: Town) -> None:
    reference = scenes.active_desk(town)
    assert town.own_page(reference).choose("renewal_requested").status_code == 303
    town.work()
    assert town.asked(reference, role="coordinatore")[-1] == "rinnovo_richiesto"
    page = town.own_page(reference).open().text
    assert 'value="renewal_requested"' not in page
    assert "Chiedo il rinnovo" in page
    town.choose(COORDINATOR, reference, "renew")
    assert 'value="revoke"' in town.door(COORDINATOR, reference).open().text


def test_a_reviewer_who_has_reviewed_is_not_reminded(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.sync()
    town.review(reference, scores=(80,))
    town.at("2026-11-21T09:00")
    assert told(town, reference, "promemoria_revisione") == [OTHER_REVIEWER]
    assert "Entro: 26 novembre 2026" in last_mail(town, OTHER_REVIEWER, reference)


def test_without_a_new_version_reviewers_are_not_asked_again(town: Town) -> None:
    reference = scenes.idea_to_change(town)
    before = town.asked(reference, role="revisore")
    town.at("2026-12-06T23:59:59")
    assert town.state(reference) == "parere_provincia"
    assert town.asked(reference, role="revisore") == before


def test_a_conflict_stays_when_the_proposal_changes(town: Town) -> None:
    reference = scenes.idea_in_review(town)
    town.sync()
    town.review(reference, "Sì con modifiche", scores=(70,))
    in_conflict(town, reference)
    assert town.state(reference) == "coprogettazione"
    changed = {name: value for name, value in idea().items() if name not in ("partner", "lingua")}
    town.choose(EUFEMIA, reference, "revised", **{**changed, "titolo": "Ombra e acqua, di nuovo"})
    first, second = MATERA_REVIEWERS
    assert told(town, reference, "revisori") == [first, second]
    assert told(town, reference, "nuova_versione") == [first]
    assert "Versione: 2" in last_mail(town, first, reference)
    town.review(reference, scores=(85,))
    assert town.state(reference) == "parere_provincia"


def test_declining_is_confirmed_and_told_to_the_office(town: Town) -> None:
    reference = scenes.offered_desk(town)
    town.choose(CHIARA, reference, "decline")
    assert town.asked(reference)[-2:] == ["ritiro_ok", "staff_ritiro"]


def test_a_used_link_tells_where_the_case_is_now(town: Town) -> None:
    reference = scenes.checked_desk(town)
    door = town.door(OFFICER, reference)
    town.choose(OFFICER, reference, "admissible", requisiti=["r1", "r2"])
    assert "Ora la domanda è: In valutazione" in words(door.open().text)
    town.review(reference)
    assert "Ora la domanda è: Da decidere" in words(door.open().text)


def test_on_paper_the_office_records_the_day_of_the_signature(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    town.choose(OFFICER, reference, "consent_refused", signed_on="16/11/2026")
    assert town.state(reference) == "scaduta"
    assert town.asked(reference)[-1] == "non_autorizzata"


def test_the_deputy_decides_and_registers_nothing(town: Town) -> None:
    reference = scenes.desk_without_coordinator(town)
    page = town.door(DEPUTY, reference).open().text
    assert 'value="approve"' in page
    assert 'value="register"' not in page
    assert "0001234 del 16 novembre 2026" in page
