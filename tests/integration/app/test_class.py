"""Students of a class: parent, school, lab. The school answers for each student, or for many at once."""

from __future__ import annotations

from app.story.partner import Partner
from tests.integration.app.journeys import student_before_the_school
from tests.integration.app.members import CLASS_OFFICER, CLASSES, FATHER_OF_NICOLO, SCHOOL, adult_student, student
from tests.integration.app.people import REASON
from tests.integration.app.town import Town

NICO, ADA, LEO = "nico@example.org", "ada@example.org", "leo@example.org"


def states(town: Town, *references: str) -> list[str]:
    return [town.state(reference) for reference in references]


def test_the_school_confirms_one_student(town: Town) -> None:
    first, second = (student_before_the_school(town, email) for email in (NICO, ADA))
    assert states(town, first, second) == ["conferma_scuola", "conferma_scuola"]
    town.choose(SCHOOL, first, "school_confirms")
    assert states(town, first, second) == ["ammessa", "conferma_scuola"]


def test_the_school_confirms_all_who_wait_and_the_third_is_listed(town: Town) -> None:
    first, second, third = (student_before_the_school(town, email) for email in (NICO, ADA, LEO))
    town.at("2026-11-17T08:00")
    assert town.mails(SCHOOL)[-1].text.count("In attesa in tutto: 3") == 2  # the first was told of at once
    page = town.door(SCHOOL, first).open().text
    assert "tutte le altre della classe che aspettano: 2" in page
    town.choose(SCHOOL, first, "school_confirms", insieme="true")
    assert states(town, first, second, third) == ["ammessa", "ammessa", "lista_attesa"]
    town.own_page(first).choose("withdraw")
    town.work()
    assert states(town, first, second, third) == ["ritirata", "ammessa", "ammessa"]


def test_the_school_refuses_one_and_nobody_else(town: Town) -> None:
    first, second = (student_before_the_school(town, email) for email in (NICO, ADA))
    town.choose(SCHOOL, first, "school_rejects", motivazione=REASON)
    assert states(town, first, second) == ["non_confermata", "conferma_scuola"]
    assert REASON in town.mails(NICO, first)[-1].text


def test_who_is_of_age_needs_no_parent(town: Town) -> None:
    reference = town.confirmed(adult_student(LEO), CLASSES)
    assert town.state(reference) == "conferma_scuola"


def test_one_act_begins_and_one_ends_the_lab_of_a_class(town: Town) -> None:
    first, second, third = (student_before_the_school(town, email) for email in (NICO, ADA, LEO))
    town.choose(SCHOOL, first, "school_confirms", insieme="true")
    town.at("2027-01-11T09:01")
    town.choose(CLASS_OFFICER, first, "lab_starts")
    assert states(town, first, second, third) == ["in_corso", "in_corso", "scaduta"]
    town.at("2027-03-06T09:01")
    town.choose(CLASS_OFFICER, second, "lab_ends", ore="30")
    assert states(town, first, second) == ["conclusa", "conclusa"]
    assert sorted(row["field"] for row in town.dump()["files"]) == ["attestato", "attestato", "ore", "ore"]
    assert "attestato" in town.asked(first)
    town.at("2027-03-07T09:00")  # staff get what waits for them in one mail of the morning
    for who in (CLASS_OFFICER, SCHOOL):
        door = town.door(who, first)
        assert f"ore-{first}.pdf" in door.open().text


def test_a_parent_refuses_or_takes_it_back(town: Town) -> None:
    refused = town.confirmed(student(NICO), CLASSES)
    town.choose(FATHER_OF_NICOLO, refused, "consent_refused")
    taken_back = student_before_the_school(town, ADA)
    town.choose(FATHER_OF_NICOLO, taken_back, "consent_withdrawn")
    assert states(town, refused, taken_back) == ["non_autorizzata", "non_autorizzata"]


def test_where_the_school_says_nothing_the_officer_may(town: Town) -> None:
    reference = student_before_the_school(town, NICO)
    town.at("2026-11-23T10:00")
    town.at("2026-11-24T10:00")
    town.choose(CLASS_OFFICER, reference, "school_confirms")
    assert town.state(reference) == "ammessa"


def test_the_sheet_never_names_a_student(town: Town) -> None:
    reference = student_before_the_school(town, NICO)
    town.sync()
    (sheet,) = [str(row["spreadsheet_id"]) for row in town.dump()["spreadsheets"] if row["spreadsheet_id"]]
    (row,) = Partner(town.google.url, sheet, "Studenti", "provincia").rows()
    assert row["codice"] == reference
    assert row["classe"] == "4B"
    assert not any("Nicol" in str(cell) or "Esempio" in str(cell) for cell in row.values())


def test_the_school_reads_whose_student_it_is_and_no_address_of_the_parents(town: Town) -> None:
    page = town.door(SCHOOL, student_before_the_school(town, NICO)).open().text
    assert "Nicolò" in page
    assert FATHER_OF_NICOLO not in page
    assert "333 123 4567" not in page
