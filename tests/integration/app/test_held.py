"""Results of one act for many wait as drafts: read, written anew, released, or gone by themselves next morning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.errors import HubOutError
from app.services.mail import held
from tests.integration.app.members import SELECTION_COORDINATOR
from tests.integration.app.test_selection import ANNA, BEA, CARLA, admitted_page, decided
from tests.integration.app.town import Town


@pytest.fixture
def careful(town: Town) -> Iterator[Town]:
    """A town that reads results once more before anybody gets them."""
    open_context = town.context
    town.context = replace(open_context, settings=replace(open_context.settings, drafts=True))
    yield town
    if "transport" in open_context.__dict__:
        open_context.transport.close()


def waiting(town: Town) -> list[str]:
    return [draft["reference"] for draft in held.drafts(town.context)]


def test_results_for_many_wait_and_leave_when_released(careful: Town) -> None:
    references = decided(careful, ANNA, BEA, CARLA)
    assert sorted(waiting(careful)) == sorted(references)
    addresses = {draft["reference"]: draft["target"] for draft in held.drafts(careful.context)}
    before = {reference: len(careful.mails(addresses[reference], reference)) for reference in references}
    told = [mail for mail in careful.mails(SELECTION_COORDINATOR) if "pronti da rileggere" in mail.subject]
    assert len(told) == 1
    assert held.release(careful.context) == 3
    careful.work()
    assert waiting(careful) == []
    assert all(len(careful.mails(addresses[each], each)) == before[each] + 1 for each in references)


def test_a_forgotten_draft_leaves_on_the_next_working_morning(careful: Town) -> None:
    decided(careful, ANNA, BEA)  # on a Sunday; Sant’Ambrogio and the Immacolata follow
    careful.at("2026-12-09T08:59")
    assert len(waiting(careful)) == 2
    careful.at("2026-12-09T09:00")
    assert waiting(careful) == []


def test_a_draft_is_written_anew(careful: Town) -> None:
    references = decided(careful, ANNA, BEA, CARLA)
    (draft, *others) = sorted(held.drafts(careful.context), key=lambda each: str(each["message"]))
    subject, body = held.wording(careful.context, draft["id"])
    assert "{codice}" in subject
    text = body.replace("Complimenti!", "Che bella idea, complimenti!")
    number = held.edit(careful.context, draft["id"], "Siete dentro: {codice}", text, alike=True)
    assert number == 1 + sum(other["message"] == draft["message"] for other in others)
    assert careful.context.settings.drafts
    held.release(careful.context, [draft["id"]])
    careful.work()
    mail = careful.mails(draft["target"], draft["reference"])[-1]
    assert mail.subject == f"Siete dentro: {draft['reference']}"
    assert "Che bella idea" in mail.text
    assert any("/azione/" in link for link in mail.links)
    assert len(waiting(careful)) == len(references) - 1


@pytest.mark.parametrize(
    ("subject", "body", "wrong"),
    [
        ("Ciao {nome}", "Ciao\n\n{link_azione}", "personal data"),
        ("Ciao\nBcc: x", "Ciao\n\n{link_azione}", "more than one line"),
        ("Ciao {codice}", "Ciao", "link_text"),
        ("Ciao {codice}", "Ciao {cognome}\n\n{link_azione}", "unknown placeholder"),
    ],
)
def test_a_text_that_would_not_do_says_why(careful: Town, subject: str, body: str, wrong: str) -> None:
    decided(careful, ANNA, BEA)
    admitted = next(draft["id"] for draft in held.drafts(careful.context) if draft["message"] == "ammessa")
    with pytest.raises(HubOutError, match=wrong):
        held.edit(careful.context, admitted, subject, body)


def test_one_case_alone_waits_for_nobody(careful: Town) -> None:
    decided(careful, ANNA)
    assert waiting(careful) == []


def test_no_page_tells_a_result_before_its_mail(careful: Town) -> None:
    references = decided(careful, ANNA, BEA)
    first, second = references
    for reference in references:
        page = careful.own_page(reference).open().text
        assert "Trovi il tuo punteggio nella tua pagina" in page
        assert not [word for word in ("Ammessa", "ammessa", "Idonea", "idonea", "Graduatoria finale") if word in page]
        assert 'name="esito"' not in page
    assert first not in admitted_page(careful)
    (draft,) = [each["id"] for each in held.drafts(careful.context) if each["reference"] == first]
    held.release(careful.context, [draft])
    assert first in admitted_page(careful)
    assert 'value="decline"' in careful.own_page(first).open().text
    assert "Trovi il tuo punteggio nella tua pagina" in careful.own_page(second).open().text


def test_a_forgotten_result_is_published_with_its_mail(careful: Town) -> None:
    first, _ = decided(careful, ANNA, BEA)
    careful.at("2026-12-09T08:59")
    assert first not in admitted_page(careful)
    careful.at("2026-12-09T09:00")
    assert first in admitted_page(careful)
