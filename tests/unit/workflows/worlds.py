"""Cases and facts at random, for all workflows of the library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.unit.workflows.conftest import library
from tests.unit.workflows.story import REASON, Story, edition, review, rome
from workflows.case import Invite, Opinion, PanelScore, Review, Standing
from workflows.definition import ROLES, SYSTEM
from workflows.effects import Mail
from workflows.engine import Outcome, Refusal, offers
from workflows.findings.waits import CERTAIN_EVENTS
from workflows.judgement import guard_names

HUMAN = sorted(ROLES - {SYSTEM})
FORMS = {
    "ammissione-posti": "coworking-postazione",
    "iscrizione-posti": "makerslab-corso",
    "iscrizione-studente": "clab-junior-studente",
    "adesione-ente": "terzo-settore-adesione",
    "proposta-valutata": "clab-urbano-proposta",
    "selezione-graduatoria": "idea-impresa",
    "doppia-approvazione": "scambio-citta",
}
WAYS_OUT = frozenset({"withdraw", "give_up", "decline", "consent_withdrawn"})
"""How the applicant's side ends a case: always open, so they say nothing of who moves it on."""
GIVEN = "opinion"
CRITERIA = {"innovazione": 25, "fattibilita": 25, "sostenibilita": 20, "impatto": 20, "team": 10}
MEMBERS = ("pres", "uno", "due", "riserva")

names = st.sampled_from(sorted(FORMS))
steps = st.lists(
    st.tuples(st.sampled_from(["offer", "offer", "offer", "any", "time", "system"]), st.integers(0, 10**6)),
    max_size=40,
)
cases = st.fixed_dictionaries(
    {
        "law241": st.booleans(),
        "age": st.sampled_from([None, 16, 17, 18, 25, 40]),
        "protocol": st.booleans(),
        "citta": st.sampled_from(["cinisello", "matera"]),
        "lista_attesa_ok": st.sampled_from(["si", "no"]),
    }
)
rows = st.lists(
    st.one_of(
        st.builds(
            review,
            st.sampled_from(["a", "b"]),
            st.sampled_from(["Sì", "Sì con modifiche", "No"]),
            version=st.integers(1, 4),
        ),
        st.builds(
            Review,
            st.sampled_from(["a", "b"]),
            valid=st.just(value=False),
            conflict=st.booleans(),
            abstained=st.booleans(),
        ),
    ),
    max_size=3,
).map(tuple)
panels = st.lists(
    st.builds(
        PanelScore,
        st.sampled_from(MEMBERS),
        st.dictionaries(st.sampled_from(sorted(CRITERIA)), st.integers(-1, 26)) | st.just(CRITERIA),
        st.booleans(),
    ),
    max_size=5,
    unique_by=lambda each: each.member,
).map(tuple)
opinions = st.lists(
    st.builds(
        Opinion,
        st.sampled_from(["cedente", "riusante", "cabina_di_regia", "richiedente"]),
        st.sampled_from(["ok", "changes", "refused"]),
    ),
    max_size=4,
).map(tuple)
worlds = st.fixed_dictionaries(
    {
        "reviews": rows,
        "panel": panels,
        "opinions": opinions,
        "standing": st.none() | st.builds(Standing, st.integers(5500, 6500), st.integers(1, 8), st.just(8)),
        "places": st.sampled_from([None, 0, 5]),
        "next_in_rank": st.booleans(),
        "invite": st.sampled_from([None, Invite("attiva", "2026-27"), Invite("conclusa", "2026-27")]),
        "attendance": st.sampled_from([None, 0, 1]),
        "states_beside": st.sets(st.sampled_from(["riesame", "ammessa"])).map(frozenset),
    }
)


def begun(name: str, given: dict[str, Any], world: dict[str, Any]) -> Story:
    """A case that has just been sent."""
    case = dict(given)
    citta = case.pop("citta")
    answers = {
        "citta": citta,
        "inizio": "2026-12-01",
        "durata_mesi": "3",
        "lista_attesa_ok": case.pop("lista_attesa_ok"),
        "data_inizio": "2026-12-01",
        "data_fine": "2026-12-10",
    }
    anchors = {
        **edition("2027-01-15T09:30", "2027-02-15T12:30"),
        "list_end": rome("2027-03-31T23:59:59"),
        "call_close": rome("2026-11-20T12:00"),
    }
    if name in ("ammissione-posti", "proposta-valutata", "adesione-ente", "doppia-approvazione"):
        anchors = {"list_end": anchors["list_end"]}
    known = {**world, "panel_members": MEMBERS, "criteria": CRITERIA}
    return Story.begun(
        library(name),
        rome("2026-11-16T09:30"),
        form=FORMS[name],
        answers=answers,
        city=citta,
        anchors=anchors,
        known=known,
        **case,
    )


def good_inputs(story: Story) -> dict[str, Any]:
    """Inputs that every guard on inputs is content with."""
    today = story.now.astimezone(rome("2026-11-16").tzinfo).date()
    return {
        "motivazione": REASON,
        "protocollo_numero": "0012345",
        "protocollo_data": today.isoformat(),
        "requisiti": [],
        "signed_on": today.isoformat(),
        "valido_fino": (today + timedelta(days=90)).isoformat(),
        "target": "CLU-26-7QK2MN",
        "proposer_agrees": True,
        "data": (today + timedelta(days=20)).isoformat(),
        "ora": "15:30",
        "ore": 2,
        "risultato_raggiunto": "si",
        "misura": "30 persone",
        "persone_coinvolte": 30,
        "costo_effettivo": "0.00",
        "cosa_adottata": "Le regole del coworking",
        "lezione_appresa": "Cominciare prima",
    }


def play(story: Story, kind: str, number: int) -> None:
    """One step at random: something offered, anything at all, time, or what the system does."""
    story.seats_free = number % 3 > 0
    if kind == "time":
        story.after(hours=number % 200)
        return
    choices = _choices(story, kind)
    if not choices:
        return
    event, actor = choices[number % len(choices)]
    before = story.case
    facts = story.facts(actor, inputs=good_inputs(story))
    result = story.try_(event, actor, good_inputs(story))
    assert story.case == before
    if isinstance(result, Refusal):
        assert result.text.it
        assert result.text.en
        return
    assert isinstance(result, Outcome)
    story.take(result, facts)
    if result.auto:
        story.fire("auto")


def _choices(story: Story, kind: str) -> list[tuple[str, str]]:
    transitions = story.definition.transitions
    if kind == "any":
        return [(each.event, role) for each in transitions for role in (*each.actor, "coordinatore")]
    if kind == "system":
        return [
            (each.event, SYSTEM)
            for each in transitions
            if SYSTEM in each.actor and not each.timer and each.event != "auto"
        ]
    return [(each.event, role) for role in HUMAN for each in offers(story.definition, story.case, role)]


def movers(story: Story) -> Iterator[str]:
    """Who or what can take the case on as things are now; how the applicant's side ends it does not count.

    A recorded fact (a register number, an abstention) moves nothing, but for an opinion where rules follow from it.
    """
    leaving = story.definition.leaving(story.state)
    ruled = any(each.origin == "rule" for each in leaving)
    for role in HUMAN:
        for each in offers(story.definition, story.case, role, story.facts(role)):
            moves = each.to not in (None, story.state) or (ruled and each.event == GIVEN)
            if moves and each.event not in WAYS_OUT:
                yield f"{each.event} by {role}"
    for timer in story.timers:
        if timer.kind == "transition" or (timer.escalate and timer.escalate not in story.case.abstained):
            yield timer.name
    yield from (each.event for each in leaving if each.event in CERTAIN_EVENTS)
    if any({"panel_complete", "panel_short"} & guard_names(each.guard) for each in leaving):
        yield "points that the panel may still type"


def told_that_nobody_decides(story: Story) -> bool:
    """Whether all who could decide abstained and the case officer was mailed so: somebody else must be named."""
    mails = [each for outcome in story.outcomes for each in outcome.effects if isinstance(each, Mail)]
    abstained = {"coordinatore", "backup_coordinatore"} <= story.case.abstained
    return abstained and any((each.message, each.to) == ("nessuno_decide", "istruttore") for each in mails)
