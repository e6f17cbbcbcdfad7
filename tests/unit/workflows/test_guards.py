"""Guards of places, panel, opinions and time, each on the smallest case that shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.workflows.story import rome
from workflows.case import Case, Facts, Invite, Opinion, PanelScore, Standing, Visit
from workflows.guards import GUARDS, parse_guard
from workflows.guards.model import Moment
from workflows.judgement import applies

NOW = rome("2026-11-25T10:00")
CASE = Case(
    reference="IDE-26-0000AA",
    form="idea-impresa",
    call="prova",
    state="graduatoria_provvisoria",
    entered_at=NOW,
    submitted_at=rome("2026-11-16T09:30"),
)
CRITERIA = {"innovazione": 25, "fattibilita": 25, "sostenibilita": 20, "impatto": 20, "team": 10}
FULL = {"innovazione": 20, "fattibilita": 20, "sostenibilita": 15, "impatto": 15, "team": 8}
MEMBERS = ("pres", "uno", "due", "riserva")


def holds(raw: Any, *, case: dict[str, Any] | None = None, **facts: Any) -> bool:
    moment = Moment(replace(CASE, **(case or {})), Facts(facts.pop("now", NOW), **facts))
    return applies(parse_guard(raw), moment)


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [({}, True), ({"lista_attesa_ok": "si"}, True), ({"lista_attesa_ok": "no"}, False)],
)
def test_wants_list(answers: dict[str, str], *, wanted: bool) -> None:
    assert holds("wants_list", case={"answers": answers}) is wanted


@pytest.mark.parametrize(
    ("free", "no_other", "room"),
    [(None, True, True), (True, True, True), (False, True, False), (True, False, False)],
)
@pytest.mark.parametrize("name", ["seats_free", "class_seats_free"])
def test_seats(name: str, *, free: bool | None, no_other: bool, room: bool) -> None:
    assert holds(name, seats_free=free, no_other_seat=no_other) is room


def test_a_place_of_the_programme_does_not_look_at_the_person() -> None:
    assert holds("place_left", seats_free=True, no_other_seat=False)
    assert not holds("place_left", seats_free=False)


@pytest.mark.parametrize(
    ("invite", "sent", "valid"),
    [
        (None, "2026-11-16T09:30", False),
        (Invite("attiva", "2026-27"), "2026-11-16T09:30", True),
        (Invite("firma", "2026-27"), "2026-11-16T09:30", False),
        (Invite("attiva", "2027-28"), "2026-11-16T09:30", False),
        (Invite("attiva", "2026-27"), "2027-08-31T23:30", True),
        (Invite("attiva", "2026-27"), "2027-09-01T00:10", False),
        (Invite("attiva", "2027-28"), "2027-09-01T00:10", True),
        (Invite("attiva", "2099-00"), "2099-10-01T09:00", True),
    ],
)
def test_an_invite_is_of_this_school_year(invite: Invite | None, sent: str, *, valid: bool) -> None:
    assert holds("invite_valid", case={"submitted_at": rome(sent)}, invite=invite) is valid


@pytest.mark.parametrize(("number", "came"), [(None, False), (0, False), (1, True), (12, True)])
def test_attendance(number: int | None, *, came: bool) -> None:
    assert holds("attendance_recorded", attendance=number) is came


@pytest.mark.parametrize(
    ("answers", "good"),
    [
        ({}, True),
        ({"membri": []}, True),
        ({"membri": [{"data_nascita": "2008-11-16"}, {"data_nascita": "1990-11-17"}]}, True),
        ({"membri": [{"data_nascita": "2008-11-17"}]}, False),
        ({"membri": [{"data_nascita": "1990-11-16"}]}, False),
        ({"membri": [{"data_nascita": None}]}, False),
        ({"membri": [{}]}, False),
    ],
)
def test_everyone_of_the_team_is_18_to_35_on_the_day_of_sending(answers: dict[str, Any], *, good: bool) -> None:
    assert holds("members_age_ok", case={"answers": answers}) is good


def test_sent_in_time_whenever_it_is_confirmed() -> None:
    assert holds("submitted_in_time")
    closes = {"call_close": rome("2026-11-16T09:30")}
    assert holds("submitted_in_time", case={"anchors": closes}, now=rome("2026-11-19T09:00"))
    late = {"anchors": closes, "submitted_at": rome("2026-11-16T09:31")}
    assert not holds("submitted_in_time", case=late)


def test_a_date_that_has_come() -> None:
    assert holds({"reached": "start"})
    assert holds({"reached": "start"}, case={"anchors": {"start": NOW}})
    assert not holds({"reached": "start"}, case={"anchors": {"start": rome("2026-11-25T10:01")}})


def test_the_time_since_the_first_entry_goes_on_in_between() -> None:
    history = (
        Visit("graduatoria_provvisoria", rome("2026-11-10T12:00")),
        Visit("riesame", rome("2026-11-12T12:00")),
        Visit("graduatoria_provvisoria", rome("2026-11-19T12:00")),
    )
    case = {"history": history, "entered_at": rome("2026-11-19T12:00")}
    assert holds({"first_within": "P10D"}, case=case, now=rome("2026-11-20T23:59:59"))
    assert not holds({"first_within": "P10D"}, case=case, now=rome("2026-11-21T00:00"))
    assert holds({"within": "P10D"}, case=case, now=rome("2026-11-21T00:00"))
    assert not holds({"first_within": "P10D"}, now=rome("2026-12-10T00:00"))


def test_the_checklist_wants_everything() -> None:
    inputs = {
        "risultato_raggiunto": "si",
        "misura": "40 persone",
        "persone_coinvolte": 0,
        "costo_effettivo": "0.00",
        "cosa_adottata": "Le regole del coworking",
        "lezione_appresa": "Serve più tempo",
    }
    assert holds("checklist_complete", inputs=inputs)
    for name in inputs:
        assert not holds("checklist_complete", inputs={**inputs, name: ""})
    assert not holds("checklist_complete")


def opinions(**values: str) -> tuple[Opinion, ...]:
    return tuple(Opinion(role, value) for role, value in values.items())


@pytest.mark.parametrize(
    ("given", "true"),
    [
        (opinions(), set()),
        (opinions(cedente="ok"), set()),
        (opinions(cedente="changes"), set()),
        (opinions(cedente="refused"), {"any refused"}),
        (opinions(cedente="ok", riusante="ok"), {"all ok"}),
        (opinions(cedente="ok", riusante="changes"), {"any changes"}),
        (opinions(cedente="changes", riusante="changes"), {"any changes", "all changes"}),
        (opinions(cedente="changes", riusante="refused"), {"any refused"}),
        (opinions(cedente="ok", cabina_di_regia="ok"), {"all ok"}),
        (opinions(cedente="ok", riusante="ok", cabina_di_regia="refused"), {"all ok"}),
        (opinions(riusante="ok", cabina_di_regia="changes"), {"any changes"}),
        (opinions(cabina_di_regia="ok"), {"all ok"}),
        (opinions(richiedente="ok", coordinatore="refused"), set()),
    ],
)
def test_opinions_of_the_two_cities(given: tuple[Opinion, ...], true: set[str]) -> None:
    leaves = {
        "all ok": {"opinions_all": "ok"},
        "all changes": {"opinions_all": "changes"},
        "any changes": {"opinions_any": "changes"},
        "any refused": {"opinions_any": "refused"},
    }
    assert {name for name, leaf in leaves.items() if holds(leaf, opinions=given)} == true


def row(member: str, *, conflict: bool = False, **changed: int) -> PanelScore:
    return PanelScore(member, {} if conflict else {**FULL, **changed}, conflict=conflict)


@pytest.mark.parametrize(
    ("rows", "members", "overdue", "says"),
    [
        ([row("pres"), row("uno"), row("due")], MEMBERS, False, "complete"),
        ([row("pres"), row("uno")], MEMBERS, False, None),
        ([row("pres"), row("uno"), PanelScore("due", {"innovazione": 3})], MEMBERS, False, None),
        ([row("pres"), row("uno"), row("due", innovazione=26)], MEMBERS, False, None),
        ([row("pres"), row("uno"), row("riserva")], MEMBERS, False, None),
        ([row("pres"), row("uno"), row("due", conflict=True), row("riserva")], MEMBERS, False, "complete"),
        ([row("pres"), row("uno"), row("due", conflict=True)], MEMBERS, False, None),
        ([row("pres"), row("uno"), row("due", conflict=True)], MEMBERS[:3], False, "short"),
        (
            [row("pres"), row("uno"), row("due", conflict=True), row("riserva", conflict=True)],
            MEMBERS,
            False,
            "short",
        ),
        ([row("pres"), row("uno", conflict=True), row("due", conflict=True), row("riserva")], MEMBERS, False, "short"),
        ([row("pres"), row("uno", conflict=True), row("due", conflict=True)], MEMBERS[:3], False, None),
        ([row("pres"), row("uno")], MEMBERS, True, "short"),
        ([row("pres"), row("uno"), row("due")], MEMBERS, True, "complete"),
        ([row("pres")], MEMBERS, True, None),
        ([row("altri"), row("uno"), row("due")], MEMBERS, False, None),
    ],
)
def test_the_panel(rows: list[PanelScore], members: tuple[str, ...], says: str | None, *, overdue: bool) -> None:
    facts = {"panel": tuple(rows), "panel_members": members, "criteria": CRITERIA}
    assert holds("panel_complete", case={"overdue": overdue}, **facts) is (says == "complete")
    assert holds("panel_short", case={"overdue": overdue}, **facts) is (says == "short")


def test_without_criteria_no_score_is_complete() -> None:
    assert not holds("panel_complete", panel=(row("pres"), row("uno"), row("due")), panel_members=MEMBERS)


@pytest.mark.parametrize(
    ("standing", "places", "true"),
    [
        (None, 5, set()),
        (Standing(6000, 5, 9), 5, {"ge", "le"}),
        (Standing(6000, 6, 9), 5, {"ge", "gt"}),
        (Standing(5999, 7, 9), 5, {"lt", "gt"}),
        (Standing(6000, 5, 9), None, {"ge"}),
    ],
)
def test_the_frozen_ranking(standing: Standing | None, places: int | None, true: set[str]) -> None:
    leaves = {
        "ge": {"score_ge": 60},
        "lt": {"score_lt": 60},
        "le": {"rank_le": "places"},
        "gt": {"rank_gt": "places"},
    }
    assert {name for name, leaf in leaves.items() if holds(leaf, standing=standing, places=places)} == true


def test_a_number_may_stand_for_the_places() -> None:
    assert holds({"rank_le": 3}, standing=Standing(7000, 3), places=1)
    assert not holds({"rank_le": 2}, standing=Standing(7000, 3), places=9)


def test_nobody_waits_beside() -> None:
    assert holds({"nobody_in": "riesame"}, states_beside=frozenset({"ammessa"}))
    assert not holds({"nobody_in": "riesame"}, states_beside=frozenset({"riesame"}))


@pytest.mark.parametrize(
    ("raw", "fix"),
    [
        ({"reached": "inizio"}, "write one of call_close, end"),
        ({"opinions_all": "no"}, "write ok or changes or refused"),
        ({"opinions_any": "ok"}, "write changes or refused"),
        ({"rank_le": "posti"}, "write `places` or a whole number above 0"),
        ({"score_ge": 0}, "write a whole number above 0"),
        ({"panel_complete": 3}, "write only `panel_complete`"),
        ({"nobody_in": 1}, "write the id of a state"),
        ({"votes": "most"}, "write `votes: {rule: most, is: approved}`"),
        ({"votes": {"rule": "most"}}, "write `votes: {rule: most, is: approved}`"),
        ({"votes": {"rule": "most", "is": "approved", "quorum": 2}}, "write `votes: {rule: most, is: approved}`"),
        ({"votes": {"rule": "some", "is": "approved"}}, "write `rule: any`, `all`, `most`, `{of: 2}` or `{mean: 60}`"),
        ({"votes": {"rule": {"of": 0}, "is": "approved"}}, "a whole number above 0 after `of:`"),
        ({"votes": {"rule": {"mean": 59.5}, "is": "approved"}}, "a whole number above 0 after `mean:`"),
        ({"votes": {"rule": "most", "minimum": True, "is": "approved"}}, "a whole number above 0 after `minimum:`"),
        ({"votes": {"rule": "most", "tie": "coin", "is": "approved"}}, "write `tie: chair`, `reject` or `extend`"),
        ({"votes": {"rule": "any", "tie": "chair", "is": "approved"}}, "only `rule: most` can end in a tie"),
        ({"votes": {"rule": "any", "is": "tied"}}, "one of approved, rejected, short"),
        ({"votes": {"rule": "most", "tie": "reject", "is": "tied"}}, "one of approved, rejected, short"),
        ({"votes": {"rule": "any", "approving": [], "is": "approved"}}, "`approving: [Sì, Sì con modifiche]`"),
        ({"votes": {"rule": {"mean": 60}, "approving": "Sì", "is": "approved"}}, "a mean is made of scores"),
        ({"votes": {"rule": {"mean": 60, "weights": {"team": 1}}, "is": "approved"}}, "write `panel_votes:`"),
        ({"panel_votes": {"rule": {"mean": 60, "weights": {}}, "is": "approved"}}, "write `weights: {innovazione: 2"),
        ({"panel_votes": {"rule": {"mean": 60, "weights": {"team": 0}}, "is": "approved"}}, "above 0 after `team:`"),
        ({"panel_votes": {"rule": {"mean": 60}, "is": "approved"}}, "the panel gives points by criterion"),
        ({"panel_votes": 3}, "write `votes: {rule: most, is: approved}`"),
    ],
)
def test_a_wrong_parameter_is_told(raw: dict[str, Any], fix: str) -> None:
    with pytest.raises(ValueError, match=r" \| ") as caught:
        parse_guard(raw)
    assert fix in str(caught.value)


def test_every_refusal_is_said_in_two_languages() -> None:
    for guard in GUARDS.values():
        for text in (guard.refusal, guard.negated):
            assert text is None or (text.it and text.en)


def test_facts_are_named_as_they_are() -> None:
    assert {name for guard in GUARDS.values() for name in guard.needs} <= set(Facts.__dataclass_fields__)
