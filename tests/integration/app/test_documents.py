"""Certificates and agreements wait on the applicant's own page, for whoever has its link and nobody else."""

from __future__ import annotations

from tests.integration.app.journeys import agreed
from tests.integration.app.members import NETWORK_OFFICER
from tests.integration.app.town import Town
from tests.reading_pdf import text_of


def test_the_agreement_waits_on_the_applicants_page(town: Town) -> None:
    reference = agreed(town)
    door = town.own_page(reference)
    page = door.open()
    (made,) = town.dump()["files"]
    assert f"accordo-{reference}.pdf" in page.text
    answer = door.browser.get(f"{door.address}/file/{made['id']}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = text_of(answer.data)
    assert "Associazione fittizia «Perché No?» APS" in text
    assert reference in text
    assert door.browser.get(f"{door.address}/file/{made['id'] + 1}").status_code == 404
    assert town.browser().get(f"/stato/{'x' * 43}/file/{made['id']}").status_code == 404


def test_the_office_finds_it_among_the_cases_files(town: Town) -> None:
    reference = agreed(town)
    assert f"accordo-{reference}.pdf" in town.door(NETWORK_OFFICER, reference).open().text
