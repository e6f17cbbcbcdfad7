"""«Salva e continua dopo»: kept as typed, mailed, opened again, sent, forgotten."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.jobs import sweep
from app.models import Draft, OutboxMessage
from app.services.intake import drafts
from app.services.mail import delivery
from tests.integration.web.conftest import CLOSED, COWORKING, IDEAS, Site, heading, mistakes
from tests.integration.web.walker import Walker

FORM = f"/bandi/{COWORKING}/domanda"
ADDRESS = "chiara.desempio@example.org"


@pytest.fixture
def walker(site: Site, samples: dict[int, Any]) -> Walker:
    """Somebody who has come to the third step."""
    walker = Walker(site, FORM, COWORKING, samples[1]["data"])
    walker.press("avanti")
    walker.press("avanti")
    return walker


def _save(walker: Walker, email: str = ADDRESS, inputs: list[tuple[str, str]] | None = None) -> None:
    """Press «Salva e continua dopo» and give an address."""
    asked = walker.press("salva", inputs)
    assert heading(asked) == "Salva e continua dopo"
    walker.page = walker.browser.post(
        walker.address.replace("/domanda", "/bozza"),
        data=MultiDict([*walker.carried.items(multi=True), ("bozza_email", email)]),
    )


def _mails(site: Site) -> list[tuple[str, str, str]]:
    """Address, subject and link of each draft's mail that waits."""
    with site.context.read() as session:
        rows = session.scalars(
            select(OutboxMessage).where(OutboxMessage.submission_id.is_(None)).order_by(OutboxMessage.id)
        )
        mails = [delivery.WRITERS[row.payload["message"]](site.context, session, row) for row in rows]
    return [(mail.to, mail.subject, re.findall(r"https?://[^/\s]+(\S*/bozza/\S+)", mail.text)[0]) for mail in mails]


def test_a_form_is_found_again_as_it_was_left(site: Site, walker: Walker) -> None:
    typed = [
        ("posti", "tre"),
        ("attivita", "Una\r\nriga <b>"),
        ("giorni", "lun"),
        ("giorni", "ven"),
        ("team-1-nome", "Zoé"),
    ]
    _save(walker, inputs=typed)
    assert walker.page.status_code == 200
    assert heading(walker.page) == "La tua domanda è al sicuro"
    assert ADDRESS in walker.page.text
    assert "30 novembre 2026" in walker.page.text
    ((to, subject, link),) = _mails(site)
    assert (to, subject) == (ADDRESS, "La tua domanda da finire: Chiedi una postazione nel coworking")
    walker.browser = site.browser()
    walker.page = walker.browser.get(link)
    assert walker.number == 3
    for text in (
        'value="tre"',
        "Una\r\nriga &lt;b&gt;</textarea>",
        'value="lun" checked',
        'value="ven" checked',
        'value="Zoé"',
    ):
        assert text in walker.page.text
    assert walker.carried["nome"] == "Chiara"
    walker.press("avanti")
    walker.press("invia")
    assert site.states() == ["da_confermare"]


def test_the_address_stands_there_and_is_judged(site: Site, walker: Walker) -> None:
    assert f'value="{ADDRESS}"' in walker.press("salva").text
    _save(walker, "chi?")
    assert walker.page.status_code == 422
    assert mistakes(walker.page) == ["bozza_email"]
    assert _mails(site) == []
    assert walker.carried["nome"] == "Chiara"


def test_saving_again_updates_the_same_draft_and_its_link_stays(site: Site, walker: Walker) -> None:
    _save(walker)
    walker.press("passo-2")
    walker.answers["nome"] = "Chiarissima"
    _save(walker)
    ((_, _, link),) = _mails(site)
    walker.page = site.browser().get(link)
    assert walker.number == 2
    assert 'value="Chiarissima"' in walker.page.text


def test_another_address_ends_the_old_link(site: Site, walker: Walker) -> None:
    _save(walker)
    ((_, _, old),) = _mails(site)
    _save(walker, "altra@example.org")
    ((to, _, new),) = _mails(site)
    assert to == "altra@example.org"
    assert site.browser().get(old).status_code == 404
    assert site.browser().get(new).status_code == 200


def test_sending_deletes_the_draft_and_its_mail(site: Site, walker: Walker) -> None:
    _save(walker)
    ((_, _, link),) = _mails(site)
    walker.press(f"passo-{walker.number}")
    walker.press("avanti")
    assert walker.press("invia").status_code == 303
    gone = site.browser().get(link)
    assert gone.status_code == 404
    assert heading(gone) == "Non troviamo questa domanda da finire"
    assert _mails(site) == []


def test_after_fourteen_days_nothing_is_left(site: Site, walker: Walker) -> None:
    _save(walker)
    ((_, _, link),) = _mails(site)
    with site.context.write() as session:
        session.scalars(select(OutboxMessage)).one().delivered_at = site.context.clock.now()
    site.context.clock.set(site.context.clock.now() + timedelta(days=14))
    assert site.browser().get(link).status_code == 404
    sweep.tick(site.context)
    assert b"hubout:gate:forget_drafts:" in site.context.redis.keys("hubout:gate:*")
    assert drafts.forget_expired(site.context) == 1
    with site.context.read() as session:
        assert session.scalars(select(Draft)).all() == []
        assert session.scalars(select(OutboxMessage.target)).all() == ["erased"]


@pytest.mark.parametrize("token", ["x", "A" * 43, "é" * 43])
def test_a_link_that_leads_nowhere_says_so(site: Site, token: str) -> None:
    page = site.browser().get(f"/en/bozza/{token}")
    assert page.status_code == 404
    assert heading(page) == "We cannot find this unfinished application"


def test_declarations_are_not_kept(site: Site, walker: Walker) -> None:
    walker.press("avanti")
    _save(walker)
    with site.context.read() as session:
        draft = session.scalars(select(Draft)).one()
    assert draft.step == 3
    assert not {"regole_accettate", "dichiarazione_445"} & {name for name, _ in draft.typed["inputs"]}
    assert {"nome", "posti", "lingua"} <= {name for name, _ in draft.typed["inputs"]}


def test_nothing_personal_in_addresses_and_log(site: Site, walker: Walker, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _save(walker)
        ((_, _, link),) = _mails(site)
        site.browser().get(link)
    assert "desempio" not in caplog.text
    assert link.rpartition("/")[2] not in caplog.text
    assert re.fullmatch(r"/bozza/[A-Za-z0-9_-]{43}", link)


def test_a_draft_in_english_is_read_in_english(site: Site, samples: dict[int, Any]) -> None:
    walker = Walker(site, f"/en/bandi/{IDEAS}/domanda", IDEAS, samples[21]["data"])
    walker.page = walker.press("avanti")
    asked = walker.press("salva")
    assert heading(asked) == "Save and continue later"
    walker.page = walker.browser.post(
        f"/en/bandi/{IDEAS}/bozza", data=MultiDict([*walker.carried.items(multi=True), ("bozza_email", ADDRESS)])
    )
    ((_, subject, link),) = _mails(site)
    assert subject.startswith("Your unfinished application")
    page = site.browser().get(link)
    assert '<html lang="en">' in page.text
    assert f'action="/en/bandi/{IDEAS}/domanda"' in page.text
    assert f'formaction="/bandi/{IDEAS}/domanda"' in page.text


def test_a_call_that_closed_meanwhile_is_told(site: Site, samples: dict[int, Any]) -> None:
    walker = Walker(site, f"/bandi/{CLOSED}/domanda", CLOSED, samples[1]["data"])
    walker.press("avanti")
    _save(walker)
    ((_, _, link),) = _mails(site)
    site.close_call()
    assert "Le domande sono chiuse dal 16 novembre 2026." in site.browser().get(link).text


def test_nobody_has_us_write_to_strangers_all_day(walker: Walker) -> None:
    for _ in range(5):
        _save(walker)
        assert walker.page.status_code == 200
    _save(walker)
    assert walker.page.status_code == 429
    assert "Retry-After" in walker.page.headers
