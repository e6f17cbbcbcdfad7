"""Rows of selezione-graduatoria."""

from __future__ import annotations

from datetime import timedelta

from tests.unit.workflows.story import PROTOCOL, REASON, rome
from tests.unit.workflows.tables import Row, Step, Table
from workflows.case import PanelScore, Standing

GONE = "mail:ritiro_ok mail:staff_ritiro->istruttore release_seat"
WHY = {"motivazione": REASON}
CRITERIA = {"innovazione": 25, "fattibilita": 25, "sostenibilita": 20, "impatto": 20, "team": 10}
POINTS = {"innovazione": 20, "fattibilita": 20, "sostenibilita": 15, "impatto": 15, "team": 8}
PANEL = tuple(PanelScore(member, POINTS) for member in ("pres", "uno", "due"))
SHORT = (*PANEL[:2], PanelScore("due", conflict=True))
TEN_DAYS = timedelta(days=11)

confirm = Step("email_confirmed", "richiedente")
closed = Step("", wait=timedelta(hours=97))
ask = Step("request_info", "istruttore", {"elenco": "Manca il pitch"})
exclude = Step("exclude", "istruttore", {**WHY, **PROTOCOL})
admissible = Step("admissible", "istruttore")
panel_closes = Step("panel_closes", "commissione", {"seduta_del": "2026-11-20"}, {"panel": PANEL})
again = Step("review_request", "richiedente", {"testo": "Il punteggio sul team è troppo basso."})
answered = Step("answered", "commissione", WHY)


def final(score: int, position: int, places: int = 5) -> Step:
    """The final ranking, in which the case stands so."""
    facts = {"standing": Standing(score, position, 9), "places": places}
    return Step("final_ranking", "coordinatore", PROTOCOL, facts, wait=TEN_DAYS)


accept = Step("accept", "richiedente", {"signed_on": "2026-11-20"})
called = Step("scorrimento", facts={"next_in_rank": True})
withdraw = Step("withdraw", "richiedente")

CHECKED = (confirm, closed)
SCORED = (*CHECKED, admissible)
RANKED = (*SCORED, panel_closes)
IN = (*RANKED, final(7000, 1))
WAITING = (*RANKED, final(7000, 6))

SELEZIONE = Table(
    rome("2026-11-16T09:30"),
    {
        "form": "idea-impresa",
        "answers": {"percorso": "ainm", "membri": [{"data_nascita": "2000-01-01"}, {"data_nascita": "1999-01-01"}]},
        "term_days": 90,
        "anchors": {
            "call_close": rome("2026-11-20T10:00"),
            "start": rome("2027-02-01T09:00"),
            "end": rome("2027-06-30T18:00"),
        },
    },
    (
        Row((), confirm, "ricevuta", "protocollo_request"),
        Row((), confirm, "ricevuta", "mail:ricevuta", {"law241": False, "term_days": None}),
        Row((), Step("email_confirmed", "richiedente", wait=timedelta(hours=71)), "ricevuta", "protocollo_request"),
        Row((), Step("timer:PT72H"), "scaduta", "release_seat"),
        Row((confirm,), Step("call_closed"), "ammissibilita", "assign"),
        Row(CHECKED, ask, "integrazione"),
        Row((*CHECKED, ask), Step("info_received", "richiedente"), "ammissibilita", "mail:integrazione_ok"),
        Row((*CHECKED, ask), Step("timer:P10D"), "ammissibilita"),
        Row(CHECKED, exclude, "esclusa", "mail:esclusione release_seat"),
        Row((*CHECKED, ask), exclude, "esclusa", "mail:esclusione release_seat"),
        Row(CHECKED, admissible, "valutazione", "sheet_open_scoring sheet_upsert"),
        Row(SCORED, panel_closes, "graduatoria_provvisoria", "rank mail:graduatoria_personale sheet_upsert"),
        Row(
            SCORED,
            Step("panel_closes", "coordinatore", WHY, {"panel": SHORT}),
            "graduatoria_provvisoria",
            "rank mail:graduatoria_personale sheet_upsert",
        ),
        Row(
            SCORED,
            Step("panel_closes", "coordinatore", WHY, {"panel": PANEL[:2]}, wait=timedelta(days=20)),
            "graduatoria_provvisoria",
            "rank mail:graduatoria_personale sheet_upsert",
        ),
        Row(RANKED, again, "riesame", "mail:riesame_ricevuto sheet_open_scoring sheet_upsert"),
        Row((*RANKED, again), answered, "graduatoria_provvisoria", "rank mail:riesame_esito sheet_upsert"),
        Row(RANKED, final(6000, 5), "ammessa", "reserve_seat publish_list sheet_upsert"),
        Row(RANKED, final(6000, 6), "idonea", "mail:idonea sheet_upsert"),
        Row(RANKED, final(5999, 6), "non_idonea", "mail:non_idonea release_seat sheet_upsert"),
        Row((*RANKED, again, answered), final(6000, 1), "ammessa", "reserve_seat publish_list sheet_upsert"),
        Row(IN, accept, "percorso", "mail:benvenuto_percorso sheet_upsert"),
        Row(
            IN,
            Step("decline", "richiedente"),
            "rinuncia",
            "release_seat offer_next mail:ritiro_ok mail:staff_ritiro->istruttore sheet_upsert",
        ),
        Row(IN, Step("timer:P7D"), "rinuncia", "release_seat offer_next mail:decaduta sheet_upsert"),
        Row(WAITING, called, "ammessa", "reserve_seat publish_list sheet_upsert"),
        Row(WAITING, Step("ranking_expired"), "conclusa", "mail:graduatoria_scaduta release_seat sheet_upsert"),
        Row(
            (*IN, accept),
            Step("programme_end", "istruttore"),
            "conclusa",
            "doc_attestato mail:attestato mail:gradimento release_seat sheet_upsert",
        ),
        Row((*IN, accept), Step("give_up", "richiedente"), "rinuncia", f"{GONE} sheet_upsert"),
        *(Row(way, withdraw, "ritirata", GONE) for way in ((confirm,), CHECKED, (*CHECKED, ask))),
        *(
            Row(way, withdraw, "ritirata", f"{GONE} sheet_upsert")
            for way in (SCORED, RANKED, (*RANKED, again), WAITING)
        ),
        Row(
            IN,
            withdraw,
            "ritirata",
            "release_seat offer_next mail:ritiro_ok mail:staff_ritiro->istruttore sheet_upsert",
        ),
        Row(CHECKED, Step("register", "protocollo", PROTOCOL), "ammissibilita"),
        Row((*CHECKED, withdraw), Step("retention"), "archiviata", "anonymise"),
    ),
    known={"panel_members": ("pres", "uno", "due"), "criteria": CRITERIA},
)
