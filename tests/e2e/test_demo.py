"""The demo as a newcomer types it, and what the commands tell of it afterwards."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.e2e.running_stack import HUBOUT, RunningStack, free_ports, processes_of
from tests.integration.postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from tests.integration.redis_server import redis_server, redis_url  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 600.0
"""Seconds for the whole story, stack included."""

ENDS = {
    ("coworking-postazione", "respinta"),
    ("makerslab-corso", "conclusa"),
    ("clab-junior-studente", "archiviata"),
    ("terzo-settore-adesione", "conclusa"),
    ("clab-urbano-proposta", "conclusa"),
    ("idea-impresa", "non_idonea"),
    ("scambio-citta", "verificata"),
}
"""Each of the seven workflows is played to an end: form, closed state."""

OPEN = {
    ("coworking-postazione", "verifica"),
    ("makerslab-corso", "consenso"),
    ("clab-junior-studente", "consenso"),
    ("terzo-settore-adesione", "verifica"),
    ("clab-urbano-proposta", "ammissibilita"),
    ("idea-impresa", "ricevuta"),
    ("scambio-citta", "pareri"),
}
"""And each has a case that still waits, for whoever looks around afterwards."""

CHIARA = "chiara.desempio@example.org"


def play(stack: RunningStack) -> subprocess.CompletedProcess[str]:
    """`hubout demo --exit` on the home and port of `stack`."""
    return subprocess.run(  # noqa: S603 - our own command
        [HUBOUT, "demo", "--exit"], env=stack.environ, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> RunningStack:
    """A home in which the story was played on embedded defaults, its stack ended."""
    home = tmp_path_factory.mktemp("demo") / "home"
    stack = RunningStack(home, free_ports())
    ended = play(stack)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Every outcome was the expected one." in ended.stdout
    assert processes_of(home) == []
    return stack


@pytest.fixture(scope="module")
def again(played: RunningStack) -> Iterator[RunningStack]:
    """The stack of that home, started once more."""
    with played as running:
        yield running


def lines(stack: RunningStack, *arguments: str) -> list[dict[str, Any]]:
    """What a command prints, one JSON object a line."""
    ended = stack.hubout(*arguments)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def reference_in(stack: RunningStack, call: str, state: str) -> str:
    (row,) = lines(stack, "submissions", "--call", call, "--state", state, "--json")
    return str(row["reference"])


def keys(rows: list[dict[str, Any]]) -> set[str]:
    """What every one of `rows` has."""
    return set.intersection(*(set(row) for row in rows))


def test_submissions_are_listed_by_call_and_state(played: RunningStack) -> None:
    rows = lines(played, "submissions", "--json")
    assert keys(rows) >= {"reference", "call", "form", "state", "submitted_at", "updated_at"}
    assert {(row["form"], row["state"]) for row in rows} >= ENDS
    assert {(row["form"], row["state"]) for row in rows} >= OPEN
    desks = lines(played, "submissions", "--call", "coworking-2026", "--json")
    assert {row["form"] for row in desks} == {"coworking-postazione"}
    assert lines(played, "submissions", "--state", "decaduta", "--json") == []


def test_a_submission_is_shown_whole(played: RunningStack) -> None:
    (shown,) = lines(played, "show", reference_in(played, "coworking-2026", "attiva"), "--json")
    assert set(shown) >= {"reference", "call", "form", "state", "answers", "events", "reviews", "decision", "outbox"}
    assert shown["answers"]["email"] == CHIARA
    assert keys(shown["events"]) >= {"seq", "at", "event", "actor", "from", "to"}
    assert [event["seq"] for event in shown["events"]] == list(range(1, len(shown["events"]) + 1))
    assert (shown["decision"]["event"], shown["decision"]["actor"]) == ("approve", "coordinatore")
    assert {(review["reviewer"], review["score"]) for review in shown["reviews"]} == {("olt-1", 88), ("olt-2", 81)}
    assert {letter["state"] for letter in shown["outbox"]} == {"delivered"}


def test_an_unknown_reference_is_told_in_a_line(played: RunningStack) -> None:
    ended = played.hubout("show", "CWK-26-000000")
    assert ended.returncode == 1
    assert ended.stderr == "there is no submission CWK-26-000000: `hubout submissions` lists them\n"


def test_the_mailbox_is_listed(played: RunningStack) -> None:
    mails = lines(played, "mail", "--json")
    assert keys(mails) >= {"to", "subject", "date", "message_id", "text", "html", "links"}
    assert len({mail["message_id"] for mail in mails}) == len(mails)
    confirmations = [mail for mail in mails if mail["to"] == CHIARA and "/azione/" in mail["links"][0]]
    assert confirmations != []
    assert confirmations[0]["links"][0] in confirmations[0]["text"]


def test_tabs_are_listed_and_clean(played: RunningStack) -> None:
    tabs = lines(played, "sheets", "status", "--json")
    assert keys(tabs) >= {"call", "reviewer", "spreadsheet", "tab", "rows", "dirty"}
    assert {tab["dirty"] for tab in tabs} == {0}
    rows = {(tab["call"], tab["reviewer"]): tab["rows"] for tab in tabs}
    assert (rows["coworking-2026", "olt-1"], rows["coworking-2026", "olt-2"]) == (3, 3)


def test_nothing_is_left_in_the_outbox(played: RunningStack) -> None:
    assert lines(played, "outbox", "list", "--json") == []
    assert lines(played, "outbox", "list", "--dead", "--json") == []


def test_chains_hold_and_files_are_right(played: RunningStack) -> None:
    assert played.hubout("verify").stdout == "Every event chain holds.\n"
    assert played.hubout("check").stdout == "No faults.\n"


def test_the_story_s_time_goes_on_where_it_ended(played: RunningStack) -> None:
    assert played.hubout("time").stdout.startswith("2026-12-18T")


def test_time_moves_a_case_and_wait_waits_for_it(again: RunningStack) -> None:
    reference = reference_in(again, "clab-urbano-2026", "ammissibilita")
    moved = again.hubout("time", "set", "2027-01-08T09:00+01:00")
    assert moved.stdout.startswith("2027-01-08T09:00")
    assert again.hubout("wait", "--timeout", "60").returncode == 0
    (shown,) = lines(again, "show", reference, "--json")
    late = [letter for letter in shown["outbox"] if letter["message"] == "sollecito"]
    assert [letter["state"] for letter in late] == ["delivered"]
    assert {tab["dirty"] for tab in lines(again, "sheets", "status", "--json")} == {0}
    assert again.hubout("time", "set", "2027-01-07T09:00+01:00").returncode == 1
    assert again.hubout("doctor").returncode == 0


def test_the_demo_wants_a_fresh_home(played: RunningStack) -> None:
    ended = play(played)
    assert ended.returncode == 1
    assert "is not empty" in ended.stderr


def test_the_story_plays_on_postgresql_and_a_redis_of_its_own(
    tmp_path: Path,
    postgres_url: str,  # noqa: F811 - the fixture above
    redis_url: str,  # noqa: F811 - the fixture above
) -> None:
    home = tmp_path / "home"
    outside: Mapping[str, str] = {"HUBOUT_DATABASE_URL": postgres_url, "HUBOUT_REDIS_URL": redis_url}
    stack = RunningStack(home, free_ports(), outside)
    ended = play(stack)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert not list(home.glob("*.sqlite3*"))
    with psycopg.connect(postgres_url) as connection:
        states = {state for (state,) in connection.execute("SELECT state FROM submissions")}
    assert {state for _, state in ENDS} <= states
    assert stack.hubout("verify").stdout == "Every event chain holds.\n"
    assert processes_of(home) == []
