"""Uploads before the virus scanner: handed out when clean, told in words when not."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.jobs import sweep
from app.models import OutboxMessage, StoredFile
from app.queues import queues
from app.services import listing, waiting
from app.services.context import Context
from app.services.intake import scanning
from app.web import create_app
from tests.integration.files.conftest import CLEAN, VIRUS
from tests.integration.web.conftest import Site, hidden

CALL = "laboratori-2026"
AWAY = "unix:///nowhere/clamd.ctl"
LINK = re.compile(r'href="(/azione/caso/\d+/file/\d+)"')


def with_scanner(site: Site, url: str | None) -> Site:
    """The site as it is with a scanner at `url`."""
    context = replace(site.context, settings=replace(site.context.settings, clamd_url=url))
    return Site(context, create_app(context))


def scanned(context: Context) -> list[str]:
    """Ask the scanner about all files; what `hubout show` tells of them then."""
    scanning.scan_due(context)
    return states(context)


def states(context: Context) -> list[str]:
    references = [case["reference"] for case in listing.submissions(context)]
    cases = [listing.show(context, reference) for reference in references]
    return [file["state"] for case in cases if case for file in case["files"]]


@pytest.fixture
def send(samples: dict[int, Any]) -> Any:
    """Sends a proposal with a file of this content, and confirms its address."""

    def sender(site: Site, content: bytes) -> None:
        sent = {
            **samples[11]["data"],
            "allegato": {"filename": "piano.pdf", "content_base64": b64encode(content).decode()},
        }
        answer = site.browser().post(f"/api/v1/calls/{CALL}/submissions", json=sent)
        assert answer.status_code == 201, answer.text
        browser = site.browser()
        page = opened(site, browser, "richiedente")
        confirmation = {"csrf_token": hidden(page, "csrf_token"), "esito": "email_confirmed"}
        assert browser.post(page.request.path, data=confirmation).status_code == 303
        site.go_on()

    return sender


def opened(site: Site, browser: FlaskClient, role: str) -> TestResponse:
    _, token = site.token(role)
    return browser.get(f"/azione/{token}", follow_redirects=True)


def page_and_download(site: Site) -> tuple[str, TestResponse | None]:
    """What the case officer reads, and what comes back from the file's address where there is a link."""
    browser = site.browser()
    page = opened(site, browser, "istruttore")
    found = LINK.search(page.text)
    return page.text, browser.get(found[1]) if found else None


def test_without_a_scanner_files_are_handed_out_with_a_note(site: Site, send: Any) -> None:
    send(site, CLEAN)
    assert scanned(site.context) == ["unscanned"]
    text, answer = page_and_download(site)
    assert "nessun antivirus l’ha controllato" in text
    assert answer is not None
    assert answer.data == CLEAN
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_file_is_handed_out_once_it_was_found_clean(site: Site, send: Any, clamd_url: str) -> None:
    checked = with_scanner(site, clamd_url)
    send(checked, CLEAN)
    text, answer = page_and_download(checked)
    assert "l’antivirus lo sta controllando" in text
    assert answer is None
    assert "1 files to scan" in waiting.idle(checked.context)
    assert scanned(checked.context) == ["clean"]
    assert "1 files to scan" not in waiting.idle(checked.context)
    text, answer = page_and_download(checked)
    assert "antivirus" not in text
    assert answer is not None
    assert answer.data == CLEAN


def test_an_infected_file_is_never_handed_out_and_told(site: Site, send: Any, clamd_url: str) -> None:
    checked = with_scanner(site, clamd_url)
    send(checked, VIRUS)
    assert scanned(checked.context) == ["infected"]
    assert scanned(checked.context) == ["infected"]
    with checked.context.read() as session:
        file = session.query(StoredFile).one()
        told = [row.target for row in session.query(OutboxMessage) if row.payload.get("message") == scanning.ALERT]
    assert file.scan_note == "HubOut.Test.UNOFFICIAL"
    assert told == ["laboratori@csbno.example.org"]
    for each in (checked, site):  # not even when the scanner is taken away
        browser = each.browser()
        page = opened(each, browser, "istruttore")
        assert "contiene un virus: non si può scaricare" in page.text
        assert not LINK.search(page.text)
        assert browser.get(f"{page.request.path}/file/{file.id}").status_code == 404


def test_while_the_scanner_is_away_it_is_asked_again(site: Site, send: Any, clamd_url: str) -> None:
    away = with_scanner(site, AWAY)
    send(away, CLEAN)
    assert scanned(away.context) == ["unavailable"]
    text, answer = page_and_download(away)
    assert "l’antivirus non risponde" in text
    assert answer is None
    back = with_scanner(site, clamd_url)
    assert scanned(back.context) == ["unavailable"]  # not asked at once
    back.context.clock.set(back.context.clock.now() + timedelta(seconds=11))
    assert scanned(back.context) == ["clean"]


def test_workers_are_woken_for_files_and_only_where_there_is_a_scanner(site: Site, send: Any) -> None:
    send(site, CLEAN)
    sweep.tick(site.context)
    assert jobs(site.context) == 0
    sweep.tick(with_scanner(site, AWAY).context)
    assert jobs(site.context) == 1


def test_a_file_on_arrival_wakes_a_worker(site: Site, send: Any) -> None:
    away = with_scanner(site, AWAY)
    send(away, CLEAN)
    assert jobs(away.context) == 1


def jobs(context: Context) -> int:
    return next(queue.count for queue in queues(context.redis) if queue.name == "files")


def test_files_that_were_there_before_the_scanner_are_scanned_too(site: Site, send: Any, clamd_url: str) -> None:
    send(site, VIRUS)
    assert scanned(with_scanner(site, clamd_url).context) == ["infected"]


def test_a_file_that_is_gone_keeps_no_other_waiting(
    site: Site, send: Any, samples: dict[int, Any], clamd_url: str
) -> None:
    checked = with_scanner(site, clamd_url)
    send(checked, CLEAN)
    filesystem, folder = checked.context.files
    filesystem.rm(filesystem.ls(folder, detail=False)[0])
    samples[11]["data"] = {**samples[11]["data"], "titolo": "Un altro laboratorio"}
    send(checked, CLEAN)
    assert scanned(checked.context) == ["unavailable", "clean"]
