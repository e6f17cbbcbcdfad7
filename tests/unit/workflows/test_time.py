"""Due dates in Italy, working days of two cities, and the legal clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows.story import PROTOCOL, REASON, ROME, TWO, Story, rome
from workflows.anchors import add_months
from workflows.case import Visit
from workflows.dates import MORNING, Calendar, after_quiet, due, local_date, parse_token
from workflows.definition import WorkflowDefinition
from workflows.timers import legal_term, timers_for_state

Begin = Callable[..., Story]
CINISELLO, MATERA = Calendar("cinisello"), Calendar("matera")


def due_at(token: str, entered: datetime, calendar: Calendar = CINISELLO, **anchors: datetime) -> datetime | None:
    return due(parse_token(token), entered, anchors, calendar)


@pytest.mark.parametrize(
    ("token", "entered", "expected"),
    [
        ("P5D", "2026-11-16T09:00", "2026-11-21T23:59:59"),
        ("P5D", "2026-11-16T00:00", "2026-11-21T23:59:59"),
        ("P5D", "2026-11-16T23:59", "2026-11-21T23:59:59"),
        ("P5WD", "2026-11-16T09:00", "2026-11-23T23:59:59"),
        ("P1WD", "2026-11-20T18:00", "2026-11-23T23:59:59"),
        # the clock goes forward on 29 March and back on 25 October
        ("P1D", "2026-03-28T12:00", "2026-03-29T23:59:59"),
        ("P3D", "2026-03-28T12:00", "2026-03-31T23:59:59"),
        ("P1D", "2026-10-24T12:00", "2026-10-25T23:59:59"),
        ("P10D", "2026-10-20T12:00", "2026-10-30T23:59:59"),
        ("PT24H", "2026-03-28T12:00", "2026-03-29T13:00"),
        ("PT24H", "2026-10-24T12:00", "2026-10-25T11:00"),
        ("PT72H", "2026-11-16T09:30", "2026-11-19T09:30"),
        # over the end of the year: Capodanno and Epifania
        ("P5WD", "2026-12-30T10:00", "2027-01-08T23:59:59"),
    ],
)
def test_a_timer_falls_due_on_italian_time(token: str, entered: str, expected: str) -> None:
    assert due_at(token, rome(entered)) == rome(expected)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("2026-11-16T08:00", "2026-11-16T08:00"),
        ("2026-11-16T19:59:59", "2026-11-16T19:59:59"),
        ("2026-11-16T20:00", "2026-11-17T08:00"),
        ("2026-11-17T00:00", "2026-11-17T08:00"),
        ("2026-11-17T07:59:59", "2026-11-17T08:00"),
        ("2026-12-31T23:00", "2027-01-01T08:00"),
        # nights of 23 and of 25 hours
        ("2026-03-28T22:00", "2026-03-29T08:00"),
        ("2026-03-29T01:30", "2026-03-29T08:00"),
        ("2026-10-24T22:00", "2026-10-25T08:00"),
        ("2026-10-25T01:30", "2026-10-25T08:00"),
    ],
)
def test_nobody_is_reminded_at_night(asked: str, sent: str) -> None:
    assert after_quiet(rome(asked)) == rome(sent)


def test_utc_and_summer_time() -> None:
    before, after = due_at("P1D", rome("2026-03-27T12:00")), due_at("P1D", rome("2026-03-29T12:00"))
    assert (before, after) == (
        datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 30, 21, 59, 59, tzinfo=UTC),
    )


def test_reminders_come_at_nine_whatever_the_clock_does() -> None:
    for entered, day in (("2026-03-26T18:00", "2026-03-31"), ("2026-10-22T01:00", "2026-10-27")):
        reminder = due(parse_token("P5D"), rome(entered), {}, CINISELLO, hour=MORNING)
        assert reminder == rome(f"{day}T09:00")


def test_patron_days_of_the_two_cities() -> None:
    assert due_at("P5WD", rome("2026-12-03T10:00"), CINISELLO) == rome("2026-12-14T23:59:59")
    assert due_at("P5WD", rome("2026-12-03T10:00"), MATERA) == rome("2026-12-11T23:59:59")
    assert due_at("P5WD", rome("2026-06-30T10:00"), MATERA) == rome("2026-07-08T23:59:59")
    assert due_at("P5WD", rome("2026-06-30T10:00"), CINISELLO) == rome("2026-07-07T23:59:59")
    assert Calendar(None).is_working_day(date(2026, 12, 7))


def test_saint_francis_is_a_holiday_again() -> None:
    assert not Calendar(None).is_working_day(date(2028, 10, 4))


def test_anchors_move_both_ways() -> None:
    start = rome("2026-12-12T15:30")
    now = rome("2026-11-16T09:00")
    assert due_at("at:start", now, start=start) == start
    assert due_at("at:start-PT24H", now, start=start) == rome("2026-12-11T15:30")
    assert due_at("at:start-P5D", now, start=start) == rome("2026-12-07T23:59:59")
    assert due_at("at:start-P2WD", now, start=start) == rome("2026-12-10T23:59:59")
    assert due_at("at:start+P5WD", now, start=start) == rome("2026-12-18T23:59:59")
    assert due_at("at:end", now, start=start) is None


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "5D", "P5W", "PT5D", "at:", "at:start+", "at:startP5D", "+P5D", "at:P5D"]
)
def test_no_token(text: str) -> None:
    with pytest.raises(ValueError, match=r" \| write "):
        parse_token(text)


def test_an_unknown_anchor() -> None:
    with pytest.raises(ValueError, match=r"`begin` is no known date \| use one of call_close"):
        parse_token("at:begin-P5D")


@given(
    entered=st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - zone is given beside
    days=st.integers(0, 60),
    city=st.sampled_from(["cinisello", "matera", None]),
)
def test_working_days_are_never_earlier_than_days(entered: datetime, days: int, city: str | None) -> None:
    calendar = Calendar(city)
    plain, working = due_at(f"P{days}D", entered, calendar), due_at(f"P{days}WD", entered, calendar)
    assert plain is not None
    assert working is not None
    assert entered < plain <= working
    assert days == 0 or calendar.is_working_day(local_date(working))


def test_months() -> None:
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert add_months(date(2026, 12, 31), 12) == date(2027, 12, 31)


class TestLegalClock:
    """Submitted on 16 November 2026, 30 days: without a pause the last day is 16 December."""

    SUBMITTED = rome("2026-11-16T09:30")

    def clock(
        self, definition: WorkflowDefinition, now: str, *visits: tuple[str, str, str], days: int = 30
    ) -> tuple[str, int, int, bool]:
        history = [Visit("da_confermare", self.SUBMITTED)]
        history += [Visit(state, rome(entered), event) for state, entered, event in visits]
        clock = legal_term(definition, history, self.SUBMITTED, days, rome(now))
        return clock.term.astimezone(ROME).isoformat()[:19], clock.used, clock.suspended, clock.running

    def test_it_runs_from_submission_once_the_address_is_confirmed(self, ammissione: WorkflowDefinition) -> None:
        now = self.clock(ammissione, "2026-11-26T10:00", ("ricevuta", "2026-11-18T22:00", "email_confirmed"))
        assert now == ("2026-12-16T23:59:59", 10, 0, True)

    @pytest.mark.parametrize(
        ("sent", "asked", "answered", "term", "later"),
        [
            # the clock goes back on 25 October, and forward on 28 March
            ("2026-10-12T09:30", "2026-10-24T23:30", "2026-10-26T00:30", "2026-11-11", "2026-11-13"),
            ("2027-03-15T09:30", "2027-03-27T23:30", "2027-03-29T00:30", "2027-04-14", "2027-04-16"),
        ],
    )
    def test_days_are_days_of_rome_whatever_the_clock_does(
        self, ammissione: WorkflowDefinition, sent: str, asked: str, answered: str, term: str, later: str
    ) -> None:
        def last_day(*visits: Visit) -> datetime:
            history = [Visit("da_confermare", rome(sent)), Visit("verifica", rome(sent)), *visits]
            return legal_term(ammissione, history, rome(sent), 30, rome(answered)).term

        assert last_day() == rome(f"{term}T23:59:59")
        pause = Visit("integrazione", rome(asked), "request_info"), Visit("verifica", rome(answered), "info_received")
        assert last_day(*pause) == rome(f"{later}T23:59:59")

    def test_integrazione_does_not_count(self, ammissione: WorkflowDefinition) -> None:
        asked = ("integrazione", "2026-11-20T10:00", "request_info")
        assert self.clock(ammissione, "2026-11-23T10:00", asked) == ("2026-12-19T23:59:59", 4, 3, False)
        back = ("verifica", "2026-11-25T10:00", "info_received")
        assert self.clock(ammissione, "2026-11-30T10:00", asked, back) == ("2026-12-21T23:59:59", 9, 5, True)

    def test_consent_does_not_count(self, proposta: WorkflowDefinition) -> None:
        asked = ("consenso", "2026-11-16T10:00", "email_confirmed")
        given_ = ("ricevuta", "2026-11-21T10:00", "consent_given")
        assert self.clock(proposta, "2026-11-21T10:00", asked, given_)[0] == "2026-12-21T23:59:59"

    def test_pauses_together_are_thirty_days_at_most(self, proposta: WorkflowDefinition) -> None:
        visits = (
            ("integrazione", "2026-11-16T12:00", "request_info"),
            ("ammissibilita", "2026-11-26T12:00", "info_received"),
            ("coprogettazione", "2026-11-26T13:00", "ask_changes"),
            ("valutazione", "2026-12-16T13:00", "timer:P20D"),
            ("coprogettazione", "2026-12-16T14:00", "ask_changes"),
        )
        assert self.clock(proposta, "2026-12-20T12:00", *visits) == ("2027-01-15T23:59:59", 4, 30, True)

    def test_after_observations_it_runs_again_ten_days_later(self, ammissione: WorkflowDefinition) -> None:
        notice = ("preavviso", "2026-12-01T10:00", "refuse")
        assert self.clock(ammissione, "2026-12-03T10:00", notice)[0::3] == ("2026-12-26T23:59:59", False)
        answered = ("decisione", "2026-12-05T10:00", "observations_received")
        assert self.clock(ammissione, "2026-12-10T10:00", notice, answered) == ("2026-12-30T23:59:59", 15, 9, False)
        assert self.clock(ammissione, "2026-12-16T10:00", notice, answered) == ("2026-12-30T23:59:59", 16, 14, True)

    def test_without_observations_it_runs_again_at_once(self, ammissione: WorkflowDefinition) -> None:
        notice = ("preavviso", "2026-12-01T10:00", "refuse")
        silent = ("decisione", "2026-12-11T23:59:59", "timer:P10D")
        assert self.clock(ammissione, "2026-12-12T10:00", notice, silent) == ("2026-12-26T23:59:59", 16, 10, True)

    def test_a_timer_handled_late_changes_nothing(self, ammissione: WorkflowDefinition) -> None:
        notice = ("preavviso", "2026-12-01T10:00", "refuse")
        late = ("decisione", "2026-12-13T04:00", "timer:P10D")
        assert self.clock(ammissione, "2026-12-13T10:00", notice, late)[0] == "2026-12-26T23:59:59"

    def test_a_pause_within_the_ten_days_is_not_counted_twice(self, proposta: WorkflowDefinition) -> None:
        visits = (
            ("preavviso", "2026-12-01T10:00", "refuse"),
            ("decisione", "2026-12-05T10:00", "observations_received"),
            ("coprogettazione", "2026-12-06T10:00", "ask_changes"),
            ("valutazione", "2026-12-10T10:00", "revised"),
        )
        assert self.clock(proposta, "2026-12-16T10:00", *visits)[0] == "2026-12-30T23:59:59"


class TestLegalMails:
    def test_seven_days_before_and_when_it_has_passed(self, desk: Begin) -> None:
        story = desk("decisione")
        assert story.due("reminder:termine_vicino:at:legal_term-P7D") == rome("2026-12-09T09:00")
        story.until(rome("2026-12-16T23:59:59"))
        assert story.was_mailed("coordinatore", "termine_vicino") == 1
        assert story.was_mailed("coordinatore", "termine_superato") == 1
        assert story.was_mailed("istruttore", "termine_superato") == 1

    def test_said_once_though_states_change(self, desk: Begin) -> None:
        story = desk("verifica")
        story.until(rome("2026-12-10T10:00"))
        story.fire("admissible", "istruttore")
        story.fire("reviews_done", reviews=TWO)
        story.until(rome("2026-12-20T10:00"))
        story.fire("approve", "coordinatore", PROTOCOL)
        assert story.was_mailed("coordinatore", "termine_vicino") == 1
        assert story.was_mailed("coordinatore", "termine_superato") == 1

    def test_silent_while_the_clock_stands_still_and_later_then(self, desk: Begin) -> None:
        story = desk("verifica")
        story.until(rome("2026-12-05T10:00"))
        story.fire("request_info", "istruttore")
        assert story.due("deadline:termine_superato:at:legal_term") == rome("2027-01-15T23:59:59")
        story.until(rome("2026-12-12T10:00"))
        assert story.was_mailed("coordinatore", "termine_vicino") == 0
        story.fire("info_received", "richiedente")
        assert story.due("deadline:termine_superato:at:legal_term") == rome("2026-12-23T23:59:59")

    def test_told_where_it_passes_after_thirty_days_of_standing_still(self, desk: Begin) -> None:
        story = desk("verifica")
        ways = story.definition.transitions
        unhurried = tuple(each for each in ways if each.timer is None or "integrazione" not in each.sources)
        story.definition = story.definition.model_copy(update={"transitions": unhurried})
        story.until(rome("2026-12-05T10:00"))
        story.fire("request_info", "istruttore")
        story.until(rome("2027-01-15T23:59:58"))
        assert story.was_mailed("coordinatore", "termine_superato") == 0
        story.until(rome("2027-01-20T10:00"))
        story.fire("info_received", "richiedente")
        story.until(rome("2027-01-30T10:00"))
        assert story.was_mailed("coordinatore", "termine_vicino") == 1
        assert story.was_mailed("coordinatore", "termine_superato") == 1

    def test_no_term_without_law_241(self, desk: Begin) -> None:
        story = desk("decisione", law241=False)
        assert not [each for each in story.timers if each.anchor == "legal_term"]

    def test_after_the_notice_the_term_moves(self, desk: Begin) -> None:
        story = desk("decisione")
        story.fire("refuse", "coordinatore", {"motivazione": REASON})
        story.until(rome("2026-11-20T10:00"))
        story.fire("observations_received", "richiedente")
        assert story.due("deadline:termine_superato:at:legal_term") == rome("2026-12-30T23:59:59")


def test_the_desk_story_of_16_november(desk: Begin) -> None:
    """Two days of review and a coordinator who answers at once: the desk is used until 1 March."""
    story = desk("verifica")
    assert story.due("deadline:sollecito:P5D") == rome("2026-11-21T09:00")
    story.until(rome("2026-11-17T11:00"))
    story.fire("admissible", "istruttore")
    story.until(rome("2026-11-19T16:00"))
    story.fire("reviews_done", reviews=TWO)
    story.fire("approve", "coordinatore", PROTOCOL)
    assert story.due("timer:P5WD") == rome("2026-11-26T23:59:59")
    story.until(rome("2026-11-24T09:00"))
    assert story.was_mailed("richiedente", "promemoria_offerta") == 1
    story.fire("accept", "richiedente")
    story.until(rome("2026-12-01T10:00"))
    story.fire("hand_over", "istruttore", {"signed_on": "2026-12-01"})
    story.until(rome("2027-03-01T23:59:59"))
    assert story.state == "conclusa"
    assert story.timers == ()


def test_a_late_hand_over_counts_from_its_day(desk: Begin) -> None:
    story = desk("assegnata")
    story.until(rome("2026-12-04T10:00"))
    outcome = story.fire("hand_over", "istruttore", {"signed_on": "2026-12-04"})
    assert outcome.anchors["end"] == rome("2027-03-04T23:59:59")


def test_the_first_of_a_state_gives_its_limit(ammissione: WorkflowDefinition) -> None:
    timers = timers_for_state(ammissione, "integrazione", rome("2026-11-16T10:00"), {}, CINISELLO)
    assert [each.name for each in timers if each.kind == "transition"] == ["timer:P10D"]
    assert timers[0].payload == {"anchor": None, "roles": [], "message": None, "escalate": None}
