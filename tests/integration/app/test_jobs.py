"""What the clock and RQ's workers do with it: everything that was not woken is found, Redis may be away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import update

from app import queues
from app.jobs import drains, sweep
from app.models import Spreadsheet
from app.services import listing, waiting
from app.services.casework import timers, transitions
from app.services.context import Context
from app.services.sheets import hints, sharing
from tests.integration.app import scenes
from tests.integration.app.people import CHIARA, COORDINATOR, desk
from tests.integration.app.town import Town, open_like


@pytest.fixture
def jobs(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town, its context that of the workers in this process."""
    monkeypatch.setattr(drains, "process_context", lambda: town.context)
    return town


def work_off(town: Town) -> None:
    """What a worker does with every job that waits."""
    names = queues.queues(town.context.redis)
    SimpleWorker(names, connection=town.context.redis, serializer=JSONSerializer).work(burst=True)


def waiting_jobs(town: Town) -> list[str]:
    return [
        str(job.func_name).rpartition(".")[2] for queue in queues.queues(town.context.redis) for job in queue.get_jobs()
    ]


@pytest.fixture
def without_redis(town: Town) -> Iterator[Town]:
    """The same house, its Redis away."""
    away = replace(town.context.settings, redis_url=f"unix://{town.context.settings.home}/nobody.sock")
    lonely = open_like(replace(town.context, settings=away), town.context.database)
    yield replace(town, context=lonely)
    lonely.gateway.close()
    lonely.redis.close()


def test_a_submission_wakes_a_worker_that_sends_its_mails(jobs: Town) -> None:
    assert jobs.send(desk()).status_code == 201
    assert waiting_jobs(jobs) == ["drain_mail"]
    work_off(jobs)
    assert len(jobs.mails(CHIARA)) == 2
    assert waiting_jobs(jobs) == []


def test_without_redis_an_application_is_taken_and_served_later(without_redis: Town, jobs: Town) -> None:
    answer = without_redis.send(desk())
    assert answer.status_code == 201
    assert without_redis.browser().get("/bandi/coworking-2026/domanda").status_code == 200
    jobs.app  # noqa: B018 - the pages of the house with Redis again
    assert waiting_jobs(jobs) == []
    sweep.tick(jobs.context)
    assert waiting_jobs(jobs) == ["drain_mail"]
    work_off(jobs)
    assert len(jobs.mails(CHIARA)) == 2


def test_the_sweep_finds_timers_mails_and_rows_that_nobody_woke(jobs: Town) -> None:
    reference = scenes.reviewed_desk_waits(jobs)
    jobs.context.redis.flushall()
    jobs.clock.set(jobs.clock.now().replace(day=26))
    sweep.tick(jobs.context)
    assert set(waiting_jobs(jobs)) == {"fire_timers", "drain_mail", "sync_sheet"}
    work_off(jobs)
    sweep.tick(jobs.context)
    work_off(jobs)
    assert jobs.row("olt-1", reference)["stato"] == "In valutazione"
    assert "sollecito" in jobs.asked(reference)


def test_nothing_to_do_wakes_nobody(jobs: Town) -> None:
    sweep.tick(jobs.context)
    assert waiting_jobs(jobs) == []


def test_drive_is_asked_again_and_again_and_what_changed_is_read(jobs: Town) -> None:
    reference = scenes.reviewed_desk_waits(jobs)
    jobs.sync()
    jobs.later(minutes=1)  # the mails that link to the sheet waited for it
    hints.ask(jobs.context)
    sharing.check_due(jobs.context)
    jobs.sync()
    jobs.context.redis.flushall()
    for number in (1, 2):
        jobs.partner(f"olt-{number}", reference).type_in(reference, {"esito_proposto": "Sì", "punteggio_0_100": "80"})
    sweep.tick(jobs.context)
    assert waiting_jobs(jobs) == []
    jobs.clock.set(jobs.clock.now() + hints.EVERY_LOCAL)
    sweep.tick(jobs.context)
    assert waiting_jobs(jobs) == ["ask_drive"]
    work_off(jobs)
    assert jobs.state(reference) == "decisione"
    assert len(jobs.mails(COORDINATOR, reference)) == 1


def test_a_job_that_meets_no_google_ends_well(jobs: Town) -> None:
    scenes.reviewed_desk_waits(jobs)
    jobs.google.fail("503", 1000)
    sweep.tick(jobs.context)
    work_off(jobs)
    assert [tab["error"] for tab in listing.sheets_status(jobs.context) if tab["dirty"]] != []
    assert all(queue.failed_job_registry.count == 0 for queue in queues.queues(jobs.context.redis))


def test_a_timer_that_fails_holds_up_no_other(
    jobs: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = jobs.apply(desk())
    whole = jobs.apply(desk(email="altra@example.org"))
    ids = {name: jobs.row_of(name)["id"] for name in (broken, whole)}
    fire = transitions.fire

    def fail(context: Context, session: object, call: object, submission: object, act: object) -> object:
        if getattr(submission, "id", None) == ids[broken]:
            raise RuntimeError("a case nobody foresaw")
        return fire(context, session, call, submission, act)  # type: ignore[arg-type]

    monkeypatch.setattr(transitions, "fire", fail)
    jobs.clock.set(jobs.clock.now().replace(day=19))
    timers.fire_due(jobs.context)
    assert jobs.state(whole) == "scaduta"
    assert jobs.state(broken) == "da_confermare"
    assert "a case nobody foresaw" in caplog.text
    monkeypatch.undo()
    jobs.work()
    assert jobs.state(broken) == "scaduta"


def test_waiting_tells_what_is_open(town: Town) -> None:
    assert waiting.idle(town.context) == []
    scenes.reviewed_desk_waits(town)
    assert any("sheet rows to write" in line for line in waiting.idle(town.context))
    town.sync()
    town.later(minutes=5)
    town.sync()
    assert waiting.idle(town.context) == []
    since = town.clock.now()
    with town.context.write() as session:
        session.execute(update(Spreadsheet).values(synced_at=since.replace(hour=1)))
    assert any("sheets to read" in line for line in waiting.idle(town.context, since))
