"""Links that decide no more: what became of them, a fresh mail to the same address, a part passed to a colleague."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from app.models import ActionToken
from tests.integration.app import scenes
from tests.integration.app.people import (
    CHIARA,
    CONSENT,
    COORDINATOR,
    DEPUTY,
    DESKS,
    EUFEMIA,
    MATERA_COORDINATOR,
    MOTHER,
    PROVINCE,
    REASON,
    TAX_CODE,
    desk,
    idea,
)
from tests.integration.app.town import Door, Town

COLLEAGUE = "collega@comune-cinisello.example.org"


def let_expire(town: Town, person: str) -> None:
    """The links of `person` are too old, though their step still waits."""
    query = update(ActionToken).where(ActionToken.person == person)
    with town.context.write() as session:
        session.execute(query.values(expires_at=town.clock.now() - timedelta(seconds=1)))


# --- expired ---


def test_an_expired_link_is_sent_anew_to_the_same_address_only(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    old = town.door(COORDINATOR, reference)
    let_expire(town, COORDINATOR)
    before = town.dump()
    page = old.open()
    assert page.status_code == 410
    assert "Il link è scaduto" in page.text
    assert "c•••o@comune-cinisello.example.org" in page.text
    assert COORDINATOR not in page.text
    assert town.dump() == before
    everybody = len(town.post.messages())
    assert old.post("/email", page, email="somebody@example.org", a="somebody@example.org").status_code == 200
    old.post("/email", page)
    town.work()
    assert [mail.to for mail in town.post.messages()[everybody:]] == [COORDINATOR]
    fresh = town.door(COORDINATOR, reference)
    assert fresh.address != old.address
    gone = old.open()
    assert gone.status_code == 410
    assert "un link più recente" in gone.text
    assert old.send(page, "approve").status_code == 410
    assert fresh.choose("approve").status_code == 303


def test_an_old_link_leads_to_a_mail_with_the_present_one(town: Town) -> None:
    reference = scenes.refused_once_desk(town)
    first = town.door(COORDINATOR, reference)
    town.choose(CHIARA, reference, "observations_received", testo="Posso adattarmi agli orari della casa.")
    mails = len(town.mails(COORDINATOR, reference))
    page = first.open()
    assert "Decisione registrata" in page.text, "what was decided through it stays to be read"
    town.later(hours=1)
    assert first.post("/email", page).status_code == 200
    town.work()
    assert len(town.mails(COORDINATOR, reference)) == mails + 1


def test_nothing_is_sent_for_a_step_that_is_over(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    shown = door.open()
    town.own_page(reference).choose("withdraw")
    town.work()
    mails = len(town.post.messages())
    page = door.open()
    assert page.status_code == 410
    assert "Mandami un link nuovo" not in page.text
    assert "chi ha fatto domanda, 16 novembre 2026" in page.text
    assert door.post("/email", shown).status_code == 410
    town.work()
    assert len(town.post.messages()) == mails


# --- why a link is closed ---


def closed(door: Door) -> str:
    """What a closed link says."""
    page = door.open()
    assert page.status_code == 410
    assert 'name="esito"' not in page.text
    return page.text


def test_a_decision_closes_the_links_of_others_and_says_whose_it_was(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    coordinator = town.door(COORDINATOR, reference)
    town.later(days=5)
    town.choose(DEPUTY, reference, "approve")
    assert "Approva: chi sostituisce il coordinamento, 21 novembre 2026" in closed(coordinator)


def test_a_quorum_in_the_sheet_closes_a_link(town: Town) -> None:
    reference = scenes.reviewed_desk_waits(town)
    town.later(days=30)
    waiting = [mail for mail in town.mails(COORDINATOR, reference) if "/azione/" in mail.text]
    door = town.door(COORDINATOR, reference) if waiting else None
    town.review(reference)
    assert door is not None
    assert closed(door)


def test_whoever_decides_reads_how_far_the_scores_lie_apart_and_who_does_not_count(town: Town) -> None:
    reference = scenes.desk_to_decide(town, scores=(60, 90))
    page = town.door(COORDINATOR, reference).open()
    assert "Dal punteggio più basso al più alto: da 60 a 90." in page.text
    assert "In conflitto di interessi" not in page.text
    alike = scenes.desk_to_decide(town, desk(email="uguali@example.org"), scores=(80, 80))
    assert "Dal punteggio più basso" not in town.door(COORDINATOR, alike).open().text
    conflict = scenes.reviewed_desk_waits(town, desk(email="conflitto@example.org"))
    town.review(conflict, scores=(70, 75), conflitto="sì")
    assert "In conflitto di interessi, non conta: " in town.door(COORDINATOR, conflict).open().text


def test_who_recuses_themselves_has_no_link_any_more(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    door.choose("abstain")
    town.work()
    page = door.open()
    assert 'name="esito"' not in page.text
    assert "«Mi astengo»" in page.text


def test_a_new_version_closes_the_links_of_the_old_one_and_shows_what_changed(town: Town) -> None:
    reference = scenes.idea_to_decide(town)
    before = town.door(MATERA_COORDINATOR, reference)
    before.choose("ask_changes", motivazione=REASON)
    town.work()
    revision = {name: value for name, value in idea().items() if name not in ("partner", "lingua")}
    town.choose(EUFEMIA, reference, "revised", **{**revision, "titolo": "Ombra in piazza"})
    town.review(reference)
    assert "Chiedi modifiche" in before.open().text
    page = town.door(MATERA_COORDINATOR, reference).open()
    assert "Cosa è cambiato da quando ti abbiamo scritto" in page.text
    assert "<td>Ombra in piazza</td>" in page.text
    assert f"<td>{idea()['titolo']}</td>" in page.text


def test_answers_that_change_while_a_page_is_read_want_a_fresh_choice(town: Town) -> None:
    reference = scenes.idea_to_change(town)
    own = town.own_page(reference)
    page = own.open()
    assert 'name="versione" value="1"' in page.text
    revision = {name: value for name, value in idea().items() if name not in ("partner", "lingua")}
    town.choose(EUFEMIA, reference, "revised", **{**revision, "titolo": "Ombra in piazza"})
    late = own.send(page, "withdraw", versione="1")
    assert late.status_code == 422
    assert "cambiata mentre leggevi" in late.text
    assert town.state(reference) == "valutazione"
    assert own.choose("withdraw").status_code == 303


# --- passed on ---


def test_a_colleague_takes_over_with_a_link_of_their_own(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    assert f'{door.opened}/passa"' in page.text
    asked = door.browser.get(f"{door.opened}/passa")
    assert asked.status_code == 200
    assert "@comune-cinisello.example.org" in asked.text
    given = door.post("/passa", page, collega="altri", indirizzo=COLLEAGUE, conferma_codice=door.code)
    assert given.status_code == 200
    town.work()
    assert town.events(reference)[-1] == "handed_over"
    logged = town.show(reference)["events"][-1]
    assert (logged["actor"], logged["from"], logged["to"]) == ("coordinatore", "decisione", "decisione")
    assert "passata a un’altra persona" in door.open().text.lower() or "è passata" in door.open().text
    assert door.send(page, "approve").status_code == 410
    assert "/azione/" not in town.mails(COORDINATOR, reference)[-1].text, "the old holder is told, without a link"
    theirs = town.door(COLLEAGUE, reference)
    opened = theirs.open()
    assert "Te l’ha passata c•••o@comune-cinisello.example.org" in opened.text
    assert theirs.code != door.code
    assert theirs.choose("approve").status_code == 303
    assert "c•••a@comune-cinisello.example.org al posto di c•••o@comune-cinisello.example.org" in theirs.open().text


def test_it_goes_to_whom_the_call_names_by_one_press(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page = door.open()
    assert "v•••e@comune-cinisello.example.org" in door.browser.get(f"{door.opened}/passa").text
    assert door.post("/passa", page, collega="0", conferma_codice=door.code).status_code == 200
    town.work()
    assert town.door(DEPUTY, reference).choose("approve").status_code == 303


def test_it_never_goes_to_strangers_or_into_a_conflict(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    door = town.door(COORDINATOR, reference)
    page, before = door.open(), town.events(reference)
    refused = {
        "qualcuno@example.com": "stesso ufficio",
        "ladro@gmail.com": "stesso ufficio",
        CHIARA: "stesso ufficio",
        COORDINATOR: "già stato di questa persona",
        "non un indirizzo": "email",
    }
    for address, words in refused.items():
        answer = door.post("/passa", page, collega="altri", indirizzo=address, conferma_codice=door.code)
        assert answer.status_code == 422, address
        assert words in answer.text
    without = door.post("/passa", page, collega="altri", indirizzo=COLLEAGUE, conferma_codice="")
    assert without.status_code == 422
    assert town.events(reference) == before
    assert town.mails(COLLEAGUE, reference) == []


def test_who_applied_with_the_same_office_s_address_gets_nothing(town: Town) -> None:
    clerk = "impiegata@comune-cinisello.example.org"
    reference = scenes.desk_to_decide(town, desk(email=clerk))
    door = town.door(COORDINATOR, reference)
    page = door.open()
    answer = door.post("/passa", page, collega="altri", indirizzo=clerk, conferma_codice=door.code)
    assert answer.status_code == 422
    assert "già un’altra parte" in answer.text


def test_applicants_and_parents_answer_for_themselves(town: Town) -> None:
    reference = scenes.idea_without_consent(town)
    door = town.door(MOTHER, reference)
    page = door.open()
    assert "/passa" not in page.text
    before = town.dump()
    assert door.post("/passa", page, indirizzo="x@example.org", conferma_codice=door.code).status_code == 303
    assert town.dump() == before


def test_a_case_goes_through_few_hands(town: Town) -> None:
    reference = scenes.desk_to_decide(town)
    holder = COORDINATOR
    for number in range(4):
        door = town.door(holder, reference)
        page, holder = door.open(), f"mano{number}@comune-cinisello.example.org"
        answer = door.post("/passa", page, collega="altri", indirizzo=holder, conferma_codice=door.code)
        town.work()
        assert answer.status_code == (200 if number < 3 else 422), number


# --- everybody has their link ---


def test_each_role_acts_through_a_link_of_its_own(town: Town) -> None:
    """The school's is in test_class.py, the two cities' in test_exchange.py, the panel's in test_selection.py."""
    desk, proposal = scenes.desk_to_decide(town), scenes.idea_before_the_province(town)
    minor = scenes.idea_without_consent(town)
    town.choose(PROVINCE, proposal, "opinion_given", parere="favorevole")
    town.choose(MOTHER, minor, "consent_given", **CONSENT)
    town.choose(COORDINATOR, desk, "approve")
    town.choose(CHIARA, desk, "accept", codice_fiscale=TAX_CODE)
    acted = {event["actor"] for each in (desk, proposal, minor) for event in town.show(each)["events"]}
    assert {"richiedente", "protocollo", "istruttore", "coordinatore", "provincia", "genitore"} <= acted
    tokens = town.dump()["action_tokens"]
    assert len({row["digest"] for row in tokens}) == len(tokens)


def test_links_begin_with_the_configured_address_whatever_the_request_says(town: Town) -> None:
    elsewhere = "http://evil.example.com"
    sent = town.browser().post(f"/api/v1/calls/{DESKS}/submissions", json=desk(), base_url=elsewhere)
    assert sent.status_code == 201
    assert elsewhere not in sent.text
    town.work()
    links = [link for mail in town.post.messages() for link in mail.links]
    assert links
    assert all(link.startswith(town.context.settings.base_url) for link in links)
