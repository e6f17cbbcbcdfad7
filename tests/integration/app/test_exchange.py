"""An exchange between the two cities: two opinions, changes in rounds, a pause, what came of it."""

from __future__ import annotations

from tests.integration.app.journeys import exchange_in_opinion
from tests.integration.app.members import CARMELA, DONOR, RECEIVER, STEERING, exchange
from tests.integration.app.people import REASON
from tests.integration.app.town import Town

OUTCOME = {
    "risultato_raggiunto": "si",
    "misura": "Regolamento approvato",
    "persone_coinvolte": "6",
    "costo_effettivo": "2.100,00",
    "cosa_adottata": "Il regolamento del laboratorio, con i turni.",
    "lezione_appresa": "Servono due persone esperte per turno.",
}
REVISION = {name: value for name, value in exchange().items() if name not in ("ente_richiedente", "lingua")}


def say(town: Town, reference: str, donor: str, receiver: str) -> None:
    for who, opinion in ((DONOR, donor), (RECEIVER, receiver)):
        reason = {} if opinion == "ok" else {"motivazione": REASON}
        town.choose(who, reference, "opinion", parere=opinion, **reason)


def test_two_yeses_plan_the_exchange_and_its_outcome_is_recorded(town: Town) -> None:
    reference = exchange_in_opinion(town)
    town.choose(DONOR, reference, "opinion", parere="ok")
    assert town.state(reference) == "pareri"
    town.choose(RECEIVER, reference, "opinion", parere="ok")
    assert town.state(reference) == "pianificata"
    assert "18 gennaio 2027" in town.mails(CARMELA, reference)[-1].text
    town.at("2027-01-23T09:00")
    town.choose(CARMELA, reference, "done")
    town.choose(RECEIVER, reference, "outcome_recorded", **OUTCOME)
    assert town.state(reference) == "verificata"


def test_one_no_ends_it_at_once(town: Town) -> None:
    reference = exchange_in_opinion(town)
    town.choose(DONOR, reference, "opinion", parere="refused", motivazione=REASON)
    assert town.state(reference) == "respinta"
    assert REASON in town.mails(CARMELA, reference)[-1].text


def test_changes_void_both_opinions_and_send_new_links(town: Town) -> None:
    reference = exchange_in_opinion(town)
    say(town, reference, "changes", "ok")
    assert town.state(reference) == "modifiche"
    assert REASON in town.mails(CARMELA, reference)[-1].text
    old = town.door(RECEIVER, reference)
    town.choose(CARMELA, reference, "revised", **{**REVISION, "titolo": "Un MakersLab più piccolo"})
    assert town.state(reference) == "pareri"
    assert town.door(RECEIVER, reference).address != old.address
    town.choose(DONOR, reference, "opinion", parere="ok")
    assert town.state(reference) == "pareri"  # the receiver's earlier yes counts no more
    town.choose(RECEIVER, reference, "opinion", parere="ok")
    assert town.state(reference) == "pianificata"


def test_after_two_rounds_only_yes_and_no_are_left(town: Town) -> None:
    reference = exchange_in_opinion(town)
    for round_ in ("prima", "seconda"):
        say(town, reference, "changes", "ok")
        town.choose(CARMELA, reference, "revised", **{**REVISION, "titolo": f"La {round_} proposta"})
    page = town.door(DONOR, reference).open().text
    assert 'value="ok"' in page
    assert 'value="changes"' not in page


def test_who_stands_in_answers_for_a_city_that_is_late(town: Town) -> None:
    reference = exchange_in_opinion(town)
    town.choose(DONOR, reference, "opinion", parere="ok")
    town.at("2026-11-23T10:00")
    town.choose(STEERING[0], reference, "opinion", parere="ok")
    assert town.state(reference) == "pianificata"


def test_a_pause_ends_by_a_word_or_by_time(town: Town) -> None:
    reference = exchange_in_opinion(town)
    say(town, reference, "ok", "ok")
    town.choose(DONOR, reference, "hold", motivazione=REASON)
    assert town.state(reference) == "sospesa"
    town.choose(RECEIVER, reference, "resume")
    assert town.state(reference) == "pianificata"
    town.choose(RECEIVER, reference, "hold", motivazione=REASON)
    town.later(days=182)
    assert town.state(reference) == "ritirata"


def test_it_may_be_withdrawn_or_lapse(town: Town) -> None:
    withdrawn = exchange_in_opinion(town)
    say(town, withdrawn, "ok", "ok")
    town.choose(CARMELA, withdrawn, "withdraw")
    assert town.state(withdrawn) == "ritirata"
    lapsed = exchange_in_opinion(town)
    say(town, lapsed, "changes", "changes")
    town.at("2026-12-18T00:00")
    assert town.state(lapsed) == "ritirata"
